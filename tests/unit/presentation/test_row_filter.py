"""What can be typed into the filter of a list, and which rows it leaves."""

from __future__ import annotations

import pytest
from fakes.boards import ROWS, row
from hypothesis import given
from hypothesis import strategies as st

from console.domain.board import SubmissionStatus
from console.domain.fleet import PairProblem
from console.domain.publication import Published, PublishedAs
from console.presentation.fleet_filter import matches
from console.presentation.row_filter import FieldTerm, FilterTerms, no_such_field, wanted

RAVEN = row(
    "raven-3",
    SubmissionStatus.RUNNING,
    4,
    team="Team Raven",
    track="MAPS",
    image="registry.example.com/agents/raven:3",
    reason="no line since 14:02",
    pair_problems=((2, PairProblem.BACKING_OFF),),
    published=Published(PublishedAs.PARTIAL),
    labels=(("leaderboard.carla.org/batch", "monday"), ("queue", "gpu")),
)


@pytest.mark.parametrize(
    ("typed", "found"),
    [("", True), ("falcon", True), ("PENDING", True), ("private", True), ("!falcon", False),
     ("nowhere", False), ("!nowhere", True), ("leaderboard/team", True), ("!", True),
     ("pulling private", True), ("starting", True)],
)  # fmt: skip
def test_the_filter_looks_at_name_status_and_reason(typed: str, found: bool) -> None:
    assert matches(ROWS[1], typed) is found


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        *(("Raven", True), ("agents/raven", True), ("maps", True), ("P2 back-off", True)),
        *(("team=raven", True), ("team=RAVEN status=running", True), ("team=heron", False)),
        *(("team=raven status=failed", False), ("!team=raven", False), ("team!=heron", True)),
        *(("status=running since", True), ("status=running !since", False)),
        *(("pairs=back-off", True), ("need=slow", True), ("image=registry.example", True)),
        *(("-f rvn3", True), ("-f 3nvr", False), ("-f tmrvn", True), ("-f", True)),
        *(("-l queue=gpu", True), ("-l queue==gpu", True), ("-l queue!=gpu", False)),
        *(("-l queue", True), ("-l !queue", False), ("-l nothing", False), ("-l !nothing", True)),
        *(("-l queue=gpu,leaderboard.carla.org/batch=monday", True), ("-l queue=gpu,x=y", False)),
        *(("-l queue=GPU", False), ("-l queue!=other", True), ("-l", True), ("-l ,", True)),
        *(("a=b", False), ("no=such raven", False)),
        *(("published=partial", True), ("published=finished", False), ("partial", True)),
    ],
)
def test_parts_inverse_fuzzy_labels_and_fields_are_understood(typed: str, found: bool) -> None:
    assert matches(RAVEN, typed) is found


def test_a_word_with_an_equals_sign_that_names_no_field_is_a_part_of_the_text() -> None:
    assert wanted("FOO=bar", ("team",)) == FilterTerms("foo=bar")
    assert wanted("x !team=A b", ("team",)) == FilterTerms(
        "x b", fields=(FieldTerm("team", "a", hides=True),)
    )


@given(st.text(max_size=30))
def test_whatever_is_typed_is_an_answer(typed: str) -> None:
    assert matches(RAVEN, typed) in (True, False)


@given(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8))
def test_an_inverse_leaves_just_the_rows_that_the_part_does_not(part: str) -> None:
    for each in (*ROWS, RAVEN):
        assert matches(each, part) is not matches(each, f"!{part}")


@pytest.mark.parametrize("typed", ["colour=red", "team=x !colour=red", "colour!=red", " colour="])
def test_a_field_that_there_is_not_is_told_which_there_are(typed: str) -> None:
    told = "There is no field colour, but name, team."
    assert no_such_field(typed, ("name", "team")) == told


@pytest.mark.parametrize(
    "typed", ["", "red", "TEAM=x !name=y", "-l colour=red", "-f a=b", "=", "a:b=c"]
)
def test_what_names_no_field_is_told_of_none(typed: str) -> None:
    assert no_such_field(typed, ("name", "team")) == ""
