"""Whether an evaluator that could not be loaded will fail so again, judged by what was raised.

Pure. A pair whose evaluator lasts in failing ends for good; so where a disk, a memory or a driver
may have had a part in it, a restart is worth its price.
"""

from __future__ import annotations

import errno
import os
from typing import Iterator, Sequence

_BY_THE_IMAGE = (ImportError, SyntaxError, NameError, AttributeError, TypeError)
"""A module that is missing, or that was made for another Python or another version."""
_BY_THE_MOMENT = (OSError, MemoryError, RuntimeError)
_PASSING = tuple(
    os.strerror(getattr(errno, name))
    for name in (
        "EAGAIN", "EBUSY", "EINTR", "EIO", "EMFILE", "ENFILE", "ENOMEM", "ENOSPC", "ENOTCONN",
        "ESTALE", "ETIMEDOUT",
    )
)  # fmt: skip
"""In the words of the loader of shared libraries, which Python passes on as an ImportError."""
_ABSENT = (FileNotFoundError, NotADirectoryError, IsADirectoryError)
_NOBODY = "'NoneType'"
"""Of something that was asked for and did not answer, as a driver."""


def is_lasting(failure: BaseException, official: Sequence[str]) -> bool:
    """No restart would change it. `official`: the folders of the private contents."""
    if _is_absent(failure, official):
        return True
    chain = list(_with_causes(failure))
    return isinstance(failure, _BY_THE_IMAGE) and not any(_may_pass(each) for each in chain)


def _is_absent(failure: BaseException, official: Sequence[str]) -> bool:
    """A file that the private contents should have; their volume is as old as the pod."""
    path = getattr(failure, "filename", None)
    if not isinstance(failure, _ABSENT) or not isinstance(path, str):
        return False
    return any(path.startswith(os.path.join(folder, "")) for folder in official if folder)


def _may_pass(failure: BaseException) -> bool:
    if isinstance(failure, _ABSENT):
        return False
    words = str(failure)
    return (
        isinstance(failure, _BY_THE_MOMENT)
        or _NOBODY in words
        or any(passing in words for passing in _PASSING)
    )


def _with_causes(failure: BaseException) -> Iterator[BaseException]:
    """The failure and what it was raised for, or while; each once."""
    seen = set()
    waiting = [failure]
    while waiting:
        each = waiting.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        waiting += [one for one in (each.__cause__, each.__context__) if one is not None]
