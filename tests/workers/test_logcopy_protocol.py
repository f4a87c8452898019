"""Progress lines: what is written is read back; nothing else is taken for one."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.workers.protocol import (
    KINDS,
    LIMIT,
    Joiner,
    ProgressLine,
    Refusal,
    TooLong,
    format_line,
    merged_parts,
    parse_line,
    record_parts,
)

PAYLOADS = st.dictionaries(
    st.text(max_size=10),
    st.none() | st.integers(-(10**30), 10**30) | st.text(max_size=50) | st.lists(st.booleans()),
    max_size=6,
)


@given(payload=PAYLOADS, kind=st.sampled_from(KINDS), sequence=st.integers(0, 10**14))
def test_a_written_line_is_one_ascii_line_that_reads_back(
    payload: dict[str, Any], kind: str, sequence: int
) -> None:
    line = format_line("n1", sequence, kind, payload)
    assert line.isascii()
    assert line.isprintable()
    assert parse_line(line + "\n", "n1") == ProgressLine(sequence, kind, payload)


@given(text=st.text())
def test_no_text_makes_the_reader_fail(text: str) -> None:
    assert parse_line(text, "n") is None or text.startswith("@leaderboard ")
    assert isinstance(parse_line("@leaderboard n 1 plan " + text, "n"), ProgressLine | Refusal)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("@leaderboard other 1 plan {}", "wrong nonce"),
        ("@leaderboard ", "wrong nonce"),
        ("@leaderboard n 1 plan", "incomplete"),
        ("@leaderboard n -1 plan {}", "bad sequence"),
        ("@leaderboard n \u0661 plan {}", "bad sequence"),
        ("@leaderboard n 1 pwned {}", "unknown kind"),
        ("@leaderboard n 1 plan {", "broken payload"),
        ("@leaderboard n 1 plan [1]", "broken payload"),
        ('@leaderboard n 1 plan {"t":NaN}', "broken payload"),
        ("@leaderboard n 1 plan " + "[" * 14_000, "broken payload"),
        ("@leaderboard n 1 plan " + "x" * LIMIT, "too long"),
    ],
)
def test_a_line_that_only_looks_like_one_is_refused_with_a_reason(line: str, reason: str) -> None:
    assert parse_line(line, "n") == Refusal(reason)


@pytest.mark.parametrize("line", ["", "hello", " @leaderboard n 1 plan {}", "@leaderboards x"])
def test_other_lines_are_none_of_ours(line: str) -> None:
    assert parse_line(line, "n") is None


def test_a_payload_that_does_not_fit_a_line_is_refused_by_the_writer() -> None:
    with pytest.raises(TooLong):
        format_line("n", 1, "record", {"x": "y" * LIMIT})


@given(text=st.text(alphabet='"\\\n{}x', max_size=60), times=st.integers(1, 600))
def test_a_long_text_comes_back_from_its_parts_in_any_order(text: str, times: int) -> None:
    whole = text * times
    parts = merged_parts(whole)
    lines = [format_line("n" * 40, 10**14, "merged", part) for part in parts]
    random.Random(1).shuffle(lines)
    joiner = Joiner()
    found = []
    for line in [lines[0], *lines]:
        parsed = parse_line(line, "n" * 40)
        assert isinstance(parsed, ProgressLine)
        found.append(joiner.add(parsed.payload))
    assert whole in found


def test_parts_that_do_not_match_their_digest_are_not_believed() -> None:
    (part,) = merged_parts("short")
    assert Joiner().add({**part, "text": "shorT"}) is None
    assert Joiner().add({"part": 0}) is None
    assert Joiner().add({**part, "parts": 10**9, "part": 5}) is None


def test_a_record_too_long_for_a_line_travels_in_parts() -> None:
    record = {"route_id": "RouteScenario_1", "note": "x" * 40_000}
    parts = record_parts(2, record)
    assert len(parts) > 1
    assert {part["pair"] for part in parts} == {2}
    joiner = Joiner()
    texts = [joiner.add(part) for part in parts]
    assert texts[-1] is not None
    assert '"RouteScenario_1"' in texts[-1]


def test_a_record_in_parts_and_one_in_a_line_are_the_same_message() -> None:
    joiner, raw = Joiner(), {"route_id": "RouteScenario_0", "note": "x" * 2 * LIMIT}
    lines = [ProgressLine(7, "record-part", part) for part in record_parts(3, raw)]
    *earlier, last = [joiner.whole(line) for line in lines]
    assert earlier == [None] * (len(lines) - 1)
    assert last == ProgressLine(7, "record", {"pair": 3, "record": raw})
    assert joiner.whole(last) == last


@pytest.mark.parametrize("text", ["[1]", "no json"])
def test_parts_that_are_no_record_are_an_error_of_the_line_that_completes_them(text: str) -> None:
    (part,) = merged_parts(text)
    with pytest.raises(ValueError, match=r"no object|not JSON"):
        Joiner().whole(ProgressLine(1, "record-part", part))


def test_a_merged_document_is_told_whole_with_its_last_part() -> None:
    joiner, document = Joiner(), "y" * 2 * LIMIT
    told = [joiner.whole(ProgressLine(1, "merged", part)) for part in merged_parts(document)]
    assert told[-1] == ProgressLine(1, "merged", {"text": document})
    assert not any(told[:-1])
