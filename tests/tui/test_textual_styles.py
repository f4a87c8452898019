"""Remembered styles: each widget and each of its parts wears what Textual itself would give it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fakes.pilots import opened, shows
from fakes.screens import FakeBackend
from textual.app import App, ComposeResult
from textual.containers import Vertical
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widgets import Button, Input, Label

from console.tui.app import ConsoleApp
from console.tui.textual_styles import RememberedStyles


def parts_of(node: DOMNode) -> list[str]:
    return sorted(node._get_component_classes())


def worn(node: DOMNode) -> dict[str, Any]:
    """By component, the node itself without a name."""
    parts = {name: node.get_component_styles(name).get_rules() for name in parts_of(node)}
    return {"": node.styles.base.get_rules(), **parts}


def differences(app: App[Any]) -> Iterator[str]:
    """Widgets that Textual would style in another way. It styles them so."""
    plain = Stylesheet(variables=app.get_css_variables())
    plain._rules = app.stylesheet.rules
    for node in app.screen.walk_children(with_self=True):
        before = worn(node)
        node._component_styles.clear()
        plain.apply(node)
        if before != worn(node):
            yield f"{node!r}: {before} is not {worn(node)}"


@pytest.mark.parametrize(
    ("keys", "shown"),
    [
        ((), "baseline-nightly"),
        (("enter", "2", "escape", "j", "enter"), "demo"),
        (("n", "tab", "x"), "Leaderboard"),
        (("?",), "Keys"),
        (("s", "escape", "s"), "Into which container"),
    ],
    ids=["list", "monitor", "form", "help", "dialog"],
)
async def test_the_console_looks_as_textual_would_have_it(
    backend: FakeBackend, keys: tuple[str, ...], shown: str
) -> None:
    async with opened(backend) as (app, pilot):
        await shows(pilot, "baseline-nightly")
        assert isinstance(app.stylesheet, RememberedStyles)
        await pilot.press(*keys)
        await shows(pilot, shown)
        assert [*differences(app)] == []


async def test_another_theme_is_worn_by_all_at_once(backend: FakeBackend) -> None:
    async with opened(backend) as (app, pilot):
        await shows(pilot, "demo")
        for theme in ("textual-light", "textual-dark", "textual-light"):
            app.action_themes(theme)
            await pilot.pause()
            assert app.stylesheet.rules
            assert [*differences(app)] == []


class Family(App[None]):
    """Whatever a rule can ask of a widget and of what is above it."""

    CSS = """
    Label { color: red; }
    .warm Label { color: orange; }
    #one Label:disabled { color: gray; }
    Vertical:disabled > Label { text-style: bold; }
    Label:first-child { background: blue; }
    Vertical:focus-within { background: red; }
    Input:focus { color: green; }
    Input:blur { color: yellow; }
    App:dark .late { color: white; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.stylesheet = RememberedStyles(variables=self.get_css_variables())

    def compose(self) -> ComposeResult:
        for name in ("one", "two"):
            with Vertical(id=name):
                yield from (Label("a"), Label("b"), Input(), Button("c"))


async def test_a_change_of_any_widget_above_is_seen_by_all_below() -> None:
    async with Family().run_test() as pilot:
        app = pilot.app
        one, two = app.query_one("#one"), app.query_one("#two")
        changes = [
            lambda: one.add_class("warm"),
            lambda: two.set_class(True, "warm", "nobodys"),
            lambda: setattr(one, "disabled", True),
            lambda: one.remove_class("warm"),
            lambda: setattr(one, "disabled", False),
            lambda: two.query_one(Input).focus(),
            lambda: one.query_one(Input).focus(),
            lambda: setattr(app, "theme", "textual-light"),
            lambda: one.mount(Label("late", classes="late"), before=0),
            lambda: two.query(Label).last().set_classes("late"),
        ]
        for change in changes:
            change()
            await pilot.pause()
            assert [*differences(app)] == []


class Parts(App[None]):
    """What rules can ask of a part of a widget, and of what is beside or in what it stands in."""

    CSS = """
    .first:first-child { background: blue; }
    .first > .input--cursor { color: red; }
    Vertical:focus-within .input--placeholder { color: red; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.stylesheet = RememberedStyles(variables=self.get_css_variables())

    def compose(self) -> ComposeResult:
        with Vertical():
            yield from (Input(id="one"), Input())
        yield Button("x")


async def test_a_part_is_never_left_in_what_its_widget_wore_before() -> None:
    async with Parts().run_test() as pilot:
        app = pilot.app
        one = app.query_one("#one", Input)
        changes = [
            lambda: one.add_class("first"),
            lambda: one.remove_class("first"),
            lambda: app.query_one(Button).focus(),
            lambda: one.focus(),
        ]
        for change in changes:
            change()
            await pilot.pause()
            app.screen.update_node_styles()
            assert [*differences(app)] == []


async def test_rules_that_come_with_a_new_widget_hold_for_those_that_are_there() -> None:
    class Late(Label):
        DEFAULT_CSS = "Late { color: red; } .warm { background: blue; }"
        SCOPED_CSS = False

    async with Family().run_test() as pilot:
        label = pilot.app.query_one("#one Label", Label)
        label.add_class("warm")
        await pilot.pause()
        await pilot.app.query_one("#two").mount(Late("x"))
        pilot.app.screen.update_node_styles()
        assert label.styles.base.get_rules()["background"].rgb == (0, 0, 255)
        assert [*differences(pilot.app)] == []


async def test_of_a_second_app_nothing_is_parsed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Family().run_test():
        pass
    with monkeypatch.context() as patched:
        patched.setattr("textual.css.stylesheet.parse", None)
        async with Family().run_test() as pilot:
            assert isinstance(pilot.app.screen, Screen)
            assert [*differences(pilot.app)] == []


def test_the_consoles_own_stylesheet_is_such_a_one() -> None:
    assert isinstance(ConsoleApp(FakeBackend()).stylesheet, RememberedStyles)


async def test_of_a_second_widget_that_stands_alike_no_part_is_made_before_it_is_painted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with Family().run_test() as pilot:
        box = pilot.app.query_one("#two")
        await box.mount(Button("d"))
        made: list[str] = []
        plain = DOMNode.__init__

        def counted(node: DOMNode, **named: Any) -> None:
            if type(node) is DOMNode:
                made.append(named["classes"])
            plain(node, **named)

        monkeypatch.setattr(DOMNode, "__init__", counted)
        another = Input(id="another")
        another.display = False
        await box.mount(another)
        assert made == []
        assert parts_of(another)
        assert another.get_component_styles("input--cursor").get_rules()
        assert made == ["input--cursor"]
