"""The empty files of `containers-status`: upstream's last step counts them. Pure.

Any `.cancel` is a cancelled submission to it, and one `.done` of each half and of logcopy a
finished one. So logcopy's is there only with a result that this console has verified.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from console.domain.board import BoardSnapshot, PairBoard, PairStatus, SubmissionStatus
from console.workers import pair_words
from console.workers.status_files import CANCEL, LOGCOPY_DONE

FOLDER = "containers-status"
MARK = re.compile(
    r"(?:simulator|agent)-\d{1,3}\.(?:done|crash\d{1,6})"
    rf"|{re.escape(CANCEL)}|{re.escape(LOGCOPY_DONE)}"
)
_UNMARKED = (pair_words.CANCELLED, pair_words.TERMINATED)
"""What ends a half from outside leaves none of upstream's marks."""


def marks(board: BoardSnapshot, *, final: bool) -> tuple[str, ...]:
    """Their names, logcopy's last."""
    found = dict.fromkeys(name for pair in board.pairs for name in _of_pair(pair, final))
    if board.status is SubmissionStatus.CANCELLED:
        return (*found, CANCEL)
    return (*found, LOGCOPY_DONE) if final else tuple(found)


def _of_pair(pair: PairBoard, final: bool) -> Iterator[str]:
    for end in pair.ended:
        if end.reason == pair_words.DONE:
            yield f"{end.half}-{pair.number}.done"
        elif end.reason not in _UNMARKED:
            # Upstream counts a half's attempts from 0.
            yield f"{end.half}-{pair.number}.crash{end.attempt - 1}"
    if final or pair.status is PairStatus.DONE:
        yield from (f"{half}-{pair.number}.done" for half in pair_words.ROLES)
