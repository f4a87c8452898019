"""Images of the embedded cluster that hold upstream's own sources in place of the stand-ins."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.localcluster.images import contents, team_images
from console.localcluster.images.contents import File

SOURCES = Path(os.environ.get("UPSTREAM", "."))
ROUTES = "workspace/leaderboard/data/routes_testing.xml"
_KINDS = (".py", ".xml", ".json", ".xsd", ".txt")
_ANYTHING = b"""
class Anything:
    def __getattr__(self, name):
        return Anything()

    def __call__(self, *_, **__):
        return Anything()


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return type(name, (Anything,), {})
"""
_AGENTS = (
    "navigation/__init__", "navigation/basic_agent", "navigation/behavior_agent",
    "navigation/behavior_types", "navigation/constant_velocity_agent", "navigation/controller",
    "navigation/global_route_planner", "navigation/global_route_planner_dao",
    "navigation/local_planner", "tools/__init__", "tools/misc", "__init__",
)  # fmt: skip
"""CARLA's own example agents: of CARLA's programming interface only the names are here."""
AGENT = b"""from leaderboard.autoagents.autonomous_agent import AutonomousAgent


def get_entry_point():
    return "TeamAgent"


class TeamAgent(AutonomousAgent):
    pass
"""
_PYTHON = '#!/bin/sh\nexec "{}" "$@"\n'
CHEAT = b'raise SystemExit("the team\'s own copy was loaded")\n'
HOSTILE = "/opt/team/own"


def place(monkeypatch: pytest.MonkeyPatch, version: str, surroundings: str) -> None:
    """From now on the Leaderboard image has upstream's sources, and the team's what they need.

    `surroundings` of the team's image: `empty`, `normal`, or `hostile` with copies of its own.
    """
    monkeypatch.setattr(contents, "leaderboard", lambda *_, **__: [*_official(version)])
    monkeypatch.setattr(contents, "team_agent", lambda _: [*_team()])
    paths = {"empty": "", "normal": _usual(), "hostile": f"{HOSTILE}:{_usual()}"}
    monkeypatch.setattr(team_images.TeamImage, "python_path", paths[surroundings])


def _usual() -> str:
    """As upstream's document has it."""
    return "/workspace/CARLA/PythonAPI/carla:/workspace/scenario_runner:/workspace/leaderboard"


def _official(version: str) -> Iterator[File]:
    for name in ("leaderboard", "scenario_runner"):
        root = SOURCES / f"{name}-{version}"
        for path in sorted(root.rglob("*")):
            if path.is_file() and path.suffix in _KINDS:
                yield File(f"workspace/{name}/{path.relative_to(root)}", path.read_bytes())
    yield File(ROUTES, _twenty_routes())
    for path in _client_library():
        place = f"workspace/CARLA/PythonAPI/carla/{path.parent.name}/{path.name}"
        yield File(place, path.read_bytes())
    for module in _AGENTS:
        yield File(f"workspace/CARLA/PythonAPI/carla/agents/{module}.py", _ANYTHING)


def _client_library() -> list[Path]:
    """CARLA's and what it is linked with, as the private contents have it beside or in its egg."""
    found = SOURCES.glob("packages/lib/python3*/site-packages/carla*/*")
    return sorted(p for p in found if p.is_file() and p.parent.suffix != ".dist-info")


def _twenty_routes() -> bytes:
    """The routes of the tests are private."""
    routes = "".join(f'<route id="{number}" town="Town01"/>' for number in range(20))
    return f"<routes>{routes}</routes>".encode()


def _team() -> Iterator[File]:
    python = _PYTHON.format((SOURCES / "packages/bin/python").absolute()).encode()
    yield File("usr/local/bin/python3", python, executable=True)
    yield File("workspace/team_code/agent.py", AGENT)
    yield File("workspace/team_code/scenario.json", b"{}")
    for package in ("leaderboard", "srunner", "carla", "agents", "sitecustomize"):
        end = ".py" if package == "sitecustomize" else "/__init__.py"
        own = b"" if package == "sitecustomize" else CHEAT
        yield File(f"{HOSTILE[1:]}/{package}{end}", own)
