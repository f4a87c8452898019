"""From what is asked of a submission's shape follow its pairs, their routes, ports and folders."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from msgspec.structs import replace

from console.specs.again import again
from console.specs.compose import Composed, compose, load_template
from console.specs.known_routes import KnownRoutes
from console.specs.mistakes import SpecRejected
from console.specs.pair_making import set_pairs
from console.specs.plan import subsets_of
from console.specs.read_back import read_back
from console.specs.template import parse_template
from console.specs.validation import validate
from console.specs.values import load_profile

FILES = {"pair_supervisor.sh": "", "private_contents.sh": "", "console/workers/logcopy.py": ""}
SHAPES = (1, 2, 3, 4, 8, 16)
BENCH = ("1711", "1773", "2050", "1825", "24041", "3086")
"""Ids as Bench2Drive has them: with gaps, and not in the order of their numbers."""


def made(version: str = "2.0", known: KnownRoutes | None = None, **said: Any) -> Composed:
    template = load_template(version)
    values = load_profile("embedded").values(version)
    values = values.override(
        {path.replace("__", "."): value for path, value in said.items()},
        origin="--set",
        known=template.paths,
    )
    return compose(template, replace(values, known=known or KnownRoutes()), nonce="n", files=FILES)


def containers(composed: Composed) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = composed.manifest["spec"]["template"]["spec"]["containers"]
    return found


def refused(**said: Any) -> str:
    with pytest.raises(SpecRejected) as caught:
        made(**said)
    return " ".join(mistake.text for mistake in caught.value.mistakes)


@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_grown_from_its_first_pair_a_template_is_the_shipped_one(version: str) -> None:
    shipped = load_template(version).document.content
    grown = copy.deepcopy(shipped)
    for subsets in (("0-19",), tuple("0123456"), subsets_of(shipped)):
        set_pairs(grown, subsets)
    assert grown == shipped


@pytest.mark.parametrize("version", ["1.0", "2.0"])
@pytest.mark.parametrize("pairs", SHAPES)
def test_any_number_of_pairs_is_a_sound_job_that_drives_each_route_once(
    version: str, pairs: int
) -> None:
    composed = made(version, shape__pairs=pairs)
    assert validate(composed) == ()
    plan = composed.plan
    assert [pair.number for pair in plan.pairs] == list(range(1, pairs + 1))
    driven = [route for own in plan.routes.values() for route in own or ()]
    assert driven == [f"RouteScenario_{number}" for number in range(20)]
    ports = [port for pair in plan.pairs for port in pair.ports]
    assert len(ports) == len(set(ports)) == 4 * pairs
    assert [pair.gpu for pair in plan.pairs] == list(range(pairs))
    folders = [
        mount["subPath"]
        for each in containers(composed)
        for mount in each["volumeMounts"]
        if mount.get("subPath", "containers-status") != "containers-status"
    ]
    assert len(folders) == len(set(folders)) == 2 * pairs


@pytest.mark.parametrize("pairs", SHAPES)
def test_the_init_container_is_told_of_other_pairs_than_four(pairs: int) -> None:
    init = made(shape__pairs=pairs).manifest["spec"]["template"]["spec"]["initContainers"][0]
    told = {each["name"]: each.get("value") for each in init["env"]}
    assert told.get("PAIRS") == (None if pairs == 4 else str(pairs))


def test_named_routes_are_named_in_the_job_so_that_everybody_knows_them() -> None:
    plan = made(shape__pairs=2, shape__routes="3,7,12-15").plan
    assert plan.drives.subsets == ("3,7,12", "13,14,15")
    assert plan.drives.total == 6
    assert validate(made(shape__pairs=2, shape__routes="3,7,12-15")) == ()


def test_in_whatever_order_routes_are_named_they_ascend_as_they_are_driven() -> None:
    assert made(shape__pairs=1, shape__routes="15,3,7").plan.drives.subsets == ("3,7,15",)


def test_a_number_is_so_many_of_the_first_routes() -> None:
    assert made(shape__routes=10, shape__pairs=3).plan.drives.subsets == ("0-3", "4-6", "7-9")
    known = KnownRoutes(BENCH)
    assert made(known=known, shape__routes="3", shape__pairs=1).plan.drives.subsets == (
        "1711,1773,2050",
    )


def test_a_file_s_routes_go_by_their_order_in_it() -> None:
    """A range is what lies between two ids in the file, whatever their numbers."""
    known = KnownRoutes(BENCH)
    drives = made(known=known, shape__routes="all", shape__pairs=4).plan.drives
    assert drives.subsets == ("1711,1773", "2050,1825", "24041", "3086")
    assert drives.total == 6
    few = made(known=known, shape__routes="2050-24041", shape__pairs=1).plan.drives
    assert few.subsets == ("2050,1825,24041",)


def test_one_route_is_a_range_from_it_to_itself() -> None:
    assert made(shape__routes="7-7").plan.drives.subsets == ("7",)


def test_no_pair_is_without_a_route_for_it_would_drive_all() -> None:
    assert made(shape__routes="3,7").plan.drives.subsets == ("3", "7")


def test_who_says_each_pair_s_routes_gets_them() -> None:
    drives = made(shape__routes="0-9;10;11,12").plan.drives
    assert drives.subsets == ("0-9", "10", "11,12")
    assert made(shape__routes="0-9;10;11,12", shape__pairs=2).plan.drives.subsets == ("0-6", "7-12")


def test_by_duration_a_long_route_leaves_its_pair_fewer_others() -> None:
    known = KnownRoutes(None, {"0": 600.0, **{str(n): 60.0 for n in range(1, 20)}})
    drives = made(known=known, shape__split="duration").plan.drives
    assert drives.subsets[0] == "0"
    assert drives.total == 20


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"shape__pairs": 0}, "1 to 64"),
        ({"shape__pairs": 17}, "one pod has 16 at most"),
        ({"shape__pairs": 65, "shape__layout": "pod-per-pair"}, "1 to 64"),
        ({"shape__layout": "pods-per-pair"}, "(did you mean pod-per-pair?)."),
        ({"shape__routes": "0-4;;5"}, "without routes"),
        ({"shape__routes": "three"}, "neither an id"),
        ({"shape__routes": "all"}, "--routes"),
        ({"shape__routes": "007-9"}, "--routes"),
        ({"shape__routes": "0-3,2-5"}, "twice"),
        ({"shape__routes": "bench2drive220.xml"}, "is a file, which only the flag --routes takes"),
        ({"shape__split": "luck"}, "one of count, duration is wanted"),
        ({"shape__split": "durations"}, "(did you mean duration?)."),
    ],
)
def test_a_shape_that_cannot_be_is_refused_with_who_said_it(
    said: dict[str, Any], words: str
) -> None:
    told = refused(**said)
    assert words in told
    assert "--set" in told


@pytest.mark.parametrize("layout", ["one-pod", "pod-per-pair"])
def test_pairs_for_which_there_is_no_route_are_told(layout: str) -> None:
    said = {"shape__layout": layout, "cluster__gpus_per_node": 8}
    composed = made(shape__pairs=8, shape__routes=5, **said)
    assert len(composed.plan.pairs) == 5
    told = [str(each) for each in validate(composed)]
    assert "spec: 8 pairs are asked for, but 5 drive: there are no more routes." in told
    for number in (1, 5):
        assert made(shape__pairs=number, shape__routes=5, **said).remark == ""


def test_a_node_with_fewer_gpus_is_refused_with_the_ways_out() -> None:
    told = refused(shape__pairs=4, cluster__instance_type="g5.xlarge", cluster__gpus_per_node="")
    assert "a g5.xlarge has 1 GPU: let 1 drive, or take" in told
    assert "g5.12xlarge" in told
    assert "2 GPUs" in refused(shape__pairs=4, cluster__gpus_per_node=2)


@pytest.mark.parametrize(
    ("kind", "pairs"), [("g5.xlarge", 1), ("g5.12xlarge", 4), ("g5.48xlarge", 8), ("own", 4)]
)
def test_without_a_wish_a_node_s_gpus_say_how_many_pairs(kind: str, pairs: int) -> None:
    said = {"cluster__instance_type": kind, "cluster__gpus_per_node": "", "shape__pairs": None}
    assert len(made(**said).plan.pairs) == pairs


@pytest.mark.parametrize(
    ("profile", "pairs"),
    [
        *(("g5.xlarge", 1), ("g5.12xlarge", 4), ("g5.48xlarge", 8), ("g6.12xlarge", 4)),
        *(("p4d.24xlarge", 8), ("k3s-workstation", 1), ("generic", 4)),
    ],
)
def test_a_profile_says_how_many_pairs_its_nodes_have(profile: str, pairs: int) -> None:
    made = at(profile)
    assert len(made.plan.pairs) == pairs
    assert made.plan.drives.total == 20
    requested = [each.get("resources", {}).get("requests") for each in containers(made)[:2]]
    assert all(requested) == (profile not in ("k3s-workstation", "generic"))


def at(profile: str, **said: Any) -> Composed:
    template = load_template("2.0")
    own = {
        "submission.submitted_image_uri": "registry.example/team:1",
        "cluster.leaderboard_image": "registry.example/leaderboard:1",
        "cluster.simulator_image": "registry.example/simulator:1",
        **{path.replace("__", "."): value for path, value in said.items()},
    }
    values = load_profile(profile).values("2.0").override(own, origin="x", known=template.paths)
    return compose(template, values, nonce="n", files=FILES)


def test_nodes_are_chosen_by_type_by_labels_or_not_at_all() -> None:
    selectors = [
        made.manifest["spec"]["template"]["spec"].get("nodeSelector")
        for made in (
            at("g5.xlarge"),
            at("k3s-workstation"),
            at("generic", cluster__node_selector="gpu=a10g, zone=a"),
        )
    ]
    kind = {"node.kubernetes.io/instance-type": "g5.xlarge"}
    assert selectors == [kind, None, {"gpu": "a10g", "zone": "a"}]


def test_a_generic_node_has_as_many_pairs_as_it_has_gpus() -> None:
    assert len(at("generic", cluster__gpus_per_node=8).plan.pairs) == 8
    assert len(at("generic", cluster__gpus_per_node="2").plan.pairs) == 2


def test_shares_of_gpus_have_room_for_a_pair_each_two() -> None:
    shared = {"cluster__gpus": "shared", "cluster__gpus_per_node": 1, "cluster__gpu_shares": 4}
    assert len(made(**shared, shape__pairs=2).plan.pairs) == 2
    assert "has 1 GPU in shares: let 2 drive" in refused(**shared, shape__pairs=3)


@pytest.mark.parametrize(
    "said",
    [
        {"shape__pairs": 8},
        {"shape__pairs": 3, "shape__routes": "3,7,12-15"},
        {"shape__routes": "0-9;10;11,12"},
        {"shape__routes": "7-7"},
        {"shape__routes": 1},
    ],
)
def test_a_job_of_any_shape_is_read_back_into_the_values_that_make_it(said: dict[str, Any]) -> None:
    job = made(**said).manifest
    read = read_back(job)
    assert read is not None
    template = load_template("2.0")
    values = load_profile("embedded").values("2.0")
    values = values.override(read.values, origin="the Job", known=(*template.paths, *read.values))
    assert compose(template, values, nonce="n", files=FILES).manifest == job


def test_a_template_of_one_s_own_keeps_its_pairs() -> None:
    from console import paths

    text = (paths.job_specs() / "leaderboard_2.0.yaml").read_text()
    own = parse_template(text.replace('"5-9"', '"5-8,19"').replace('"15-19"', '"9,15-18"'), "own")
    values = load_profile("embedded").values("2.0")
    assert compose(own, values, files=FILES).plan.drives.subsets == (
        *("0-4", "5-8,19", "10-14", "9,15-18"),
    )


def test_a_resumed_job_lays_out_the_folders_of_all_its_pairs() -> None:
    """Also one that somebody wrote by hand and that says nothing of their number."""
    old = made(shape__pairs=8)
    init = old.manifest["spec"]["template"]["spec"]["initContainers"][0]
    init["env"] = [each for each in init["env"] if each["name"] != "PAIRS"]
    new = again(old.manifest, "on", {8: "{}"}, files=FILES)
    init = new.manifest["spec"]["template"]["spec"]["initContainers"][0]
    assert {"name": "PAIRS", "value": "8"} in init["env"]
    assert "resume/partial_8.json" in str(new.config_map["data"].keys()).replace("__", "/")
