"""What a resumed submission begins with: partials made of recorded drives, and a new Job."""

from __future__ import annotations

import base64
import gzip
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fakes.documents import record

from console.errors import InvalidInput
from console.localcluster.images.standin import checkpoint_v1, checkpoint_v2
from console.localcluster.images.standin.routes import load
from console.operations.recording.finished_drives import Finished, finished_drives, partial_texts
from console.results.collecting import Partial
from console.results.drives import Drives
from console.results.leaderboard import BENCH2DRIVE, V2_0, V2_0_PINNED, named
from console.results.plan import Plan, launched
from console.results.trustworthy import merge
from console.specs.again import again
from console.specs.compose import compose
from console.specs.plan import TEAM_ANNOTATION
from console.specs.template import load_template
from console.specs.turns import BATCH_LABEL
from console.specs.validation import demand, validate
from console.specs.values import load_profile
from console.workers import protocol

NONCE = "n0nce"
WAY = '<waypoint x="0" y="0" z="0"/><waypoint x="90" y="0" z="0"/>'
ROUTES = "".join(f'<route id="{number}" town="T">{WAY}</route>' for number in range(4))


def plan_for(version: str) -> Plan:
    repetitions = 2 if version == "1.0" else 1
    return launched(Drives.of(named(version), "0-1;2-3", repetitions), f"<routes>{ROUTES}</routes>")


def line(pair: int, raw: Any, nonce: str = NONCE) -> str:
    return protocol.format_line(nonce, 1, "record", protocol.record_payload(pair, raw))


def drives(version: str, *places: int) -> list[str]:
    """logcopy's lines about those places of the whole submission."""
    plan = plan_for(version)
    told = []
    for pair in plan.pairs:
        for place, (route, repetition) in enumerate(plan.keys(pair)):
            if place + (pair.pair - 1) * plan.total // 2 in places:
                number = int(route.rpartition("_")[2])
                told.append(line(pair.pair, record(version, number, repetition, place, 100.0)))
    return told


@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_the_evaluator_goes_on_behind_the_finished_drives(tmp_path: Path, version: str) -> None:
    """Also the one that repeats the last drive. Of LB 1.0 one route and the first repetition of the next are finished."""
    plan = plan_for(version)
    places = range(3) if version == "1.0" else range(1)
    finished = finished_drives(plan, NONCE, drives(version, *places))
    texts, repeated = partial_texts(plan, finished)
    assert (list(texts), repeated) == ([1], ())
    (tmp_path / "partial.json").write_text(texts[1])
    (tmp_path / "routes.xml").write_text(f"<routes>{ROUTES}</routes>")
    path = str(tmp_path / "partial.json")
    if version == "1.0":
        assert checkpoint_v1.CheckpointV1(path, 4).resume() == 3
    else:
        own = load(str(tmp_path / "routes.xml"), "0-1", 1, V2_0)
        for release in (V2_0, V2_0_PINNED):
            assert checkpoint_v2.CheckpointV2(path, own, release).resume() == 1


@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_a_pair_that_was_through_stays_settled_with_its_sensors(version: str) -> None:
    plan = plan_for(version)
    both = finished_drives(plan, NONCE, drives(version, *range(8)))
    merged = merge(
        plan, [Partial(pair, text) for pair, text in partial_texts(plan, both)[0].items()]
    )
    assert merged.complete
    document = {**merged.document, "sensors": ["carla_camera"]}
    finished = finished_drives(plan, NONCE, [], [json.dumps(document)])
    texts, _ = partial_texts(plan, finished)
    again_merged = merge(plan, [Partial(pair, text) for pair, text in texts.items()])
    assert again_merged.complete
    assert [dict(each.raw) for each in again_merged.records] == [
        dict(each.raw) for each in merged.records
    ]
    assert again_merged.document["sensors"] == ["carla_camera"]
    assert again_merged.document["eligible"]


def test_a_drive_behind_a_missing_one_is_named_and_driven_again() -> None:
    plan = plan_for("2.0")
    texts, repeated = partial_texts(plan, finished_drives(plan, NONCE, drives("2.0", 1, 2)))
    assert list(texts) == [2]
    assert repeated == ("RouteScenario_1_rep0",)


@pytest.mark.parametrize(
    ("failed", "place", "again"),
    [(None, 3, ()), (1, 1, ("RouteScenario_1_rep0", "RouteScenario_2_rep0"))],
)
def test_bench2drive_goes_on_behind_the_finished_drives_or_at_its_first_failure(
    tmp_path: Path, failed: int | None, place: int, again: tuple[str, ...]
) -> None:
    """Its evaluator drives all behind a failure again; who resumes is told of it."""
    plan = launched(Drives.of(BENCH2DRIVE, "0-3", 1), f"<routes>{ROUTES}</routes>")
    rows = [record("2.0", number, 0, number, 100.0) for number in range(3)]
    if failed is not None:
        rows[failed]["status"] = "Failed - Agent crashed"
    finished = Finished({(f"RouteScenario_{n}", 0): row for n, row in enumerate(rows)})
    texts, repeated = partial_texts(plan, finished)
    assert repeated == again
    (tmp_path / "partial.json").write_text(texts[1])
    (tmp_path / "routes.xml").write_text(f"<routes>{ROUTES}</routes>")
    own = load(str(tmp_path / "routes.xml"), "0-3", 1, BENCH2DRIVE)
    path = str(tmp_path / "partial.json")
    assert checkpoint_v2.CheckpointV2(path, own, BENCH2DRIVE).resume() == place


def test_the_newest_record_of_a_drive_counts_and_a_merged_document_only_fills_up() -> None:
    plan = plan_for("2.0")
    old, new = (
        record("2.0", 0, 0, 0, 100.0),
        {**record("2.0", 0, 0, 0, 100.0), "status": "Completed"},
    )
    inner = {
        "global_record": {},
        "progress": [1, 4],
        "records": [old, record("2.0", 1, 0, 1, 100.0)],
    }
    document = {"_checkpoint": inner, "entry_status": "Started", "sensors": []}
    finished = finished_drives(plan, NONCE, [line(1, old), line(1, new)], [json.dumps(document)])
    statuses = {drive: raw["status"] for drive, raw in finished.records.items()}
    assert statuses == {("RouteScenario_0", 0): "Completed", ("RouteScenario_1", 0): "Perfect"}


@pytest.mark.parametrize(
    "told",
    [
        line(1, record("2.0", 0, 0, 0, 100.0), nonce="other"),
        line(1, record("2.0", 9, 0, 0, 100.0)),
        line(1, record("1.0", 0, 0, 0, 100.0)),
        line(1, {**record("2.0", 0, 0, 0, 100.0), "scores": {"score_route": 1e9}}),
        line(1, "text"),
        "@leaderboard n0nce 1 record {",
        "RouteScenario_0_rep0",
    ],
    ids=["nonce", "not-launched", "version", "absurd", "shape", "cut", "log"],
)
def test_what_is_no_record_of_this_submission_is_passed_over(told: str) -> None:
    assert finished_drives(plan_for("2.0"), NONCE, [told], ["no json"]).records == {}


def old_job(leaderboard: str = "2.0") -> dict[str, Any]:
    """A cancelled Job as a server gives it back."""
    values = load_profile("embedded").values(leaderboard)
    manifest = compose(load_template(leaderboard), values, nonce="old").manifest
    manifest["metadata"] |= {
        "uid": "u",
        "resourceVersion": "7",
        "annotations": {"a/b": "c", TEAM_ANNOTATION: "Team 7"},
    }
    manifest["metadata"]["labels"]["controller-uid"] = "u"
    manifest["metadata"]["labels"][BATCH_LABEL] = "teams-1"
    manifest["spec"] |= {"suspend": True, "selector": {"matchLabels": {"controller-uid": "u"}}}
    manifest["spec"]["template"]["metadata"]["labels"]["batch.kubernetes.io/job-name"] = "demo"
    return {**manifest, "status": {}}


def variables(manifest: dict[str, Any], name: str) -> dict[str, str]:
    pod = manifest["spec"]["template"]["spec"]
    return {
        container["name"]: variable.get("value", "")
        for container in (*pod["initContainers"], *pod["containers"])
        for variable in container["env"]
        if variable["name"] == name
    }


@pytest.mark.parametrize("leaderboard", ["1.0", "2.0"])
def test_the_new_job_is_the_old_one_with_its_own_name_nonce_and_partials(leaderboard: str) -> None:
    composed = again(old_job(leaderboard), "demo-2", {2: "{}"}, backoff_limit=5)
    demand(validate(composed))
    meta, spec = composed.manifest["metadata"], composed.manifest["spec"]
    assert (meta["name"], meta["annotations"]) == (
        "demo-2",
        {"leaderboard.carla.org/resumes": "demo", TEAM_ANNOTATION: "Team 7"},
    )
    assert not {"uid", "resourceVersion"} & set(meta)
    assert not {"suspend", "selector"} & set(spec)
    assert "controller-uid" not in meta["labels"]
    assert BATCH_LABEL not in meta["labels"]
    assert spec["backoffLimit"] == 5
    assert composed.plan.nonce not in ("old", "")
    assert composed.config_map["data"]["resume__partial_2.json"] == "{}"
    resume = variables(composed.manifest, "RESUME")
    assert resume.pop("private-contents") == "1"
    assert set(resume.values()) == {""}
    folder = variables(composed.manifest, "RESUME_DIR")["private-contents"]
    assert folder == "/opt/leaderboard-console/resume"


def noise(size: int) -> str:
    """Text that compresses by no more than a quarter."""
    return base64.b64encode(random.Random(size).randbytes(size * 3 // 4)).decode()


def records(size: int) -> str:
    """Text of that size as evaluators write it, in which no two records are alike."""
    one = len(json.dumps(record("2.0", 0, 0, 10_000_000, 100.0)))
    found = [record("2.0", 0, 0, 10_000_000 + place, 100.0) for place in range(size // one)]
    return json.dumps(found)


@pytest.mark.parametrize(("text", "megabytes"), [(noise, 1), (noise, 3), (records, 50)])
def test_partials_that_no_config_map_can_hold_go_in_pieces(
    text: Callable[[int], str], megabytes: int
) -> None:
    """Every object fits into a ConfigMap and into a request; together they are what was given."""
    whole = text(megabytes * 1_000_000 // 4)
    partials = {pair: f"{pair}{whole}" for pair in range(1, 5)}
    composed = again(old_job(), "demo-2", partials)
    demand(validate(composed))
    assert len(composed.further) <= 60
    names = [each["metadata"]["name"] for each in composed.further]
    spec = composed.manifest["spec"]["template"]["spec"]
    volume = next(each for each in spec["volumes"] if each["name"] == "resume-pieces")
    sources = volume["projected"]["sources"]
    assert [each["configMap"]["name"] for each in sources] == names
    folder = variables(composed.manifest, "RESUME_DIR")["private-contents"]
    mounts = spec["initContainers"][0]["volumeMounts"]
    assert {"name": "resume-pieces", "mountPath": folder, "readOnly": True} in mounts
    assert all("resume-pieces" not in str(each["volumeMounts"]) for each in spec["containers"])
    pieces: dict[str, bytes] = {}
    for each in composed.possessions:
        assert len(json.dumps(each)) < 1_400_000
        binary = {key: base64.b64decode(text) for key, text in each.get("binaryData", {}).items()}
        held = [*binary.values(), *(text.encode() for text in each.get("data", {}).values())]
        assert sum(map(len, held)) < 1024 * 1024
        assert not pieces.keys() & binary.keys()
        pieces |= binary
    for pair, partial in partials.items():
        own = [content for name, content in sorted(pieces.items()) if f"partial_{pair}." in name]
        assert gzip.decompress(b"".join(own)).decode() == partial


def test_a_resume_of_a_resume_takes_nothing_of_the_first_one_s_pieces() -> None:
    first = again(old_job(), "demo-2", {1: noise(3_000_000)})
    second = again(first.manifest, "demo-3", {1: "{}"})
    demand(validate(second))
    assert (second.further, "resume-pieces" in json.dumps(second.manifest)) == ((), False)
    folder = variables(second.manifest, "RESUME_DIR")["private-contents"]
    assert folder == "/opt/leaderboard-console/resume"


def test_a_job_without_the_workers_volume_is_refused() -> None:
    job = old_job()
    job["spec"]["template"]["spec"]["volumes"] = []
    with pytest.raises(InvalidInput, match="no volume with the workers"):
        again(job, "demo-2", {})
