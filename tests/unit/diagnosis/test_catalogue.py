"""Every cause of the catalogue is found by its samples, and not by what only looks like it."""

from __future__ import annotations

import re

import pytest

from console.diagnosis.catalogue import Cause, catalogue
from console.diagnosis.matching import candidates
from console.diagnosis.verdict import Confidence, judge
from console.results.leaderboard import LAUNCHED
from console.specs.parameters import parameters
from console.specs.template import load_template
from console.specs.values import load_profile
from tests.fakes.scenes import scene_from

CAUSES = catalogue().causes


@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: cause.name)
def test_the_verdict_on_each_sample_is_its_cause(cause: Cause) -> None:
    assert len(cause.samples) >= 2
    for sample in cause.samples:
        verdict = judge(catalogue(), scene_from(sample))
        assert verdict.cause is not None
        assert verdict.cause.name == cause.name
        assert verdict.confidence > Confidence.UNSURE
        assert "?" not in verdict.what + verdict.advice + verdict.team


@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: cause.name)
def test_what_only_looks_like_it_is_not_taken_for_it(cause: Cause) -> None:
    assert cause.near_misses
    for near in cause.near_misses:
        alone = candidates((cause,), scene_from(near))
        verdict = judge(catalogue(), scene_from(near))
        taken = verdict.cause is not None and verdict.cause.name == cause.name
        assert not (alone and taken)


def test_each_value_that_an_advice_names_can_be_given_to_a_launch() -> None:
    profile = load_profile("g5.12xlarge")
    known = {
        each.path
        for version in LAUNCHED
        for each in parameters(load_template(version), profile.values(version.name))
    }
    named = [re.findall(r"\b(?:values? |--set )(\w+\.\w+)", each.advice) for each in CAUSES]
    told = {path for paths in named for path in paths}
    assert "cluster.instance_type" in told
    assert told <= known
