"""What is lost with several submissions at once, and how each of them fared. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec

from console.domain.board import BoardSnapshot, PairStatus
from console.errors import ConsoleError
from console.operations.submitting.ending import JOB_GOES, SENT

MOST_NAMED = 6
"""Of so many each is told by itself; of more the sums."""
_MOST_NAMES = 12
_PUBLISHED = "are published to places; when each was sent last, a question of its own tells."
ENDED_ALREADY = "It has ended, and stays as it is."


class Fared(msgspec.Struct, frozen=True):
    """One of several, and why it was not done; None where it was."""

    namespace: str
    name: str
    error: ConsoleError | None = None


def lost_with_each(found: Sequence[tuple[BoardSnapshot, Sequence[str]]]) -> tuple[str, ...]:
    """Boards with what each costs by itself; of many that are alike, how many there are."""
    if len(found) <= MOST_NAMED:
        return tuple(
            f"{board.namespace}/{board.name}: {' '.join(told) or ENDED_ALREADY}"
            for board, told in found
        )
    going = [board for board, _ in found if not board.ended]
    told = [f"These: {_named([board.name for board, _ in found])}."]
    if going:
        told.append(f"{len(going)} of them have not ended. {_driven(going)} {_finished(going)}")
    if untouched := sum(not sentences for _, sentences in found):
        told.append(f"{untouched} of them have ended, and stay as they are.")
    if sent := sum(any(each.startswith(SENT) for each in sentences) for _, sentences in found):
        told.append(f"{sent} of them {_PUBLISHED}")
    left = Counter(
        each for _, sentences in found for each in sentences if each.startswith(JOB_GOES)
    )
    return (*told, *(f"{count} times: {sentence}" for sentence, count in left.most_common()))


def _driven(going: Sequence[BoardSnapshot]) -> str:
    count = sum(pair.status is PairStatus.DRIVING for board in going for pair in board.pairs)
    return f"Being driven now, and lost: {count} routes."


def _finished(going: Sequence[BoardSnapshot]) -> str:
    known = [board for board in going if board.done is not None and board.total is not None]
    done, total = (sum(getattr(board, of) or 0 for board in known) for of in ("done", "total"))
    told = f"{done} of {total} drives are finished; no other will be."
    unknown = len(going) - len(known)
    return f"{told} Of {unknown} nobody knows how many are." if unknown else told


def _named(names: Sequence[str]) -> str:
    left = len(names) - _MOST_NAMES
    shown = ", ".join(names[:_MOST_NAMES])
    return f"{shown} and {left} more" if left > 0 else shown


def done_well(fared: Sequence[Fared], done: str) -> str:
    """`Being cancelled: raven, heron.`; empty where none is."""
    well = [each.name for each in fared if each.error is None]
    return f"{done}: {_named(well)}." if well else ""


def not_all_done(fared: Sequence[Fared], undone: str, done: str) -> ConsoleError | None:
    """What to say where some were not done, each with its reason; None where all were.

    `undone`: `Not cancelled`; `done`: `Being cancelled`.
    """
    failed = [each for each in fared if each.error is not None]
    if not failed:
        return None
    lines = [f"{each.namespace}/{each.name}: {_why(each.error)}" for each in failed if each.error]
    return ConsoleError(
        f"{undone}: {len(failed)} of {len(fared)}.",
        why="\n".join([*lines, done_well(fared, done)]).strip(),
        fix="They are still marked: the same key tries them again.",
    )


def _why(error: ConsoleError) -> str:
    return f"{error.what} {error.why}".strip()
