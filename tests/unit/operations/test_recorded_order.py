"""What a recording tells, in the order in which it became known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fakes.demo_recording import BEGIN, DEMO, services_of, unpacked
from fakes.documents import plan_for
from fakes.following import line
from msgspec.structs import replace

from console.domain.events import (
    ConnectionChanged,
    Event,
    JobSeen,
    JobVanished,
    ProgressReported,
    RouteFinished,
)
from console.domain.facts import JobCondition, JobFacts
from console.errors import NotFound
from console.operations.ports.recorder import Recording
from console.operations.recording.recorded import recorded_board
from console.operations.replay.boards_by_time import BoardsByTime
from console.operations.replay.recorded_order import Timeline, timeline
from console.operations.services import Services
from console.workers import protocol

AT = datetime(2026, 11, 22, 10, tzinfo=UTC)
RECORDING = Recording("fake", "x", "demo", "u1")
COMPLETE = (JobCondition("Complete", True),)


def job(**more: object) -> JobFacts:
    plan = plan_for("2.0")
    facts = {"leaderboard": "2.0", "plan": plan, **more}
    return JobFacts("demo", "x", "u1", AT, plan.backoff_limit, **facts)  # type: ignore[arg-type]


def at(second: float) -> datetime:
    return AT + timedelta(seconds=second)


def told(services: Services, recording: Recording = RECORDING) -> Timeline:
    return timeline(
        services.recorder, recording, lambda name: services.recorder.log(recording, name)
    )


def snapshot(sequence: int, done: int) -> str:
    payload = {"v": 1, "t": 1, "status": "running", "done": done, "total": 4, "pairs": []}
    return protocol.format_line("n0nce", sequence, "snapshot", payload)


class Written:
    """A recording made of events and lines."""

    def __init__(self, root: Path) -> None:
        self.services = services_of(root)
        writer = self.services.recorder.claim(RECORDING)
        assert writer is not None
        self.writer = writer

    def note(self, *events: Event) -> None:
        for event in events:
            self.writer.note(event)

    def say(self, container: str, *lines: tuple[int, str]) -> None:
        spool = self.writer.open_spool(container, 0, pod="pod-1")
        for second, text in lines:
            spool.write(line(second, text))
        spool.close()


@pytest.fixture
def written(tmp_path: Path) -> Written:
    return Written(tmp_path / "recordings")


def test_all_of_the_demo_leads_to_the_board_that_its_recording_has(
    demo_services: Services,
) -> None:
    played = told(demo_services, DEMO)
    board = BoardsByTime("default", "demo", played).at(played.end)
    recorded = recorded_board(demo_services, DEMO)
    assert recorded is not None
    for field in ("status", "done", "total", "budget", "records", "events", "report"):
        assert getattr(board, field) == getattr(recorded, field), field
    # The demo was recorded before scores were: a replay tells what was known then.
    assert recorded.merged is not None
    assert board.merged == replace(recorded.merged, driving_score=None)
    assert [(p.status, p.attempt, p.ended) for p in board.pairs] == [
        (p.status, p.attempt, p.ended) for p in recorded.pairs
    ]


def test_it_lasts_from_the_jobs_creation_to_the_last_line(demo_services: Services) -> None:
    played = told(demo_services, DEMO)
    assert played.begin == BEGIN
    assert 74 < (played.end - played.begin).total_seconds() < 75
    times = [each.at for each in played.happenings]
    assert times == sorted(times)


def test_what_both_the_journal_and_logcopys_log_tell_counts_once(demo_services: Services) -> None:
    played = told(demo_services, DEMO)
    records = [e.event.record for e in played.happenings if isinstance(e.event, RouteFinished)]
    assert len(records) == len({(each.route_id, each.repetition) for each in records}) == 20


def test_of_a_job_that_is_seen_late_what_never_changes_is_known_at_once(written: Written) -> None:
    written.note(JobSeen(at(500), job(conditions=COMPLETE, active=1)))
    first, second = told(written.services).happenings
    assert isinstance(first.event, JobSeen)
    assert isinstance(second.event, JobSeen)
    assert (first.at, first.event.job) == (AT, job())
    assert second == (at(500), JobSeen(at(500), job(conditions=COMPLETE, active=1)))


def test_progress_is_known_when_it_was_said_though_nobody_listened_then(written: Written) -> None:
    written.note(JobSeen(at(50), job()))
    written.say("logcopy", (10, snapshot(1, 1)), (20, snapshot(2, 2)))
    played = told(written.services).happenings
    progress = [e for e in played if isinstance(e.event, ProgressReported)]
    assert [each.at for each in progress] == [at(10), at(20)]
    assert all(each.event.at == each.at for each in progress)


def test_lines_of_another_submission_are_no_progress(written: Written) -> None:
    written.note(JobSeen(at(0), job()))
    written.say("logcopy", (10, snapshot(1, 1).replace("n0nce", "other")), (11, "hello"))
    assert len(told(written.services).happenings) == 2


def test_a_clock_that_was_wrong_for_a_while_changes_no_order(written: Written) -> None:
    day = 86400
    written.note(
        JobSeen(at(0), job()),
        ConnectionChanged(at(10 * day), False, "first"),
        ConnectionChanged(at(20), True, "second"),
        ConnectionChanged(at(-day), False, "third"),
        ConnectionChanged(at(30), True, "fourth"),
        JobVanished(at(40)),
    )
    played = told(written.services)
    changes = [e for e in played.happenings if isinstance(e.event, ConnectionChanged)]
    assert [each.event.why for each in changes] == ["first", "second", "third", "fourth"]
    assert [each.at for each in changes] == [at(0), at(20), at(20), at(30)]
    assert [each.event.at for each in changes] == [each.at for each in changes]
    assert (played.begin, played.end) == (at(0), at(40))


def test_the_words_of_any_container_belong_to_the_time_that_is_played(written: Written) -> None:
    written.note(JobSeen(at(20), job(conditions=COMPLETE)))
    written.say("agent-1", (5, "hello"), (59, "bye"))
    played = told(written.services)
    assert (played.begin, played.end) == (AT, at(59))


def test_a_recording_whose_journal_is_lost_is_played_by_its_manifest(tmp_path: Path) -> None:
    services = unpacked(tmp_path)
    (journal,) = tmp_path.rglob("journal.jsonl")
    journal.unlink()
    played = told(services, DEMO)
    board = BoardsByTime("default", "demo", played).at(played.end)
    assert (board.done, board.total) == (20, 20)
    assert (played.end - played.begin).total_seconds() > 60


def test_a_recording_without_its_job_says_that_it_cannot_be_played(written: Written) -> None:
    written.say("agent-1", (5, "hello"))
    with pytest.raises(NotFound, match="x/demo cannot be played"):
        told(written.services)


def test_a_recording_in_which_nothing_has_a_time_cannot_be_played(tmp_path: Path) -> None:
    services = unpacked(tmp_path)
    (folder,) = tmp_path.rglob("demo-*")
    for each in folder.rglob("*"):
        if each.suffix in (".log", ".jsonl"):
            each.unlink()
    with pytest.raises(NotFound) as missing:
        told(services, DEMO)
    assert missing.value.why == "Nothing in it has a time."
