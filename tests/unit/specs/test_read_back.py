"""A Job back into its values: what a form is filled with, and in what two launches differ."""

from __future__ import annotations

from typing import Any

import pytest

from console.specs.compose import compose
from console.specs.credentials import without_credentials
from console.specs.read_back import changes, read_back
from console.specs.template import load_template
from console.specs.values import load_profile

IMAGES = {
    "submission.submitted_image_uri": "registry.example/team-a:6",
    "cluster.leaderboard_image": "registry.example/leaderboard:1",
    "cluster.simulator_image": "registry.example/carla:1",
}
OTHERS: dict[str, str | int] = {
    "submission.submitted_image_uri": "registry.example/team-a:7",
    "submission.team_id": "42",
    "submission.track_codename": "MAP",
    "submission.track_id": "9",
    "submission.team_name": "Falcon",
    "job.backoff_limit": 5,
    "job.repetitions": 2,
    "job.route_attempts": 0,
    "cluster.gpus": "claims",
    "cluster.gpu_device_class": "gpu.example",
    "cluster.runtime_class": "nvidia",
    "cluster.tolerations": "nvidia.com/gpu=present:NoSchedule",
    "cluster.server": "/workspace/CarlaUnreal.sh",
    "cluster.display": "offscreen",
    "cluster.agent_privileges": "kept",
    "cluster.agent_shm": "2Gi",
    "cluster.simulator_shm": "1Gi",
    "cluster.agent_cpu": "2",
    "cluster.simulator_memory": "4Gi",
}


def job(version: str, profile: str = "embedded", **said: str | int) -> dict[str, Any]:
    template = load_template(version)
    values = load_profile(profile).values(version)
    known = (*template.paths, "submission.team_name")
    made = values.override(said, origin="here", known=known)
    return compose(template, made, files={}, nonce="n").manifest


@pytest.mark.parametrize("version", ["1.0", "2.0"])
@pytest.mark.parametrize("profile", ["embedded", "g5.12xlarge"])
@pytest.mark.parametrize("said", [{}, OTHERS, {"cluster.gpus": "shared"}])
def test_a_job_is_read_back_into_the_values_that_make_the_same_job(
    version: str, profile: str, said: dict[str, str | int]
) -> None:
    made = job(version, profile, **(IMAGES | said))
    read = read_back(made)
    assert read is not None
    assert read.leaderboard.name == version
    assert job(version, "embedded", **read.values) == made


def test_a_display_that_was_chosen_as_it_is_usual_is_the_usual_one() -> None:
    for version, usual in (("1.0", "offscreen"), ("2.0", "x11")):
        read = read_back(job(version, **{"cluster.display": usual}))
        assert read is not None
        assert read.values["cluster.display"] == "usual"


@pytest.mark.parametrize("team", ["ghp_" + "a" * 30, f"raven ghp_{'a' * 30} seven"])
def test_what_a_recording_leaves_out_is_no_value(team: str) -> None:
    made = job("2.0", **{"submission.team_id": team})
    read = read_back(without_credentials(made))
    assert read is not None
    assert "submission.team_id" not in read.values


def test_a_job_of_no_leaderboard_is_read_into_nothing() -> None:
    assert read_back({"kind": "Job", "spec": {"template": 5}}) is None
    assert changes({}, job("2.0")) == ()


def test_two_launches_differ_in_what_a_person_has_chosen_and_not_in_their_names() -> None:
    before = job("2.0", **{"submission.name": "a", "submission.submission_id": "1"})
    told = changes(before, job("2.0", **{"submission.name": "b", "job.repetitions": 3}))
    assert [(each.label, each.before, each.after) for each in told] == [("Repetitions", "1", "3")]
    older = changes(before, job("1.0"))
    assert (older[0].label, older[0].before, older[0].after) == ("Leaderboard", "2.0", "1.0")
