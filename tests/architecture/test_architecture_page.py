"""console/ARCHITECTURE.md is held against the code: what it names is there, what it draws is so."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONSOLE = ROOT / "console"
PAGE = CONSOLE / "ARCHITECTURE.md"
ROOMS = sorted(
    path.name for path in CONSOLE.iterdir() if path.is_dir() and (path / "__init__.py").exists()
)
PATH = re.compile(r"`((?:[\w.-]+/)*[\w.*-]+(?:\.(?:py|sh|md|toml|yaml|json)|/))`")
ARROW = re.compile(r"`([\w./-]+)` (→|←) (?=`([\w./-]+)`)")
ROOM_ROW = re.compile(r"^\| `(\w+)/` \| .* \| (.*) \|$", re.MULTILINE)
IMPORT = re.compile(
    r"^ *(?:from console[\w.]* import (?:\([^)]*\)|[^(\n]+)|import console[^\n]*)$", re.MULTILINE
)
"""Of ours, wherever it stands."""
QUESTION = re.compile(r"^\| ([^|]+\?) \| (.+) \|$", re.MULTILINE)
LEAVES = {"errors", "paths"}
"""Two modules that everybody may import; a picture with arrows to them shows nothing."""


def _page() -> str:
    return PAGE.read_text()


@cache
def _imports(path: Path) -> frozenset[str]:
    """Modules of ours that a file imports, lazily and for types too."""
    found: set[str] = set()
    statements = "\n".join(each.lstrip() for each in IMPORT.findall(path.read_text()))
    for node in ast.parse(statements).body:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(name for name in found if name.split(".")[0] == "console")


def _module(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/").replace("/", ".")


def _files_of(path: str) -> list[Path]:
    place = ROOT / path
    return sorted(place.rglob("*.py")) if place.is_dir() else [place]


def _arrows() -> list[tuple[str, str]]:
    return [
        (first, second) if arrow == "→" else (second, first)
        for first, arrow, second in ARROW.findall(_page())
    ]


@pytest.mark.parametrize("path", sorted(set(PATH.findall(_page()))))
def test_each_path_on_the_page_exists(path: str) -> None:
    in_console = any(CONSOLE.glob(path.rstrip("/")))
    assert in_console or any(ROOT.glob(path.rstrip("/")))


@pytest.mark.parametrize(("importer", "imported"), _arrows())
def test_each_arrow_on_the_page_is_an_import(importer: str, imported: str) -> None:
    wanted = _module(f"console/{imported}")
    names = {name for file in _files_of(f"console/{importer}") for name in _imports(file)}
    assert any(name == wanted or name.startswith(f"{wanted}.") for name in names)


@pytest.mark.parametrize("room", ROOMS)
def test_the_picture_draws_just_what_each_room_imports(room: str) -> None:
    rows = dict(ROOM_ROW.findall(_page()))
    drawn = set(re.findall(r"`(\w+)`", rows[room]))
    names = {name for file in _files_of(f"console/{room}") for name in _imports(file)}
    rooms = {name.split(".")[1] for name in names if name.count(".")} & set(ROOMS)
    assert rooms - {room} - LEAVES == drawn


def test_thirty_questions_have_one_file_each() -> None:
    answers = QUESTION.findall(_page())
    assert len(answers) >= 30
    assert len({question for question, _ in answers}) == len(answers)
    assert [question for question, file in answers if not PATH.fullmatch(file)] == []


def test_the_journeys_are_drawn() -> None:
    assert len(_arrows()) >= 20
