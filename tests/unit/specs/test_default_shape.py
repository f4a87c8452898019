"""Four pairs of five routes on one node: the shipped Jobs, and what a launch makes of them."""

from __future__ import annotations

import hashlib
import json

import pytest

from console import paths
from console.results.leaderboard import named
from console.specs.compose import compose, load_template
from console.specs.parameters import parameters
from console.specs.values import load_profile

SPECS = {
    "1.0": "c7ad16cc79763640",
    "2.0": "ec57e476c431839e",
}
JOBS = {
    ("1.0", "embedded"): "c4179a978f75cfa8",
    ("2.0", "embedded"): "cf150bf76323e667",
    ("1.0", "g5.12xlarge"): "2e1835023b78cba4",
    ("2.0", "g5.12xlarge"): "2c220078aaa0875f",
}
IMAGES = {
    "submission.submitted_image_uri": "registry.example/team:1",
    "cluster.leaderboard_image": "registry.example/leaderboard:1",
    "cluster.simulator_image": "registry.example/carla:1",
}


def digest(job: dict) -> str:
    return hashlib.sha256(json.dumps(job, sort_keys=True).encode()).hexdigest()[:16]


def values_of(version: str, profile: str):
    template = load_template(version)
    values = load_profile(profile).values(version)
    return template, values.override(IMAGES, origin="test", known=template.paths)


@pytest.mark.parametrize("version", SPECS)
def test_the_shipped_specs_are_the_same_to_the_byte(version: str) -> None:
    content = (paths.job_specs() / named(version).spec).read_bytes()
    assert hashlib.sha256(content).hexdigest()[:16] == SPECS[version]


@pytest.mark.parametrize(("version", "profile"), JOBS)
def test_a_launch_without_a_shape_makes_the_very_same_job(version: str, profile: str) -> None:
    template, values = values_of(version, profile)
    job = compose(template, values, nonce="n", files={"a.sh": ""}).manifest
    assert digest(job) == JOBS[version, profile]


@pytest.mark.parametrize(("version", "profile"), JOBS)
def test_a_form_that_says_every_default_makes_the_very_same_job(version: str, profile: str) -> None:
    template, values = values_of(version, profile)
    said = {each.path: each.default for each in parameters(template, values)}
    given = {path: value for path, value in said.items() if value is not None}
    values = values.override(given, origin="the form", known=(*template.paths, *given))
    job = compose(template, values, nonce="n", files={"a.sh": ""}).manifest
    assert digest(job) == JOBS[version, profile]
