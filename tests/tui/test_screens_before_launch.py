"""What the compose screen says before a launch: the manifest, the server, where it is published."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes.compose_form import compose, field, says_at_its_end
from fakes.pilots import opened, seen, shows, until
from fakes.screens import FakeBackend
from msgspec.structs import replace

from console.domain.facts import EvalAiPlace
from console.errors import Conflict
from console.operations.delivering.asked_before import TakenBefore
from console.operations.ports.evalai import RemoteStatus, RemoteSubmission
from console.operations.publishing.asked_before import AskedBefore
from console.publish.publishing_file import PublishingOnDisk
from console.tui.screens import asked_beside
from console.tui.screens.compose import ComposeScreen
from console.tui.screens.dialogs import ErrorDialog
from console.tui.widgets.form import Form
from console.tui.widgets.line_pane import LinePane


async def test_the_manifest_is_previewed_also_in_a_small_terminal(backend: FakeBackend) -> None:
    async with opened(backend, (80, 24)) as (app, pilot):
        await compose(app, pilot)
        assert "backoffLimit" not in seen(app)
        await pilot.press("ctrl+y")
        await shows(pilot, "kind: Job", "backoffLimit: 8")
        await pilot.press("escape")
        await shows(pilot, "Agent image")


async def test_a_dry_run_shows_the_servers_warnings_and_stays(backend: FakeBackend) -> None:
    backend.warnings = ('unknown field "spec.x" [/odd]',)
    async with opened(backend) as (app, pilot):
        await compose(app, pilot)
        await pilot.press("ctrl+t")
        await shows(pilot, 'unknown field "spec.x" [/odd]', "the server accepts it")
        assert isinstance(app.screen, ComposeScreen)
    assert backend.asked[-2][:2] == ("launch", True)


async def test_the_servers_answer_stands_until_the_form_says_something_else(
    backend: FakeBackend,
) -> None:
    async with opened(backend) as (app, pilot):
        screen = await compose(app, pilot)
        await pilot.press("ctrl+t")
        await shows(pilot, "the server accepts it")
        assert screen.composition is not None
        screen._show(replace(screen.composition))
        await pilot.pause()
        assert "the server accepts it" in seen(app)
        await pilot.press("x")
        await until(pilot, lambda: "the server accepts it" not in seen(app))


async def test_the_manifest_ends_with_what_no_server_can_see(backend: FakeBackend) -> None:
    async with opened(backend) as (app, pilot):
        screen = await compose(app, pilot)
        await shows(pilot, "✓ ready")
        told = "\n".join(screen.query_one(LinePane).rows)
    manifest, _, notes = told.rpartition("volumes:")
    assert "kind: Job" in manifest
    assert "# Display: the servers need an X server on their node" in notes
    assert "sudo and setuid programs" in notes


async def test_a_refused_launch_explains_itself_and_keeps_the_form(backend: FakeBackend) -> None:
    backend.raises = Conflict("There is a Job named demo already.", fix="Choose another name.")
    async with opened(backend) as (app, pilot):
        await compose(app, pilot)
        await pilot.press("ctrl+l")
        await until(pilot, lambda: isinstance(app.screen, ErrorDialog))
        await shows(pilot, "There is a Job named demo already.", "Choose another name.")
        await pilot.press("escape")
        await shows(pilot, "✓ ready")


async def test_beneath_the_fields_is_said_what_will_be_published(
    backend: FakeBackend, tmp_path: Path
) -> None:
    (tmp_path / "publishing.yaml").write_text("evalai: {challenges: 7, token-file: token}")
    backend.publishing = PublishingOnDisk(tmp_path)
    async with opened(backend) as (app, pilot):
        screen = await compose(app, pilot)
        await says_at_its_end(pilot, "PUBLISHING", "Nothing is published: challenge 1 is not among")
        field(screen, "submission.challenge_id").value = "7"
        await says_at_its_end(pilot, "The recorder sends results to EvalAI's submission 1 of")
        assert "leaderboard.carla.org/evalai: https://eval.ai 7/1/1" in screen.composition.manifest
        field(screen, "submission.submission_id").value = "draft"
        await says_at_its_end(pilot, "Nothing is published: its submission id is no", "1 warning")
        (tmp_path / "publishing.yaml").write_text("evalai: {}")
        field(screen, "submission.submission_id").value = "12"
        await says_at_its_end(pilot, "✗ PUBLISHING, at the form's end: its settings are wrong.")
        assert "has no place of the token." in screen.composition.publishing


async def test_evalai_is_asked_after_a_pause_and_what_does_not_fit_is_said(
    backend: FakeBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asked_beside, "PAUSE_SECONDS", 0.05)
    (tmp_path / "publishing.yaml").write_text("evalai: {challenges: 1, token-file: token}")
    backend.publishing = PublishingOnDisk(tmp_path)
    shown = RemoteSubmission(RemoteStatus.FAILED, "failed", 77, "Ravens", 9)
    backend.there = AskedBefore(EvalAiPlace("https://eval.ai", 1, 1, 12), shown)

    def asked() -> list[int]:
        return [each[1].submission for each in backend.asked if each[0] == "evalai"]

    async with opened(backend, (100, 40)) as (app, pilot):
        screen = await compose(app, pilot)
        for typed in ("3", "30", "301"):
            field(screen, "submission.submission_id").value = typed
        await until(pilot, lambda: 301 in asked())
        assert not {3, 30} & {*asked()}, "no digit is asked for"
        await says_at_its_end(
            pilot, "EvalAI shows submission 12: team 77 (Ravens), phase 9, failed."
        )
        screen.query_one(Form).scroll_home(animate=False)
        await shows(pilot, "3 warnings", "! It is of team 77 (Ravens) there, and this launch names")
        assert screen.why_not == "", "it can be launched all the same"
        field(screen, "submission.team_id").value = "77"
        await until(pilot, lambda: "names team" not in seen(app))
        assert asked().count(301) == 1, "another team is no other question"


async def test_a_folder_of_another_submission_is_said_before_the_launch(
    backend: FakeBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asked_beside, "PAUSE_SECONDS", 0.05)
    (tmp_path / "publishing.yaml").write_text("storage: {to: 's3://board/2026'}")
    backend.publishing = PublishingOnDisk(tmp_path)
    backend.taken = TakenBefore("raven")
    async with opened(backend, (120, 40)) as (app, pilot):
        screen = await compose(app, pilot)
        await shows(
            pilot, "1 warning", "! The folder s3://board/2026/1", "belongs to raven: nothing"
        )
        assert screen.why_not == "", "it can be launched all the same"
        backend.taken = TakenBefore()
        field(screen, "submission.submission_id").value = "12"
        await until(pilot, lambda: "belongs to raven" not in seen(app))


async def test_where_nobody_can_say_what_is_published_the_form_says_nothing(
    backend: FakeBackend,
) -> None:
    async with opened(backend) as (app, pilot):
        screen = await compose(app, pilot)
        screen.query_one(Form).scroll_end(animate=False)
        await pilot.pause()
        assert "PUBLISHING" not in seen(app)
