"""The newest line of a container on a board: of logcopy, or of which half of which pair. Pure.

Of nine containers in each submission one speaks at any time: no value is replaced twice.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache

from msgspec.structs import replace

from console.domain.board import BoardSnapshot, PairBoard
from console.domain.events import LastLine
from console.domain.spans import shifted
from console.domain.submission import LOGCOPY, MONITOR, is_logcopy
from console.domain.ticks import NO_TICK, Stage, StageSeen, Tick, Ticked, paced, ticked

_RUNS = StageSeen(Stage.RUNNING)
TOLD_LATE = timedelta(seconds=5)
"""Logcopy tells of a route some seconds after it began."""


def with_line(board: BoardSnapshot, event: LastLine) -> BoardSnapshot:
    """The board after a line of its present pod."""
    number, half = _half(event.container)
    if number:
        pairs = _of_pair(board.pairs, number, event, agent=half == "agent")
        return replace(board, updated_at=event.at, pairs=pairs)
    if is_logcopy(event.container) or event.container == MONITOR:
        # Each pair may have a logcopy: then one speaks of its own pair alone, and is named.
        whole = event.container in (LOGCOPY, MONITOR)
        line = event.text if whole else f"{event.container}: {event.text}"
        return replace(board, updated_at=event.at, logcopy_line=line)
    return replace(board, updated_at=event.at)


@lru_cache(maxsize=1024)
def _half(container: str) -> tuple[int, str]:
    """The number of its pair and which half it is; 0 for a container that is none."""
    half, _, number = container.rpartition("-")
    if half in ("simulator", "agent") and number.isdecimal() and str(int(number)) == number:
        return int(number), half
    return 0, ""


def _of_pair(
    pairs: tuple[PairBoard, ...], number: int, event: LastLine, *, agent: bool
) -> tuple[PairBoard, ...]:
    for place, pair in enumerate(pairs):
        if pair.number == number:
            said, sign = event.said_at, pair.last_sign
            if said is not None and (sign is None or said > sign):
                sign = said
            anew = list(pairs)
            if agent:
                anew[place] = _said(pair, event, sign)
            else:
                anew[place] = replace(pair, simulator_line=event.text, last_sign=sign)
            return tuple(anew)
    return pairs


def _said(pair: PairBoard, event: LastLine, sign: datetime | None) -> PairBoard:
    """After a line of its agent. Lines of before its route began may come late, with their time."""
    own, said = pair.agent_sign, event.said_at
    if said is not None and (own is None or said > own):
        own = said
    told = ticked([(event.text, said)])
    told = event.ticked if told is NO_TICK else told
    stage = _stage(pair, told)
    begins = stage is not None and stage.stage is not Stage.RUNNING
    tick = None if told.stopped or begins else _own(pair, told.tick) or pair.tick
    paces = () if tick is None else paced(pair.paced, tick)
    return replace(
        pair,
        agent_line=event.text,
        last_sign=sign,
        agent_sign=own,
        tick=tick,
        paced=paces,
        stage=stage,
    )


def _stage(pair: PairBoard, told: Ticked) -> StageSeen | None:
    """Of many lines the newest are looked at: a world that loads is silent, so that any other line
    may follow one that was not seen. A set-up may say anything."""
    if told.stage is not None:
        return told.stage
    if told.tick is not None:
        return _RUNS
    if told.stopped or (pair.stage and pair.stage.stage is Stage.LOADING):
        return None
    return pair.stage


def _own(pair: PairBoard, tick: Tick | None) -> Tick | None:
    """Where its route's begin is known, a tick of before is another one's."""
    early = tick and pair.since and pair.since_exact and tick.at < shifted(pair.since, -TOLD_LATE)
    return None if early else tick
