"""Which screen a place is, and what the first row says; no app runs."""

from __future__ import annotations

from fakes.boards import ROWS, board
from fakes.screens import FakeBackend
from msgspec.structs import replace

from console.domain.fleet import FleetSnapshot
from console.tui.backend import ClusterLink, Link
from console.tui.heading import Heading, heading_line
from console.tui.line_commands import LINE_COMMANDS
from console.tui.navigation import SCREENS
from console.tui.places import Destination, Place


def test_every_place_above_the_list_has_a_screen() -> None:
    assert set(SCREENS) == set(Place) - {Place.SUBMISSIONS}


def test_every_place_without_a_composition_can_be_named_on_the_line() -> None:
    named = {each.action.partition("'")[2].rstrip("')") for each in LINE_COMMANDS}
    named |= {each.action for each in LINE_COMMANDS}
    assert {place.value for place in Place} - named == {Place.PREFLIGHT}


def test_a_screen_about_a_submission_is_about_the_one_it_was_sent_to() -> None:
    asked = ("leaderboard", "demo")
    for place in (each for each in Place if each.about_one):
        assert SCREENS[place](Destination(place, asked)).subject() == asked, place  # type: ignore[attr-defined]


def _row(heading: Heading) -> str:
    return "".join(words for words, _ in heading_line(heading, 120))


def test_the_first_row_is_made_of_the_values_it_is_given(backend: FakeBackend) -> None:
    told = _row(
        Heading("Logs", backend.connection(), backend.fleet(), board(), ("leaderboard", "demo"))
    )
    assert "Logs  demo" in told
    assert "context lab" in told
    assert "live" in told


def test_the_first_row_says_that_a_list_is_remembered_while_no_cluster_has_answered(
    backend: FakeBackend,
) -> None:
    known = FleetSnapshot(ROWS, False, "the last known list", backend.fleet().updated_at)
    told = _row(Heading("Submissions", ClusterLink(Link.CONNECTING), known))
    assert "stale" in told
    assert "connecting" in told
    nothing = replace(known, rows=(), updated_at=None)
    assert "stale" not in _row(Heading("Submissions", ClusterLink(Link.CONNECTING), nothing))


def test_the_first_row_tells_of_a_disk_that_fills_up_before_it_tells_the_place(
    backend: FakeBackend,
) -> None:
    told = "disk nearly full: 900 MB free for recordings"
    link = replace(backend.connection(), notice=told)
    row = _row(Heading("Submissions", link, backend.fleet()))
    assert row.index(told) < row.index("context lab")
    assert "live" in row
    assert "disk" not in _row(Heading("Submissions", backend.connection(), backend.fleet()))
    wild = replace(link, notice="\x1b[2Jkeep-size")
    assert "\x1b" not in _row(Heading("Submissions", wild, backend.fleet()))
