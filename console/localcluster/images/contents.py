"""The files of each stand-in image, collected from this package. Reads only; writes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from console import paths
from console.localcluster.images import scenario_files

_HERE = Path(__file__).parent
_ROOTS = _HERE / "rootfs"
_SERVER = "home/carla/CarlaUE4/Binaries/Linux/CarlaUE4-Linux-Shipping"
_EVALUATOR = "workspace/leaderboard/leaderboard"
_STATISTICS = "workspace/leaderboard"
TEAM_CODE = "/workspace/team_code"


@dataclass(frozen=True, slots=True)
class File:
    """One file of an image: its path without the leading slash, and its bytes."""

    path: str
    content: bytes
    executable: bool = False


def simulator() -> list[File]:
    """A server that listens and logs."""
    return [
        *_tree("carla-simulator"),
        *_tree("nvidia"),
        File(_SERVER, (_HERE / "carla" / "server.py").read_bytes()),
    ]


def leaderboard(version: str) -> list[File]:
    """The evaluator of a version of `statuses.TABLE`, its routes, and the statistics it shares."""
    package = [
        File(f"{_EVALUATOR}/standin/{path.name}", path.read_bytes())
        for path in sorted((_HERE / "standin").glob("*.py"))
    ]
    statistics = [
        File(f"{_STATISTICS}/{path}", text.encode())
        for path, text in paths.worker_files().items()
        if path == "console/__init__.py" or path.startswith("console/results/")
    ]
    named = File(f"{_EVALUATOR}/standin/version.txt", f"{version}\n".encode())
    data = "leaderboard-1.0" if version == "1.0" else "leaderboard-2.0"
    return [*_tree("leaderboard"), *_tree(data), *package, *statistics, named]


def team_agent(scenario: Path) -> list[File]:
    """An agent with its scenario, for people as YAML and for the evaluator as checked JSON."""
    checked = scenario_files.load(scenario)
    document = json.dumps(checked.document, indent=1).encode()
    folder = TEAM_CODE.lstrip("/")
    return [
        *_tree("team-agent"),
        *_tree("nvidia"),
        File(f"{folder}/scenario.yaml", scenario.read_bytes()),
        File(f"{folder}/scenario.json", document),
    ]


def _tree(name: str) -> Iterator[File]:
    root = _ROOTS / name
    for path in sorted(root.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            program = path.suffix == ".sh" or path.parent.name == "bin"
            yield File(str(path.relative_to(root)), path.read_bytes(), program)
