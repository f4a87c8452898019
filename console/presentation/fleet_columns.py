"""The columns of the list of submissions: those that there is room for, and their cells. Pure.

The name is no wider than the names are; what is left goes to what tells more. Knows no order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from functools import lru_cache
from operator import attrgetter

import msgspec

from console.domain.attention import Attention
from console.domain.board import tally
from console.domain.budget import tally_of
from console.domain.fleet import PairProblem, SubmissionRow
from console.domain.hostile_text import neutralise
from console.domain.publication import PublishedAs
from console.domain.spans import age
from console.presentation import published_words
from console.presentation.table import GAP, ListColumn
from console.presentation.tones import SUBMISSION_MARKS, Line, Span, Tone, text

NAME, STATUS, ROUTES, PAIRS, AGE = "SUBMISSION", "STATUS", "ROUTES", "PAIRS", "AGE"
SPACE, LB, RESTARTS, SCORE = "NAMESPACE", "LB", "RESTARTS", "SCORE"
TEAM, TRACK, IMAGE, PUBLISHED = "TEAM", "TRACK", "IMAGE", "PUBLISHED"
TITLES = (
    *(SPACE, NAME, LB, STATUS, ROUTES, PAIRS, RESTARTS, SCORE),
    *(PUBLISHED, TEAM, TRACK, IMAGE, AGE),
)
"""From left to right, where there is room for all."""
_BY_WORTH = (SPACE, SCORE, PAIRS, PUBLISHED, RESTARTS, LB, TEAM, IMAGE, TRACK)
_WIDE_BY_WORTH = (SPACE, PAIRS, TEAM, IMAGE, TRACK, PUBLISHED, SCORE, RESTARTS, LB)
_ONLY_IF_TOLD = (SPACE, PAIRS, PUBLISHED, TEAM, TRACK, IMAGE)
_FIXED = {LB: 3, STATUS: 12, ROUTES: 7, RESTARTS: 9, SCORE: 6, AGE: 5}
_MOST = {SPACE: 24, NAME: 63, PAIRS: 28, PUBLISHED: 15, TEAM: 24, TRACK: 9, IMAGE: 48}
_NAME_AT_LEAST, _IMAGE_AT_LEAST = 18, 14
_LEAST_BAR, _SMALL_BAR, _BAR = 3, 13, 26
_RIGHT = (RESTARTS, SCORE, AGE)
_ARROWS = {True: "↓", False: "↑"}
UNKNOWN = "?"


class Widest(msgspec.Struct, frozen=True, gc=False):
    """How many characters the longest text of each column has; 0 where no row has any."""

    namespace: int = 0
    """0 while all are of one."""
    name: int = 0
    status: int = 0
    pairs: int = 0
    team: int = 0
    track: int = 0
    image: int = 0
    published: int = 0

    def of(self, title: str) -> int:
        """By a column's title, behind which an arrow has room."""
        told = {
            SPACE: self.namespace,
            NAME: self.name,
            STATUS: self.status,
            PAIRS: self.pairs,
            TEAM: self.team,
            TRACK: self.track,
            IMAGE: self.image,
            PUBLISHED: self.published,
        }
        return max(told[title], len(title) + 1) if told[title] else 0


def widest(rows: Sequence[SubmissionRow], *, spaces: bool = False) -> Widest:
    """Of all the rows: thousands, so that each is asked for little.

    `spaces`: they are of all namespaces, though they may be of one by chance.
    """
    named = set(map(attrgetter("namespace"), rows))
    images = set(map(attrgetter("image"), rows))
    return Widest(
        max(map(len, named), default=0) if spaces or len(named) > 1 else 0,
        max(map(len, map(attrgetter("name"), rows)), default=0),
        max((len(row.standing) + 2 for row in rows if row.place), default=0),
        max((len(pairs_in_words(r)) for r in rows if r.pair_problems or r.attention), default=0),
        max((len(team) for team in set(map(attrgetter("team"), rows)) if team), default=0),
        max(map(len, set(map(attrgetter("track"), rows))), default=0),
        max((len(short_image(image)) for image in images), default=0),
        published_words.WIDEST if any(map(_is_published, rows)) else 0,
    )


def _is_published(row: SubmissionRow) -> bool:
    told = row.published
    return told is not None and told.state is not PublishedAs.NOWHERE


@lru_cache(64)
def layout(width: int, most: Widest, *, wide: bool = False) -> tuple[ListColumn, ...]:
    """The columns of a table of that many cells. `wide`: team, image and track before the rest."""
    rooms = {NAME: min(most.of(NAME) or len(NAME) + 1, _NAME_AT_LEAST)}
    rooms |= {title: _FIXED[title] for title in (STATUS, ROUTES, AGE)}
    rooms[STATUS] = max(rooms[STATUS], min(most.status, 16))
    left = width - 2 - sum(rooms.values()) - GAP * (len(rooms) - 1)
    for title in _WIDE_BY_WORTH if wide else _BY_WORTH:
        needs = _needs(title, most)
        if needs and needs + GAP <= left:
            rooms[title] = needs
            left -= needs + GAP
    for title, room in _to_grow(most, wide=wide):
        if title in rooms and left > 0:
            more = max(min(room - rooms[title], left), 0)
            rooms[title] += more
            left -= more
    if left < 0:
        rooms[NAME] = max(rooms[NAME] + left, 8)
    return tuple(ListColumn(each, rooms[each], each in _RIGHT) for each in TITLES if each in rooms)


def _needs(title: str, most: Widest) -> int:
    if title not in _ONLY_IF_TOLD:
        return _FIXED[title]
    needs = min(most.of(title), _MOST[title])
    return min(needs, _IMAGE_AT_LEAST) if title == IMAGE else needs


def _to_grow(most: Widest, *, wide: bool) -> Iterable[tuple[str, int]]:
    """What gets more room where there is some, and up to how much."""
    yield NAME, min(most.of(NAME), _MOST[NAME])
    if not wide:
        yield ROUTES, _SMALL_BAR
    yield IMAGE, min(most.of(IMAGE), _MOST[IMAGE])
    yield ROUTES, _BAR


def with_arrow(columns: Sequence[ListColumn], title: str, *, falling: bool) -> list[ListColumn]:
    """The same columns; an arrow says by which one the rows are sorted."""
    return [
        msgspec.structs.replace(each, title=marked_title(each, falling=falling))
        if each.title == title
        else each
        for each in columns
    ]


def marked_title(column: ListColumn, *, falling: bool) -> str:
    """`AGE↓`; where the title fills its column, the arrow takes the place of its last letters."""
    room = max(column.width - 1, 1) if column.width else len(column.title)
    return f"{column.title[:room]}{_ARROWS[falling]}"


def cells(row: SubmissionRow, columns: Sequence[ListColumn], now: datetime) -> tuple[Line, ...]:
    """One row, a line a column; the last is its age."""
    told = _but_age(row, tuple(columns), now.date())
    return (*told, text((age(row.created_at, now), Tone.MUTED)))


@lru_cache(maxsize=1000)
def _but_age(row: SubmissionRow, columns: tuple[ListColumn, ...], today: date) -> tuple[Line, ...]:
    """What time does not change on one day: asked for many times a second, for each row on a
    screen."""
    return tuple(
        published_words.cell(row.published, today)
        if each.title == PUBLISHED
        else _CELLS[each.title](row, each.width)
        for each in columns[:-1]
    )


def _status(row: SubmissionRow, _room: int) -> Line:
    glyph, tone = (" ", Tone.MUTED) if row.verdict_open else SUBMISSION_MARKS[row.status]
    return text((f"{glyph} {row.standing}", tone))


def progress_bar(done: int | None, total: int | None, width: int) -> Line:
    """`━━━━──  8/20` in `width` cells; `  ?/20` where nobody can tell."""
    count = tally(done, total).rjust(len(f"999/{total}") if total else 3)
    room = max(width - max(len(count), 6), 0)
    if room < _LEAST_BAR:
        return text((count.rjust(width), Tone.TEXT if total and done is not None else Tone.MUTED))
    if not total or done is None:
        return text(("─" * room, Tone.RULE), (count, Tone.MUTED))
    full = room * done // total
    tone = Tone.OK if done >= total else Tone.ACCENT
    return text(("━" * full, tone), ("─" * (room - full), Tone.RULE), (count, Tone.TEXT))


def restarts(row: SubmissionRow) -> Line:
    """`2/8`, toned by how near the limit is; `?/8` where nobody can tell."""
    limit, least = row.backoff_limit, row.restarts or row.restarts_at_least
    spent = limit is not None and least >= limit
    tone = Tone.MUTED if not least else Tone.FAIL if spent else Tone.WARN
    return text((tally_of(row.restarts, limit, least), tone))


def _score(row: SubmissionRow, _room: int) -> Line:
    score = "" if row.driving_score is None else f"{row.driving_score:.2f}"
    return text((score, Tone.WARN if row.eligible is False else Tone.OK))


def pairs(row: SubmissionRow) -> Line:
    """`P2 silent  P1,3 back-off`: the pairs that do not get on, the worst first."""
    return troubled(row.pair_problems, row.attention)


def troubled(problems: Iterable[tuple[int, PairProblem]], attention: Iterable[Attention]) -> Line:
    """The same of those pairs."""
    found: dict[str, list[int]] = {}
    for number, problem in problems:
        found.setdefault(problem.value, []).append(number)
    for each in attention:
        found.setdefault(each.lag.value, []).append(each.pair)
    spans: list[Span] = []
    for word in sorted(found, key=_GRAVITY.index):
        numbers = ",".join(str(number) for number in sorted(found[word]))
        tone = Tone.FAIL if word in _GRAVE else Tone.WARN
        spans += [("  ", Tone.TEXT)] if spans else []
        spans.append((f"P{numbers} {word}", tone))
    return tuple(spans)


_GRAVE = (
    PairProblem.FAILED.value,
    PairProblem.FAILS_ALIKE.value,
    PairProblem.NO_AGENT.value,
    "stalled",
)
_GRAVITY = (
    *_GRAVE,
    PairProblem.FAILED_ALIKE.value,
    "silent",
    PairProblem.BACKING_OFF.value,
    "slow",
)


def pairs_in_words(row: SubmissionRow) -> str:
    """The same as plain text."""
    return "".join(span for span, _ in pairs(row))


def team_in_words(row: SubmissionRow) -> str:
    """`-` for a Job that names none, `?` where nobody knows."""
    return UNKNOWN if row.team is None else neutralise(row.team) or "-"


def short_image(image: str) -> str:
    """Without its registry and folders: what tells images of one site apart stands last."""
    return neutralise(image.rpartition("/")[2])


def _plain(told: str) -> Line:
    return text((told or UNKNOWN, Tone.TEXT if told else Tone.MUTED))


_CELLS: dict[str, Callable[[SubmissionRow, int], Line]] = {
    SPACE: lambda row, _: text((row.namespace, Tone.MUTED)),
    NAME: lambda row, _: text((row.name, Tone.STRONG)),
    LB: lambda row, _: text((row.leaderboard or "-", Tone.MUTED)),
    STATUS: _status,
    ROUTES: lambda row, room: progress_bar(row.done, row.total, room),
    PAIRS: lambda row, _: pairs(row),
    RESTARTS: lambda row, _: restarts(row),
    SCORE: _score,
    TEAM: lambda row, _: text((team_in_words(row), Tone.TEXT if row.team else Tone.MUTED)),
    TRACK: lambda row, _: _plain(row.track),
    IMAGE: lambda row, _: _plain(short_image(row.image)),
}
