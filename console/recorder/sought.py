"""What a search looks for: a regular expression over a line's text, and words that it cannot do
without. Pure.

`re` that ignores case crawls, and `bytes.find` flies: where each match must hold one of a few
words, only lines with such a word are shown to the expression. Knows no file and no line number.
"""

from __future__ import annotations

import re

_TOKEN = re.compile(
    rb"(?P<escape>\\.)|(?P<set>\[\^?\]?(?:\\.|[^\]\\])*\])|(?P<open>\()|(?P<close>\))|(?P<or>\|)"
    rb"|(?P<doubtful>\?|\*|\{\d*,?\d*\})|(?P<break>[+.^$])|(?P<plain>[^\\])",
    re.DOTALL,
)
_NUMBERED = re.compile(rb"\\[0-9xuUN]")
"""An escape that is more than one letter long, or tells of a group."""
_RANGE = re.compile(rb"(.)-(.)", re.DOTALL)
"""What may be one: outside of a set it is none, which costs no more than a slower search."""
_OUTSIDE_ESCAPES = re.compile(rb"(\\.)|[A-Z]", re.DOTALL)
_OF_A_STAMP = re.compile(rb"[0-9TtZz:.+#-]*")
_SHORTEST = 2
"""Bytes of a word that is worth looking for: a single letter is in almost every line."""
_ACROSS_LINES = (*(b"^", b"[^", b"(?", b"\n"), *(b"\\" + each for each in (b"A", b"Z", b"n")))
_ACROSS_LINES += tuple(b"\\" + each for each in (b"s", b"D", b"W"))
"""What means something else in the middle of a file than in a line alone, or runs over its end."""


class Sought:
    """A pattern, ready to be looked for. Raises re.error for what is no regular expression."""

    def __init__(self, pattern: str, *, ignore_case: bool) -> None:
        raw = pattern.encode()
        flags = re.MULTILINE | (re.IGNORECASE if ignore_case else 0)
        self.ignore_case = ignore_case
        self.expression = re.compile(raw, flags)
        lower = lowered(raw) if ignore_case else None
        self.of_lower_case = self.expression if lower is None else re.compile(lower, re.MULTILINE)
        """The same for bytes in lower case, and several times as fast there."""
        words = required_words(raw)
        self.words = tuple(each.lower() for each in words) if ignore_case else words
        """One of them is in each match, in lower case where case is ignored; may be empty."""
        self.plain = words == (raw,)
        """The word is all there is to the pattern: where it is, there is a match."""
        self.outside_stamps = all(b" " not in w and not _OF_A_STAMP.fullmatch(w) for w in words)
        """No word can lie in a timestamp, nor begin in one."""
        self.line_by_line = any(each in raw for each in _ACROSS_LINES)
        """It has to be shown each line alone."""

    def fits(self, text: bytes) -> bool:
        """Whether a line's text matches."""
        return self.expression.search(text) is not None


def required_words(pattern: bytes) -> tuple[bytes, ...]:
    """Bytes of which at least one run is in whatever matches: one for each alternative.

    Empty where an alternative has none that is long enough, or where options inside of the pattern
    could change what its letters mean.
    """
    if b"(?" in pattern or b"\n" in pattern or _NUMBERED.search(pattern):
        return ()
    longest = tuple(max(runs, key=len) for runs in _alternatives(pattern))
    if longest == (pattern,) and pattern:
        return longest
    return longest if all(len(each) >= _SHORTEST for each in longest) else ()


def lowered(pattern: bytes) -> bytes | None:
    """The pattern for bytes in lower case; None where that is not sure to match the same lines."""
    if b"(?" in pattern or _NUMBERED.search(pattern):
        return None
    if any(not _of_one_kind(each[1], each[2]) for each in _RANGE.finditer(pattern)):
        return None
    return _OUTSIDE_ESCAPES.sub(lambda each: each[1] or each[0].lower(), pattern)


def _of_one_kind(first: bytes, last: bytes) -> bool:
    """Whether a range between them has the same letters in lower case."""
    both = first + last
    return both.isdigit() or (both.isalpha() and (both.islower() or both.isupper()))


def _alternatives(pattern: bytes) -> list[list[bytes]]:
    """Of each alternative of the whole pattern, the runs of plain bytes outside of groups."""
    found: list[list[bytes]] = [[]]
    run, depth = b"", 0
    for token in _TOKEN.finditer(pattern):
        kind, text = token.lastgroup, token.group()
        plain = _plain(kind, text) if not depth else b""
        if plain:
            run += plain
            continue
        if kind == "doubtful" and not depth:
            # What stands before it may be missing; what a brace counts is no text.
            run = run[:-1]
        found[-1].append(run)
        run = b""
        depth += (kind == "open") - (kind == "close")
        if kind == "or" and not depth:
            found.append([])
    found[-1].append(run)
    return found


def _plain(kind: str | None, text: bytes) -> bytes:
    """What that token stands for, where it is nothing but itself."""
    if kind == "plain":
        return text
    return text[1:] if kind == "escape" and not text[1:].isalnum() else b""
