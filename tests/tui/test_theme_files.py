"""Themes are YAML files; a wrong one is refused with its file and key."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fakes.pilots import opened, shows, until
from fakes.screens import FakeBackend
from msgspec.structs import replace

from console import paths
from console.errors import InvalidInput
from console.tui import kept_choices, skins, theming
from console.tui.app import ConsoleApp


def test_themes_are_shipped_for_many_eyes_and_the_dark_one_is_the_default() -> None:
    names = [theming.load(path).name for path in theming.files(paths.themes())]
    assert names[0] == theming.DEFAULT == "leaderboard-dark"
    assert len(names) >= 8
    for_colour_blind_eyes = {"deuteranopia-dark", "deuteranopia-light", "tritanopia-dark"}
    assert {"leaderboard-light", "high-contrast", *for_colour_blind_eyes} <= set(names)
    assert {"ansi-16", "monochrome"} <= set(names)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("primary: [", "YAML"),
        ("primary: 2020-13-45", "YAML"),
        pytest.param("[" * 700, "YAML", id="deep"),
        ("- a", "mapping"),
        ("primary: '#zzz'", "'primary' is no colour"),
        ("primary: 5", "'primary' is no colour"),
        ("prime: '#fff'", "'prime' is unknown"),
        ("secondary: '#fff'", "'primary' is missing"),
        ("primary: '#fff'\nvariables: 3", "'variables'"),
        ("primary: '#fff'\nvariables: {bordr: '#fff'}", "'bordr' is unknown"),
        ("primary: '#fff'\nvariables: {border: thick}", "'border' is no colour"),
        ("primary: '#fff'\nvariables: {link-style: blinking}", "'link-style' is no style"),
        ("primary: '#fff'\ndark: perhaps", "'dark' has to be true or false"),
        ("primary: '#fff'\ntext_alpha: 7", "'text_alpha' has to be a number"),
        ("primary: '#fff'\nname: other", "'name' is unknown"),
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


@pytest.mark.parametrize("name", [path.stem for path in theming.files(paths.themes())])
async def test_the_console_opens_in_every_shipped_theme(backend: FakeBackend, name: str) -> None:
    app = ConsoleApp(backend, theme=name)
    async with app.run_test(size=(80, 24)) as pilot:
        await shows(pilot, "● Running")
        await pilot.press("ctrl+d")
        await shows(pilot, "Keep it")


async def test_every_shipped_theme_is_put_on_while_the_console_runs(backend: FakeBackend) -> None:
    async with opened(backend) as (app, pilot):
        shipped = [path.stem for path in theming.files(paths.themes())]
        await until(pilot, lambda: set(shipped) <= set(app.available_themes))
        for name in shipped:
            app.action_themes(name)
            await pilot.pause()
            await shows(pilot, "● Running")


async def test_themes_that_are_not_worn_are_read_behind_the_list_s_first_rows(
    backend: FakeBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.tui.app.THEMES_SECONDS", 1000.0)
    listed = backend.shown_fleet
    backend.shown_fleet = replace(listed, live=False)
    async with opened(backend) as (app, pilot):
        app._watch_link()
        assert not [each for each in app.workers if each.name == "themes"]
        assert "frost" in app.offered_themes
        backend.shown_fleet = listed
        await until(pilot, lambda: "frost" in app.available_themes)


def test_no_module_and_no_style_sheet_holds_a_colour_literal() -> None:
    sources = [*Path(theming.__file__).parent.rglob("*.py")]
    sources += Path(theming.__file__).parent.rglob("*.tcss")
    literal = re.compile(r"#[0-9a-fA-F]{6}\b|\brgb\(")
    assert [path.name for path in sources if literal.search(path.read_text())] == []


def _users_theme(name: str, text: str) -> None:
    paths.user_themes().mkdir(parents=True, exist_ok=True)
    (paths.user_themes() / f"{name}.yaml").write_text(text)


async def test_a_theme_of_the_users_is_worn_and_takes_the_place_of_one_of_ours(
    backend: FakeBackend, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CARLA_CONSOLE_CONFIG_DIR", str(tmp_path / "settings"))
    _users_theme("mine", "primary: '#123456'")
    _users_theme("ember", "primary: '#654321'")
    monkeypatch.setenv("CARLA_CONSOLE_SKIN", "mine")
    async with opened(backend) as (app, pilot):
        assert app.theme == "mine"
        await until(pilot, lambda: "ember" in app.available_themes)
        assert app.available_themes["ember"].primary == "#654321"
        assert "textual-dark" not in app.offered_themes


async def test_a_users_theme_that_cannot_be_used_is_named_and_the_console_goes_on(
    backend: FakeBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    _users_theme("mine", "primary: '#12345'\nvariables: {border: thick}")
    monkeypatch.setenv("CARLA_CONSOLE_SKIN", "mine")
    async with opened(backend) as (app, pilot):
        await shows(pilot, "The theme mine.yaml cannot be used.", "'primary' is no colour")
        await pilot.press("escape")
        await shows(pilot, "● Running")
        assert app.theme == theming.DEFAULT


async def test_a_theme_that_is_chosen_is_worn_the_next_time(backend: FakeBackend) -> None:
    async with opened(backend) as (app, pilot):
        await until(pilot, lambda: "frost" in app.available_themes)
        app.action_themes("frost")
        await until(pilot, lambda: kept_choices.recall().theme == "frost")
    async with opened(backend) as (app, _):
        assert app.theme == "frost"


@pytest.mark.parametrize(
    ("flag", "environment", "worn"),
    [
        (None, {}, "leaderboard-dark"),
        (None, {"CARLA_CONSOLE_SKIN": "paper"}, "paper"),
        (None, {"CARLA_CONSOLE_SKIN": "paper", "NO_COLOR": "1"}, "monochrome"),
        (None, {"CARLA_CONSOLE_SKIN": "paper", "NO_COLOR": ""}, "paper"),
        ("ember", {"CARLA_CONSOLE_SKIN": "paper", "NO_COLOR": "1"}, "ember"),
    ],
)
def test_a_flag_comes_before_no_color_and_that_before_the_users_skin(
    flag: str | None, environment: dict[str, str], worn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert skins.skin(flag).name == worn


def test_a_contexts_theme_comes_behind_what_one_terminal_asks_for_and_before_the_choice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept_choices.keep(lambda before: replace(before, theme="frost"))
    assert skins.skin(None, "paper").name == "paper"
    assert skins.skin("ember", "paper").name == "ember"
    assert skins.skin(None).name == "frost"
    monkeypatch.setenv("CARLA_CONSOLE_SKIN", "monochrome")
    assert skins.skin(None, "paper").name == "monochrome"


def test_choices_that_cannot_be_read_are_none() -> None:
    kept_choices.keep(lambda before: replace(before, theme="frost"))
    kept_choices.file().write_text("{")
    assert kept_choices.recall() == kept_choices.Choices()


async def test_a_palette_that_is_open_wears_the_new_theme_too() -> None:
    app = ConsoleApp(FakeBackend())
    async with app.run_test() as pilot:
        await until(pilot, lambda: "paper" in app.available_themes)
        await pilot.press("ctrl+p")
        await shows(pilot, "Commands", "Search for commands")
        before = app.screen.query_one("CommandList").styles.background
        app.action_themes("paper")
        await until(pilot, lambda: app.screen.query_one("CommandList").styles.background != before)
