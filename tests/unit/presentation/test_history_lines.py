"""What the list of all submissions says of a row, and in which order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from console.domain.board import SubmissionStatus
from console.domain.fleet import SubmissionRow
from console.domain.gpu_time import GpuTime
from console.domain.prices import GpuPrice
from console.operations.ports.history_entries import HistoryEntry
from console.operations.ports.recorder import Recording
from console.operations.recording.history_rows import HistoryRow, history_rows
from console.presentation import history_lines
from console.presentation.history_lines import NEWEST_FIRST
from console.presentation.table import Order
from console.presentation.tones import Line, Tone

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
KNOWN = GpuTime(7200.0, 1.0, 1.0, 1.0, 1.0)


def row(name: str = "demo", *, days: int = 0, ended: bool = True, **more: object) -> HistoryRow:
    told = SubmissionRow(
        "races", name, f"uid-{name}-rest", "2.0", SubmissionStatus.FAILED, "out of budget",
        7, 20, 8, 8, NOW - timedelta(days),
    )  # fmt: skip
    entry = HistoryEntry(
        Recording("lab", "races", name, told.uid), told, ended, "image:1", "MAP",
        ended_at=told.created_at + timedelta(minutes=9) if ended and told.created_at else None,
        seen_at=NOW - timedelta(hours=2), bytes=34_000_000,
    )  # fmt: skip
    (made,) = history_rows([replace(entry, **more)], [], "")
    return made


def plain(*lines: Line) -> str:
    return " | ".join("".join(span for span, _ in line) for line in lines)


def names(rows: list[HistoryRow]) -> list[str]:
    return [each.recording.name for each in rows]


@pytest.mark.parametrize("width", [80, 120, 160, 220])
def test_each_column_has_its_cell(width: int) -> None:
    columns = history_lines.columns(width, NEWEST_FIRST)
    assert len(columns) == len(history_lines.cells(row(), width, NOW))
    assert [column.title for column in columns if column.title[-1] in "↓↑"] == ["BEGUN↓"]
    assert all(len(column.title) <= column.width for column in columns if column.width)


def test_a_row_says_result_restarts_duration_size_track_team_image_and_context() -> None:
    told = plain(
        *history_lines.cells(row(team="Falcons", pinned=True, gpu=GpuTime(7200.0)), 220, NOW)
    )
    assert told == (
        "◆ demo | ✗ Failed | 7/20 | 8/8 |  | 2.00 | ? | 9m | 34 MB | MAP | Falcons | image:1 | lab | 0s"
    )


def _room_of_a_name(width: int, price: GpuPrice | None) -> int:
    others = history_lines.columns(width, NEWEST_FIRST, price)
    return width - sum(each.width + 2 for each in others)


def test_with_a_price_a_row_says_what_it_cost() -> None:
    told, price = row(gpu=KNOWN), GpuPrice(1.5, "USD")
    titles = [each.title for each in history_lines.columns(130, NEWEST_FIRST, price)]
    assert dict(zip(titles, history_lines.cells(told, 130, NOW, price), strict=True))["COST"] == (
        ("3.00 USD", Tone.MUTED),
    )
    assert "COST" not in [each.title for each in history_lines.columns(200, NEWEST_FIRST)]
    rooms = [_room_of_a_name(width, price) for width in range(120, 221)]
    assert min(rooms) >= min(_room_of_a_name(width, None) for width in range(120, 221))
    for width in (80, 200):
        assert "cost 3.00 USD" in plain(*history_lines.detail_rows(told, NOW, width, 4, price))
    assert "cost" not in plain(*history_lines.detail_rows(told, NOW, 200, 4))


def test_what_was_not_seen_to_end_has_no_present_status_and_no_duration() -> None:
    told = plain(*history_lines.cells(row(ended=False), 96, NOW))
    assert told == "demo | ? Failed | 7/20 |  | ? | ? | ? | 0s"
    assert "last seen 120m ago" in plain(*history_lines.detail_rows(row(ended=False), NOW, 200, 4))


def test_nothing_is_made_up_of_a_recording_that_does_not_tell_its_job() -> None:
    told = plain(*history_lines.cells(row(row=None, agent_image="", track="", team=None), 220, NOW))
    assert told == "demo | ? | ? | ? | ? | ? | ? | ? | 34 MB | ? | ? | ? | lab | ?"


def test_a_job_that_names_no_team_is_not_one_of_which_nobody_knows() -> None:
    assert (history_lines.team_of(row(team="")), history_lines.team_of(row(team=None))) == (
        "-",
        "?",
    )


def test_each_column_is_sorted_first_in_the_direction_that_is_most_often_wanted() -> None:
    assert [history_lines.natural(each.title) for each in history_lines.shown(96)] == [
        Order("SUBMISSION", False),
        Order("STATUS", False),
        Order("ROUTES", True),
        Order("SCORE", True),
        Order("GPU H", True),
        Order("WASTED", True),
        Order("TOOK", True),
        Order("BEGUN", True),
    ]


def test_an_order_by_a_column_that_there_is_no_more_is_by_the_begin() -> None:
    rows = [row(), row(ended=False)]
    assert history_lines.in_order(rows, Order("GONE", True), NOW) == rows


@pytest.mark.parametrize("title", [column.title for column in history_lines.COLUMNS])
def test_every_column_sorts_both_ways_with_the_unknown_last(title: str) -> None:
    scored = replace(row().row, driving_score=3.0)
    rows = [
        row("unknown", row=None, agent_image="", track="", team=None),
        row("a", days=1, gpu=KNOWN, row=replace(scored, created_at=NOW - timedelta(1)), team="x"),
        row("b", days=2, gpu=KNOWN, row=replace(scored, created_at=NOW - timedelta(2)), team="y"),
    ]
    up = names(history_lines.in_order(rows, Order(title, False), NOW))
    down = names(history_lines.in_order(rows, Order(title, True), NOW))
    if title in ("SUBMISSION", "SIZE", "CONTEXT"):
        assert len(up) == len(down) == 3
    else:
        assert (up[-1], down[-1]) == ("unknown", "unknown")
    if title == "BEGUN":
        assert (up, down) == (["b", "a", "unknown"], ["a", "b", "unknown"])


def test_teams_of_numbers_stand_by_their_numbers() -> None:
    rows = [row(each, team=each) for each in ("#10", "#7", "", "Heron")]
    assert names(history_lines.in_order(rows, Order("TEAM", False), NOW)) == [
        "#7",
        "#10",
        "Heron",
        "",
    ]


def test_the_filter_takes_any_part_and_an_exclamation_mark_turns_it_round() -> None:
    assert history_lines.matches(row(), "IMAGE:1")
    assert not history_lines.matches(row(), "!image:1")
    assert not history_lines.matches(row(), "elsewhere")
    assert history_lines.matches(row(), "!")


def test_where_a_row_can_be_seen_is_said() -> None:
    known = row()
    assert plain(history_lines.kept(known, NOW)) == "recorded 34 MB"
    assert plain(history_lines.kept(replace(known, present=True), NOW)).startswith(
        "on the cluster, rec"
    )
    assert plain(history_lines.kept(replace(known, recorded=False), NOW)) == "not recorded"


def test_of_a_long_reason_the_beginning_is_shown_and_all_facts() -> None:
    told = row()
    assert told.row is not None
    long = row(row=replace(told.row, reason="because " * 90))
    rows = history_lines.detail_rows(long, NOW, 78, 4)
    assert len(rows) == 4
    assert "recorded 34 MB" in plain(*rows)


def test_no_text_of_a_cluster_controls_the_terminal() -> None:
    evil = "\x1b[2J"
    found = row(agent_image=evil, track=evil, team=evil)
    assert "\x1b" not in plain(*history_lines.cells(found, 220, NOW))
    assert "\x1b" not in plain(*history_lines.detail_rows(found, NOW, 200, 4))


def test_the_details_tell_what_was_imported_and_from_whom() -> None:
    def told(**more: object) -> str:
        return plain(*history_lines.detail_rows(row(**more), NOW, 200, 4))

    assert "imported" not in told()
    assert "of lab, imported, made by alice@stork" in told(imported=True, machine="alice@stork")
    assert "of lab, imported, made by somebody for a team" in told(imported=True)


@pytest.mark.parametrize(
    ("typed", "found"),
    [("team=raven", True), ("team=raven status=failed", True), ("team!=raven", False),
     ("status=complete", False), ("image=image:1 track=map", True), ("context=lab", True),
     ("namespace=races name=demo", True), ("budget team=raven", True), ("-f dmo", True),
     ("-f omd", False), ("-l queue=gpu", False), ("-l !queue", True)],
)  # fmt: skip
def test_the_filter_understands_fields_fuzzy_and_labels_as_the_list_does(
    typed: str, found: bool
) -> None:
    assert history_lines.matches(row(team="Team Raven"), typed) is found


def test_a_recording_that_does_not_tell_its_job_is_asked_for_its_name_all_the_same() -> None:
    unknown = row(row=None, agent_image="", track="", team=None)
    assert history_lines.matches(unknown, "name=demo")
    assert not history_lines.matches(unknown, "status=failed")
    assert not history_lines.matches(unknown, "-l a=b")
