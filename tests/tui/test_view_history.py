"""`-` is the last view, `[` and `]` go through all that were gone to."""

from __future__ import annotations

from fakes.pilots import opened, shows, until
from fakes.screens import FakeBackend
from msgspec.structs import replace

from console.operations.ports.cluster import ClusterDescription
from console.tui.app import ConsoleApp
from console.tui.backend import ClusterLink, Link
from console.tui.places import Contender, Destination, Place
from console.tui.screens.compose import ComposeScreen
from console.tui.screens.dialogs import ConfirmDialog
from console.tui.screens.events import EventsScreen
from console.tui.screens.monitor import MonitorScreen
from console.tui.screens.results import ResultsScreen
from console.tui.screens.submissions import SubmissionsScreen
from console.tui.visits import Visits

LIST, ONE, TWO = (
    Destination(Place.SUBMISSIONS),
    Destination(Place.MONITOR, ("lab", "one")),
    Destination(Place.LOGS, ("lab", "one")),
)


def test_a_way_back_is_gone_forward_again_until_one_goes_elsewhere() -> None:
    visits = Visits().went(LIST).went(ONE).went(TWO)
    assert (visits.before, visits.after, visits.last) == (ONE, None, ONE)
    back = visits.moved(-1).moved(-1)
    assert (back.present, back.before, back.after) == (LIST, None, ONE)
    assert back.moved(-1).present == LIST
    elsewhere = back.went(Destination(Place.HISTORY))
    assert (elsewhere.after, elsewhere.last) == (None, LIST)


def test_a_look_at_a_node_is_not_repeated_by_going_back() -> None:
    visits = Visits().went(LIST).went(Destination(Place.PREFLIGHT))
    assert visits.present == LIST


def test_the_same_view_again_is_no_other_view() -> None:
    assert Visits().went(LIST).went(replace(LIST, from_list=True)).last is None


def test_the_same_result_against_another_one_is_another_view() -> None:
    chooser = Destination(Place.COMPARISON, ("lab", "a"))
    with_b, with_c = (replace(chooser, others=(Contender(("lab", n)),)) for n in "bc")
    with_file = replace(chooser, others=(Contender(file="/b.json"),))
    visits = Visits().went(chooser).went(with_b).went(with_c).went(with_file)
    assert visits.seen == (chooser, with_b, with_c, with_file)
    assert visits.went(replace(with_file)) == visits


async def test_minus_goes_between_the_last_two_views(backend: FakeBackend) -> None:
    async with opened(backend) as (app, pilot):
        await shows(pilot, "demo")
        await pilot.press("minus")
        await shows(pilot, "There was no other view yet.")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, MonitorScreen))
        await shows(pilot, "pair 1")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, SubmissionsScreen))
        await shows(pilot, "n New")
        await pilot.press("minus")
        await until(pilot, lambda: isinstance(app.screen, MonitorScreen))
        await shows(pilot, "pair 1")
        await pilot.press("minus")
        await until(pilot, lambda: isinstance(app.screen, SubmissionsScreen))


async def test_brackets_go_back_and_forward(backend: FakeBackend) -> None:
    async with opened(backend) as (app, pilot):
        await shows(pilot, "demo")
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.screen, ResultsScreen))
        await shows(pilot, "esc Back")
        await pilot.press("escape")
        await shows(pilot, "n New")
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, EventsScreen))
        await shows(pilot, "esc Back")
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: isinstance(app.screen, SubmissionsScreen))
        await shows(pilot, "n New")
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: isinstance(app.screen, ResultsScreen))
        await shows(pilot, "esc Back")
        await pilot.press("right_square_bracket")
        await shows(pilot, "n New")
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: isinstance(app.screen, EventsScreen))
        assert len(app.screen_stack) == 2


async def test_a_changed_form_is_not_left_that_way_without_a_word(backend: FakeBackend) -> None:
    async with opened(backend) as (app, pilot):
        await shows(pilot, "demo")
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, ComposeScreen) and app.focused)
        app.screen.query("Input").first().value = "typed"  # type: ignore[attr-defined]
        await until(pilot, lambda: isinstance(app.screen, ComposeScreen) and app.screen.unsaved())
        assert isinstance(app, ConsoleApp)
        app.action_view_before()
        await until(pilot, lambda: isinstance(app.screen, ConfirmDialog))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ComposeScreen))


async def test_views_of_another_cluster_are_not_gone_back_to(backend: FakeBackend) -> None:
    async with opened(backend) as (app, pilot):
        await shows(pilot, "demo")
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.screen, ResultsScreen))
        await shows(pilot, "esc Back")
        elsewhere = ClusterDescription("other", "https://10.0.0.2:6443", "leaderboard")
        backend.shown_connection = ClusterLink(Link.CONNECTED, elsewhere)
        await pilot.press("escape")
        await shows(pilot, "n New")
        await pilot.press("minus")
        await shows(pilot, "There was no other view yet.")
