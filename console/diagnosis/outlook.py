"""Whether going on from an ended submission can help, judged by what ended it. Pure.

A resume drives the same image with the same Job: a failure that does not depend on chance comes
again. Which causes come again is the catalogue's; here stands by which words of a board each is
known. What is likely but not proven is said as that.
"""

from __future__ import annotations

import msgspec

from console.diagnosis.catalogue import Cause, Repeats, catalogue, within
from console.domain.blocking import what_blocked
from console.domain.board import GPU_PROBLEM, BoardSnapshot
from console.domain.board import SubmissionStatus as Status
from console.domain.deaths import stuck_again
from console.workers import pair_words

_SENSORS, _SET_UP = "agent-sensors-invalid", "agent-set-up-failed"
_NOT_LOADED = "evaluator-not-loaded"
_BY_THE_SUPERVISOR = {pair_words.INVALID_SETUP: _SENSORS, pair_words.NOT_LOADED: _NOT_LOADED}
_IN_RECORDS = {"sensors were invalid": _SENSORS, "couldn't be set up": _SET_UP}
_BY_LOGCOPY = {
    pair_words.REJECTED: _SENSORS,
    pair_words.NO_SET_UP: _SET_UP,
    pair_words.UNLOADED: _NOT_LOADED,
}
"""How logcopy says the same of several pairs."""


class Outlook(msgspec.Struct, frozen=True, gc=False):
    """Why a resume will, or may well, end like before."""

    certain: bool
    reason: str
    evidence: str

    @property
    def text(self) -> str:
        """One sentence, to stand before anything that invites to resume."""
        will = "A resume will end like this again" if self.certain else "A resume may end like this"
        return f"{will}: {self.reason} ({self.evidence})."


def outlook(board: BoardSnapshot) -> Outlook | None:
    """None where nothing speaks against a resume, or where the submission is not over."""
    if not board.ended or board.status is Status.COMPLETE:
        return None
    return (
        _set_up(board)
        or _wrong_gpu(board)
        or _recorded(board)
        or _blocked(board)
        or _same_route(board)
    )


def _set_up(board: BoardSnapshot) -> Outlook | None:
    """The supervisors' own word, or logcopy's of several pairs."""
    for reason, name in _BY_THE_SUPERVISOR.items():
        pairs = [
            pair.number for pair in board.pairs if any(each.reason == reason for each in pair.ended)
        ]
        # logcopy has named the cause of the same failure in several pairs: its sentence says more.
        if pairs and not (reason == pair_words.NOT_LOADED and board.shared_failure):
            cause = catalogue()[name]
            return Outlook(_again(cause), within(cause.title), f"ended {_pairs(pairs)}")
    for words, name in _BY_LOGCOPY.items():
        if words in board.shared_failure:
            told = board.shared_failure.partition(";")[0]
            return Outlook(_again(catalogue()[name]), told, "logcopy says so")
    return None


def _again(cause: Cause) -> bool:
    return cause.repeats is Repeats.ALWAYS


def _wrong_gpu(board: BoardSnapshot) -> Outlook | None:
    """Another pod may get other GPUs, but the way it asks for them is the same."""
    told = next((each.text for each in board.problems if each.kind == GPU_PROBLEM), "")
    pairs = [
        p.number for p in board.pairs if any(e.reason == pair_words.WRONG_GPU for e in p.ended)
    ]
    if not pairs:
        return None
    why = "the pairs ask for their GPUs in the same way (the values cluster.gpus, runtime_class)"
    return Outlook(False, why, told or f"ended {_pairs(pairs)}")


def _recorded(board: BoardSnapshot) -> Outlook | None:
    """The evaluator's own status of a drive."""
    for words, name in _IN_RECORDS.items():
        hit = [each for each in board.records if words in each.status]
        if hit:
            shown = f"{hit[0].route_id}: {hit[0].status}"
            cause = catalogue()[name]
            return Outlook(_again(cause), within(cause.title), shown)
    return None


def _blocked(board: BoardSnapshot) -> Outlook | None:
    """It was stopped because it could not start, and nobody has told of a mend."""
    found = what_blocked(board)
    if found is None:
        return None
    return Outlook(False, f"{found.text.rstrip('.')}, unless that is mended", found.kind.value)


def _same_route(board: BoardSnapshot) -> Outlook | None:
    """A pair that fails at one route again and again, and never got past it."""
    for pair in board.pairs:
        if told := stuck_again(pair):
            return Outlook(False, "one route ended the pair again and again", told)
    return None


def _pairs(numbers: list[int]) -> str:
    return f"pair {numbers[0]}" if len(numbers) == 1 else f"{len(numbers)} pairs"
