"""What a search looks for: a regular expression over a line's text. Pure but for its scanner.

`re` decides, on one line alone; the scanner runs ahead over many lines and tells where it could
match. Knows no file and no line number.
"""

from __future__ import annotations

import re

from console.recorder.scanning import Scanner
from console.recorder.widening import literal, widened


class Sought:
    """A pattern, ready to be looked for, in one thread.

    Raises re.error for what is no regular expression.
    """

    def __init__(self, pattern: str, *, ignore_case: bool) -> None:
        raw = pattern.encode()
        flags = re.MULTILINE | (re.IGNORECASE if ignore_case else 0)
        self._search = re.compile(raw, flags).search
        word = literal(raw)
        self._word = word.lower() if word is not None and ignore_case else word
        self._ignore_case = ignore_case
        self._scanner = _scanner(widened(raw, ignore_case=ignore_case))

    def fits(self, text: bytes) -> bool:
        """Whether a line's text matches."""
        if self._word is not None:
            return self._word in (text.lower() if self._ignore_case else text)
        return self._search(text) is not None

    def ends(self, piece: bytes, most: int) -> list[int] | None:
        """Where matches in these lines end, in order: in each line that fits, and maybe in others.

        None where each line has to be looked at: there are more than so many, or nothing is known.
        """
        return self._scanner.ends(piece, most) if self._scanner is not None else None


def _scanner(expression: bytes | None) -> Scanner | None:
    try:
        return Scanner(expression) if expression is not None else None
    except ValueError:
        # Slower, and no less is found.
        return None
