"""What a pair's route takes against what it usually takes, and when the pair is done.

An estimate is a span of seconds from now, wide where little is known; where nothing is, there is
none. It counts what is still to be driven, a drive that begins anew in full, and the boot of a pair
that restarts; failures that have not happened are not foreseen. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum

import msgspec

from console.domain.attention import Attention, Lag, lag_of
from console.domain.board import FINISHED, KNOWN_ENDS, BoardSnapshot, PairBoard, PairStatus
from console.domain.drive_times import DriveTimes, drive_times
from console.domain.pairing import drive_of
from console.domain.spans import FIRST, shifted
from console.domain.ticks import Stage, lately
from console.domain.usual_times import Usual, UsualTimes, quantile, usual

PACED_FROM = 3
"""Own drives that tell how fast a submission is, compared with those before."""
_BACK_OFF_MOST = 300.0
_BACK_OFF_FIRST = 10.0


class Doubt(StrEnum):
    """Why nobody can tell when a pair is done."""

    NOT_BEGUN = "has not begun"
    STALLED = "is stalled"
    BLOCKED = "cannot start"
    NOTHING_RECORDED = "drives routes that were never recorded"
    LONGER_THAN_EVER = "takes longer than ever recorded"
    NOT_TOLD = "has not told its routes"
    NEVER_TOLD = "tells none of its drives"
    """As of upstream's Jobs: no log of theirs does."""
    NOT_LIVE = "is not live"


class Span(msgspec.Struct, frozen=True, gc=False):
    """Seconds from now, from the least to the most; None where nobody knows the most."""

    least: float
    most: float | None

    def __add__(self, other: Span) -> Span:
        most = None if self.most is None or other.most is None else self.most + other.most
        return Span(self.least + other.least, most)


_AT_ONCE = Span(0.0, 0.0)


class PairTime(msgspec.Struct, frozen=True, gc=False):
    """One pair at one time."""

    pair: int
    elapsed: float | None = None
    """Seconds of its present route."""
    usual: Usual | None = None
    """What that route took before; None where nobody has recorded it."""
    lag: Attention | None = None
    progress: float | None = None
    """Seconds since simulated time was last seen to pass."""
    ratio: float | None = None
    """Simulated seconds a second, in the present route."""
    lately: float | None = None
    """The same of the last minute or two; None where nobody has watched it for so long."""
    stage: Stage | None = None
    """Where its present drive is; None where nobody can tell."""
    in_stage: float | None = None
    """Seconds since that began; None where nobody saw it begin."""
    idle: float | None = None
    """Seconds for which its GPU has done nothing, while others go on or it waits to restart."""
    left: Span | None = None
    """Until its last drive is done; None where nobody can tell, `doubt` then says why."""
    doubt: Doubt | None = None
    over: bool = False
    """Nothing more comes of it."""


class BoardTime(msgspec.Struct, frozen=True, gc=False):
    """All pairs of one board, and of them together."""

    at: datetime
    pairs: tuple[PairTime, ...] = ()
    left: Span | None = None
    """Until the last one is done; None where nothing goes on, or nobody can tell."""
    last: int | None = None
    """The pair that the others wait for."""
    submissions: int = 0
    """How many told what is usual."""

    def pair(self, number: int) -> PairTime:
        """Of that pair; nothing is known of one that is not there."""
        return next((each for each in self.pairs if each.pair == number), PairTime(number))


def board_time(
    board: BoardSnapshot, known: UsualTimes, now: datetime, times: DriveTimes | None = None
) -> BoardTime:
    """What there is to say of that board at that time. `known`: of earlier submissions; `times`:
    of this one, where they have been made already."""
    own = _Estimating(board, known, times or drive_times(board), now)
    pairs = tuple(own.pair(each) for each in board.pairs)
    going = [each for each in pairs if not each.over]
    left, last = _together(going)
    return BoardTime(now, pairs, left, last, known.submissions)


def _together(going: list[PairTime]) -> tuple[Span | None, int | None]:
    """A pair of which nothing is known may be the last one: then there is no end for all."""
    spans = {each.pair: each.left for each in going if each.left is not None}
    if not spans:
        return None, None
    # All are done when the last is: its least bounds that of all, even where another has no end.
    least = max(span.least for span in spans.values())
    ends = {pair: span.most for pair, span in spans.items() if span.most is not None}
    endless = spans.keys() - ends.keys()
    if len(spans) < len(going) or endless:
        alone = len(spans) == len(going) and len(endless) == 1
        return Span(least, None), next(iter(endless)) if alone else None
    last = max(ends, key=lambda pair: (ends[pair], spans[pair].least))
    return Span(least, ends[last]), last


def slow_at(board: BoardSnapshot, known: UsualTimes) -> dict[int, datetime]:
    """By pair, when its present route has taken longer than nearly all before."""
    told = {}
    for pair in board.pairs:
        found, began = known.routes.get(drive_of(pair.route)[0]), drive_began(pair)
        if found is not None and found.slow is not None and began is not None:
            told[pair.number] = shifted(began, found.slow)
    return told


def drive_began(pair: PairBoard) -> datetime | None:
    """Of its present route. Where only a bound is told, its ticks may prove an earlier one."""
    if pair.status is not PairStatus.DRIVING or not pair.route:
        return None
    if pair.since_exact or pair.tick is None:
        return pair.since
    ran = shifted(pair.tick.at, -pair.tick.system)
    if ran == FIRST:  # a time at the begin of the calendar proves nothing
        return pair.since
    return min(pair.since or ran, ran)


class _Estimating:
    """What is known of one board, for the estimates of its pairs."""

    def __init__(
        self, board: BoardSnapshot, known: UsualTimes, own: DriveTimes, now: datetime
    ) -> None:
        self._board, self._known, self._now = board, known, now
        self._own = _by_route(own.drives)
        self._elsewhere = _of_any_route([seconds for _, seconds in own.drives])
        self._pace = _pace(own.drives, known.routes)
        self._boot = usual(own.boots) or known.boot
        self._slow = slow_at(board, known)

    def pair(self, pair: PairBoard) -> PairTime:
        over, began = pair.status in KNOWN_ENDS or self._board.ended, drive_began(pair)
        lag = None if over else lag_of(pair, self._now, self._slow.get(pair.number))
        lag = lag if self._board.live else None
        left, doubt = (None, None) if over else self._left(pair, lag, began)
        driving = pair.tick if began is not None else None
        drives = pair.status is PairStatus.DRIVING
        return PairTime(
            pair=pair.number,
            elapsed=self._since(began),
            usual=self._usual(drive_of(pair.route)[0]) if began else None,
            lag=lag,
            progress=self._since(driving.at) if driving else None,
            ratio=driving.ratio if driving else None,
            lately=lately(pair.paced, driving),
            stage=pair.stage.stage if pair.stage and drives else None,
            in_stage=self._since(pair.stage.at) if pair.stage and drives else None,
            idle=self._idle(pair),
            left=left,
            doubt=doubt,
            over=over,
        )

    def _since(self, at: datetime | None) -> float | None:
        """Clocks of a node and of a console differ: never less than nothing."""
        return None if at is None else max((self._now - at).total_seconds(), 0.0)

    def _idle(self, pair: PairBoard) -> float | None:
        board = self._board
        others = any(each.status not in KNOWN_ENDS for each in board.pairs)
        waits = pair.status in KNOWN_ENDS and others
        if not board.pod_lives or board.ended or not (waits or _restarts_late(pair)):
            return None
        return self._since(pair.since)

    def _usual(self, route: str) -> Usual | None:
        """Repetitions of it tell more than others' drives of it."""
        own = self._own.get(route, [])
        # One drive of one's own is no usual time: others' of that route are more.
        return usual(own) if len(own) > 1 else self._known.routes.get(route) or usual(own)

    def _expected(self, route: str) -> Usual | None:
        """The same, as fast as this submission is; of a route that was never recorded what this
        one's own drives took, once there are some."""
        if len(self._own.get(route, ())) > 1:
            return self._usual(route)
        if (found := self._known.routes.get(route)) is not None:
            return found.scaled(self._pace)
        return self._elsewhere

    def _left(
        self, pair: PairBoard, lag: Attention | None, began: datetime | None
    ) -> tuple[Span | None, Doubt | None]:
        if (doubt := _doubt(self._board, pair, lag)) is not None:
            return None, doubt
        present = drive_of(pair.route) if began else None
        span, doubt = self._until_driving(pair), None
        for route, repetition in _to_drive(pair):
            found = self._expected(route)
            if found is None:
                return None, Doubt.NOTHING_RECORDED
            done = self._since(began) or 0.0 if (route, repetition) == present else 0.0
            rest = remaining(found, done)
            span += rest
            doubt = Doubt.LONGER_THAN_EVER if rest.most is None else doubt
        return span + self._again(pair), doubt

    def _again(self, pair: PairBoard) -> Span:
        """What ended its last attempt may be driven again, though it has a record: at the most."""
        last = max(pair.ended, key=lambda each: each.attempt, default=None)
        if pair.status is PairStatus.DRIVING or last is None or not last.route:
            return _AT_ONCE
        drive = drive_of(last.route)
        found = self._expected(drive[0])
        # What is open is counted already, and a drive is not driven twice for one end.
        if found is None or drive in _to_drive(pair):
            return _AT_ONCE
        return Span(0.0, found.high)

    def _until_driving(self, pair: PairBoard) -> Span:
        """Of a pair that boots or restarts."""
        if pair.status is PairStatus.DRIVING:
            return _AT_ONCE
        passed = self._since(pair.since) or 0.0
        boot = self._boot or Usual(0.0, 0.0, pair.limits.boot, pair.limits.boot, 0)
        if pair.status is PairStatus.BOOTING:
            return remaining(boot, passed)
        return Span(0.0, max(_back_off(pair) - passed, 0.0)) + Span(boot.low, boot.high)


def remaining(found: Usual, passed: float) -> Span:
    """Of one that has gone on for so long. Longer than the longest before, and nobody knows."""
    least = max(found.low - passed, 0.0)
    if passed < found.high:
        return Span(least, found.high - passed)
    return Span(least, found.longest - passed if passed < found.longest else None)


def _doubt(board: BoardSnapshot, pair: PairBoard, lag: Attention | None) -> Doubt | None:
    """Why nothing can be said, whatever is known of its routes."""
    if not board.live:
        return Doubt.NOT_LIVE
    if lag is not None and lag.lag is Lag.STALLED:
        return Doubt.STALLED
    if pair.status is PairStatus.BLOCKED:
        return Doubt.BLOCKED
    if pair.status in (PairStatus.WAITING, PairStatus.UNKNOWN):
        return Doubt.NOT_BEGUN
    told = pair.done is not None and pair.total is not None and pair.total == len(pair.cells)
    if told:
        return None
    plan = board.job.plan if board.job else None
    return Doubt.NOT_TOLD if plan is None or plan.upstream is None else Doubt.NEVER_TOLD


def _to_drive(pair: PairBoard) -> list[tuple[str, int]]:
    """What has no record, and what is driven again. Of drives whose records are on their way the
    last ones are meant: they are driven in that order."""
    assert pair.done is not None
    assert pair.total is not None
    open_cells = [each for each in pair.cells if each.state not in FINISHED]
    # The present route may count as done: an attempt that ended behind its record drives it again.
    most = pair.total - pair.done + (1 if pair.route else 0)
    rest = open_cells[max(len(open_cells) - most, 0) :]
    return [(each.route_id, each.repetition) for each in rest]


def _restarts_late(pair: PairBoard) -> bool:
    return pair.status is PairStatus.BACKING_OFF


def _back_off(pair: PairBoard) -> float:
    """What a kubelet waits before a restart: twice as long each time, up to five minutes."""
    halves = [half.restart_count for half in (pair.simulator, pair.agent) if half]
    # The exponent is bounded, for a restart count of thousands would overflow a float.
    return min(_BACK_OFF_FIRST * 2.0 ** min(max(halves, default=0), 10), _BACK_OFF_MOST)


def _by_route(drives: Iterable[tuple[str, float]]) -> dict[str, list[float]]:
    told: dict[str, list[float]] = {}
    for route, seconds in drives:
        told.setdefault(route, []).append(seconds)
    return told


def _of_any_route(seconds: list[float]) -> Usual | None:
    """What a route may take of which no drive is known, by drives of others."""
    found = usual(seconds) if len(seconds) >= PACED_FROM else None
    if found is None:
        return None
    return Usual(min(seconds), found.median, max(seconds), 2 * max(seconds), found.count)


def _pace(drives: Iterable[tuple[str, float]], known: Mapping[str, Usual]) -> float:
    """How much longer than usual its own drives took, once there are some; 1 before."""
    told = sorted(
        seconds / known[route].median
        for route, seconds in drives
        if route in known and known[route].median > 0
    )
    return quantile(told, 0.5) if len(told) >= PACED_FROM else 1.0
