"""Reading a submission's plan back out of a Job, wherever the Job comes from."""

import copy
import json
import re
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.cluster.decoding import Jobs
from console.domain.submission import HangLimits, Layout, PairPlan
from console.errors import InvalidInput
from console.results.leaderboard import named
from console.specs.compose import compose, load_template
from console.specs.plan import TEAM_ANNOTATION, plan_of, team_in_lists
from console.specs.values import load_profile

MANIFEST = compose(
    load_template("2.0"), load_profile("embedded").values("2.0"), nonce="n0nce", files={}
).manifest


def test_the_plan_says_everything_that_the_job_says(composed, leaderboard):
    plan = composed.plan
    assert (plan.name, plan.namespace, plan.backoff_limit) == ("demo", "leaderboard", 8)
    assert plan.drives.leaderboard == named(leaderboard)
    assert plan.drives.subsets == ("0-4", "5-9", "10-14", "15-19")
    assert plan.pairs == tuple(map(PairPlan.usual, (1, 2, 3, 4)))
    assert (plan.nonce, plan.track) == ("n0nce", "SENSORS")
    assert plan.images.agent == "console.local/team-agent:crash-once"
    assert plan.images.logcopy == "python:3"
    assert plan.images.leaderboard == f"console.local/leaderboard:{leaderboard}"


def test_the_plan_is_the_same_after_the_api_server_added_its_own():
    job = json.loads(json.dumps(MANIFEST))
    job["metadata"] |= {"uid": "u", "managedFields": [{}], "annotations": {"a": "b"}}
    job["status"] = {"active": 1}
    job["spec"]["selector"] = {"matchLabels": {"batch.kubernetes.io/controller-uid": "u"}}
    del job["kind"], job["apiVersion"]
    assert plan_of(job) == plan_of(MANIFEST)


def test_a_job_without_a_limit_has_the_limit_of_kubernetes():
    job = copy.deepcopy(MANIFEST)
    del job["spec"]["backoffLimit"]
    assert plan_of(job).backoff_limit == 6


@pytest.mark.parametrize(
    "job",
    [{}, {"kind": "Pod"}, {"spec": None}, {"metadata": {"name": "pi"}, "spec": {"template": {}}}],
)
def test_a_job_that_is_none_of_ours_is_refused_with_the_reason(job):
    with pytest.raises(InvalidInput) as refusal:
        plan_of(job)
    assert "is not a submission that the console can read" in refusal.value.what
    assert refusal.value.why


def test_fewer_pairs_with_other_numbers_are_a_plan_too():
    job = copy.deepcopy(MANIFEST)
    containers = job["spec"]["template"]["spec"]["containers"]
    containers[:] = [c for c in containers if not c["name"].endswith(("-1", "-3"))]
    assert [pair.number for pair in plan_of(job).pairs] == [2, 4]


def places(value, place=()):
    yield place
    children = ()
    if isinstance(value, dict):
        children = value.items()
    elif isinstance(value, list):
        children = enumerate(value)
    for key, child in children:
        yield from places(child, (*place, key))


@pytest.mark.parametrize(
    ("annotations", "number", "shown"),
    [
        ({}, "7", "#7"),
        ({TEAM_ANNOTATION: "Team Heron"}, "7", "Team Heron"),
        ({}, "", ""),
        (None, "7", "#7"),
    ],
)
def test_a_job_whose_team_has_a_number_alone_is_of_that_number(annotations, number, shown):
    job = copy.deepcopy(MANIFEST)
    job["metadata"]["annotations"] = annotations
    logcopy = job["spec"]["template"]["spec"]["containers"][-1]
    next(each for each in logcopy["env"] if each["name"] == "TEAM_ID")["value"] = number
    assert team_in_lists(annotations, plan_of(job).team_id) == shown
    seen = Jobs().one(msgspec.json.encode({"status": {}, **job}))
    assert seen.team == shown


PLACES = list(places(MANIFEST))[1:]
JUNK = st.sampled_from([None, True, -1, 10**30, "", "٣", "x" * 30, [], [None], {}, {"name": []}])


@given(st.sampled_from(PLACES), JUNK)
def test_a_broken_job_is_read_or_refused_and_never_an_accident(place, junk):
    job = json.loads(json.dumps(MANIFEST))
    parent = job
    for step in place[:-1]:
        parent = parent[step]
    parent[place[-1]] = junk
    try:
        plan = plan_of(job)
    except InvalidInput:
        return
    assert plan.drives.total is None or plan.drives.total >= 0


def _with_env(**said: str) -> dict:
    job = json.loads(json.dumps(MANIFEST))
    for each in job["spec"]["template"]["spec"]["containers"]:
        each["env"] += [{"name": name, "value": value} for name, value in said.items()]
    return job


@pytest.mark.parametrize(
    ("said", "limits"),
    [
        ({}, HangLimits(800.0, 400.0, 600.0)),
        ({"AGENT_IDLE_LIMIT": "90", "TICK_LIMIT": "7.5"}, HangLimits(90.0, 7.5, 600.0)),
        ({"AGENT_IDLE_LIMIT": "0", "TICK_LIMIT": "0"}, HangLimits(None, None, 600.0)),
        ({"AGENT_IDLE_LIMIT": "soon", "TICK_LIMIT": "007"}, HangLimits(800.0, 400.0, 600.0)),
        ({"BOOT_LIMIT": "1200", "TICK_LIMIT": "1" * 10}, HangLimits(800.0, 400.0, 1200.0)),
    ],
)
def test_a_pair_s_limits_are_those_of_its_job_as_its_supervisor_reads_them(said, limits):
    assert {pair.limits for pair in plan_of(_with_env(**said)).pairs} == {limits}


def test_where_a_job_is_silent_the_supervisor_s_own_limits_count():
    shell = Path("console/workers/pair_clock.sh").read_text()
    usual = dict(re.findall(r"limit (\w+) (\d+)", shell))
    names = ("AGENT_IDLE_LIMIT", "TICK_LIMIT", "BOOT_LIMIT")
    assert HangLimits() == HangLimits(*(float(usual[name]) for name in names))


def test_a_job_of_a_pod_for_each_pair_is_told_by_the_names_in_its_template():
    """Its pairs are those of whose routes the halves are told together."""
    job = json.loads(json.dumps(MANIFEST))
    spec = job["spec"]["template"]["spec"]
    simulator, agent, *_, logcopy = spec["containers"]
    simulator["name"], agent["name"] = "simulator", "agent"
    agent["env"] = [each for each in agent["env"] if each["name"] != "ROUTES_SUBSET"]
    agent["env"].append({"name": "ROUTES_SUBSETS", "value": "0-4;5-9;10-19"})
    spec["initContainers"] += [simulator, logcopy]
    spec["containers"] = [agent]
    job["spec"]["backoffLimitPerIndex"] = 3
    plan = plan_of(job)
    assert (plan.layout, plan.backoff_limit) == (Layout.POD_PER_PAIR, 3)
    assert plan.subsets == {1: "0-4", 2: "5-9", 3: "10-19"}
    assert {each.carla_port for each in plan.pairs} == {2000}
    assert {each.gpu for each in plan.pairs} == {None}
