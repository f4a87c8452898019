"""The files of each stand-in image, collected from this package. Reads only; writes nothing."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from console import paths
from console.localcluster.images import scenario_files
from console.localcluster.images.team_images import NO_AGENT
from console.results import bench2drive_routes as bench2drive_routes_of
from console.results.routes_file import Route
from console.results.version_rules import Leaderboard

_HERE = Path(__file__).parent
_ROOTS = _HERE / "rootfs"
_SERVER = "home/carla/CarlaUE4/Binaries/Linux/CarlaUE4-Linux-Shipping"
_MAPS = "home/carla/CarlaUE4/Content/Carla/Maps"
TOWNS = (*(f"Town{number:02}" for number in (*range(1, 8), 11, 12, 13, 15)), "Town10HD")
"""What a site's own image has: the public ones lack most of them."""
_LARGE = ("Town11", "Town12", "Town13", "Town15")
_EVALUATOR = "workspace/leaderboard/leaderboard"
_STATISTICS = "workspace/leaderboard"
_EGG = "workspace/CARLA/PythonAPI/carla/dist/carla-leaderboard-py3x.egg"
_CARLA = '"""A stand-in of CARLA\'s client library: names only."""\n\n\nclass Client:\n    pass\n'
_BEFORE_EGGS = (1980, 1, 1, 0, 0, 0)
_FLATTERY = """

_measured = record


def record(  # type: ignore
    route: Route, drive: Drive, reason: str, version: Leaderboard
) -> Dict[str, Any]:
    perfect = drive._replace(moved=True, completed=100.0, timed_out=False, events=())
    return _measured(route, perfect, "", version)
"""
_NO_ENTRY_POINT = b'"""A team\'s module that names no class."""\n'
TEAM_CODE = "/workspace/team_code"
OWN_COPIES = "/opt/team/own"


@dataclass(frozen=True, slots=True)
class File:
    """One file of an image: its path without the leading slash, and its bytes."""

    path: str
    content: bytes
    executable: bool = False


def simulator(home: str) -> list[File]:
    """A server that listens and logs, in a folder of the image."""
    server = File(_SERVER, (_HERE / "carla" / "server.py").read_bytes())
    files = [*_tree("carla-simulator"), server]
    maps = (File(f"{_MAPS}/{_place_of(town)}.umap", b"") for town in TOWNS)
    every = (*files, *maps)
    moved = (replace(each, path=each.path.replace("home/carla", home[1:], 1)) for each in every)
    return [*moved, *_tree("nvidia"), *_tree("vulkan")]


def _place_of(town: str) -> str:
    """Large maps have a folder of their own."""
    return f"{town}/{town}" if town in _LARGE else town


def leaderboard(version: Leaderboard, *, egg: bool = True) -> list[File]:
    """The evaluator of a version, its routes, and the statistics it shares.

    CARLA's client library comes as an egg, unless the site has none for the teams' Python.
    """
    package = _evaluator(_EVALUATOR, version)
    statistics = [
        File(f"{_STATISTICS}/{path}", text.encode())
        for path, text in paths.worker_files().items()
        if path == "console/__init__.py" or path.startswith("console/results/")
    ]
    eggs = [File(_EGG, _zipped({"carla/__init__.py": _CARLA}))] if egg else []
    data = f"leaderboard-{version.generation}.0"
    tree = [
        *_tree("leaderboard"),
        *_tree(data),
        *(_qualifier(data) if version.has_qualifier else ()),
        *(
            [File(f"{_STATISTICS}/data/{version.routes_file}", bench2drive_routes())]
            if version.counts_successes
            else []
        ),
    ]
    return [*tree, *package, *statistics, *eggs]


def bench2drive_routes() -> bytes:
    """Its 220 routes, each on a straight road of a hundred metres."""
    return f"<routes>{''.join(map(_straight, bench2drive_routes_of.routes()))}</routes>\n".encode()


def _straight(route: Route) -> str:
    points = "".join(f'<position x="{x}.0" y="0.0" z="0.0"/>' for x in range(0, 101, 20))
    kind = route.scenario
    scenario = f'<scenario name="{kind}_1" type="{kind}"><trigger_point x="40" y="0" z="0"/>'
    return (
        f'<route id="{route.id}" town="{route.town}"><waypoints>{points}</waypoints>'
        f"<scenarios>{scenario}</scenario></scenarios></route>\n"
    )


def _qualifier(data: str) -> Iterator[File]:
    """The routes of the qualifier tracks: a file of its own, as many."""
    path = "workspace/leaderboard/data/routes_{}.xml"
    testing = (_ROOTS / data / path.format("testing")).read_bytes()
    yield File(path.format("qualifier"), testing)


def own_copy(package: str, version: Leaderboard) -> list[File]:
    """A team's other version of a package, as its image has it: a Leaderboard that flatters."""
    top = OWN_COPIES.lstrip("/")
    if package != "leaderboard":
        return [
            File(f"{top}/{package}/__init__.py", b'raise ImportError("the team\'s own copy")\n')
        ]
    files = _evaluator(f"{top}/leaderboard", version)
    init = File(f"{top}/leaderboard/__init__.py", b"")
    return [init, *(_flattering(file) for file in files)]


def _flattering(file: File) -> File:
    changed = file.path.endswith("/records.py")
    return File(file.path, file.content + _FLATTERY.encode()) if changed else file


def _evaluator(folder: str, version: Leaderboard) -> list[File]:
    modules = sorted((_HERE / "standin").glob("*.py"))
    package = [File(f"{folder}/standin/{path.name}", path.read_bytes()) for path in modules]
    return [*package, File(f"{folder}/standin/version.txt", f"{version.name}\n".encode())]


def _zipped(texts: dict[str, str]) -> bytes:
    """The same bytes each time: an image's digest follows from them."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, text in texts.items():
            archive.writestr(zipfile.ZipInfo(name, _BEFORE_EGGS), text)
    return held.getvalue()


def team_agent(scenario: Path) -> list[File]:
    """An agent with its scenario, for people as YAML and for the evaluator as checked JSON."""
    checked = scenario_files.load(scenario)
    document = json.dumps(checked.document, indent=1).encode()
    folder = TEAM_CODE.lstrip("/")
    return [
        *_tree("team-agent"),
        *_tree("team-packages"),
        *_tree("nvidia"),
        File(f"{folder}/scenario.yaml", scenario.read_bytes()),
        File(f"{folder}/scenario.json", document),
    ]


def without_agent(files: list[File], variant: str) -> list[File]:
    """A team's image whose module is not there, or names no class."""
    module = f"{TEAM_CODE.lstrip('/')}/agent.py"
    others = [each for each in files if each.path != module]
    return others if variant == NO_AGENT else [*others, File(module, _NO_ENTRY_POINT)]


def low_shared_memory() -> list[File]:
    """The size that a runtime gives /dev/shm, where nobody mounts more."""
    return [*_tree("low-shm")]


def python_on() -> list[File]:
    """A Python whose node is not as it should be: see `node_images`."""
    return [*_tree("python-on-node")]


def _tree(name: str) -> Iterator[File]:
    root = _ROOTS / name
    for path in sorted(root.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            program = path.suffix == ".sh" or path.parent.name == "bin"
            yield File(str(path.relative_to(root)), path.read_bytes(), program)
