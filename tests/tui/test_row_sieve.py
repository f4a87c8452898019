"""A filter of thousands of rows asks of each once, and answers as if it asked of all."""

from __future__ import annotations

import random

from console.tui.row_sieve import RowSieve


class Asked:
    """A rule that counts how often it is asked."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, row: tuple[str], typed: str) -> bool:
        self.times += 1
        return typed in row[0]


def test_only_rows_that_are_new_are_asked() -> None:
    rule = Asked()
    sieve = RowSieve(rule)
    rows = [(f"run-{number}",) for number in range(1000)]
    assert len(sieve(rows, "9")) == 271
    assert rule.times == 1000
    rows[5] = ("another 9",)
    assert rows[5] in sieve(rows, "9")
    assert rule.times == 1001


def test_what_is_typed_anew_is_asked_of_all_and_nothing_typed_of_none() -> None:
    rule = Asked()
    sieve, rows = RowSieve(rule), [("a",), ("b",)]
    assert sieve(rows, "") is rows
    assert (sieve(rows, "a"), sieve(rows, "b")) == ([("a",)], [("b",)])
    assert rule.times == 4


def test_after_any_changes_it_leaves_what_the_rule_leaves() -> None:
    chance, sieve = random.Random(7), RowSieve(lambda row, typed: typed in row[0])
    rows: list[tuple[str]] = []
    for _ in range(200):
        if rows and chance.random() < 0.4:
            del rows[chance.randrange(len(rows))]
        rows.insert(chance.randint(0, len(rows)), (f"run-{chance.randrange(50)}",))
        typed = chance.choice(["1", "2", ""])
        assert list(sieve(rows, typed)) == [row for row in rows if typed in row[0]]
