"""What a recorder and a cluster know of the same pod, as one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from console.domain.pod_times import PairReports, PodTimes, Run, joined

START = datetime(2026, 11, 28, 14, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def pod(key: str, *runs: Run, restarts: int = 2, drove: tuple[int, ...] = ()) -> PodTimes:
    reports = PairReports(3, complete=1 in drove, done=0, drove=tuple((n, at(n)) for n in drove))
    return PodTimes(key, at(0), None, (("agent-3", runs),), (("agent-3", restarts),), (reports,))


FIRST, SECOND = Run(at(10), at(20)), Run(at(30), at(40))


def test_runs_that_the_cluster_has_forgotten_are_there_and_each_is_once() -> None:
    recorded = pod("p1", FIRST, Run(at(30)), restarts=1, drove=(1,))
    present = pod("p1", SECOND, Run(at(50)), drove=(3,))
    (found,) = joined((present,), (recorded,))
    assert found.runs_of("agent-3") == (FIRST, SECOND, Run(at(50)))
    reports = found.reports_of(3)
    assert reports is not None
    assert (reports.complete, [attempt for attempt, _ in reports.drove]) == (True, [1, 3])


def test_an_end_that_only_the_recorder_saw_stays() -> None:
    (found,) = joined((pod("p1", Run(at(10)), restarts=0),), (pod("p1", FIRST, restarts=0),))
    assert found.runs_of("agent-3") == (FIRST,)


def test_pods_that_only_one_of_them_knows_are_kept_in_their_order() -> None:
    found = joined((pod("p2"), pod("p3")), (pod("p1"), pod("p2")))
    assert [each.key for each in found] == ["p1", "p2", "p3"]
    assert joined((), found) == joined(found, ()) == found
