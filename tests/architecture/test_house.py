"""The house rules that a linter cannot see."""

from __future__ import annotations

import ast
import functools
import re
import subprocess
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.loaded_modules import loaded_modules

ROOT = Path(__file__).resolve().parents[2]
CONSOLE = ROOT / "console"
MODULES = sorted(path for path in CONSOLE.rglob("*.py") if "rootfs" not in path.parts)
IN_CONTAINERS = sorted([*CONSOLE.glob("workers/*.py"), *CONSOLE.glob("results/*.py")])
SHELL_SCRIPTS = sorted(
    path
    for path in CONSOLE.rglob("*")
    if (
        path.is_file()
        and path.suffix != ".py"
        and path.read_bytes()[:10].startswith((b"#!/bin/sh", b"#!/bin/bas"))
    )
    or path.suffix == ".sh"
)
SHELL_FUNCTION = re.compile(r"^(\w+)\(\) \{\n(.*?)^\}$", re.MULTILINE | re.DOTALL)
ROOMS = {"console", "job_specs", "themes", "tests"}
BESIDE_THEM = {"CHANGELOG.md", "CONTRIBUTING.md", "README.md", "LICENSE"}
MADE_BY = {"pyproject.toml", "Makefile", "Containerfile"}
BANNED = {"utils", "util", "helpers", "helper", "manager", "common", "misc"}
TESTS = sorted((ROOT / "tests").rglob("*.py"))
LONGEST_FILE, LONGEST_TEST_FILE = 350, 400
LONGEST_FUNCTION = 40
USUAL_FUNCTION = 20


@functools.cache
def _functions() -> list[tuple[str, int]]:
    found = [
        (f"{path.relative_to(ROOT)}: {name}", body.count("\n") + 2)
        for path in SHELL_SCRIPTS
        for name, body in SHELL_FUNCTION.findall(path.read_text())
    ]
    return [*found, *(length for path in MODULES for length in _lengths(path))]


def _lengths(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", length


def test_every_module_says_what_it_owns() -> None:
    silent = [str(p.relative_to(ROOT)) for p in MODULES if not ast.get_docstring(_tree(p))]
    assert silent == []


@functools.cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def test_every_shell_script_says_what_it_owns() -> None:
    says = re.compile(r"(?:#!.*\n)?# \S")
    assert [str(p) for p in SHELL_SCRIPTS if not says.match(p.read_text())] == []


def test_nothing_lies_before_the_rooms_that_somebody_left_there() -> None:
    git = ["git", "-c", f"safe.directory={ROOT}", "-C", str(ROOT), "ls-files"]
    tracked = subprocess.run(git, capture_output=True, text=True)
    # A copy without its history has nothing in it but what came with it.
    whole = not tracked.returncode and tracked.stdout
    listed = tracked.stdout.splitlines() if whole else [each.name for each in ROOT.iterdir()]
    listed = [each for each in listed if not each.endswith((".egg-info", "__pycache__", "dist"))]
    there = {each.split("/")[0] for each in listed if not each.startswith(".")}
    assert there == ROOMS | BESIDE_THEM | MADE_BY


def test_no_room_has_a_name_that_explains_nothing() -> None:
    assert [str(p) for p in CONSOLE.rglob("*") if p.stem in BANNED] == []


def test_a_file_name_says_what_it_is_in_its_room() -> None:
    """Two may share one. A third only where a screen and its command are of that room's subject."""
    rooms = defaultdict(set)
    for path in MODULES:
        if path.stem not in {"__init__", "__main__"}:
            rooms[path.name].add(str(path.parent.relative_to(CONSOLE)))
    faces = {"cli/commands", "tui/screens"}
    shared = {name: sorted(of) for name, of in rooms.items() if len(of) > 2}
    assert {n: of for n, of in shared.items() if len(of) > 3 or not faces.issubset(of)} == {}


def test_the_tests_own_library_is_typed_as_strictly_as_the_console() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mypy"]
    asked = {module.removeprefix("tests.") for module in settings["modules"]}
    packages = [package.removeprefix("tests.") for package in settings["packages"]]
    untyped = []
    for path in (ROOT / "tests").rglob("*.py"):
        place = path.relative_to(ROOT / "tests")
        # Programs are started by a container's own Python, and data is nobody's code.
        if path.name.startswith("test_") or place.parts[-2:-1] == ("programs",):
            continue
        name = ".".join(place.with_suffix("").parts)
        if not ({name, place.stem} & asked or place.parts[0] in (*packages, "data")):
            untyped.append(str(place))
    assert untyped == []


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "console/localcluster/README.md"])
def test_each_path_from_the_root_that_a_page_names_exists(page: str) -> None:
    named = re.findall(r"`((?:console|tests|job_specs|themes)/[\w./-]+)", (ROOT / page).read_text())
    assert [path for path in named if not (ROOT / path).exists()] == []


DOORS = {
    "kubernetes": {"cluster"},
    "aiohttp": {"cluster", "localcluster", "web"},
    "httpx": {"publish"},
    "textual": {"tui"},
}


@pytest.mark.parametrize("library", DOORS)
def test_a_new_room_too_is_held_from_a_library_that_has_its_doors(library: str) -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    [held] = [
        {module.removeprefix("console.") for module in each["source_modules"]}
        for each in contracts["contracts"]
        if library in each.get("forbidden_modules", [])
        and "console.errors" in each["source_modules"]
    ]
    rooms = {path.parent.name for path in CONSOLE.glob("*/__init__.py")}
    assert rooms - held == DOORS[library]


def test_no_warning_is_silenced_for_all_tests() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pytest"]
    assert settings["ini_options"]["filterwarnings"] == ["error"]


def test_no_unit_test_waits_on_the_wall_clock() -> None:
    """`asyncio.sleep` does not there, for its loop's clock jumps; `time.sleep` would."""
    folder = ROOT / "tests" / "unit"
    assert [str(p) for p in folder.rglob("*.py") if "time.sleep(" in p.read_text()] == []


def test_there_is_more_of_the_tests_than_of_what_they_test() -> None:
    """Lines of Python and shell. A room that grows brings its tests along."""
    tests = sum(path.read_text().count("\n") for path in (ROOT / "tests").rglob("*.py"))
    tested = [*CONSOLE.rglob("*.py"), *CONSOLE.rglob("*.sh")]
    assert tests > sum(path.read_text().count("\n") for path in tested)


def test_ci_runs_the_test_command_of_the_readme_and_measures_coverage_in_it() -> None:
    text = (ROOT / ".ci/run").read_text()
    suites = re.findall(r"^ *((?:MEASURED=1 )?suite \w+|make covered)", text, re.MULTILINE)
    assert sorted(suites) == [
        "MEASURED=1 suite test",
        "make covered",
        "suite submissions",
        "suite thorough",
    ]
    assert text.index("MEASURED=1 suite test") < text.index("\nmake covered")
    assert "\nsweeps >" in text
    assert "\nmake test " in (ROOT / "README.md").read_text()


def test_no_work_of_a_screen_ends_the_console_by_its_fault() -> None:
    """What fails in a worker is told by the app, where Textual is told not to exit on it."""
    calls = [
        (str(path), each.lineno, {keyword.arg for keyword in each.keywords})
        for path in (ROOT / "console" / "tui").rglob("*.py")
        for each in ast.walk(_tree(path))
        if isinstance(each, ast.Call) and getattr(each.func, "attr", "") == "run_worker"
    ]
    assert calls
    assert [each[:2] for each in calls if "exit_on_error" not in each[2]] == []


def test_no_private_name_of_a_module_stands_there_unused() -> None:
    unused = []
    for path in MODULES:
        text = path.read_text()
        for name in filter(None, map(_named_by, _tree(path).body)):
            if re.match(r"_[^_]", name) and text.count(name) == 1:
                unused.append(f"{path.relative_to(ROOT)}: {name}")
    assert unused == []


def _named_by(statement: ast.stmt) -> str:
    match statement:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return name
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name
    return ""


def test_no_two_test_files_share_a_name() -> None:
    names = Counter(path.name for path in ROOT.glob("tests/**/test_*.py"))
    assert [name for name, times in names.items() if times > 1] == []


def test_files_stay_short() -> None:
    long = [
        f"{p.relative_to(ROOT)}"
        for p in [*MODULES, *SHELL_SCRIPTS]
        if len(p.read_text().splitlines()) > LONGEST_FILE
    ]
    assert long == []


def test_files_of_tests_stay_short() -> None:
    long = [str(p) for p in TESTS if p.read_bytes().count(b"\n") > LONGEST_TEST_FILE]
    assert long == []


def test_functions_stay_short() -> None:
    assert [place for place, length in _functions() if length > LONGEST_FUNCTION] == []


@pytest.mark.thorough
def test_functions_of_tests_stay_short() -> None:
    lengths = (length for path in TESTS for length in _lengths(path))
    assert [place for place, length in lengths if length > LONGEST_FUNCTION] == []


def test_four_functions_in_five_fit_in_twenty_lines() -> None:
    lengths = [length for _, length in _functions()]
    assert sum(length <= USUAL_FUNCTION for length in lengths) >= 0.8 * len(lengths)


@pytest.mark.parametrize("path", IN_CONTAINERS, ids=lambda p: p.name)
def test_what_runs_in_a_container_parses_as_python_3_7(path: Path) -> None:
    ast.parse(path.read_text(), feature_version=(3, 7))


@pytest.mark.parametrize("path", IN_CONTAINERS, ids=lambda p: p.name)
def test_what_runs_in_a_container_imports_only_the_standard_library_and_itself(path: Path) -> None:
    for node in ast.walk(_tree(path)):
        names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        for name in names:
            ours = name.startswith(("console.workers", "console.results"))
            assert ours or name.split(".")[0] in sys.stdlib_module_names, f"{path.name}: {name}"


def test_a_command_line_help_loads_neither_textual_nor_a_cluster_client() -> None:
    loaded = loaded_modules("from console.cli.main import parser; parser().format_help()")
    assert loaded.isdisjoint({"textual", "kubernetes", "aiohttp", "rich"})
