"""What a place tells of a Job is held against the Job that this console would make of its values."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from console.specs.compose import compose
from console.specs.template import load_template
from console.specs.unlike_ours import images_of, unlike_ours
from console.specs.values import load_profile

IMAGES = {
    "cluster.leaderboard_image": "registry.example/leaderboard:1",
    "cluster.simulator_image": "registry.example/carla:1",
    "submission.submitted_image_uri": "registry.example/team:1",
}


def launched(leaderboard: str = "2.0", profile: str = "embedded", **said: Any) -> dict[str, Any]:
    template, values = load_template(leaderboard), load_profile(profile).values(leaderboard)
    given = IMAGES | {path.replace("__", "."): value for path, value in said.items()}
    values = values.override(given, origin="test", known=template.paths)
    return compose(template, values, namespace="races").manifest


@pytest.mark.parametrize("leaderboard", ["1.0", "2.0"])
@pytest.mark.parametrize("profile", ["embedded", "g5.12xlarge"])
def test_a_job_of_this_console_is_like_one_of_it(leaderboard: str, profile: str) -> None:
    assert unlike_ours(launched(leaderboard, profile)) == ()


@pytest.mark.parametrize(
    ("profile", "said"),
    [
        ("embedded", {"shape__pairs": 16}),
        ("embedded", {"shape__pairs": 2, "shape__routes": "3,7,12-15"}),
        ("embedded", {"shape__routes": "0-9;10;11-19"}),
        ("g5.48xlarge", {}),
        ("k3s-workstation", {"cluster__gpus": "shared"}),
        ("generic", {"cluster__node_selector": "gpu=a10g", "shape__pairs": 3}),
    ],
)
def test_a_job_of_any_shape_and_for_any_nodes_is_one_of_this_console(
    profile: str, said: dict[str, Any]
) -> None:
    assert unlike_ours(launched("2.0", profile, **said)) == ()


def test_what_a_server_fills_in_and_what_each_launch_has_of_its_own_is_no_difference() -> None:
    job = launched()
    spec = job["spec"]["template"]["spec"]
    spec |= {"dnsPolicy": "ClusterFirst", "schedulerName": "default-scheduler"}
    for container in spec["containers"]:
        container |= {"terminationMessagePath": "/dev/log", "imagePullPolicy": "Always"}
        container.setdefault("resources", {})
    spec["containers"][-1]["env"].append({"name": "RESUME", "value": "1"})
    assert unlike_ours(job) == ()


def test_a_change_is_told_by_its_place_with_both_sides() -> None:
    job = copy.deepcopy(launched())
    job["spec"]["template"]["spec"]["hostNetwork"] = True
    assert unlike_ours(job) == ("hostNetwork: True, where a launch has nothing",)


def test_a_job_of_no_leaderboard_is_told_as_that() -> None:
    assert unlike_ours({"spec": {}}) == (
        "it is of no Leaderboard that this console has a template of",
    )


def test_each_image_is_told_with_the_containers_that_run_it() -> None:
    images = images_of(launched())
    assert sorted(name for names in images.values() for name in names if "agent" in name) == [
        *("agent-1", "agent-2", "agent-3", "agent-4"),
    ]
