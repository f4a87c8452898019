"""A version of the Leaderboard is a value with its rules, and nobody else asks which one it is."""

import ast
import copy
import pickle
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.recorder import journal
from console.results import leaderboard
from console.results.leaderboard import KNOWN, LAUNCHED, V1_0, V2_0, V2_0_PINNED, V2_1, named

CONSOLE = Path(leaderboard.__file__).parents[1]
NAMES = {each.name for each in KNOWN}


def _texts(node: ast.AST) -> set[object]:
    return {each.value for each in ast.walk(node) if isinstance(each, ast.Constant)}


def _choices_by_name(tree: ast.AST) -> Iterator[int]:
    """The lines that compare with a version's name, or choose by it in a table or a match."""
    for node in ast.walk(tree):
        compared = isinstance(node, ast.Compare) and any(
            _texts(side) & NAMES for side in (node.left, *node.comparators)
        )
        matched = isinstance(node, ast.MatchValue) and _texts(node.value) & NAMES
        if compared or matched:
            yield node.lineno


def test_nobody_else_compares_the_names_of_versions() -> None:
    others = [path for path in CONSOLE.rglob("*.py") if path != Path(leaderboard.__file__)]
    texts = {path.relative_to(CONSOLE): path.read_text() for path in others}
    found = {
        f"{path}:{line}"
        for path, text in texts.items()
        if any(name in text for name in NAMES)
        for line in _choices_by_name(ast.parse(text))
    }
    assert found == set()


def test_a_comparison_with_a_versions_name_would_be_found() -> None:
    for code in ('v == "1.0"', 'v in ("2.0", "2.1")', 'match v:\n    case "2.1": pass'):
        assert list(_choices_by_name(ast.parse(code))), code


@pytest.mark.parametrize("version", KNOWN, ids=str)
def test_there_is_one_object_of_each_version_however_it_travels(version) -> None:
    assert named(version.name) is version
    assert copy.deepcopy(version) is version
    assert pickle.loads(pickle.dumps(version)) is version
    assert journal._read(type(version), journal._written(version)) is version


def test_a_name_that_no_version_has_is_refused_and_not_guessed() -> None:
    assert leaderboard.find("7.0") is None
    with pytest.raises(ValueError, match="no version"):
        named("7.0")


def test_each_launched_version_has_its_own_spec_file_tracks_and_towns() -> None:
    specs = CONSOLE.parent / "job_specs"
    assert all((specs / version.spec).is_file() for version in LAUNCHED)
    assert [version.has_qualifier for version in LAUNCHED] == [False, True, True, False]
    assert not set(V1_0.towns) & set(V2_0.towns)


def test_the_revised_version_differs_by_its_penalty_alone() -> None:
    infractions = {"red_light": ("ran it",), "collisions_vehicle": ("hit",)}
    product, quotient = 0.7 * 0.6, 1 / (1 + 0.4 + 0.7)
    assert V2_0.penalty(infractions, ()) == pytest.approx(product)
    assert V2_1.penalty(infractions, ()) == pytest.approx(quotient)
    differing = {name for name in dir(V2_0) if not name.startswith("__")}
    differing = {name for name in differing if _rule(V2_0, name) != _rule(V2_1, name)}
    assert differing == {"name", "job_of", "price"}


def _rule(version, name: str):
    """A method by what it runs, anything else by its value."""
    rule = getattr(version, name)
    return getattr(rule, "__func__", rule)


def test_the_pinned_commit_repeats_its_last_drive_and_the_release_only_a_crashed_one() -> None:
    assert V2_0_PINNED.words.resumes_at("Started", 3) == 2
    assert V2_0.words.resumes_at("Started", 3) == 3
    assert V1_0.words.resumes_at("Crashed", 3) == 3


def test_an_evaluator_with_scenarios_is_the_first_and_a_bare_route_id_is_its_too() -> None:
    assert leaderboard.of_evaluator({"SCENARIOS": "/s.json"}) is V1_0
    assert leaderboard.of_evaluator({}) is V2_0
    assert leaderboard.of_route_id(None) is V1_0
    assert leaderboard.of_route_id(0) is V2_0
