"""The columns of the list: which there is room for, how wide they are, and what they say."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fakes.boards import NOW, ROWS, row
from fakes.shown import said
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from console.domain.attention import Attention, Lag
from console.domain.board import SubmissionStatus
from console.domain.fleet import PairProblem, SubmissionRow
from console.domain.publication import NOWHERE, Published, PublishedAs
from console.presentation import fleet_columns as shown
from console.presentation.fleet_columns import Widest, cells, layout, pairs, widest
from console.presentation.fleet_order import in_order, natural
from console.presentation.table import ListColumn
from console.presentation.tones import Tone, width_of

RUNNING = SubmissionStatus.RUNNING
FINISHED = Published(PublishedAs.FINISHED, NOW)
TEAMS = tuple(
    replace(
        each,
        team=f"Team {each.name}",
        track="SENSORS",
        image=f"registry.example.com/agents/{each.name}:3",
        pair_problems=((3, PairProblem.BACKING_OFF),),
    )
    for each in ROWS
)


def titles(width: int, rows: tuple[SubmissionRow, ...], *, wide: bool = False) -> list[str]:
    return [column.title for column in layout(width, widest(rows), wide=wide)]


def told(each: SubmissionRow, width: int = 200, rows: tuple[SubmissionRow, ...] = TEAMS) -> str:
    return "|".join(said(cell) for cell in cells(each, layout(width, widest(rows)), NOW))


@pytest.mark.parametrize("each", TEAMS, ids=lambda each: each.name)
@pytest.mark.parametrize("width", [60, 80, 110, 140, 200])
@pytest.mark.parametrize("wide", [False, True])
def test_a_row_has_a_cell_for_each_column(each: SubmissionRow, width: int, wide: bool) -> None:
    columns = layout(width, widest(TEAMS), wide=wide)
    assert len(cells(each, columns, NOW)) == len(columns)


def test_a_row_is_read_from_left_to_right() -> None:
    complete = replace(TEAMS[2], pair_problems=())
    assert told(complete) == (
        "baseline-nightly|2.0|✓ Complete|━━━━━━━━━━━━━━━━━━━━ 20/20||0/8|47.38"
        "|Team baseline-nightly|SENSORS|baseline-nightly:3|5h"
    )


def test_at_80_columns_stands_what_one_decides_by_and_each_name_whole() -> None:
    assert titles(80, ROWS) == ["SUBMISSION", "LB", "STATUS", "ROUTES", "RESTARTS", "SCORE", "AGE"]
    name = layout(80, widest(ROWS))[0]
    assert name.width == len("baseline-nightly")


def test_pairs_that_do_not_get_on_have_a_column_at_80_columns_while_there_are_some() -> None:
    ill = (*ROWS, row("ill", RUNNING, 3, pair_problems=((2, PairProblem.FAILED),)))
    assert "PAIRS" in titles(80, ill)
    assert "PAIRS" not in titles(200, ROWS)


def test_what_is_published_has_a_column_only_where_something_is() -> None:
    published = replace(ROWS[2], published=FINISHED)
    assert "PUBLISHED" in titles(80, (*ROWS, published))
    assert "PUBLISHED" not in titles(60, (*ROWS, published))
    assert "PUBLISHED" not in titles(200, tuple(replace(each, published=NOWHERE) for each in ROWS))
    assert f"|finished {NOW:%H:%M}|" in told(published, 200, (published,))


def test_wide_shows_team_and_image_before_restarts_and_score() -> None:
    healthy = tuple(replace(each, pair_problems=()) for each in TEAMS)
    assert "TEAM" not in titles(80, healthy)
    assert "TEAM" in titles(80, healthy, wide=True)
    assert set(titles(120, healthy, wide=True)) >= {"TEAM", "IMAGE", "TRACK"}


def test_where_there_is_room_every_column_is_shown() -> None:
    spread = (*TEAMS, replace(TEAMS[0], namespace="other", published=FINISHED))
    assert titles(240, spread) == list(shown.TITLES)


def test_a_column_in_which_no_row_says_anything_takes_no_room() -> None:
    assert not {"TEAM", "TRACK", "IMAGE", "NAMESPACE"} & set(titles(200, ROWS))


@pytest.mark.parametrize("width", [80, 120, 200])
def test_the_name_is_no_wider_than_the_names_are(width: int) -> None:
    short = tuple(replace(each, name=f"run-{n}") for n, each in enumerate(ROWS))
    assert layout(width, widest(short))[0].width == len("SUBMISSION↑")
    long = (*ROWS, row("x" * 63, RUNNING, 0))
    assert layout(width, widest(long))[0].width <= 63


@given(
    st.integers(60, 260),
    st.builds(Widest, *(st.integers(0, most) for most in (30, 70, 20, 40, 40, 9, 90, 15))),
    st.booleans(),
)
def test_the_columns_never_need_more_room_than_there_is(
    width: int, most: Widest, wide: bool
) -> None:
    columns = layout(width, most, wide=wide)
    gaps = 2 * (len(columns) - 1)
    assert sum(column.width for column in columns) + gaps + 2 <= width
    assert [column.title for column in columns] == [
        title for title in shown.TITLES if title in {column.title for column in columns}
    ]
    assert min(column.width for column in columns) > 0


@given(st.lists(st.sampled_from(TEAMS), max_size=5))
def test_the_widest_of_some_rows_is_at_least_that_of_fewer(rows: list[SubmissionRow]) -> None:
    whole, part = widest(rows), widest(rows[1:])
    assert whole.name >= part.name
    assert whole.team >= part.team


def test_a_place_in_a_long_line_is_not_cut() -> None:
    queued = row("q", SubmissionStatus.QUEUED, 0, place="117/120")
    columns = layout(80, widest((queued,)))
    status = next(column for column in columns if column.title == "STATUS")
    assert status.width >= len("⋯ Queued 117/120")


def test_pairs_are_named_by_what_is_wrong_with_them_the_worst_first() -> None:
    at = NOW - timedelta(minutes=3)
    ill = row(
        "ill",
        RUNNING,
        3,
        pair_problems=((4, PairProblem.BACKING_OFF), (2, PairProblem.FAILED)),
        attention=(Attention(1, Lag.SILENT, at), Attention(3, Lag.SILENT, at)),
    )
    assert said(pairs(ill)) == "P2 failed  P1,3 silent  P4 back-off"
    assert [tone for span, tone in pairs(ill) if span.strip()] == [Tone.FAIL, Tone.WARN, Tone.WARN]
    stalled = row("s", RUNNING, 3, attention=(Attention(1, Lag.STALLED, at),))
    assert pairs(stalled) == (("P1 stalled", Tone.FAIL),)
    assert pairs(ROWS[0]) == ()


def test_a_team_that_is_not_named_is_not_one_that_nobody_knows() -> None:
    assert [
        shown.team_in_words(replace(ROWS[0], team=team)) for team in ("", None, "A\x1b[2J")
    ] == [
        "-",
        "?",
        "A",
    ]


@pytest.mark.parametrize(
    ("image", "short"),
    [("registry.example.com:5000/a/team-7:1", "team-7:1"), ("team", "team"), ("", ""),
     ("r.io/x@sha256:0123", "x@sha256:0123")],
)  # fmt: skip
def test_an_image_is_told_by_what_stands_last_in_it(image: str, short: str) -> None:
    assert shown.short_image(image) == short


def test_what_nobody_knows_of_a_job_that_cannot_be_read_is_a_question_mark() -> None:
    unknown = replace(TEAMS[0], image="", track="", team=None, pair_problems=())
    assert told(unknown).split("|")[-4:-1] == ["?", "?", "?"]


@pytest.mark.parametrize("falling", [True, False])
def test_an_arrow_stands_behind_the_title_that_is_sorted_by_and_keeps_its_room(
    falling: bool,
) -> None:
    columns = (ListColumn("AGE", 5), ListColumn("ROUTES", 6))
    arrow = "↓" if falling else "↑"
    assert shown.with_arrow(columns, "AGE", falling=falling)[0].title == f"AGE{arrow}"
    assert shown.with_arrow(columns, "ROUTES", falling=falling)[1].title == f"ROUTE{arrow}"


@pytest.mark.parametrize("done", [0, 7, 20])
def test_a_bar_is_as_wide_as_its_column_whatever_is_done(done: int) -> None:
    assert width_of(shown.progress_bar(done, 20, 18)) == 18


def test_where_there_is_no_room_for_a_bar_the_count_stands_at_the_right() -> None:
    assert said(shown.progress_bar(8, 20, 7)) == "   8/20"
    assert said(shown.progress_bar(None, 20, 7)) == "   ?/20"


def test_the_youngest_is_first_by_age_and_the_oldest_the_other_way() -> None:
    by_age = in_order(ROWS, natural("AGE"))
    assert [each.name for each in by_age][-1] == "interfuser"
    assert in_order(ROWS, natural("AGE").turned)[0].name == "interfuser"
    assert natural("AGE").falling is False


@pytest.mark.parametrize(
    ("done", "total", "words"), [(None, 20, "?/20"), (8, None, "8/?"), (0, None, "-")]
)
def test_progress_that_nobody_knows_has_no_full_part(
    done: int | None, total: int | None, words: str
) -> None:
    bar = said(shown.progress_bar(done, total, 18))
    assert bar.endswith(words)
    assert "━" not in bar


@pytest.mark.parametrize(
    ("spent", "tone"), [(0, Tone.MUTED), (2, Tone.WARN), (8, Tone.FAIL), (9, Tone.FAIL)]
)
def test_restarts_are_toned_by_how_near_their_limit_is(spent: int, tone: Tone) -> None:
    assert shown.restarts(row("a", RUNNING, 0, restarts=spent)) == ((f"{spent}/8", tone),)


def test_restarts_that_nobody_counted_are_no_zero() -> None:
    assert said(shown.restarts(row("a", RUNNING, 0, restarts=None))) == "?/8"
    assert said(shown.restarts(row("a", RUNNING, 0, restarts=None, restarts_at_least=3))) == "≥3/8"


def test_a_row_that_is_older_than_a_day_is_told_in_days_and_hours() -> None:
    old = row("a", RUNNING, 0, created_at=NOW - timedelta(days=2, hours=4))
    assert told(old, 80, (old,)).endswith("|2d4h")
