"""The values of the flags of `logs`: times, zones, numbers; each refused in words of its own."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime, timedelta, timezone

import pytest

from console.cli import log_flags
from console.cli.commands import logs
from console.cli.flags import Forms
from console.cli.line_times import LineTimes
from console.cli.log_lines import PrintedLine
from console.cli.main import parser
from console.operations.recording.log_times import Times

AT = datetime(2026, 11, 22, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-11-22T10:00:00Z", AT),
        ("2026-11-22T10:00:00", AT),
        ("2026-11-22t10:00:00.000000000z", AT),
        ("2026-11-22T12:00:00+02:00", AT),
        ("2026-11-22T10:00:00.5Z", AT + timedelta(seconds=0.5)),
    ],
)
def test_a_time_is_read_as_kubectl_reads_it_and_is_of_utc_where_it_says_nothing(
    text: str, at: datetime
) -> None:
    assert log_flags.time(text) == at


@pytest.mark.parametrize("text", ["", "10:00", "2026-11-22", "yesterday", "2026-13-01T00:00:00Z"])
def test_what_is_no_time_is_refused_with_the_form(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="2026-11-22T10:00:00Z"):
        log_flags.time(text)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("UTC", "2026-11-22T10:00:00.123456789+00:00 "),
        ("Asia/Tokyo", "2026-11-22T19:00:00.123456789+09:00 "),
        ("America/New_York", "2026-11-22T05:00:00.123456789-05:00 "),
    ],
)
def test_a_line_keeps_its_nanoseconds_in_every_zone(name: str, shown: str) -> None:
    times = LineTimes(Times.ABSOLUTE, zone=log_flags.zone(name))
    line = PrintedLine("c", "2026-11-22T10:00:00.123456789Z", b"x")
    assert times.before(line) == shown
    assert times.computed


def test_a_short_time_that_is_none_stays_as_the_cluster_sent_it() -> None:
    times = LineTimes(Times.ABSOLUTE, short=True)
    assert times.computed
    assert times.before(PrintedLine("c", "soon", b"x")) == "soon "


def test_what_is_no_time_stays_as_the_cluster_sent_it_in_every_zone() -> None:
    times = LineTimes(Times.ABSOLUTE, zone=log_flags.zone("UTC"))
    assert times.before(PrintedLine("c", "soon", b"x")) == "soon "
    assert times.before(PrintedLine("c", "", b"x")) == ""


def test_local_is_the_zone_of_this_machine_at_that_time() -> None:
    here = log_flags.zone("Local")(AT)
    assert here == AT
    assert here.utcoffset() == AT.astimezone().utcoffset()
    assert log_flags.zone("local")(AT) == here


@pytest.mark.parametrize("name", ["", "Mars", "../passwd", "/etc/passwd", "Asia", "\x00"])
def test_a_zone_that_this_machine_does_not_know_is_refused(name: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="no time zone"):
        log_flags.zone(name)


@pytest.mark.parametrize(("text", "lines"), [("0", 0), ("12", 12), ("-1", None)])
def test_minus_one_is_every_line_as_of_kubectl_and_stern(text: str, lines: int | None) -> None:
    assert log_flags.count(text) == lines


@pytest.mark.parametrize("text", ["0", "-1", "x", "", "99999", "1.5", "१"])
def test_a_number_is_one_from_1(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="no number from 1"):
        log_flags.number(text)


@pytest.mark.parametrize(
    ("flags", "times"),
    [
        ([], Times.NONE),
        (["-t"], Times.ABSOLUTE),
        (["--timezone", "UTC"], Times.ABSOLUTE),
        (["--times", "attempt"], Times.ATTEMPT),
        (["--times", "absolute", "--timezone", "UTC"], Times.ABSOLUTE),
    ],
)
def test_a_zone_asks_for_times_of_the_clock(flags: list[str], times: Times) -> None:
    assert logs._times(parser().parse_args(["logs", "demo", *flags])) is times


def test_spellings_of_stern_and_our_own_are_one_flag() -> None:
    ours = parser().parse_args(["logs", "d", "--grep", "a", "--invert", "b", "--highlight", "c"])
    short = parser().parse_args(["logs", "d", "-i", "a", "-e", "b", "-H", "c"])
    long = parser().parse_args(["logs", "d", "--include", "a", "--exclude", "b", "-Hc"])
    told = [(each.grep, each.invert, each.highlight) for each in (ours, short, long)]
    assert told[0] == told[1] == told[2]


def test_a_form_that_takes_a_text_is_one_of_the_choices() -> None:
    forms = Forms(("json", "jsonpath="))
    assert "json" in forms
    assert "jsonpath={.name}" in forms
    assert "jsonpath" not in forms
    assert "" not in forms
    assert None not in forms
    assert [*forms] == ["json", "jsonpath="]


def test_a_time_of_another_place_is_the_same_moment() -> None:
    there = log_flags.time("2026-11-22T12:00:00+02:00")
    assert there.astimezone(timezone(timedelta(hours=-5))) == AT
