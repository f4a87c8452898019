"""The short Job before a launch: the submission's own, but for its programs."""

from __future__ import annotations

import copy

import pytest
from fakes.jobs import at_site, half, pod_spec

from console.errors import InvalidInput
from console.operations.ports.cluster import SUBMISSION_SELECTOR
from console.specs.preflight_job import preflight_of


@pytest.mark.parametrize("gpus", ["limits", "claims", "shared"])
@pytest.mark.parametrize("leaderboard", ["1.0", "2.0"])
def test_images_node_gpus_mounts_and_privileges_are_the_submissions(
    leaderboard: str, gpus: str
) -> None:
    made = at_site(leaderboard, gpus=gpus, runtime_class="nvidia")
    look = preflight_of(made, seconds=300)
    same = ("image", "resources", "securityContext", "volumeMounts")
    for one, other in zip(pod_spec(made)["containers"], pod_spec(look)["containers"], strict=True):
        assert {key: one.get(key) for key in same} == {key: other.get(key) for key in same}
    for key in ("nodeSelector", "runtimeClassName", "serviceAccountName"):
        assert pod_spec(made)[key] == pod_spec(look)[key]


def test_it_ends_by_itself_restarts_nothing_and_is_no_submission() -> None:
    made = at_site()
    before = copy.deepcopy(made.manifest)
    look = preflight_of(made, seconds=120)
    spec = look.manifest["spec"]
    assert (spec["backoffLimit"], spec["activeDeadlineSeconds"]) == (0, 120)
    assert spec["ttlSecondsAfterFinished"] > 0
    assert pod_spec(look)["restartPolicy"] == "Never"
    key, _, value = SUBMISSION_SELECTOR.partition("=")
    for metadata in (look.manifest["metadata"], spec["template"]["metadata"]):
        assert metadata["labels"][key] != value
    assert made.manifest == before


def test_its_config_map_and_its_claims_are_its_own() -> None:
    look = preflight_of(at_site(gpus="claims"), seconds=120)
    names = [each["metadata"]["name"] for each in look.possessions]
    assert names == ["demo-preflight-workers", "demo-preflight-gpu"]
    volumes = {each["name"]: each for each in pod_spec(look)["volumes"]}
    assert volumes["workers"]["configMap"]["name"] == "demo-preflight-workers"
    claims = {each["resourceClaimTemplateName"] for each in pod_spec(look)["resourceClaims"]}
    assert claims == {"demo-preflight-gpu"}


def test_no_container_of_it_gets_a_secret() -> None:
    assert "secretKeyRef" not in str(preflight_of(at_site(), seconds=120).manifest)


def test_a_long_name_is_cut_so_that_the_whole_is_a_name() -> None:
    made = at_site()
    made.manifest["metadata"]["name"] = "x" * 63
    name = preflight_of(made, seconds=120).manifest["metadata"]["name"]
    assert len(name) <= 63
    assert name.endswith("x-preflight")


def test_a_template_with_other_programs_is_refused_by_its_containers_name() -> None:
    made = at_site()
    half(made, "agent-2")["command"] = ["/bin/true"]
    with pytest.raises(InvalidInput, match=r"agent-2 does not run pair_supervisor\.sh"):
        preflight_of(made, seconds=120)
