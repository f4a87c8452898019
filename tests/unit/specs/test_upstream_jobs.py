"""Upstream's Jobs of today are told from all others, and what they say is read."""

from __future__ import annotations

import pytest

from console.operations.ports.cluster import JsonObject
from console.specs.credentials import without_credentials
from console.specs.plan import plan_faults
from console.specs.upstream_jobs import (
    UpstreamMonitor,
    UpstreamWorker,
    submission_of,
    team_of,
    upstream_job,
)
from tests.fakes.upstream_jobs import Submission

FORMS = [
    Submission(leaderboard=version, by_state_machine=machine)
    for version in ("1.0", "2.0")
    for machine in (False, True)
]


@pytest.mark.parametrize("made", FORMS, ids=str)
def test_each_worker_tells_its_number_and_its_routes(made: Submission) -> None:
    read = [upstream_job(made.worker(number)) for number in (1, 2, 3, 4)]
    workers = [each for each in read if isinstance(each, UpstreamWorker)]
    assert [each.number for each in workers] == [1, 2, 3, 4]
    assert [each.subset for each in workers] == ["0-4", "5-9", "10-14", "15-19"]
    assert {each.submission for each in workers} == {"team-blue-car-sensors-1234"}
    repetitions = 5 if made.leaderboard == "1.0" else 1
    assert {(each.leaderboard, each.repetitions) for each in workers} == {
        (made.leaderboard, repetitions)
    }
    assert workers[0].images[2] == "upstream.example/agent:2024"
    assert workers[0].stored_in == "s3://carla-leaderboard/1234"


@pytest.mark.parametrize("made", FORMS, ids=str)
def test_the_monitor_tells_how_many_workers_were_asked_for(made: Submission) -> None:
    monitor = upstream_job(made.monitor())
    assert monitor == UpstreamMonitor(made.name, 4, "77", "s3://carla-leaderboard/1234")


def test_a_submission_with_fewer_routes_than_workers_has_a_worker_a_route() -> None:
    made = Submission(routes=3, workers=8)
    assert made.subsets == ("0-0", "1-1", "2-2")
    monitor = upstream_job(made.monitor())
    assert isinstance(monitor, UpstreamMonitor)
    assert monitor.workers == 8


def test_what_a_monitor_does_not_say_is_not_known() -> None:
    job = Submission().monitor()
    monitor = upstream_job(_with_env(job, "monitor", SUBMISSION_WORKERS=None))
    assert isinstance(monitor, UpstreamMonitor)
    assert monitor.workers is None


@pytest.mark.parametrize(
    "unlike",
    [
        lambda job: job["metadata"].update(name="nightly-worker1"),
        lambda job: job["metadata"].update(name="team-sensors-1234-worker0"),
        lambda job: job["spec"]["template"]["spec"].update(serviceAccountName="default"),
        lambda job: job["spec"]["template"]["spec"]["containers"].pop(),
        lambda job: _with_env(job, "agent", WORKER_ID="2"),
        lambda job: _with_env(job, "aws-uploader", SUBMISSION_ID="99"),
        lambda job: job["spec"].update(template=None),
    ],
)
def test_a_job_that_is_unlike_it_in_one_thing_is_none_of_upstreams(unlike) -> None:  # type: ignore[no-untyped-def]
    job = Submission().worker(1)
    assert upstream_job(job) is not None
    unlike(job)
    assert upstream_job(job) is None


def test_the_name_of_a_job_tells_the_submission_and_that_the_team() -> None:
    name = Submission(team="AutoNX", track="MAP_QUALIFIER", number=7).name
    assert name == "autonx-map-qualifier-7"
    assert submission_of(f"{name}-worker12") == submission_of(f"{name}-monitor") == name
    assert team_of(name, "MAP_QUALIFIER") == "autonx"
    assert submission_of(name) == submission_of(f"{name}-worker1234") == ""


def test_it_is_no_submission_that_the_console_made() -> None:
    assert list(plan_faults(Submission().worker(1)))


def test_the_token_that_the_monitor_carries_is_never_shown() -> None:
    assert "evalai-plain-token" not in str(without_credentials(Submission().monitor()))


def _with_env(job: JsonObject, container: str, **changed: str | None) -> JsonObject:
    for each in job["spec"]["template"]["spec"]["containers"]:
        if each["name"] == container:
            env = {entry["name"]: entry["value"] for entry in each["env"]} | changed
            each["env"] = [{"name": k, "value": v} for k, v in env.items() if v is not None]
    return job
