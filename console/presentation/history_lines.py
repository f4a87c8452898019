"""The list of all submissions as table cells, its order, and what there is to say of one. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec
from msgspec.structs import replace

from console.domain.board import tally
from console.domain.budget import tally_of
from console.domain.facts import UID_SHOWN
from console.domain.hostile_text import neutralise
from console.domain.prices import GpuPrice
from console.domain.sizes import in_words
from console.domain.spans import age, duration
from console.operations.recording.history_rows import HistoryRow
from console.presentation import table
from console.presentation.gpu_hours import amount, brief, in_hours
from console.presentation.number_keys import NumberKey, number_key
from console.presentation.row_filter import FilterTerms, wanted
from console.presentation.table import ListColumn, Order
from console.presentation.tones import SUBMISSION_MARKS, Line, Tone, joined, text
from console.presentation.wrapping import wrapped

UNKNOWN = "?"
PIN = "◆ "
Key = Callable[[HistoryRow, datetime], Any]


class HistoryColumn(msgspec.Struct, frozen=True):
    """What a column says of a row, and what it is sorted by; None where nobody knows it."""

    title: str
    width: int
    """Of its text; 0 takes what the others leave. The sorted one has an arrow behind its title."""
    key: Key
    cell: Callable[[HistoryRow, datetime], Line]
    least: int = 0
    """Of the table: a narrower one leaves it out."""
    right: bool = False
    falling: bool = False
    """The greatest is what is looked for first."""


def _plain(told: str, tone: Tone = Tone.TEXT) -> Line:
    return text((neutralise(told), tone))


def _name(row: HistoryRow, _now: datetime) -> Line:
    pin = (PIN, Tone.ACCENT) if row.entry.pinned else ("", Tone.TEXT)
    return text(pin, (neutralise(row.recording.name), Tone.STRONG))


def _status(row: HistoryRow, _now: datetime) -> Line:
    """What had not ended when it was last seen may have since: it is no present status."""
    if row.row is None:
        return text((UNKNOWN, Tone.MUTED))
    glyph, tone = SUBMISSION_MARKS[row.row.status]
    if row.row.verdict_open:
        return text((f"  {row.row.standing}", Tone.MUTED))
    if not (row.present or row.entry.ended):
        glyph, tone = UNKNOWN, Tone.MUTED
    return text((f"{glyph} {row.row.status.value}", tone))


def _routes(row: HistoryRow, _now: datetime) -> Line:
    return _plain(tally(row.row.done, row.row.total) if row.row else UNKNOWN, Tone.MUTED)


def _restarts(row: HistoryRow, _now: datetime) -> Line:
    told = row.row
    if told is None:
        return text((UNKNOWN, Tone.MUTED))
    return _plain(tally_of(told.restarts, told.backoff_limit, told.restarts_at_least), Tone.MUTED)


def _score(row: HistoryRow, _now: datetime) -> Line:
    """Only of a final result; a missing one is no zero."""
    if row.row is None:
        return text((UNKNOWN, Tone.MUTED))
    if row.row.driving_score is None:
        return ()
    tone = Tone.WARN if row.row.eligible is False else Tone.OK
    return text((f"{row.row.driving_score:.2f}", tone))


def _took(row: HistoryRow, now: datetime) -> Line:
    seconds = row.seconds(now)
    return _plain(UNKNOWN if seconds is None else duration(seconds), Tone.MUTED)


def _begun(row: HistoryRow, now: datetime) -> Line:
    begun = row.row.begun_at if row.row else None
    return _plain(age(begun, now) if begun else UNKNOWN, Tone.MUTED)


def team_of(row: HistoryRow) -> str:
    """`-` for a Job that names none, `?` where nobody knows."""
    team = row.entry.team
    return UNKNOWN if team is None else team or "-"


def _by_team(team: str | None) -> NumberKey | None:
    return number_key(team.lower()) if team else None


def _team(row: HistoryRow, _now: datetime) -> Line:
    return _plain(team_of(row), Tone.TEXT if row.entry.team else Tone.MUTED)


COLUMNS = (
    HistoryColumn("SUBMISSION", 0, lambda row, _: row.recording.name.lower(), _name),
    HistoryColumn("STATUS", 12, lambda row, _: row.row and row.row.status.value, _status),
    HistoryColumn(
        "ROUTES", 7, lambda row, _: row.row and row.row.done, _routes, right=True, falling=True
    ),
    HistoryColumn(
        "RESTARTS",
        9,
        lambda row, _: row.row and row.row.restarts,
        _restarts,
        least=110,
        right=True,
        falling=True,
    ),
    HistoryColumn(
        "SCORE",
        6,
        lambda row, _: row.row and row.row.driving_score,
        _score,
        right=True,
        falling=True,
    ),
    HistoryColumn(
        "GPU H",
        6,
        lambda row, _: row.entry.gpu.used,
        lambda row, _: _plain(in_hours(row.entry.gpu.used), Tone.MUTED),
        least=78,
        right=True,
        falling=True,
    ),
    HistoryColumn(
        "WASTED",
        7,
        lambda row, _: row.entry.gpu.wasted,
        lambda row, _: _plain(in_hours(row.entry.gpu.wasted), Tone.MUTED),
        least=96,
        right=True,
        falling=True,
    ),
    HistoryColumn(
        "TOOK", 6, lambda row, now: row.seconds(now), _took, least=70, right=True, falling=True
    ),
    HistoryColumn(
        "SIZE",
        7,
        lambda row, _: row.entry.bytes if row.recorded else None,
        lambda row, _: _plain(in_words(row.entry.bytes) if row.recorded else "-", Tone.MUTED),
        least=110,
        right=True,
        falling=True,
    ),
    HistoryColumn(
        "TRACK",
        8,
        lambda row, _: row.entry.track or None,
        lambda row, _: _plain(row.entry.track or UNKNOWN, Tone.MUTED),
        least=140,
    ),
    HistoryColumn("TEAM", 14, lambda row, _: _by_team(row.entry.team), _team, least=140),
    HistoryColumn(
        "IMAGE",
        28,
        lambda row, _: row.entry.agent_image or None,
        lambda row, _: _plain(row.entry.agent_image or UNKNOWN, Tone.MUTED),
        least=180,
    ),
    HistoryColumn(
        "CONTEXT",
        14,
        lambda row, _: row.recording.cluster,
        lambda row, _: _plain(row.recording.cluster, Tone.MUTED),
        least=110,
    ),
    HistoryColumn(
        "BEGUN",
        6,
        lambda row, _: row.row and row.row.begun_at,
        _begun,
        right=True,
        falling=True,
    ),
)
COST = "COST"
_COST_WIDTH, _COST_LEAST = 11, 130


@lru_cache(1)
def columns_of(price: GpuPrice | None) -> tuple[HistoryColumn, ...]:
    """All that there are; what it cost only where somebody says what an hour does."""
    if price is None:
        return COLUMNS
    place = [column.title for column in COLUMNS].index("WASTED") + 1
    cost = HistoryColumn(
        COST,
        _COST_WIDTH,
        lambda row, _: row.entry.gpu.used,
        lambda row, _: _plain(amount(row.entry.gpu, price), Tone.MUTED),
        least=_COST_LEAST,
        right=True,
        falling=True,
    )
    # It takes its room from no name: what wider tables show comes in one that is so much wider.
    others = [
        replace(each, least=each.least + _COST_WIDTH + 2) if each.least > _COST_LEAST else each
        for each in COLUMNS
    ]
    return (*others[:place], cost, *others[place:])


BY_TITLE = {column.title: column for column in columns_of(GpuPrice(0.0))}
NEWEST_FIRST = Order("BEGUN", True)


def shown(width: int, price: GpuPrice | None = None) -> tuple[HistoryColumn, ...]:
    """Those that a table of that width has room for."""
    return tuple(column for column in columns_of(price) if width >= column.least)


def columns(width: int, order: Order, price: GpuPrice | None = None) -> tuple[ListColumn, ...]:
    """The same as a table wants them; an arrow says which one the rows are sorted by."""
    arrow = "↓" if order.falling else "↑"
    return tuple(
        ListColumn(
            f"{each.title}{arrow}" if each.title == order.title else each.title,
            each.width,
            each.right,
        )
        for each in shown(width, price)
    )


def cells(
    row: HistoryRow, width: int, now: datetime, price: GpuPrice | None = None
) -> tuple[Line, ...]:
    """One row, a line a column."""
    return tuple(column.cell(row, now) for column in shown(width, price))


def natural(title: str) -> Order:
    """By that column, in the direction in which it is most often wanted."""
    return Order(title, BY_TITLE[title].falling)


def in_order(rows: Iterable[HistoryRow], order: Order, now: datetime) -> list[HistoryRow]:
    """Sorted by that column; by one that is not there the newest first."""
    key = BY_TITLE.get(order.title, BY_TITLE[NEWEST_FIRST.title]).key
    return table.in_order(rows, lambda row: key(row, now), falling=order.falling)


def matches(row: HistoryRow, typed: str) -> bool:
    """A part of whatever the row tells; what else can be typed is `row_filter`'s."""
    asked = _read(typed)
    named = {each.name: FIELDS[each.name](row).lower() for each in asked.fields}
    words = _names(row) if asked.fuzzy else row.text
    labels = dict(row.row.labels) if asked.labels and row.row else {}
    return asked.leaves(words, named, labels)


FIELDS: dict[str, Callable[[HistoryRow], str]] = {
    "name": lambda row: row.recording.name,
    "namespace": lambda row: row.recording.namespace,
    "context": lambda row: row.recording.cluster,
    "status": lambda row: row.row.status.value if row.row else "",
    "team": lambda row: row.entry.team or "",
    "image": lambda row: row.entry.agent_image,
    "track": lambda row: row.entry.track,
}
"""What may be asked for by itself, as `team=raven`."""


@lru_cache(16)
def _read(typed: str) -> FilterTerms:
    return wanted(typed, FIELDS)


def _names(row: HistoryRow) -> str:
    """Where letters that lie apart are looked for: a sentence has them all."""
    return "\n".join(FIELDS[name](row) for name in ("name", "team", "image")).lower()


def detail_rows(
    row: HistoryRow, now: datetime, width: int, most: int, price: GpuPrice | None = None
) -> list[Line]:
    """All of the selected row, also what has no column at that width."""
    entry, told, recording = row.entry, row.row, row.recording
    where = f"uid {recording.uid[:UID_SHOWN]}  of {recording.cluster or UNKNOWN}"
    if entry.imported:
        where += f", imported, made by {entry.machine or 'somebody for a team'}"
    first = text(
        (neutralise(f"{recording.namespace}/{recording.name}"), Tone.STRONG),
        (neutralise(f"  {where}"), Tone.MUTED),
        (neutralise(f"  {told.reason}") if told and told.reason else "", Tone.TEXT),
    )
    parts = (
        ("image ", entry.agent_image or UNKNOWN),
        ("track ", entry.track or UNKNOWN),
        ("team ", team_of(row)),
        ("restarts ", "".join(span for span, _ in _restarts(row, now))),
        ("GPU hours ", brief(entry.gpu, price)),
    )
    facts = [text((label, Tone.MUTED), neutralise(value)) for label, value in parts]
    last = wrapped(joined([*facts, kept(row, now)], "  "), width)[:most]
    # What is cut is the reason, which is told whole on the screens.
    return [*wrapped(first, width)[: most - len(last)], *last]


def kept(row: HistoryRow, now: datetime) -> Line:
    """Where it can be seen: on the cluster, or how much of it is recorded, and until when."""
    if not row.recorded:
        return text(("not recorded", Tone.WARN))
    size = f"recorded {in_words(row.entry.bytes)}{', pinned' if row.entry.pinned else ''}"
    if row.present:
        return text((f"on the cluster, {size}", Tone.ACCENT))
    unsure = not row.entry.ended and row.entry.seen_at is not None
    seen = f", last seen {age(row.entry.seen_at, now)} ago" if unsure else ""
    return text((f"{size}{seen}", Tone.ACCENT))
