"""What calls for a person: on which occasion, which submission, in one harmless line. Pure.

Each call has an identity by which it is told once, whoever tells it, and however often it is seen.
Knows no way of telling. A cause that comes again is a verdict, and comes from the diagnosis.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from console.domain.attention import Lag, attention
from console.domain.board import PairBoard, SubmissionStatus, tally
from console.domain.fleet import NEWS_FOR, SubmissionRow
from console.domain.hostile_text import neutralise
from console.domain.publication import Published, PublishedAs
from console.domain.stop_offers import Ground, StopOffer, stop_offer, under_way
from console.domain.waits import PATIENCE, waiting, why_no_node

if TYPE_CHECKING:
    from console.domain.board import BoardSnapshot

LONGEST = 240
_OVER = (SubmissionStatus.FAILED, SubmissionStatus.FAILING, SubmissionStatus.INCOMPLETE)
_MAY_WAIT = (SubmissionStatus.QUEUED, SubmissionStatus.PENDING, SubmissionStatus.RUNNING)
_UNDER_WAY = (SubmissionStatus.PENDING, SubmissionStatus.RUNNING, SubmissionStatus.BLOCKED)


class Occasion(StrEnum):
    """Why somebody is called."""

    FAILED = "failed"
    """It ended without a complete result, and nobody cancelled it."""
    BLOCKED = "blocked"
    WAITING = "waiting"
    """It, or some of its pairs, has waited for room for long."""
    STALLED = "stalled"
    """A pair at work writes nothing, or its simulated time stands still."""
    LAST_RESUME = "last-resume"
    """The restart budget allows one more resume, or none."""
    REPEATS = "repeats"
    """A failure is not by chance: it comes again, or pairs have it in common."""
    COMPLETE = "complete"
    UNPUBLISHED = "unpublished"
    """EvalAI does not get its result before somebody has changed something."""
    RESUME = "resume"
    """Somebody wants it resumed at EvalAI."""
    RECOVERED = "recovered"
    """What somebody was called for has passed: nothing is to be done about it."""


class Call(msgspec.Struct, frozen=True, gc=False):
    """One occasion of one submission. `text` is one line in which nothing controls a terminal."""

    occasion: Occasion
    namespace: str
    name: str
    uid: str
    """Of its Job: a later namesake is another submission."""
    text: str
    at: datetime
    detail: str = ""
    """What tells one call of an occasion from another one of the same submission."""
    ends: Occasion | None = None
    """Of one that tells what has passed: what that was."""
    again: datetime | None = None
    """Of what had passed and has come again: when it had passed."""

    @property
    def matter(self) -> str:
        """What it is about: the same each time that it comes."""
        return identity(self.uid, self.occasion, self.detail)

    @property
    def identity(self) -> str:
        """The same for everybody who sees that occasion."""
        return f"{self.matter}/{self.again.timestamp():.0f}" if self.again else self.matter

    def is_wanted(self, occasions: Container[Occasion]) -> bool:
        """Whom nobody calls for a trouble, nobody tells that it has passed."""
        return self.occasion in occasions and (self.ends is None or self.ends in occasions)


def identity(uid: str, occasion: Occasion, detail: str = "") -> str:
    """By what such a call is known."""
    return f"{uid}/{occasion}/{detail}"


def one_line(text: str) -> str:
    """Harmless, without breaks and bounded."""
    plain = " ".join(neutralise(text.replace("\n", " ").replace("\t", " ")).split())
    return plain if len(plain) <= LONGEST else plain[: LONGEST - 1] + "…"


Patience = Callable[[], timedelta]
"""How long one may wait for room before it calls."""


def usual_patience() -> timedelta:
    return PATIENCE


def calls_of(
    row: SubmissionRow, board: BoardSnapshot, now: datetime, patience: Patience = usual_patience
) -> tuple[Call, ...]:
    """Everything that a row and its board call for now, told already or not. `patience` is asked
    for what waits alone."""

    def call(occasion: Occasion, text: str, at: datetime, detail: str = "") -> Call:
        return Call(occasion, row.namespace, row.name, row.uid, one_line(text), at, detail)

    found = [call(*each) for each in _at_evalai(row.published, now)]
    if row.status in _MAY_WAIT:
        found += [call(*each) for each in _for_room(row, board, now, patience)]
    ended = (board.job.ended_at if board.job else None) or now
    if row.status in _OVER or row.status is SubmissionStatus.COMPLETE:
        if now - ended < NEWS_FOR and _is_last_word(row, board):
            well = row.status is SubmissionStatus.COMPLETE
            what = (Occasion.COMPLETE, _result(row)) if well else (Occasion.FAILED, row.reason)
            found.append(call(*what, ended))
        return tuple(found)
    if row.status not in _UNDER_WAY:
        return tuple(found)
    if row.blocked_by is not None:
        found.append(call(Occasion.BLOCKED, row.reason, now, row.blocked_by.value))
    if offer := _told_by_board(board):
        text = f"{offer.text}; {_what_a_stop_leaves(board)}"
        found.append(call(Occasion.REPEATS, text, now, offer.ground.value))
    if left := _budget(board):
        found.append(call(Occasion.LAST_RESUME, left, now))
    for pair, told in _stalled(board, now):
        detail = f"{pair.number}/{pair.attempt}/{pair.route}"
        found.append(call(Occasion.STALLED, told, now, detail))
    return tuple(found)


def _at_evalai(
    told: Published | None, now: datetime
) -> Iterator[tuple[Occasion, str, datetime, str]]:
    """A later refusal is another one."""
    since = told.changed if told else None
    if told is None or since is None or not told.needs_somebody or now - since >= NEWS_FOR:
        return
    resume = told.state is PublishedAs.RESUME
    occasion = Occasion.RESUME if resume else Occasion.UNPUBLISHED
    yield occasion, told.words, since, f"{told.state}/{since.timestamp():.0f}"


def _for_room(
    row: SubmissionRow, board: BoardSnapshot, now: datetime, patience: Patience
) -> Iterator[tuple[Occasion, str, datetime, str]]:
    """One wait, though it goes from a queue to a node."""
    wait = waiting(board)
    if wait is None or now - wait.since < patience():
        return
    # Of one that runs the row's reason is another: what is wrong with what has room.
    why = why_no_node(board) or ("" if wait.pairs else row.reason)
    text = ". ".join(filter(None, (wait.words(now), why)))
    yield Occasion.WAITING, text, now, "pairs" if wait.pairs else ""


def _is_last_word(row: SubmissionRow, board: BoardSnapshot) -> bool:
    """While its pod ends, an incomplete result may still become a complete one."""
    return row.status is not SubmissionStatus.INCOMPLETE or board.settled


def _result(row: SubmissionRow) -> str:
    score = "" if row.driving_score is None else f", driving score {row.driving_score:.2f}"
    counts = "; it is not eligible" if row.eligible is False else ""
    return f"{tally(row.done, row.total)} routes{score}{counts}"


def _told_by_board(board: BoardSnapshot) -> StopOffer | None:
    """What needs no look at a log: of all else an inspection names the cause."""
    offer = stop_offer(board)
    return offer if offer and offer.ground in (Ground.NO_AGENT, Ground.ONE_WAVE) else None


def _what_a_stop_leaves(board: BoardSnapshot) -> str:
    spent = f"restarts {board.budget.tally}; " if board.budget.least else ""
    cut = f" and cuts off {lost}" if (lost := under_way(board)) else ""
    return f"{spent}a stop keeps {tally(board.finished, board.total)} drives{cut}"


def _budget(board: BoardSnapshot) -> str:
    """Only once something was spent: a launch that allows few resumes has said so itself."""
    budget = board.budget
    left = budget.resumes_left
    if not budget.least or left is None or left > 1:
        return ""
    told = "one more resume is possible" if left else "no resume is left: the next failure ends it"
    return f"{told}; restarts {budget.tally}: {budget.spenders}"


def _stalled(board: BoardSnapshot, now: datetime) -> Iterator[tuple[PairBoard, str]]:
    """What is not live tells no silence."""
    pairs = {pair.number: pair for pair in board.pairs}
    for each in attention(board, now):
        if each.lag is Lag.STALLED:
            pair, at = pairs[each.pair], f"{each.since:%H:%M:%S} UTC"
            told = f"the simulated time of pair {pair.number} stands still since {at}"
            if not each.stands:
                told = f"pair {pair.number} has written nothing since {at}"
            yield pair, f"{told} at {pair.route}" if pair.route else told
