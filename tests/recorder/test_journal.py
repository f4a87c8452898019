"""The journal: events there and back, whatever happened to the file."""

from __future__ import annotations

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from console.domain import events as e
from console.domain.facts import (
    ClusterEvent,
    ContainerExit,
    ContainerFacts,
    ContainerState,
    JobCondition,
    JobFacts,
    PodFacts,
)
from console.domain.progress import (
    EndedAttempt,
    FinishedRoute,
    MergedResult,
    MergeProblem,
    MergeStatus,
    PairProgress,
    ProgressReport,
)
from console.domain.submission import Images, PairPlan, SubmissionPlan
from console.operations.ports.recorder import Recording
from console.recorder import journal
from console.recorder.recorder import Recorder
from console.results.drives import Drives
from console.results.leaderboard import V1_0

AT = datetime(2026, 11, 22, 10, 0, 0, 123456, tzinfo=UTC)
WHERE = Recording("prod", "races", "demo", "uid")
PLAN = SubmissionPlan(
    "demo",
    "races",
    Drives(V1_0, 5, ("0-4",)),
    8,
    (PairPlan.usual(1),),
    "n",
    Images("l", "s", "a", "p"),
)
EXIT = ContainerExit(139, "Error", AT, None, "boom")
POD = PodFacts(
    "demo-1",
    "races",
    "p",
    "demo",
    "Running",
    (ContainerFacts("agent-1", ContainerState.TERMINATED, 2, ended=EXIT, previous=EXIT),),
)
JOB = JobFacts(
    "demo",
    "races",
    "uid",
    AT,
    8,
    (JobCondition("Failed", True, "r", "m", AT),),
    plan=PLAN,
    leaderboard="1.0",
)
ENDED = EndedAttempt(1, 2, "simulator", "crashed", 139, 11, "RouteScenario_3", AT)
REPORT = ProgressReport(
    7,
    AT,
    MergeStatus.INCOMPLETE,
    3,
    20,
    (PairProgress(1, 2, "ready", "driving", 1, 5, "r", (ENDED,)),),
    (MergeProblem("torn", 1, "x"),),
)
EVERY = (
    e.JobSeen(AT, JOB),
    e.JobVanished(AT),
    e.PodSeen(AT, POD),
    e.PodVanished(AT, "p"),
    e.ClusterEventSeen(
        AT, ClusterEvent("u", "Warning", "BackOff", "m", 3, AT, "Pod/demo-1 agent-1")
    ),
    e.PlanReported(AT, "1.0", 5, ((1, ("RouteScenario_0", "RouteScenario_1")),)),
    e.ProgressReported(AT, REPORT),
    e.RouteFinished(
        AT,
        FinishedRoute(
            1, "RouteScenario_0", 4, "Completed", 1.5, 2.5, 0.5, (("red_light", ("a",)),)
        ),
    ),
    e.MergedReported(AT, MergedResult("d", '{"a": "\u00e9"}', True)),
    e.StreamChanged(AT, "agent-1", e.StreamState.LOST, "gap"),
    e.ConnectionChanged(AT, False, "why"),
    e.ConsoleActed(AT, e.ConsoleVerb.RESUMED, "ann@desk", "ann@example.com", "from demo-1"),
)


@pytest.mark.parametrize("event", EVERY, ids=lambda event: type(event).__name__)
def test_every_event_comes_back_equal(event: e.Event) -> None:
    """Also a last line, which the recorder leaves out, is in the vocabulary."""
    assert journal.decode(journal.encode(event)) == event
    last = e.LastLine(AT, "agent-1", "x")
    assert journal.decode(journal.encode(last)) == last


def test_what_an_earlier_console_noted_of_a_job_is_read_with_its_plan() -> None:
    plan = (
        b'{"name":"demo","namespace":"races","leaderboard":"1.0","repetitions":5,"backoff_limit":8,'
        b'"pairs":[{"number":1,"gpu":0,"carla_port":2000,"traffic_manager_port":2010,'
        b'"routes_subset":"0-4"}],"nonce":"n","images":{"leaderboard":"l","simulator":"s",'
        b'"agent":"a","logcopy":"p"},"track":"SENSORS","counted_upstream":false}'
    )
    job = b'{"name":"demo","namespace":"races","uid":"uid","created_at":null,"backoff_limit":8'
    line = b'{"v":1,"kind":"JobSeen","event":{"at":"2026-11-22T10:00:00Z","job":%s,"plan":%s}}}'
    seen = journal.decode(line % (job, plan))
    assert isinstance(seen, e.JobSeen)
    assert seen.job.plan == PLAN
    unplanned = journal.decode(line % (job, b"null"))
    assert isinstance(unplanned, e.JobSeen)
    assert unplanned.job.plan is None
    assert journal.decode(line % (job, plan.replace(b"routes_subset", b"routes"))) is None


def test_what_the_console_before_noted_of_a_job_is_read_with_its_drives() -> None:
    """It named the fields of the drives; whatever else it noted had the shape of today."""
    line = journal.encode(EVERY[0]).replace(b'"v":3', b'"v":2')
    drives = b'["1.0",5,["0-4"]]'
    named = b'{"leaderboard":"1.0","repetitions":5,"subsets":["0-4"]}'
    assert drives in line
    assert journal.decode(line.replace(drives, named)) == EVERY[0]
    assert journal.decode(line.replace(drives, b'{"leaderboard":"1.0"}')) is None
    for event in EVERY[1:]:
        assert journal.decode(journal.encode(event).replace(b'{"v":3', b'{"v":2')) == event


def test_a_journal_survives_torn_lines_and_what_it_does_not_know(tmp_path: Path) -> None:
    """A crash in the middle of a line costs that line only; later versions are left out."""
    recorder = Recorder(tmp_path)
    writer = recorder.claim(WHERE)
    writer.note(EVERY[0])
    path = next(tmp_path.rglob("journal.jsonl"))
    with path.open("ab") as file:
        file.write(
            b'{"v":4,"kind":"JobVanished","event":{}}\n{"v":1,"kind":"Later","event":{}}\n\xff\xfe\n[]\n{"v":1,"kind":"JobSe'
        )
    writer.note(EVERY[1])
    assert list(recorder.history(WHERE)) == [EVERY[0], EVERY[1]]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_merged_result_is_kept_beside_the_journal(tmp_path: Path) -> None:
    """Whole or not at all, and found again by another console."""
    recorder = Recorder(tmp_path)
    writer = recorder.claim(WHERE)
    assert recorder.merged_text(WHERE) is None
    writer.note(e.MergedReported(AT, MergedResult("d", "{}", True)))
    assert Recorder(tmp_path).merged_text(WHERE) == "{}"
    assert Recorder(tmp_path).recordings() == (WHERE,)
    assert not list(tmp_path.rglob("tmp*"))
    assert all(stat.S_IMODE(p.stat().st_mode) == 0o600 for p in tmp_path.rglob("*") if p.is_file())


def test_last_lines_are_not_journalled_and_unknown_recordings_are_empty(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path)
    writer = recorder.claim(WHERE)
    writer.note(e.LastLine(AT, "agent-1", "x"))
    assert list(recorder.history(WHERE)) == []
    assert recorder.log(WHERE, "agent-1").line_count() == 0
    assert not (tmp_path / "prod/races/demo-uid/journal.jsonl").exists()
