"""Searching a recorded log: whatever the pattern, the lines are those that match each alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.operations.ports.recorder import Recording
from console.recorder import finding
from console.recorder.recorder import Recorder
from console.recorder.scanning import Scanner
from console.recorder.sought import Sought
from console.recorder.viewing import Stitched

WHERE = Recording("prod", "races", "demo", "0123456789abcdef")
STAMP = b"2026-11-22T10:00:%02d.000000007Z "


def alone(pattern: str, texts: list[bytes], *, ignore_case: bool) -> list[int]:
    """What `re` says of each text by itself."""
    flags = re.MULTILINE | (re.IGNORECASE if ignore_case else 0)
    expression = re.compile(pattern.encode(), flags)
    return [number for number, text in enumerate(texts) if expression.search(text)]


def told(pattern: str, texts: list[bytes], *, ignore_case: bool) -> list[int]:
    piece = b"".join(STAMP % (n % 60) + text + b"\n" for n, text in enumerate(texts))
    return finding.hits(Sought(pattern, ignore_case=ignore_case), piece, 0)


TEXTS = [b"Error one error", b"ok 2026", b"\xff ERROR", b"no error", b"", b" ", b"a{2}", b"aa", b"[x] 10:00",
    b"Z [agent] frame 77: 12.5 m/s", b"7Z x", b"Frame 177: fail", "über Ärger".encode(), b"a.b", b"aXb", b"\\",
    b"frame 77", b"frame 7777", b"failed", b"timeout: errno 5", b"x" * 300]  # fmt: skip
PATTERNS = ["error", "ERROR", "e", "^error", "error$", "2026", "^$", "$", "", "a{2}", "a{0,1}a", r"a\.b", "a.b",
    r"frame \d+7:", "Z ", "7Z", "7Z x", "error|failed", "err.*5", "(err|fail)", "(?i)ok", r"\[x\]", "[x]", "[^a-z ]",
    r"\s", r"\S+ \S+", r"\d{2}:\d\d", "x*$", r"o\Z", r"\Aok", r"\bone\b", "[A-Z]+:", "[A-z]{", r"\x45", "Ärger",
    r"(o)k \1", "a|", "no?k", "ok?", "o+k", "m/s|[a-c]X", r"\\", "{", "f[a-z]*d", "one (?=error)", "(?<! )frame",
    r"\W\W", r"\Dframe", "ERR[N-P]", "[!-Z]k", "i{", r"\.b", "frame [0-9]"]  # fmt: skip


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("ignore_case", [True, False])
def test_a_search_finds_what_the_pattern_finds_in_each_line_alone(
    pattern: str, ignore_case: bool
) -> None:
    """Where few lines have the word, and where nearly all have it: these are two ways."""
    expected = alone(pattern, TEXTS, ignore_case=ignore_case)
    assert told(pattern, TEXTS, ignore_case=ignore_case) == expected
    for common in (b"frame 77: Error", b"nothing of the kind"):
        many = [*TEXTS, *[common] * 300, *TEXTS]
        assert told(pattern, many, ignore_case=ignore_case) == alone(
            pattern, many, ignore_case=ignore_case
        )
        many = [*[common] * 300, *TEXTS]
        assert told(pattern, many, ignore_case=ignore_case) == alone(
            pattern, many, ignore_case=ignore_case
        )


PIECES = st.sampled_from(["a", "B", "ab", "Z", " ", "7", ".", r"\.", r"\d", r"\w+", "[ab]", "[^a]", "(a|b)", "(B)?",
    "a?", "b*", "7+", "a{2}", "|", "^", "$", r"\b", "[A-C]", r"\s", "{", "(?:ab)", r"\S",
    "(?i:a)", "(?-i:B)", r"\B", r"\Z", "(?=b)", "(?<!a)", "(?>a|ab)", "b++", "[^B]*", r"\D", "a*?", "(?:a|B|7+)", "[0-9]{2,}"])  # fmt: skip


@given(
    st.lists(PIECES, max_size=6).map("".join),
    st.lists(st.text("abABZ7. 2:", max_size=12).map(str.encode), max_size=12),
    st.booleans(),
)
def test_no_pattern_of_common_pieces_finds_too_much_or_too_little(
    pattern: str, texts: list[bytes], ignore_case: bool
) -> None:
    try:
        re.compile(pattern)
    except re.error:
        return
    expected = alone(pattern, texts, ignore_case=ignore_case)
    assert told(pattern, texts, ignore_case=ignore_case) == expected


@pytest.mark.parametrize(
    ("pattern", "scanned"),
    [
        (r"\w+ error.*", b"word error"),
        ("^.*time-?out", b"timeout"),
        ("(?i:Error)s", b"eRRORs"),
        (r"(?P<word>rou)te(?P=word)?", b"route"),
        ("[^a-y ]{3}", b"zzz"),
        ("colou?r|gr[ae]y", b"grey"),
    ],
)
def test_a_pattern_is_looked_for_in_many_lines_at_once(pattern: str, scanned: bytes) -> None:
    """And told of once for a line, whatever more of the line could belong to the match."""
    sought = Sought(pattern, ignore_case=False)
    assert sought.ends(b"s m\n" * 20 + b"s " + scanned + b"\n", 1) == [82 + len(scanned)]


def test_a_pattern_that_the_scanner_does_not_take_is_found_all_the_same() -> None:
    """It is too large, may match no byte, or has a newline, which no line has."""
    with pytest.raises(ValueError, match="not for the scanner"):
        Scanner(b"(?:[ab]{1,900}c){900}")
    for pattern in (r"(?:[ab]{1,900}c){900}|error", "x*$", r"a\nb|error", "(?=error)"):
        sought = Sought(pattern, ignore_case=True)
        assert sought.ends(b"s no error\n", 9) is None
        assert finding.hits(sought, b"s no\ns an Error\n", 4)[-1] == 5


def test_where_nearly_each_line_has_it_the_scanner_is_left() -> None:
    sought = Sought("frame", ignore_case=True)
    assert sought.ends(b"s frame\n" * 9, 8) is None
    assert sought.ends(b"s frame\n" * 8, 8) == [7 + 8 * n for n in range(8)]


@pytest.fixture
def long_log(tmp_path: Path) -> Stitched:
    """Some blocks long, in two runs; each 1000th line has a mark."""
    recorder = Recorder(tmp_path)
    writer = recorder.claim(WHERE)
    assert writer is not None
    for run in (0, 1):
        spool = writer.open_spool("agent-1", run)
        marked = [b" MARK" if n % 1000 == 7 else b"x" * (n % 90) for n in range(7000)]
        spool.write(
            b"".join(STAMP % run + b"line %d" % n + m + b"\n" for n, m in enumerate(marked))
        )
        spool.close()
    return recorder.log(WHERE, "agent-1")


def test_hits_have_their_line_numbers_across_slices_and_runs(long_log: Stitched) -> None:
    """A slice begins in the middle of a line, and a later run behind a line of ours."""
    some = list(long_log.search("mark"))
    expected = [*range(7, 7000, 1000), *(7001 + n for n in range(7, 7000, 1000))]
    assert [number for each in some for number in each] == expected
    assert all(b.text.endswith("MARK") for n in expected for b in long_log.lines(n, n + 1))
    assert long_log.line_count() == 14_001
    every = [number for each in long_log.search("LINE") for number in each]
    assert every == [n for n in range(14_001) if n != 7000]


def test_a_search_can_be_left_after_each_slice_though_nothing_is_found(long_log: Stitched) -> None:
    empty = list(long_log.search("not there"))
    assert len(empty) > 4
    assert not any(empty)


def test_the_newest_lines_come_without_the_count_of_those_before(long_log: Stitched) -> None:
    """Across the border of two runs too; never more than there are."""
    whole = long_log.lines(0, 14_001)
    for wanted in (0, 1, 40, 5000, 7000, 7001, 7002, 9000, 14_001, 20_000):
        assert long_log.newest(wanted) == whole[max(len(whole) - wanted, 0) :], wanted


def test_a_count_tells_how_far_it_is_and_can_be_left(tmp_path: Path) -> None:
    """Of a long run piece by piece; what is counted stays counted."""
    recorder = Recorder(tmp_path)
    writer = recorder.claim(WHERE)
    assert writer is not None
    spool = writer.open_spool("agent-1", 0)
    for _ in range(90):
        spool.write((STAMP % 1 + b"x" * 967 + b"\n") * 100)
    view = recorder.log(WHERE, "agent-1")
    first = next(view.counting())
    assert 0 < first < 9000
    rest = list(view.counting())
    assert rest == sorted(rest)
    assert (rest[0] > first, rest[-1]) == (True, 9000)
    spool.write(STAMP % 2 + b"one more\n")
    assert (view.line_count(), list(view.counting())) == (9001, [9001])
