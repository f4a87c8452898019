"""Lines of several followed logs, printed in the order of time as far as they come together."""

from __future__ import annotations

from console.cli import time_order
from console.cli.time_order import HOLD, TimeOrder


class Printed:
    """A clock that a test moves, and what has been printed, write by write."""

    def __init__(self) -> None:
        self.now, self.written = 0.0, list[str]()
        self.order = TimeOrder(lambda: self.now)
        self.puts = {name: lambda block, n=name: self._write(n, block) for name in "abc"}

    def _write(self, name: str, block: bytes) -> None:
        self.written.append(f"{name}:{''.join(_texts(block))}")

    def says(self, name: str, *lines: tuple[str, str]) -> None:
        told = "".join(f"2026-11-22T10:00:{at}Z {text}\n" for at, text in lines)
        self.order.take(name, told.encode(), self.puts[name])

    def later(self, seconds: float) -> None:
        self.now += seconds
        self.order.print_due()


def _texts(block: bytes) -> list[str]:
    return [line.split(b" ", 1)[1].decode() for line in block.split(b"\n")[:-1]]


def test_what_is_there_when_several_are_opened_is_printed_in_the_order_of_time() -> None:
    printed = Printed()
    for name in "ab":
        printed.order.opens(name)
    printed.says("a", ("01", "1"), ("03", "3"), ("05", "5"))
    assert printed.written == []
    printed.says("b", ("02", "2"), ("04", "4"), ("06", "6"))
    assert printed.written == ["a:1", "b:2", "a:3", "b:4", "a:5"]
    printed.later(HOLD + 0.1)
    assert printed.written[5:] == ["b:6"]


def test_one_that_is_quiet_holds_up_no_other() -> None:
    printed = Printed()
    printed.order.opens("a")
    printed.order.opens("b")
    printed.says("a", ("01", "1"), ("02", "2"))
    printed.later(HOLD + 0.1)
    assert printed.written == ["a:12"]
    printed.says("a", ("03", "3"))
    assert printed.written[1:] == ["a:3"]


def test_a_line_that_comes_too_late_is_printed_when_it_comes() -> None:
    printed = Printed()
    printed.says("a", ("09", "9"))
    printed.later(HOLD + 0.1)
    printed.says("b", ("01", "1"))
    assert printed.written == ["a:9", "b:1"]


def test_fractions_of_a_second_of_any_length_are_times() -> None:
    printed = Printed()
    printed.order.opens("b")
    printed.says("a", ("01.500000000", "3"), ("02", "5"))
    printed.says("b", ("01", "2"), ("01.6", "4"))
    printed.order.print_all()
    assert [each for write in printed.written for each in write.split(":")[1]] == [*"2345"]


def test_what_stands_between_two_runs_stays_behind_the_lines_before_it() -> None:
    printed = Printed()
    printed.order.opens("b")
    printed.says("a", ("01", "1"), ("03", "3"))
    printed.order.between("a", lambda: printed.written.append("──"))
    printed.says("a", ("05", "5"))
    printed.says("b", ("02", "2"), ("04", "4"))
    printed.order.print_all()
    assert printed.written == ["a:1", "b:2", "a:3", "──", "b:4", "a:5"]


def test_of_two_lines_of_one_time_the_one_that_came_first_is_first() -> None:
    printed = Printed()
    printed.says("b", ("01", "x"))
    printed.says("a", ("01", "y"))
    printed.order.print_all()
    assert printed.written == ["b:x", "a:y"]


def test_no_more_is_held_than_fits(monkeypatch) -> None:
    monkeypatch.setattr(time_order, "MOST_HELD", 60)
    printed = Printed()
    printed.order.opens("b")
    printed.says("a", ("01", "1"))
    printed.says("a", ("02", "2"), ("03", "3"))
    assert printed.written == ["a:123"]
