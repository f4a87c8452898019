"""How the pairs get their GPUs: by limits and by hand, by claims, as shares; values of the profile."""

import copy

import pytest
from fakes.jobs import at_site, half, pod_spec

from console.errors import InvalidInput
from console.specs.again import again
from console.specs.compose import compose, load_template
from console.specs.mistakes import SpecRejected
from console.specs.parameters import as_value, parameters, problem
from console.specs.validation import validate, validate_manifest
from console.specs.values import load_profile, parse_profile

TAINT = "nvidia.com/gpu=present:NoSchedule"


def told(made, name):
    return {each["name"] for each in half(made, name)["env"]}


def refusal(**said):
    with pytest.raises(SpecRejected) as refused:
        at_site(**said)
    return str(refused.value)


def test_limits_is_the_default_and_changes_nothing(leaderboard):
    plain = at_site(leaderboard).manifest
    assert at_site(leaderboard, gpus="limits").manifest == plain
    assert "runtimeClassName" not in plain["spec"]["template"]["spec"]
    assert "tolerations" not in plain["spec"]["template"]["spec"]
    assert len(at_site(leaderboard).possessions) == 1


def test_a_claim_a_pair_is_shared_by_its_two_halves(leaderboard):
    made = at_site(leaderboard, gpus="claims", gpu_device_class="gpu.example.com")
    assert [each["name"] for each in pod_spec(made)["resourceClaims"]] == [
        f"gpu-{n}" for n in range(1, 5)
    ]
    for number in range(1, 5):
        for name in (f"simulator-{number}", f"agent-{number}"):
            assert half(made, name)["resources"] == {"claims": [{"name": f"gpu-{number}"}]}
            assert "NVIDIA_VISIBLE_DEVICES" not in told(made, name)
    template = made.possessions[1]
    assert {each["resourceClaimTemplateName"] for each in pod_spec(made)["resourceClaims"]} == {
        template["metadata"]["name"]
    }
    (asked,) = template["spec"]["spec"]["devices"]["requests"]
    assert asked["exactly"] == {"deviceClassName": "gpu.example.com"}
    assert (template["apiVersion"], template["kind"]) == (
        "resource.k8s.io/v1",
        "ResourceClaimTemplate",
    )
    assert validate(made) == ()


def test_each_half_has_a_share_of_its_own(leaderboard):
    made = at_site(leaderboard, gpus="shared")
    for name in ("simulator-3", "agent-3"):
        assert half(made, name)["resources"] == {"limits": {"nvidia.com/gpu.shared": 1}}
        assert "NVIDIA_VISIBLE_DEVICES" not in told(made, name)
    assert validate(made) == ()
    made = at_site(leaderboard, gpus="shared", gpu_resource="nvidia.com/gpu")
    assert half(made, "agent-3")["resources"] == {"limits": {"nvidia.com/gpu": 1}}


@pytest.mark.parametrize("way", ["claims", "shared"])
def test_a_server_is_privileged_only_where_its_gpu_is_told_by_hand(way):
    """A privileged container sees every GPU, whichever was allocated."""
    assert half(at_site(gpus="limits"), "simulator-1")["securityContext"]["privileged"] is True
    assert "privileged" not in half(at_site(gpus=way), "simulator-1")["securityContext"]


@pytest.mark.parametrize("way", ["claims", "shared"])
def test_the_plan_knows_no_index_where_the_cluster_chooses(way):
    assert [pair.gpu for pair in at_site(gpus=way).plan.pairs] == [None] * 4
    assert [pair.gpu for pair in at_site().plan.pairs] == [0, 1, 2, 3]


def test_limits_take_another_resource_by_name():
    made = at_site(gpu_resource="nvidia.com/mig-3g.40gb")
    assert half(made, "simulator-2")["resources"] == {"limits": {"nvidia.com/mig-3g.40gb": 1}}
    assert "resources" not in half(made, "agent-2")
    assert validate(made) == ()


def test_runtime_class_and_taints_reach_the_pod():
    made = at_site(runtime_class="nvidia", tolerations=f"{TAINT},dedicated")
    assert pod_spec(made)["runtimeClassName"] == "nvidia"
    assert pod_spec(made)["tolerations"] == [
        {"key": "nvidia.com/gpu", "operator": "Equal", "value": "present", "effect": "NoSchedule"},
        {"key": "dedicated", "operator": "Exists"},
    ]


def test_a_profile_can_list_tolerations_as_kubernetes_does_and_a_form_keeps_them():
    text = (
        "values:\n  cluster:\n    tolerations:\n"
        "      - {key: a, operator: Exists, effect: NoExecute, tolerationSeconds: 60}\n"
    )
    template = load_template("2.0")
    own = parse_profile(text, "mine.yaml").values("2.0")
    values = load_profile("embedded").values("2.0").merged(own.document, own.origins)
    wanted = [{"key": "a", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 60}]
    assert pod_spec(compose(template, values, files={}))["tolerations"] == wanted
    fields = {each.path: each for each in parameters(template, values)}
    shown = str(fields["cluster.tolerations"].default)
    assert problem(fields["cluster.tolerations"], shown) == ""
    given = {"cluster.tolerations": as_value(fields["cluster.tolerations"], shown)}
    again_given = values.override(given, origin="the form", known=template.paths)
    assert pod_spec(compose(template, again_given, files={}))["tolerations"] == wanted


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"gpus": "claim"}, "cluster.gpus is 'claim'; one of limits, claims, shared"),
        ({"gpus": 5}, "cluster.gpus is a number, but text is wanted"),
        ({"gpus": ["claims"]}, "cluster.gpus is a list"),
        ({"gpu_resource": "gpu"}, "cluster.gpu_resource is 'gpu'"),
        ({"gpu_resource": "a/b c"}, "cluster.gpu_resource"),
        ({"gpu_device_class": "A B"}, "cluster.gpu_device_class"),
        ({"runtime_class": "N_"}, "cluster.runtime_class"),
        ({"tolerations": "a=b:Never"}, "effect 'Never'"),
        ({"tolerations": "a b"}, "kubectl taint"),
        ({"tolerations": [5]}, "a list of tolerations is wanted"),
        ({"tolerations": [{"keys": "a"}]}, "[0] keys is no key of Toleration. Did you mean key"),
        ({"tolerations": '[{"key": 5}]'}, "[0] key is a number"),
        ({"tolerations": "[{"}, "no list in JSON"),
        ({"tolerations": True}, "is true or false"),
    ],
)
def test_a_value_that_cannot_be_is_named_with_who_said_it(said, words):
    text = refusal(**said)
    assert text.startswith("--set: cluster.")
    assert words in text


def claims_job():
    return copy.deepcopy(at_site(gpus="claims").manifest)


def containers(job):
    return {each["name"]: each for each in job["spec"]["template"]["spec"]["containers"]}


def faults(job):
    return " ".join(str(finding) for finding in validate_manifest(job))


def test_halves_with_different_claims_are_found():
    job = claims_job()
    containers(job)["agent-2"]["resources"] = {"claims": [{"name": "gpu-3"}]}
    assert "simulator-2 has the claim gpu-2, agent-2 has gpu-3" in faults(job)


def test_two_pairs_with_one_claim_and_a_claim_that_nobody_makes_are_found():
    job = claims_job()
    for name in ("simulator-2", "agent-2"):
        containers(job)[name]["resources"] = {"claims": [{"name": "gpu-1"}]}
    assert "Pairs 1 and 2 have the claim gpu-1" in faults(job)
    job["spec"]["template"]["spec"]["resourceClaims"].pop(0)
    assert "The pod has no claim gpu-1" in faults(job)


def test_a_pair_that_asks_for_no_gpu_at_all_is_found():
    job = claims_job()
    for name in ("simulator-4", "agent-4"):
        del containers(job)[name]["resources"]
    assert "simulator-4 needs a limit of one nvidia.com/gpu" in faults(job)


def test_a_resumed_job_makes_its_claims_from_a_template_of_its_own():
    old = {**claims_job(), "apiVersion": "batch/v1", "kind": "Job"}
    volumes = {each["name"]: each for each in old["spec"]["template"]["spec"]["volumes"]}
    volumes["workers"]["configMap"]["items"] = [
        {"key": "pair_supervisor.sh", "path": "pair_supervisor.sh"}
    ]
    made = again(old, "demo-2", {}, files={"pair_supervisor.sh": ""})
    assert made.possessions[1]["metadata"]["name"] == "demo-2-gpu"
    assert {each["resourceClaimTemplateName"] for each in pod_spec(made)["resourceClaims"]} == {
        "demo-2-gpu"
    }
    exactly = made.possessions[1]["spec"]["spec"]["devices"]["requests"][0]["exactly"]
    assert exactly == {"deviceClassName": "gpu.nvidia.com"}


def test_a_half_that_alone_is_told_an_index_is_found():
    job = copy.deepcopy(at_site().manifest)
    env = containers(job)["agent-2"]["env"]
    env[:] = [each for each in env if each["name"] != "NVIDIA_VISIBLE_DEVICES"]
    assert "NVIDIA_VISIBLE_DEVICES is 1 in simulator-2, but None in agent-2" in faults(job)


def test_an_unknown_value_near_one_of_these_is_named():
    with pytest.raises(InvalidInput) as refused:
        at_site(gpu="claims")
    assert "Did you mean cluster.gpus?" in str(refused.value)
