"""What nobody calls goes, also where a test still calls it; and a name stands for one thing."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted(
    path
    for path in (ROOT / "console").rglob("*.py")
    if "rootfs" not in path.relative_to(ROOT).parts
)
CLASS = re.compile(r"^ *class (\w+)[(:]", re.MULTILINE)
LISTED = {"add", "main", "__all__"}
"""What a command line, a package's script or a star takes by its name."""
VOCABULARIES = {"console.results.report.KINDS"}
"""What another program's words are held against in a test."""


def _name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def test_no_two_classes_share_a_name() -> None:
    places = defaultdict(list)
    for path in MODULES:
        for name in CLASS.findall(path.read_text()):
            places[name].append(str(path.relative_to(ROOT)))
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


@pytest.mark.thorough
def test_what_a_module_offers_is_taken_by_the_console_itself() -> None:
    """Functions, classes and constants; of methods nobody can tell by their names."""
    taken = {name for path in MODULES for name in _taken(path)}
    offered = {f"{_name_of(path)}.{name}" for path in MODULES for name in _offered(path)}
    assert sorted(offered - taken - VOCABULARIES) == []


def _offered(path: Path) -> Iterator[str]:
    for statement in ast.parse(path.read_text()).body:
        match statement:
            case (
                ast.FunctionDef(name=name)
                | ast.AsyncFunctionDef(name=name)
                | ast.ClassDef(name=name)
                | ast.Assign(targets=[ast.Name(id=name)])
                | ast.AnnAssign(target=ast.Name(id=name))
            ):
                if name not in LISTED:
                    yield name


def _taken(path: Path) -> Iterator[str]:
    """Whole names: what it loads of its own, imports of others, or asks of a module."""
    own, modules, nodes = _name_of(path), {}, list(ast.walk(ast.parse(path.read_text())))
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            base = _base(path, node)
            for alias in node.names:
                modules[alias.asname or alias.name] = f"{base}.{alias.name}"
                yield f"{base}.{alias.name}"
        elif isinstance(node, ast.Import):
            modules |= {alias.asname or alias.name: alias.name for alias in node.names}
    for node in nodes:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield f"{own}.{node.id}"
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield f"{modules.get(node.value.id, '')}.{node.attr}"


def _base(path: Path, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    folders = path.relative_to(ROOT).parts[: -node.level]
    return ".".join([*folders, *([node.module] if node.module else [])])
