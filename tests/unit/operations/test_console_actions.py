"""Who launched, resumed, cancelled and deleted a submission is in its recording, and shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from fakes.following import followed, until
from msgspec.structs import replace

from console.cli.boards import events_text
from console.cli.documents import happenings_document
from console.domain.board import BoardSnapshot
from console.domain.events import ConsoleActed, ConsoleVerb, JobVanished
from console.domain.folding import fold
from console.operations.bundling.cleaned_events import cleaned_events
from console.operations.bundling.platform_names import PlatformNames
from console.operations.bundling.redaction import NAME, Redaction
from console.operations.ports.recorder import RecorderFailed
from console.operations.recording.recorded import recorded_board
from console.operations.submitting.ending import cancel, delete
from console.operations.submitting.launch import DryRun, launch
from console.operations.watching.single_look import board_once
from console.specs.again import again
from console.specs.validation import Judged

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


def told(actions: tuple[ConsoleActed, ...]) -> list[tuple[str, str]]:
    return [(each.verb.value, each.detail) for each in actions]


async def test_a_launch_a_cancel_and_a_deletion_are_recorded_with_who_did_it(
    services, cluster, composed
) -> None:
    cluster.description = replace(cluster.description, user="ann@example.com", acts_as="ops")
    job = (await launch(services, Judged(composed).valid)).job
    await cancel(services, "races", "demo")
    await delete(services, "races", "demo")
    board = recorded_board(services, services.recording_of(job))
    assert told(board.actions) == [("launched", ""), ("cancelled", ""), ("deleted", "")]
    owner = services.recorder.owner()
    assert "@" in owner
    assert {each.by for each in board.actions} == {owner}
    assert {each.login for each in board.actions} == {"ann@example.com as ops"}


async def test_of_a_resumed_one_is_recorded_of_which_it_goes_on(
    services, cluster, composed
) -> None:
    first = await launch(services, Judged(composed).valid)
    resumed = again(first.manifest, "demo-2", {1: "{}"})
    job = (await launch(services, Judged(resumed).valid)).job
    assert told(services.recorder.actions(services.recording_of(job))) == [("resumed", "from demo")]


async def test_what_only_would_have_been_launched_is_recorded_nowhere(services, composed) -> None:
    await launch(services, Judged(composed).valid, dry_run=DryRun.SERVER)
    assert services.recorder.recordings() == ()


async def test_it_is_recorded_while_another_process_writes_and_both_are_told(
    services, composed
) -> None:
    job = (await launch(services, Judged(composed).valid)).job
    writer = services.recorder.claim(services.recording_of(job))
    writer.note(JobVanished(AT))
    await cancel(services, "races", "demo")
    writer.release()
    history = list(services.recorder.history(services.recording_of(job)))
    assert [type(each).__name__ for each in history] == [
        *("JobVanished", "ConsoleActed", "ConsoleActed")
    ]


async def test_of_what_is_not_recorded_here_no_recording_is_made(
    services, cluster, composed
) -> None:
    job = (await launch(services, Judged(composed).valid)).job
    services.recorder.remove(services.recording_of(job))
    await delete(services, "races", "demo")
    assert services.recorder.recordings() == ()


async def test_a_disk_that_does_not_take_the_word_of_it_hinders_no_cancel(
    services, composed, monkeypatch, caplog
) -> None:
    def full(*_: object) -> bool:
        raise RecorderFailed("The recording cannot be written.")

    await launch(services, Judged(composed).valid)
    monkeypatch.setattr(services.recorder, "note_action", full)
    assert (await cancel(services, "races", "demo")).cancelled
    assert "Who cancelled demo is not recorded" in caplog.text


async def test_a_console_that_looks_on_shows_what_another_one_does(
    services, cluster, composed, pod_of
) -> None:
    job = (await launch(services, Judged(composed).valid)).job
    cluster.put(pod_of(agent_1=("running", 0)))
    async with followed(services) as follower:
        await until(lambda: told(follower.board.actions) == [("launched", "")])
        action = ConsoleActed(AT, ConsoleVerb.CANCELLED, "bob@desk")
        assert services.recorder.note_action(services.recording_of(job), action)
        await until(lambda: ("cancelled", "") in told(follower.board.actions))
    once = await board_once(services, "races", "demo")
    assert sorted(told(once.actions)) == [("cancelled", ""), ("launched", "")]


def test_the_events_say_who_did_what_and_when() -> None:
    board = BoardSnapshot("races", "demo")
    later = ConsoleActed(AT, ConsoleVerb.CANCELLED, "ann@desk", "ann@example.com")
    earlier = ConsoleActed(AT - timedelta(hours=1), ConsoleVerb.RESUMED, "bob@desk", "", "from old")
    for action in (later, earlier, later):
        board = fold(board, action)
    assert board.actions == (earlier, later)
    first, second = events_text(board, AT + timedelta(hours=1)).splitlines()
    assert first.strip() == "120m resumed from old by bob@desk on a console"
    assert second.endswith("cancelled by ann@desk on a console, logged in as ann@example.com")
    assert happenings_document(board)["actions"][1] == {
        "at": "2026-11-22T12:00:00Z",
        "action": "cancelled",
        "by": "ann@desk",
        "login": "ann@example.com",
        "detail": None,
    }


def test_an_action_makes_nothing_younger_that_the_cluster_told() -> None:
    board = BoardSnapshot("races", "demo", updated_at=AT)
    acted = fold(board, ConsoleActed(AT + timedelta(1), ConsoleVerb.DELETED, "ann@desk"))
    assert (acted.updated_at, acted.status) == (AT, board.status)


def test_text_of_an_imported_action_controls_no_terminal() -> None:
    wild = ConsoleActed(AT, ConsoleVerb.CANCELLED, "\x1b[2Jann", "\x07", "\x9b2J")
    text = events_text(fold(BoardSnapshot("races", "demo"), wild), AT)
    assert not any(each in text for each in "\x1b\x07\x9b")


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\n", b'{"v":3,"kind":"ConsoleActed","ev'])
async def test_what_is_torn_or_garbage_among_the_actions_costs_that_line_alone(
    services, composed, tmp_path, content: bytes
) -> None:
    job = (await launch(services, Judged(composed).valid)).job
    (path,) = tmp_path.rglob("actions.jsonl")
    with path.open("ab") as file:
        file.write(content)
    await cancel(services, "races", "demo")
    recording = services.recording_of(job)
    assert told(services.recorder.actions(recording)) == [("launched", ""), ("cancelled", "")]
    assert path.stat().st_mode & 0o077 == 0


def test_a_teams_bundle_does_not_tell_who_operates_the_platform() -> None:
    action = ConsoleActed(AT, ConsoleVerb.CANCELLED, "ann@desk", "ann@example.com")
    whole, team = Redaction(), Redaction(PlatformNames(["desk"], []))
    assert list(cleaned_events([action], whole, "demo")) == [action]
    assert list(cleaned_events([action], team, "demo")) == []
    assert any(each.what == NAME for each in team.left_out)
