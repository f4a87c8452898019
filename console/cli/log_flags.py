"""The flags of `logs` that are not of a recording: times, forms, streams. Their values, parsed."""

from __future__ import annotations

import argparse
import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from console.cli.flags import Forms
from console.cli.line_writer import Colour
from console.cli.log_lines import moment
from console.cli.log_sources import MOST_STREAMS
from console.cli.parsers import begin_otherwise
from console.domain.facts import ContainerState
from console.domain.spans import in_zone
from console.operations.recording.log_times import Times

if TYPE_CHECKING:
    from console.cli.line_times import Zone

_SPAN = re.compile(r"(?:[0-9]+[smhd])+")
_PART = re.compile(r"([0-9]+)([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
MOST_DIGITS = 5
"""99999 days are not before the first year that a date can have."""
SHORT = "short"
"""Times without year and fraction, as stern's --timestamps=short."""
FORMS = Forms(("default", "raw", "json"))


ALL = "all"


class States(tuple[str, ...]):
    """The choices of --container-state: several by commas, as stern has it."""

    def __contains__(self, text: object) -> bool:
        return isinstance(text, str) and all(map(super().__contains__, text.split(",")))


STATES = States((*(each.value for each in ContainerState), ALL))


def add_time_flags(parser: argparse.ArgumentParser) -> None:
    """--since, --since-time, --timestamps, --times, --timezone."""
    group = parser.add_argument_group("times")
    group.add_argument("-s", "--since", metavar="SPAN", type=span, help="such as 90s, 5m, 1h30m")
    group.add_argument(
        "--since-time", metavar="TIME", type=time, help="for example 2026-11-22T10:00:00Z"
    )
    group.add_argument(
        "-t", "--timestamps", action="store_true", help="as --times absolute; -t=short: stern's"
    )
    times = [*(each.value for each in Times), SHORT]
    group.add_argument("--times", choices=times, help="since the first line, or the attempt's")
    begin_otherwise(parser, {"-t=": "--times=", "--timestamps=": "--times="})
    group.add_argument(
        "--timezone",
        metavar="ZONE",
        type=zone,
        help="of the times: Local, UTC, Asia/Tokyo, ...",
    )


def add_form_flags(parser: argparse.ArgumentParser) -> None:
    """-o, --template, --color, --prefix, --max-log-requests."""
    group = parser.add_argument_group("form")
    group.add_argument("-o", "--output", choices=FORMS, default="default", help="raw: no prefixes")
    group.add_argument(
        "--template", metavar="TEXT", help="for example '{{.ContainerName}} {{.Message}}'"
    )
    colours = [each.value for each in Colour]
    group.add_argument("--color", choices=colours, default="auto", help="default: auto")
    group.add_argument("--prefix", action="store_true", help="name the container on each line")
    group.add_argument(
        "--max-log-requests",
        metavar="N",
        type=number,
        default=MOST_STREAMS,
        help=f"logs followed at once at most, else none is; default: {MOST_STREAMS}",
    )


def time(text: str) -> datetime:
    found = moment(text.upper())
    if found is None or "T" not in text.upper():
        raise argparse.ArgumentTypeError(
            f"{text[:40]!r} is no time: write it as 2026-11-22T10:00:00Z"
        )
    return found


def zone(text: str) -> Zone:
    if text.lower() == "local":
        return lambda at: in_zone(at, None)
    from zoneinfo import ZoneInfo

    try:
        place = ZoneInfo(text)
    except (KeyError, OSError, ValueError):
        raise argparse.ArgumentTypeError(
            f"{text[:40]!r} is no time zone that this machine knows: write Local, UTC or Asia/Tokyo"
        ) from None
    return lambda at: in_zone(at, place)


def span(text: str) -> timedelta:
    if not _SPAN.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a span of time: write 90s, 5m, 2h or 1d")
    parts = _PART.findall(text)
    if any(len(figures) > MOST_DIGITS for figures, _ in parts):
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is longer than anything is recorded")
    return timedelta(seconds=sum(int(figures) * _SECONDS[unit] for figures, unit in parts))


def count(text: str) -> int | None:
    """Of lines; kubectl's and stern's -1 is all of them."""
    if text == "-1":
        return None
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of lines: 0 or more")
    return int(text)


def number(text: str) -> int:
    """Of a pair, an attempt, and so on."""
    if not re.fullmatch(r"[0-9]{1,4}", text) or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is no number from 1")
    return int(text)


def states(text: str) -> tuple[ContainerState, ...]:
    """Of containers; none for `all`, which is whatever they are in."""
    words = text.split(",")
    return () if ALL in words else tuple(ContainerState(word) for word in words)
