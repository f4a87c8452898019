"""One submission, inspected: the verdict on each attempt that failed, on each pair, on all of it.

Reads the recorded logs through views, so that whoever asks does so in a thread of its own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import datetime

import msgspec
from msgspec.structs import replace

from console.diagnosis.attempt_scene import scene_of
from console.diagnosis.attempt_span import half_span, span_of
from console.diagnosis.board_facts import facts_of
from console.diagnosis.catalogue import Repeats, catalogue
from console.diagnosis.scene import Fact, FactKind, Scene, SeenLine
from console.diagnosis.verdict import Confidence, Verdict, judge
from console.domain.board import BoardSnapshot, PairBoard, PairStatus
from console.domain.joined_pods import pair_of
from console.domain.submission import INIT, LOGCOPY
from console.operations.inspecting.advice_by_state import as_it_stands
from console.operations.inspecting.attempt_lines import LogOf, lines_before, lines_of_half
from console.operations.ports.recorder import LogView

ATTEMPTS = 12
"""The last ones of a pair; a budget allows fewer."""
_ENDS = (FactKind.EXIT, FactKind.ENDING)
_SUSPENDED = "suspended"
"""The cause that takes a pod away and leaves its Job."""
_ILL = (PairStatus.FAILED, PairStatus.UNKNOWN, PairStatus.BLOCKED, PairStatus.BACKING_OFF)
_BROKEN = re.compile("crashed|set up|invalid")
"""In the status of a record: what ended that drive was no driving."""


class PairInspection(msgspec.Struct, frozen=True):
    """What is known of one pair's failures."""

    number: int
    verdict: Verdict | None = None
    """On its last failure; None where nothing of it failed."""
    attempts: tuple[Verdict, ...] = ()
    """Of each attempt that failed by itself, the oldest first."""

    @property
    def repeated(self) -> int:
        """How many of its attempts ended by the cause of the last one."""
        if self.verdict is None or self.verdict.cause is None:
            return 0
        return names_of(self.attempts)[self.verdict.cause.name]

    @property
    def comes_again(self) -> bool:
        """Whether it will end like this again: by its cause, or as it was seen twice."""
        verdict = self.verdict
        if verdict is None or verdict.cause is None or verdict.confidence < Confidence.LIKELY:
            return False
        return verdict.cause.repeats is Repeats.ALWAYS or self.repeated > 1

    @property
    def seen_again(self) -> str:
        """`the same cause ended 3 of its 4 failed attempts`."""
        return f"the same cause ended {self.repeated} of its {len(self.attempts)} failed attempts"


class Inspection(msgspec.Struct, frozen=True):
    """What is known of one submission's failures."""

    board: BoardSnapshot
    now: datetime
    verdict: Verdict | None = None
    """On the submission as a whole; None where nothing but its pairs failed, or nothing at all."""
    pairs: tuple[PairInspection, ...] = ()

    @property
    def culprit(self) -> PairInspection | None:
        """The pair that failed most often; None without one."""
        failed = [each for each in self.pairs if each.verdict is not None]
        return max(failed, key=lambda each: (len(each.attempts), -each.number), default=None)

    @property
    def is_told_by_pairs(self) -> bool:
        """Why it ended is said by a pair's verdict; the one on the whole says that it did."""
        told = self.culprit.verdict if self.culprit is not None else None
        return told is not None and (self.verdict is None or not _says_more(self.verdict, told))

    @property
    def answer(self) -> Verdict | None:
        """The one that says most of why it ended; None where nothing failed."""
        if self.is_told_by_pairs and self.culprit is not None:
            return self.culprit.verdict
        return self.verdict

    def pair(self, number: int) -> PairInspection:
        """An empty one for a pair that it does not have."""
        found = (each for each in self.pairs if each.number == number)
        return next(found, PairInspection(number))


def inspect(board: BoardSnapshot, log_of: LogOf, now: datetime) -> Inspection:
    """Everything that the board and the recorded logs tell. Reads files."""
    facts = facts_of(board, now)
    whole = _whole(board, facts, log_of)
    pairs = tuple(_pair(board, pair, facts, log_of) for pair in board.pairs)
    own = tuple(PairInspection(e.number) if _only_follows(e, whole) else e for e in pairs)
    return Inspection(board, now, whole, tuple(_with_advice(board, each) for each in own))


def _with_advice(board: BoardSnapshot, pair: PairInspection) -> PairInspection:
    if not pair.attempts:
        return pair
    attempts = tuple(as_it_stands(board, pair.number, each) for each in pair.attempts)
    return replace(pair, attempts=attempts, verdict=attempts[-1])


def _only_follows(pair: PairInspection, whole: Verdict | None) -> bool:
    """Its containers were ended with the whole: that is no failure of the pair."""
    if pair.attempts or not (pair.verdict and pair.verdict.cause and whole and whole.cause):
        return False
    # A Job that is deleted lost its pods before by something else; a suspension takes them itself.
    ends = (*_ENDS, FactKind.POD) if whole.cause.name == _SUSPENDED else _ENDS
    follows = all(e.fact and e.fact.kind in ends for e in pair.verdict.evidence)
    return follows and pair.verdict.cause.name in whole.cause.over


def _says_more(whole: Verdict, pairs: Verdict) -> bool:
    """It says why, and no less surely or exactly than what a pair tells."""
    if whole.cause is None or whole.cause.only_an_end:
        return False
    if pairs.cause is None:
        return True
    if pairs.cause.coarse:
        return whole.confidence >= pairs.confidence
    return not whole.cause.coarse and whole.confidence >= min(pairs.confidence, Confidence.LIKELY)


def names_of(verdicts: Iterable[Verdict]) -> Counter[str]:
    """How often each cause was found."""
    return Counter(each.cause.name for each in verdicts if each.cause is not None)


def _pair(
    board: BoardSnapshot, pair: PairBoard, facts: tuple[Fact, ...], log_of: LogOf
) -> PairInspection:
    failed = sorted({each.attempt for each in pair.ended if each.initiating})[-ATTEMPTS:]
    attempts = tuple(_attempt(board, pair, facts, log_of, number) for number in failed)
    if attempts:
        return PairInspection(pair.number, attempts[-1], attempts)
    # What a pair that is well prints of errors, it lived through: only facts speak of it.
    heard = log_of if _is_ill(pair, facts) else _nothing
    verdict = _attempt(board, pair, facts, heard, None)
    # Of a pair that goes on, or of which nobody knows the end, nothing is said that is not seen.
    told = verdict.cause is not None or pair.status is PairStatus.FAILED
    return PairInspection(pair.number, verdict if told else None)


def _is_ill(pair: PairBoard, facts: tuple[Fact, ...]) -> bool:
    """Something that is no word of a log says that it failed."""
    own = (each for each in facts if each.pair == pair.number)
    return pair.status in _ILL or any(
        each.exit_code or (each.kind is FactKind.RECORD and _BROKEN.search(each.text))
        for each in own
    )


def _nothing(container: str) -> LogView | None:
    return None


def _attempt(
    board: BoardSnapshot,
    pair: PairBoard,
    facts: tuple[Fact, ...],
    log_of: LogOf,
    attempt: int | None,
) -> Verdict:
    _, until = span_of(pair.ended, attempt)
    lines = [e for c in _logcopies(board, pair.number)[:1] for e in lines_before(c, log_of, until)]
    for half in ("simulator", "agent"):
        span = half_span(pair.ended, half, attempt)
        lines += lines_of_half(f"{half}-{pair.number}", log_of, span)
    return judge(catalogue(), scene_of(board, facts, lines, pair.number, attempt))


def _logcopies(board: BoardSnapshot, pair: int | None = None) -> tuple[str, ...]:
    """Those that tell of the pair; None: of any."""
    plan = board.job.plan if board.job else None
    every = plan.logcopies if plan else (LOGCOPY,)
    own = tuple(name for name in every if pair_of(name) == pair)
    return own or every


def _whole(board: BoardSnapshot, facts: tuple[Fact, ...], log_of: LogOf) -> Verdict | None:
    """By what concerns no pair alone; what cannot start at all concerns them together."""
    own = tuple(each for each in facts if each.pair is None or each.kind is FactKind.WAITING)
    lines: list[SeenLine] = []
    if board.ended or board.blockage is not None:
        plan = board.job.plan if board.job else None
        names = (*_logcopies(board), *(plan.preparing if plan else (INIT,)))
        lines = [line for name in names for line in lines_before(name, log_of, None)]
    verdict = judge(catalogue(), Scene(own, tuple(lines)))
    return verdict if verdict.cause is not None else None
