"""A description, a manifest and events are searched with the keys of a log, and saved."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes.pilots import opened, shows
from fakes.screens import FakeBackend

from console.presentation.sought import lines_with, next_of, pattern_of, standing_out
from console.presentation.tones import Tone, text
from console.tui.places import Destination, Place

LONG = "\n".join([*(f"key{number}: value" for number in range(200)), "image: raven:3", ""])


@pytest.mark.parametrize(
    ("here", "step", "there"), [(0, 1, 4), (4, 1, 9), (9, 1, 4), (9, -1, 4), (4, -1, 9)]
)
def test_a_search_goes_around_both_ends(here: int, step: int, there: int) -> None:
    assert next_of([4, 9], here, step) == there


def test_case_is_ignored_and_what_is_no_expression_is_looked_for_as_it_stands() -> None:
    assert lines_with(pattern_of("IMAGE"), ["an image", "none"]) == [0]
    assert lines_with(pattern_of("[x"), ["a [x", "none"]) == [0]


def test_a_hit_stands_out_in_the_colours_of_its_line() -> None:
    line = text(("image: ", Tone.ACCENT), "raven:3")
    assert standing_out(line, pattern_of("ge: ra")) == (
        ("ima", Tone.ACCENT),
        ("ge: ", Tone.MATCH),
        ("ra", Tone.MATCH),
        ("ven:3", Tone.TEXT),
    )
    assert standing_out(line, pattern_of("none")) == line


async def test_a_long_manifest_is_searched_and_saved(
    backend: FakeBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def manifest(*_: str) -> str:
        return LONG

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(backend, "read_manifest", manifest)
    async with opened(backend, (80, 24)) as (app, pilot):
        app.go(Destination(Place.MANIFEST, ("leaderboard", "demo")))
        await shows(pilot, "key0: value", "/ Search")
        await pilot.press("n")
        await shows(pilot, "/ starts a search.")
        await pilot.press("slash", *"raven", "enter")
        await shows(pilot, "image: raven:3", "Line 1 of 1 that have it.")
        await pilot.press("slash", *"heron", "enter")
        await shows(pilot, "No line has it.")
        await pilot.press("ctrl+s")
        await shows(pilot, "Saved to")
    assert (tmp_path / "demo.manifest.yaml").read_text() == f"{LONG}\n"
