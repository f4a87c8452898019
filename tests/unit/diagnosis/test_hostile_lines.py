"""What an agent prints can make no sign look at a line again and again."""

from __future__ import annotations

from collections.abc import Iterator
from re import _parser  # type: ignore[attr-defined]
from typing import Any

import pytest

from console.diagnosis.catalogue import catalogue, signs_in
from console.diagnosis.matching import Logs
from console.diagnosis.scene import SeenLine

IN_LOGS = sorted(
    {
        sign.words
        for cause in catalogue().causes
        for sign in signs_in((*cause.signs, *cause.unless))
        if sign.log
    }
)


def beginnings(items: list[Any]) -> Iterator[Any]:
    """What each alternative of a pattern begins with."""
    if not items:
        return
    op, held = items[0]
    match op.name:
        case "SUBPATTERN":
            yield from beginnings(list(held[3]))
        case "BRANCH":
            for each in held[1]:
                yield from beginnings(list(each))
        case _:
            yield op.name, held


def without_end(words: str) -> list[str]:
    """Alternatives that begin with a repetition which may be as long as the line."""
    found = beginnings(list(_parser.parse(words)))
    return [name for name, held in found if "REPEAT" in name and held[1] == _parser.MAXREPEAT]


def test_the_rule_knows_what_is_slow() -> None:
    assert without_end(r"(?P<file>\S+) is missing")
    assert without_end(r"denied|.*refused")
    assert not without_end(r"(?<!\S)(?P<file>\S+) is missing|^.*refused")


@pytest.mark.parametrize("words", IN_LOGS)
def test_no_sign_in_a_log_is_tried_anew_from_each_place_of_a_long_word(words: str) -> None:
    assert without_end(words) == []


def test_a_sign_is_found_wherever_in_a_long_log_it_stands() -> None:
    (sign,) = (s for s in catalogue()["simulator-root-refused"].signs if s.log)
    for place in (0, 63, 64, 65, 1199):
        lines = [SeenLine("simulator-3", "tick", number=n) for n in range(1200)]
        lines[place] = SeenLine(
            "simulator-3", "Refusing to run with the root privileges.", number=place
        )
        assert [line.number for line, _ in Logs(lines).lines_with(sign)] == [place]
