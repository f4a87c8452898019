"""The embedded cluster's images: names as a kubelet reads them, unpacked once, honest."""

from __future__ import annotations

import ast
import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from console import paths
from console.localcluster import images
from console.localcluster.images import scenario_files
from console.localcluster.images.catalogue import ImageNotFound, InvalidImageName, pull, routes_of
from console.localcluster.images.reference import parse

ROOM = Path(images.__file__).parent
KNOWN = [
    "console.local/carla-simulator:0.9.10.1",
    "console.local/leaderboard:1.0",
    "console.local/leaderboard:2.0",
    "console.local/leaderboard:2.0-head",
    "console.local/leaderboard:2.1",
    "console.local/team-agent:crash-once",
    "console.local/shell:1",
    "python:3.7",
    "docker.io/library/python:3.12-slim",
    "busybox",
    "debian:12",
]


@pytest.mark.parametrize("reference", KNOWN)
def test_a_known_image_is_unpacked_and_says_that_it_is_a_stand_in(
    reference: str, tmp_path: Path
) -> None:
    image = pull(reference, tmp_path)
    assert image.description.startswith("Stand-in")
    assert image.digest.startswith("sha256:")
    assert all((image.root / path.lstrip("/")).exists() for path in image.paths)
    about = json.loads((image.root.parent / "image.json").read_text())
    assert about == {"reference": reference, "description": image.description}


@pytest.mark.parametrize(
    "text",
    ["", " python", "Python:3", "console.local/Leaderboard:2.0", "a//b", "a:b:c", "-x", "a:"],
)
def test_a_malformed_name_is_invalid(text: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidImageName, match="invalid reference format"):
        pull(text, tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "console.local/leaderboard:3.0",
        "console.local/leaderboard",
        "console.local/team-agent:no-such-scenario",
        "ghcr.io/team/agent:1",
        "localhost:5000/python",
        "python@sha256:" + "0" * 64,
        "nginx",
    ],
)
def test_an_image_that_is_no_stand_in_is_not_found(text: str, tmp_path: Path) -> None:
    with pytest.raises(ImageNotFound, match="not found"):
        pull(text, tmp_path)


def test_a_reference_gets_the_usual_registry_and_tag() -> None:
    assert str(parse("python")) == "docker.io/library/python:latest"
    assert str(parse("localhost:5000/a/b:c")) == "localhost:5000/a/b:c"
    assert str(parse("team/agent")) == "docker.io/team/agent:latest"


def test_a_second_pull_changes_nothing_on_disk(tmp_path: Path) -> None:
    first = pull("console.local/leaderboard:2.0", tmp_path)
    mark = first.root / "mark"
    mark.touch()
    assert pull("console.local/leaderboard:2.0", tmp_path) == first
    assert mark.exists()


def test_pulls_at_the_same_time_leave_one_whole_image(tmp_path: Path) -> None:
    store = tmp_path / "store"
    with ThreadPoolExecutor(8) as pool:
        pulled = pool.map(lambda _: pull("console.local/leaderboard:1.0", store), range(8))
        homes = {image.root.parent for image in pulled}
    assert set(store.iterdir()) == homes
    assert len(homes) == 1


def test_an_edited_scenario_is_another_image(tmp_path: Path) -> None:
    scenario = paths.state() / "scenarios/mine.yaml"
    scenario.parent.mkdir(parents=True)
    scenario.write_text("seed: 1\n")
    first = pull("console.local/team-agent:mine", tmp_path)
    scenario.write_text("seed: 2\n")
    second = pull("console.local/team-agent:mine", tmp_path)
    assert first.digest != second.digest
    config = second.root / second.env["TEAM_CONFIG"].lstrip("/")
    assert json.loads(config.read_text())["seed"] == 2


WRONG = [
    ("sed: 1", "sed"),
    ("routes: {7: {ending: explode}}", "routes.7.ending"),
    ("routes: {7: [{at: 0.5}, {at: 2}]}", "routes.7[1].at"),
    ("sensors: [sonar]", "sensors"),
    ("every_route: {infractions: {jaywalking: 1}}", "every_route.infractions"),
    ("every_route: {events: [{type: COLLISION_STATIC}]}", "every_route.events"),
    ("- 1", "mapping"),
    ("a: [", "flow"),
]


@pytest.mark.parametrize(("text", "key"), WRONG)
def test_a_wrong_scenario_is_not_pulled_and_the_key_is_named(
    text: str, key: str, tmp_path: Path
) -> None:
    scenario = paths.state() / "scenarios/wrong.yaml"
    scenario.parent.mkdir(parents=True)
    scenario.write_text(text)
    with pytest.raises(ImageNotFound) as refused:
        pull("console.local/team-agent:wrong", tmp_path)
    assert key in refused.value.what


@pytest.mark.parametrize("tag", scenario_files.names())
def test_every_shipped_scenario_can_be_pulled(tag: str, tmp_path: Path) -> None:
    image = pull(f"console.local/team-agent:{tag}", tmp_path)
    assert (image.root / image.env["TEAM_AGENT"].lstrip("/")).is_file()


def test_the_scenarios_of_the_manual_are_shipped() -> None:
    wanted = {"steady", "crash-once", "always-crashing", "invalid-sensors", "mixed", "quick"}
    assert wanted <= set(scenario_files.names())


def test_python_in_an_image_has_the_standard_library_and_nothing_else(tmp_path: Path) -> None:
    image = pull("python:3", tmp_path)
    python = str(image.root / "usr/local/bin/python3")
    probe = "import json, importlib.util as u; print(u.find_spec('textual'))"
    done = subprocess.run([python, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout == "None\n"


@pytest.mark.parametrize(
    "path",
    sorted([*ROOM.glob("standin/*.py"), *ROOM.glob("carla/*.py"), *ROOM.glob("rootfs/**/*.py")]),
    ids=lambda path: path.name,
)
def test_what_runs_in_an_image_parses_as_python_3_7(path: Path) -> None:
    ast.parse(path.read_text(), feature_version=(3, 7))


def imported(variant: str, module: str, store: Path) -> str:
    """Where an image's own Python finds that module when nobody arranges its path; else ""."""
    team, official = (
        pull(f"console.local/team-agent:{variant}", store),
        "console.local/leaderboard:2.0",
    )
    workspace = pull(official, store).root / "workspace"
    path = team.env["PYTHONPATH"].replace("/workspace", str(workspace))
    done = subprocess.run(
        [
            str(team.root / "usr/local/bin/python3"),
            "-c",
            f"import {module} as m; print(m.__file__)",
        ],
        env={"PYTHONPATH": path.replace("/opt/team", f"{team.root}/opt/team")},
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


def test_a_usual_team_image_finds_all_that_the_evaluator_imports(tmp_path: Path) -> None:
    for module in ("carla", "agents", "srunner.scenariomanager.timer", "leaderboard.standin"):
        assert "/workspace/" in imported("quick", module, tmp_path)
    assert "/opt/team/site-packages/" in imported("quick", "py_trees", tmp_path)


@pytest.mark.parametrize("package", ["carla", "srunner", "leaderboard", "py_trees"])
def test_a_team_image_can_lack_each_of_them_by_name(package: str, tmp_path: Path) -> None:
    variant = f"no-{package.replace('_', '-')}"
    assert imported(variant, package, tmp_path) == ""
    assert imported(f"steady.{variant}", package, tmp_path) == ""
    assert imported(variant, "json", tmp_path) != ""


def test_a_team_image_can_have_a_leaderboard_of_its_own_that_flatters(tmp_path: Path) -> None:
    assert "/opt/team/own/" in imported("own-leaderboard", "leaderboard.standin", tmp_path)
    records = imported("own-leaderboard", "leaderboard.standin.failures", tmp_path)
    assert "completed=100.0" in Path(records).with_name("records.py").read_text()


def test_a_leaderboard_image_can_lack_the_egg(tmp_path: Path) -> None:
    root = pull("console.local/leaderboard:2.0-no-egg", tmp_path).root
    assert list(root.rglob("*.egg")) == []


@pytest.mark.parametrize(
    ("tag", "load"),
    [
        ("0.9.14.gpu-busy", "87, 9318, 23028, 64, 151.22, [N/A]"),
        ("gpu-idle", "0, 312, 23028, 41, 24.90, [N/A]"),
        ("0.9.14", ", ".join(["[N/A]"] * 6)),
    ],
)
def test_a_simulators_nvidia_smi_tells_a_load_only_where_its_tag_says_so(
    tag: str, load: str, tmp_path: Path
) -> None:
    image = pull(f"console.local/carla-simulator:{tag}", tmp_path / "store")
    (tmp_path / "nvidia3").touch()
    (tmp_path / "gpus" / "3").mkdir(parents=True)
    (tmp_path / "gpus" / "3" / "information").write_text("GPU UUID: GPU-a\nDevice Minor: 3\n")
    told = subprocess.run(
        [image.root / "usr/local/bin/nvidia-smi", "--query-gpu=uuid,pci.bus_id,utilization.gpu"],
        env={**image.env, "PATH": "/bin", "GPU_DEV": str(tmp_path), "GPU_PROC": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout == f"GPU-a, 00000000:03:00.0, {load}\n"


def test_the_routes_of_bench2drives_image_are_bench2drives() -> None:
    content = routes_of("console.local/leaderboard:Bench2Drive") or b""
    assert content.count(b"<route ") == 220
    assert b'id="1711" town="Town12"' in content
    assert (routes_of("console.local/leaderboard:2.1") or b"").count(b"<route ") == 20
