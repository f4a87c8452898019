"""Themes are YAML files; a wrong one is refused with its file and key."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fakes.pilots import opened, shows
from fakes.screens import FakeBackend

from console import paths
from console.errors import InvalidInput
from console.tui import theming
from console.tui.app import ConsoleApp


def test_three_themes_are_shipped_and_the_dark_one_is_the_default() -> None:
    names = [theming.load(path).name for path in theming.files(paths.themes())]
    assert names[0] == theming.DEFAULT == "leaderboard-dark"
    assert {"leaderboard-light", "high-contrast"} <= set(names)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("primary: [", "YAML"),
        ("- a", "mapping"),
        ("primary: '#zzz'", "'primary' is no colour"),
        ("primary: 5", "'primary' is no colour"),
        ("prime: '#fff'", "'prime' is unknown"),
        ("secondary: '#fff'", "'primary' is missing"),
        ("primary: '#fff'\nvariables: 3", "'variables'"),
    ],
)
def test_a_wrong_theme_is_refused_with_its_file_and_what_is_wrong(
    tmp_path: Path, text: str, complaint: str
) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(text)
    with pytest.raises(InvalidInput) as caught:
        theming.load(file)
    assert "mine.yaml" in caught.value.what
    assert complaint in caught.value.why


def test_an_unknown_theme_lists_the_known_ones() -> None:
    with pytest.raises(InvalidInput, match="nope") as caught:
        ConsoleApp(FakeBackend(), theme="nope")
    assert "high-contrast" in caught.value.fix


async def test_every_shipped_theme_shows_the_list(backend: FakeBackend) -> None:
    async with opened(backend) as (app, pilot):
        for path in theming.files(paths.themes()):
            app.theme = path.stem
            await shows(pilot, "● Running")


def test_no_module_and_no_style_sheet_holds_a_colour_literal() -> None:
    sources = [*Path(theming.__file__).parent.rglob("*.py")]
    sources += Path(theming.__file__).parent.rglob("*.tcss")
    literal = re.compile(r"#[0-9a-fA-F]{6}\b|rgb\(")
    assert [path.name for path in sources if literal.search(path.read_text())] == []
