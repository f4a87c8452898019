"""One Job whose pairs have a pod each: made by rule, read back, judged, gone on from."""

from __future__ import annotations

import copy
from itertools import product
from typing import Any

import pytest

from console.domain.submission import Layout
from console.errors import InvalidInput
from console.results.leaderboard import LAUNCHED
from console.specs import pod
from console.specs.again import again
from console.specs.compose import Composed, compose, load_template
from console.specs.kept_for_pods import kept_name
from console.specs.mistakes import SpecRejected
from console.specs.parameters import parameters
from console.specs.plan import plan_of
from console.specs.preflight_job import preflight_of
from console.specs.read_back import read_back
from console.specs.rendering import to_yaml
from console.specs.schema import misfits
from console.specs.shape import LAYOUT
from console.specs.step_functions import step_functions_state
from console.specs.template import parse_template
from console.specs.unlike_ours import unlike_ours
from console.specs.validation import validate, validate_manifest
from console.specs.values import Values, load_profile

FILES = {"pair_supervisor.sh": "", "private_contents.sh": "", "console/workers/logcopy.py": ""}
IMAGES = {
    "submission.name": "demo",
    "submission.submitted_image_uri": "registry.example/team:1",
    "cluster.leaderboard_image": "registry.example/leaderboard:1",
    "cluster.simulator_image": "registry.example/carla:1",
}


def values(version: str = "2.0", profile: str = "embedded", **said: Any) -> Values:
    template = load_template(version)
    given = {path.replace("__", "."): value for path, value in said.items()}
    told = {**IMAGES, LAYOUT: "pod-per-pair", **given}
    return (
        load_profile(profile).values(version).override(told, origin="--set", known=template.paths)
    )


def made(version: str = "2.0", profile: str = "embedded", **said: Any) -> Composed:
    return compose(load_template(version), values(version, profile, **said), nonce="n", files=FILES)


def named(composed: Composed) -> dict[str, dict[str, Any]]:
    return {each.name: each.content for each in pod.all_containers(composed.manifest)}


def variables(container: dict[str, Any]) -> dict[str, Any]:
    return {each["name"]: each.get("value", each.get("valueFrom")) for each in container["env"]}


VERSIONS = [each.name for each in LAUNCHED]
PROFILES = ("embedded", "g5.xlarge", "g5.12xlarge", "k3s-workstation")
SAMPLE = [*zip(VERSIONS, PROFILES, (1, 3, 16, 20), strict=True)]
EVERY = [*product(VERSIONS, PROFILES, (1, 3, 16, 20))]


@pytest.mark.parametrize(
    ("version", "profile", "pairs"),
    [pytest.param(*each, marks=() if each in SAMPLE else pytest.mark.thorough) for each in EVERY],
)
def test_any_leaderboard_on_any_nodes_has_a_sound_job_of_any_pairs(version, profile, pairs):
    composed = made(version, profile, shape__pairs=pairs)
    assert [str(each) for each in validate(composed) if each.severity == "error"] == []
    assert list(misfits(composed.manifest)) == []
    plan = plan_of(composed.manifest)
    whole = plan_of(made(version, profile, shape__layout="one-pod").manifest)
    assert plan.layout is Layout.POD_PER_PAIR
    assert len(plan.pairs) == pairs
    assert sorted(r for own in plan.routes.values() for r in own or ()) == sorted(
        r for own in whole.routes.values() for r in own or ()
    )


def test_each_pair_is_an_index_with_a_restart_budget_of_its_own():
    spec = made(shape__pairs=3).manifest["spec"]
    assert (spec["completionMode"], spec["completions"], spec["parallelism"]) == ("Indexed", 3, 3)
    assert spec["backoffLimitPerIndex"] == 3
    assert "backoffLimit" not in spec
    assert spec["template"]["spec"]["restartPolicy"] == "Never"


def test_the_agents_end_is_the_pods_and_the_others_are_beside_it():
    spec = made().manifest["spec"]["template"]["spec"]
    order = [(each["name"], each.get("restartPolicy")) for each in spec["initContainers"]]
    assert order == [("private-contents", None), ("simulator", "Always"), ("logcopy", "Always")]
    assert [each["name"] for each in spec["containers"]] == ["agent"]


def test_which_pair_it_is_a_half_is_not_told_but_its_index_and_all_routes():
    halves = named(made(shape__pairs=2))
    for name in ("simulator", "agent"):
        told = variables(halves[name])
        assert not {"PAIR", "ROUTES_SUBSET"} & set(told)
        count = "metadata.annotations['batch.kubernetes.io/job-index-failure-count']"
        assert told["ATTEMPTS_BEFORE"] == {"fieldRef": {"fieldPath": count}}
    assert variables(halves["agent"])["ROUTES_SUBSETS"] == "0-9;10-19"
    assert variables(halves["logcopy"])["ROUTES_SUBSETS"] == "0-9;10-19"


def test_what_is_kept_of_every_pair_is_seen_by_the_init_container_alone_and_need_not_be_there():
    composed = made(shape__pairs=2)
    volumes = composed.manifest["spec"]["template"]["spec"]["volumes"]
    kept = next(each for each in volumes if each["name"] == "kept")
    assert kept["projected"]["sources"] == [
        {"configMap": {"name": kept_name("demo", pair), "optional": True}} for pair in (1, 2)
    ]
    mounting = [n for n, each in named(composed).items() if "kept" in str(each["volumeMounts"])]
    assert mounting == ["private-contents"]


def test_no_gpu_is_named_by_hand_and_the_agent_takes_that_of_its_simulator():
    simulator, agent = (named(made(profile="g5.12xlarge"))[name] for name in ("simulator", "agent"))
    assert simulator["resources"]["limits"] == {"nvidia.com/gpu": 1}
    assert "NVIDIA_VISIBLE_DEVICES" not in variables(simulator)
    assert not simulator["securityContext"].get("privileged")
    assert variables(agent)["NVIDIA_VISIBLE_DEVICES"] == "all"
    assert variables(agent)["GPU_OF_PARTNER"] == "1"


@pytest.mark.parametrize("profile", ["k3s-workstation", "g5.48xlarge"])
def test_where_no_number_is_said_there_are_four_whatever_one_node_has(profile):
    """The Job and the form that shows it beforehand."""
    composed = made(profile=profile)
    assert composed.manifest["spec"]["completions"] == 4
    shown = {
        each.path: each.default
        for each in parameters(load_template("2.0"), values(profile=profile))
    }
    assert shown["shape.pairs"] == 4


def test_a_claim_is_of_both_halves_and_each_pod_has_its_own():
    composed = made(cluster__gpus="claims")
    halves = named(composed)
    for name in ("simulator", "agent"):
        assert halves[name]["resources"]["claims"] == [{"name": "gpu"}]
        assert "GPU_OF_PARTNER" not in variables(halves[name])
    claims = composed.manifest["spec"]["template"]["spec"]["resourceClaims"]
    assert claims == [{"name": "gpu", "resourceClaimTemplateName": "demo-gpu"}]


@pytest.mark.parametrize(("limit", "resumes"), [(8, 3), (0, 0), (3, 1), (21, 10)])
def test_the_budget_is_as_many_resumes_of_each_as_it_allows_to_one(limit, resumes):
    composed = compose(load_template("2.0"), values(), backoff_limit=limit, files=FILES)
    assert composed.manifest["spec"]["backoffLimitPerIndex"] == resumes
    assert composed.plan.backoff_limit == resumes


def test_one_pod_has_sixteen_pairs_at_most_and_says_what_has_more():
    with pytest.raises(SpecRejected) as refused:
        made(shape__pairs=17, shape__layout="one-pod")
    assert "shape.layout=pod-per-pair" in str(refused.value.mistakes[0].text)


def test_a_node_with_one_gpu_is_enough_for_as_many_pairs_as_are_wanted():
    assert len(made(profile="g5.xlarge").plan.pairs) == 4
    assert len(made(profile="g5.xlarge", shape__pairs=20).plan.pairs) == 20


@pytest.mark.parametrize(
    ("version", "way"), [("1.0", "claims"), ("2.0", "limits"), ("Bench2Drive", "shared")]
)
def test_the_values_that_made_such_a_job_are_read_back_and_make_the_very_same(version, way):
    said = {
        "shape__pairs": 3,
        "cluster__gpus": way,
        "cluster__display": "offscreen",
        "cluster__agent_shm": "2Gi",
        "job__repetitions": 2,
        "submission__team_name": "Red",
    }
    composed = made(version, **said)
    read = read_back(composed.manifest)
    assert read is not None
    assert read.values[LAYOUT] == "pod-per-pair"
    assert read.values["shape.pairs"] == "3"
    template = load_template(version)
    told = Values({}).override(read.values, origin="read", known=template.paths)
    anew = compose(template, told, nonce="n", files=FILES)
    assert anew.manifest == composed.manifest
    assert unlike_ours(composed.manifest) == ()


def test_a_template_of_ones_own_may_have_its_pods_apart_already():
    job = made(shape__pairs=4).manifest
    del job["metadata"]["namespace"]
    template = parse_template(to_yaml(job), "own.yaml")
    anew = compose(template, Values({"shape": {"pairs": 2}}), files=FILES)
    assert anew.plan.subsets == {1: "0-9", 2: "10-19"}
    assert anew.manifest["spec"]["completions"] == 2
    with pytest.raises(SpecRejected):
        compose(template, Values({"shape": {"layout": "one-pod"}}), files=FILES)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda job: job["spec"].pop("completionMode"), "Write Indexed"),
        (lambda job: job["spec"].update(completions=3), "4 pairs have routes"),
        (lambda job: job["spec"].update(parallelism=0), "no pair would begin"),
        (lambda job: job["spec"].pop("backoffLimitPerIndex"), "would end all"),
        (lambda job: job["spec"].update(maxFailedIndexes=1), "end those that drive"),
        (lambda job: job["spec"]["template"]["spec"].update(restartPolicy="OnFailure"), "Never"),
        (lambda job: job["metadata"].update(name="a" * 62), "61 are allowed"),
        (lambda job: sidecar(job, 1).pop("restartPolicy"), "simulator is no sidecar"),
        (lambda job: sidecar(job, 2).pop("restartPolicy"), "logcopy is no sidecar"),
        (lambda job: sidecar(job, 0, reverse=True), "in the order"),
    ],
)
def test_what_kubernetes_or_a_pair_would_refuse_is_found_before_anything_is_sent(change, said):
    job = copy.deepcopy(made().manifest)
    change(job)
    assert said in " ".join(map(str, validate_manifest(job)))


def sidecar(job: dict[str, Any], number: int, *, reverse: bool = False) -> dict[str, Any]:
    there = job["spec"]["template"]["spec"]["initContainers"]
    if reverse:
        there[1:] = there[:0:-1]
    found: dict[str, Any] = there[number]
    return found


def test_it_goes_on_as_it_was_with_each_pairs_finished_drives():
    old = copy.deepcopy(made(shape__pairs=2).manifest)
    old["spec"] |= {"parallelism": 0, "backoffLimit": 2**31 - 1, "suspend": False}
    new = again(old, "demo-2", {1: "{}"}, files=FILES)
    assert [str(each) for each in validate(new)] == []
    assert new.plan.layout is Layout.POD_PER_PAIR
    assert new.manifest["spec"]["parallelism"] == 2
    told = variables(named(new)["private-contents"])
    assert (told["RESUME"], told["PAIRS"]) == ("1", "1")
    volumes = new.manifest["spec"]["template"]["spec"]["volumes"]
    assert "demo-2-kept-1" in str(volumes)
    assert "demo-kept-1" not in str(volumes)
    more = again(old, "demo-2", {}, backoff_limit=11, files=FILES)
    assert more.plan.backoff_limit == 5


def test_before_it_a_preflight_looks_at_one_node_as_its_first_pair():
    job = preflight_of(made(shape__pairs=20), seconds=60).manifest
    names = [each.name for each in pod.all_containers(job)]
    assert names == ["private-contents", "simulator-1", "agent-1", "logcopy"]
    assert "completions" not in job["spec"]
    assert [pair.gpu for pair in plan_of(job).pairs] == [None]
    assert list(misfits(job)) == []


def test_no_state_machine_of_upstreams_is_given_one():
    with pytest.raises(InvalidInput, match="pod for each pair"):
        step_functions_state(load_template("2.0"), values(), files=FILES)
