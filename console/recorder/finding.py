"""Which lines match in one piece of a run's file: whole lines, each with its timestamp. Pure.

A match may lie in the text only, for the timestamp is not the container's word.
"""

from __future__ import annotations

from collections.abc import Iterator

from console.recorder.sought import Sought

_PART = 8 * 1024
_SAMPLE = 4096
_DENSE = 8
"""Where one line of so many has a word, jumping from word to word is not worth it."""


def hits(sought: Sought, piece: bytes, first: int) -> list[int]:
    """In order; `first` is the number of the piece's first line."""
    if not sought.words:
        return [
            each for part, number in _parts(piece, first) for each in _slow(sought, part, number)
        ]
    seen = piece.lower() if sought.ignore_case else piece
    dense = _dense(sought, seen)
    if dense and not sought.line_by_line and not sought.plain:
        return list(_jumping(sought, seen, piece, first))
    if dense and sought.plain and sought.outside_stamps:
        (word,) = sought.words
        return [number for number, line in enumerate(seen.split(b"\n"), first) if word in line]
    found = [list(_with_word(word, sought, seen, piece, first)) for word in sought.words]
    return found[0] if len(found) == 1 else sorted({each for some in found for each in some})


def _parts(piece: bytes, first: int) -> Iterator[tuple[bytes, int]]:
    """Whole lines each: while an expression is in one of them, no other thread runs."""
    begin = 0
    while begin < len(piece):
        end = piece.find(b"\n", begin + _PART) + 1 or len(piece)
        yield piece[begin:end], first
        first += piece.count(b"\n", begin, end)
        begin = end


def _slow(sought: Sought, part: bytes, first: int) -> Iterator[int]:
    """For an expression that has to look at each byte."""
    if sought.line_by_line:
        return _each_line(sought, part, first)
    return _jumping(sought, part.lower() if sought.ignore_case else part, part, first)


def _dense(sought: Sought, seen: bytes) -> bool:
    """Whether many lines have a word, by the first ones. Tells only which way is the shorter."""
    lines = seen.count(b"\n", 0, _SAMPLE)
    return sum(seen.count(word, 0, _SAMPLE) for word in sought.words) * _DENSE > lines


def _with_word(word: bytes, sought: Sought, seen: bytes, piece: bytes, first: int) -> Iterator[int]:
    """Lines that have the word in their text and fit; newlines are counted between hits only.

    `seen`: the piece in which words are looked for.
    """
    place, counted, number = 0, 0, first
    while (at := seen.find(word, place)) >= 0:
        begin, end = seen.rfind(b"\n", 0, at) + 1, seen.find(b"\n", at)
        text = seen.find(b" ", begin, end) + 1 or end
        if at < text:
            place = text
            continue
        if sought.plain or sought.fits(piece[text:end]):
            number += seen.count(b"\n", counted, begin)
            counted = begin
            yield number
        place = end


def _jumping(sought: Sought, seen: bytes, piece: bytes, first: int) -> Iterator[int]:
    """From match to match over all lines at once."""
    place, number, search = 0, first, sought.of_lower_case.search
    while place < len(seen) and (match := search(seen, place)) is not None:
        at, last = match.span()
        number += seen.count(b"\n", place, at)
        begin, end = seen.rfind(b"\n", 0, at) + 1, seen.find(b"\n", at)
        if end < 0:
            return
        # One that begins in the stamp, or goes on in the next line, hides whether there is another.
        text = seen.find(b" ", begin, end) + 1 or end
        if (text <= at and last <= end) or sought.fits(piece[text:end]):
            yield number
        place, number = end + 1, number + 1


def _each_line(sought: Sought, piece: bytes, first: int) -> Iterator[int]:
    """For one that means something else where its line is not alone."""
    for number, line in enumerate(piece.split(b"\n")[:-1], first):
        if sought.fits(_text(line)):
            yield number


def _text(line: bytes) -> bytes:
    """What comes after the timestamp."""
    return line.partition(b" ")[2]
