"""What is wrong with a spec or with the values, each with its place. Prints nothing."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Sequence

import msgspec

from console.errors import InvalidInput

_LONGEST = 600


class Mistake(msgspec.Struct, frozen=True):
    """One thing that is wrong."""

    text: str
    """Where, what and the way out, in one line."""
    path: str = ""
    """The value that it is about, for the form: `submission.name`; empty for the spec itself."""


class SpecRejected(InvalidInput):
    """A spec and its values do not make a manifest. Carries every mistake found."""

    def __init__(self, source: str, mistakes: Sequence[Mistake], *, fix: str = "") -> None:
        lines = [shortened(mistake.text) for mistake in mistakes]
        if len(lines) == 1:
            super().__init__(lines[0], fix=fix)
        else:
            why = "\n".join(lines)
            super().__init__(f"{source} has {len(lines)} mistakes.", why=why, fix=fix)
        self.mistakes = tuple(mistakes)


def shortened(text: str) -> str:
    """A line that a foreign value made absurdly long, without its middle."""
    half = _LONGEST // 2
    return text if len(text) <= _LONGEST else f"{text[:half]}...{text[-half:]}"


def nearest(wanted: str, existing: Iterable[str]) -> str:
    """The existing word most like `wanted`, of two alike the first in the alphabet; empty where
    none is like it."""
    words = sorted(existing)
    close = difflib.get_close_matches(wanted, words, n=max(len(words), 1), cutoff=0.5)
    likeness = {word: difflib.SequenceMatcher(None, word, wanted).ratio() for word in sorted(close)}
    return max(likeness, key=lambda word: likeness[word], default="")


def suggestion(wanted: str, existing: Collection[str], *, prefix: str = "") -> str:
    """` Did you mean ...?` or ` There is only ...`; empty where nothing exists."""
    if not existing:
        return ""
    if close := nearest(wanted, existing):
        return f" Did you mean {prefix}{close}?"
    shown = ", ".join(prefix + word for word in sorted(existing)[:8])
    return f" There is {shown}{' ...' if len(existing) > 8 else ''}."
