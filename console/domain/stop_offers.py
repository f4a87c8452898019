"""What speaks for stopping a running submission before its budget or its routes are spent. Pure.

A failure that comes by no chance costs two restarts each time that it comes; an agent that is not
set up costs none, and goes through all routes with 0 points within minutes. Decides nothing: a
person does, and knows what is shown. Knows no key and no command.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from console.domain.board import KNOWN_ENDS, SHARED_FAILURE, PairStatus, SubmissionStatus
from console.domain.deaths import stuck_again, stuck_at
from console.results import statuses
from console.workers.pair_words import NO_SET_UP

if TYPE_CHECKING:
    from console.domain.board import BoardSnapshot
    from console.domain.progress import FinishedRoute


class Ground(StrEnum):
    """Why stopping is offered."""

    NO_AGENT = "no-agent"
    """The last drive of a pair ended because its agent could not be set up."""
    ALIKE = "alike"
    """Several pairs fail by what the agent is."""
    ONE_WAVE = "one-wave"
    """Several pairs have failed alike at one time, and none of them has got past that."""
    SAME_ROUTE = "same-route"
    """A pair has failed at one route more than once, and has not got past it."""


class StopOffer(msgspec.Struct, frozen=True, gc=False):
    """One reason, in a sentence without its end, and the pairs that it is seen in."""

    ground: Ground
    pairs: tuple[int, ...]
    text: str


def stop_offer(board: BoardSnapshot) -> StopOffer | None:
    """The gravest; None where nothing speaks for it, or where nothing can be stopped any more."""
    if board.status is not SubmissionStatus.RUNNING:
        return None
    return _no_agent(board) or _alike(board) or _one_wave(board) or _same_route(board)


def under_way(board: BoardSnapshot) -> int:
    """Drives that a stop would cut off."""
    return sum(pair.status is PairStatus.DRIVING for pair in board.pairs)


def _no_agent(board: BoardSnapshot) -> StopOffer | None:
    """Of pairs that go on: what has driven a later route had an agent there."""
    if all(record.status != statuses.NOT_SET_UP for record in board.records):
        return None
    newest: dict[int, FinishedRoute] = {record.pair: record for record in board.records}
    going = [pair.number for pair in board.pairs if pair.status not in KNOWN_ENDS]
    hit = [
        newest[pair]
        for pair in going
        if pair in newest and newest[pair].status == statuses.NOT_SET_UP
    ]
    if not hit:
        return None
    text = f"{_named([each.pair for each in hit])}: the agent could not be set up"
    text += f" at {hit[0].route_id}" if len(hit) == 1 else ""
    driven = any(record.status != statuses.NOT_SET_UP for record in board.records)
    ahead = "; another drive had its agent" if driven else "; every route can end so, with 0 points"
    return StopOffer(Ground.NO_AGENT, tuple(each.pair for each in hit), text + ahead)


def _alike(board: BoardSnapshot) -> StopOffer | None:
    for problem in board.problems:
        # That of the set-up is told of first drives, and stays when later ones have an agent.
        lasts = problem.comes_again and NO_SET_UP not in problem.text
        if problem.kind == SHARED_FAILURE and lasts:
            pairs = tuple(sorted(problem.alike))
            return StopOffer(Ground.ALIKE, pairs, problem.text.partition(";")[0])
    return None


def _one_wave(board: BoardSnapshot) -> StopOffer | None:
    by_number = {pair.number: pair for pair in board.pairs}
    for problem in board.problems:
        if problem.kind != SHARED_FAILURE or problem.comes_again or not problem.alike:
            continue
        hit = [by_number[number] for number in sorted(problem.alike) if number in by_number]
        if hit and all(stuck_at(pair)[1] for pair in hit):
            return StopOffer(Ground.ONE_WAVE, tuple(pair.number for pair in hit), problem.text)
    return None


def _same_route(board: BoardSnapshot) -> StopOffer | None:
    for pair in board.pairs:
        if pair.status not in KNOWN_ENDS and (text := stuck_again(pair)):
            return StopOffer(Ground.SAME_ROUTE, (pair.number,), text)
    return None


def _named(pairs: list[int]) -> str:
    if len(pairs) == 1:
        return f"pair {pairs[0]}"
    *most, last = map(str, pairs)
    return f"pairs {', '.join(most)} and {last}"
