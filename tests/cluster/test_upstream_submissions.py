"""Several Jobs of upstream's are one submission: as a list has it, and as its watches tell it."""

from __future__ import annotations

import json

import pytest
from fakes.upstream_jobs import Submission
from fakes.upstream_seen import (
    COMPLETE,
    FAILED,
    Watched,
    all_running,
    pod_facts,
    seen,
    stored,
    usual,
)

from console.cluster.upstream_joined import joined
from console.cluster.upstream_reading import UpstreamJobs, part_of_upstream
from console.cluster.upstream_watch import UpstreamWatch
from console.cluster.watching import Gone, Seen
from console.domain.board import PairStatus, SubmissionStatus
from console.domain.events import JobSeen, PodSeen

MADE = usual()
NAME = "blue-sensors-1234"


@pytest.fixture
def watched() -> Watched:
    return all_running()


def test_all_its_jobs_are_one_submission_with_a_pair_a_worker() -> None:
    job = joined({each.job.name: each for each in map(seen, MADE.jobs())})
    assert (job.name, job.team, job.leaderboard, job.active) == (NAME, "blue", "2.0", 5)
    assert job.plan is not None
    assert job.plan.subsets == {1: "0-4", 2: "5-9", 3: "10-14", 4: "15-19"}
    assert job.plan.drives.total == 20
    assert all(pair.gpu is None for pair in job.plan.pairs)


def test_it_stays_one_and_the_same_whichever_of_its_jobs_are_there() -> None:
    alone = joined({"one": seen(MADE.worker(2))})
    whole = joined({each.job.name: each for each in map(seen, MADE.jobs())})
    assert alone.uid == whole.uid
    assert joined({"one": seen(Submission(number=7).worker(2))}).uid != alone.uid


def test_a_job_of_anybody_else_is_none_of_upstreams() -> None:
    reading = UpstreamJobs()
    for name in ("nightly-backup", "a-1-worker1"):
        job = {"metadata": {"name": name, "uid": name}, "spec": {"template": {"spec": {}}}}
        assert reading.one(json.dumps(job).encode()) is None
    assert reading.one(json.dumps(stored(MADE.worker(1))).encode()) is not None


def test_containers_of_all_its_pods_have_names_of_their_own_and_are_asked_for_by_the_pods() -> None:
    worker, monitor = (part_of_upstream(pod_facts(j)) for j in (MADE.worker(2), MADE.monitor()))
    assert worker is not None
    assert monitor is not None
    assert {c.name: c.asked for c in worker.containers} == {
        "private-contents-2": "private-contents",
        "simulator-2": "simulator",
        "agent-2": "agent",
        "aws-uploader-2": "aws-uploader",
    }
    assert {c.name: c.asked for c in monitor.containers} == {
        "private-contents-monitor": "private-contents",
        "monitor": "monitor",
    }
    assert (worker.pair, monitor.pair) == (2, 0)


def test_workers_that_run_are_pairs_and_what_they_have_driven_is_not_known(watched) -> None:
    board = watched.board
    assert board.status is SubmissionStatus.RUNNING
    assert set(watched.pairs.values()) == {PairStatus.RUNNING}
    assert board.done is None
    assert board.total == 20
    assert board.foreign == ()
    assert board.logcopy is not None
    assert board.logcopy.name == "monitor"
    pod = board.pod_of("agent-3")
    assert pod is not None
    assert pod.name == f"{NAME}-worker3-abcde"


def test_the_budget_is_of_the_worker_that_has_restarted_most(watched) -> None:
    watched.pod(MADE.worker(3), restarts=1)
    assert watched.board.budget.tally == "pair 3 3/4"
    assert watched.board.pairs[2].restarts == 2
    assert watched.board.budget.unit == "restarts"
    assert watched.board.budget.resumes_left == 0


def test_a_worker_that_failed_for_good_ends_no_other(watched) -> None:
    watched.jobs(MADE.worker(2), **FAILED)
    assert watched.pairs[2] is PairStatus.FAILED
    assert watched.pairs[1] is PairStatus.RUNNING
    assert watched.board.status is SubmissionStatus.RUNNING
    assert "Pair 2 failed for good" in watched.board.reason


def test_a_worker_that_is_done_and_deleted_stays_done(watched) -> None:
    """Upstream's state machine deletes what has completed."""
    watched.jobs(MADE.worker(1), **COMPLETE)
    watched.hear(Gone(pod_facts(MADE.worker(1))))
    watched.hear(Gone(seen(MADE.worker(1), **COMPLETE)))
    assert watched.pairs[1] is PairStatus.DONE
    assert watched.board.total == 20
    assert watched.board.status is SubmissionStatus.RUNNING


def test_a_worker_whose_job_was_gone_before_anybody_looked_is_not_known() -> None:
    late = Watched()
    late.jobs(MADE.monitor(), MADE.worker(1))
    late.pod(MADE.monitor())
    late.pod(MADE.worker(1))
    assert list(late.pairs) == [1]
    assert "No Job is here of worker 2, worker 3 and 1 more" in late.board.reason
    assert late.board.total is None


def test_a_worker_that_waits_for_a_node_is_named(watched) -> None:
    watched.pod(MADE.worker(4), "Pending")
    assert watched.pairs[4] is PairStatus.WAITING
    assert "Waiting: pair 4" in watched.board.reason


def test_a_monitor_alone_does_not_make_it_run() -> None:
    early = Watched()
    early.jobs(*MADE.jobs())
    early.pod(MADE.monitor())
    for number in (1, 2, 3, 4):
        early.pod(MADE.worker(number), "Pending")
    assert early.board.status is SubmissionStatus.PENDING


def test_at_its_end_no_result_is_claimed_and_where_it_is_is_told(watched) -> None:
    watched.jobs(*MADE.jobs(), **COMPLETE)
    board = watched.board
    assert board.status is SubmissionStatus.UNVERIFIED
    assert board.ended
    assert board.merged is None
    assert board.done is None
    assert "s3://carla-leaderboard/1234" in board.reason


def test_when_all_have_ended_and_one_failed_it_failed(watched) -> None:
    watched.jobs(*MADE.jobs(), **COMPLETE)
    watched.jobs(MADE.worker(3), **FAILED)
    assert watched.board.status is SubmissionStatus.FAILED
    assert "worker 3: Job has reached the specified backoff limit" in watched.board.reason


def test_it_is_gone_when_the_last_of_its_jobs_is(watched) -> None:
    for each in MADE.jobs():
        watched.hear(Gone(seen(each)))
    assert watched.board.status is SubmissionStatus.DELETED


def test_events_of_a_job_of_it_are_told_of_the_submission(watched) -> None:
    event = next(each for each in watched.told if isinstance(each, JobSeen))
    told = watched.watch.renamed(("default", f"{NAME}-worker2", event))
    assert told[:2] == ("default", NAME)
    for each in MADE.jobs():
        watched.hear(Gone(seen(each)))
    late = watched.watch.renamed(("default", f"{NAME}-worker2", event))
    assert late[:2] == ("default", NAME)
    other = ("default", "a-1-worker2", event)
    assert watched.watch.renamed(other) == other


def test_where_one_is_wanted_others_are_not_told_of() -> None:
    watch = UpstreamWatch("other-1")
    assert list(watch.told(Seen(seen(MADE.worker(1))))) == []
    assert list(watch.told(Seen(pod_facts(MADE.worker(1))))) == []


def test_every_pod_is_told_as_one_of_the_submission(watched) -> None:
    uids = {event.pod.owner for event in watched.told if isinstance(event, PodSeen)}
    assert watched.board.job is not None
    assert uids == {watched.board.job.uid}
