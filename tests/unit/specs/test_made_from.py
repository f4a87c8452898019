"""The Jobs of versions without a file of their own: that of 2.0, changed by rule and no further."""

from __future__ import annotations

from typing import Any

import pytest

from console import paths
from console.results.bench2drive_routes import routes, shared
from console.results.leaderboard import BENCH2DRIVE, V2_0, V2_1
from console.results.version_rules import Leaderboard
from console.specs import pod
from console.specs.compose import compose, load_template
from console.specs.plan import plan_of
from console.specs.validation import validate
from console.specs.values import load_profile


def job(version: Leaderboard, **values: Any) -> dict[str, Any]:
    template = load_template(version)
    given = load_profile("embedded").values(version.name)
    if values:
        told = {path.replace("_", ".", 1): value for path, value in values.items()}
        given = given.override(told, origin="a test", known=template.paths)
    return compose(template, given, nonce="n0nce").manifest


def texts(manifest: Any) -> str:
    return str(manifest)


def env(manifest: dict[str, Any], name: str) -> dict[str, str]:
    return next(each.env for each in pod.containers(manifest) if each.name == name)


def test_2_1_has_the_job_of_2_0_but_for_its_name_and_image() -> None:
    other = texts(job(V2_0)).replace("leaderboard:2.0", "leaderboard:2.1")
    for before in ("'leaderboard.carla.org/version': '{}'", "'name': 'LEADERBOARD', 'value': '{}'"):
        other = other.replace(before.format("2.0"), before.format("2.1"))
    assert texts(job(V2_1)) == other


def test_the_file_of_2_0_is_what_both_are_made_of_and_stays_as_it_is() -> None:
    assert V2_1.spec == BENCH2DRIVE.spec == V2_0.spec
    text = (paths.job_specs() / V2_0.spec).read_text()
    assert "Bench2Drive" not in text
    assert load_template(BENCH2DRIVE).document.lines == load_template(V2_0).document.lines


@pytest.mark.parametrize("pairs", [4, 1, 8])
def test_bench2drive_drives_its_220_routes_each_once(pairs: int) -> None:
    plan = plan_of(job(BENCH2DRIVE, shape_pairs=pairs))
    driven = [route for own in plan.routes.values() for route in own or ()]
    assert driven == [f"RouteScenario_{route.id}" for route in routes()]
    assert len(plan.pairs) == pairs
    assert plan.drives.total == 220


def test_the_first_so_many_routes_are_those_of_its_file() -> None:
    plan = plan_of(job(BENCH2DRIVE, shape_pairs=1, shape_routes=3))
    assert plan.routes[1] == tuple(f"RouteScenario_{n}" for n in (1711, 1773, 1790))


def test_its_evaluator_finds_a_bridge_to_the_server_of_its_pair() -> None:
    manifest = job(BENCH2DRIVE)
    agent = next(each for each in pod.containers(manifest) if each.name == "agent-2")
    (call,) = [each for each in agent.content["args"] if "official_start" in each]
    assert 'server_bridge.py --install "$AGENT_DIR/server" && export CARLA_ROOT=' in call
    assert '--port="$((CARLA_PORT + 50))"' in call
    assert "--host=localhost --gpu-rank=0" in call
    assert agent.env["IS_BENCH2DRIVE"] == "True"
    assert agent.env["ROUTES"].endswith("/data/bench2drive220.xml")
    assert env(manifest, "logcopy")["ROUTES"] == "/utils/leaderboard/data/bench2drive220.xml"
    assert env(manifest, "logcopy")["LEADERBOARD"] == "Bench2Drive"


@pytest.mark.parametrize("version", [V2_1, BENCH2DRIVE], ids=str)
def test_nothing_in_these_jobs_would_be_refused(version: Leaderboard) -> None:
    template = load_template(version)
    composed = compose(template, load_profile("embedded").values(version.name))
    assert [each.what for each in validate(composed) if each.severity.name == "ERROR"] == []


def test_any_number_of_pairs_shares_all_routes() -> None:
    for pairs in range(1, 17):
        counts = [len(own.split(",")) for own in shared(pairs)]
        assert sum(counts) == 220
        assert max(counts) - min(counts) <= 1
