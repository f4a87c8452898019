"""Whose code raised: the Python tracebacks of a log, and in whose files they lie. Pure.

Refuses to know causes. A line is the end of a traceback or it is not; of several that follow each
other closely the first one is the failure, and the rest is what cleaning up after it stumbled on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum

import msgspec

_BEGINS = "Traceback (most recent call last):"
_FRAME = re.compile(r'\s+File "(?P<file>[^"]{1,500})", line \d+')
_ERROR = re.compile(r"(?![A-Z]+:)[A-Za-z_][\w.]*(?::|$)")
"""How the last line of a traceback begins; `WARNING:` is a line of somebody else."""
_CHAINS = ("During handling of the above", "The above exception was the direct cause")
_IGNORED = "Exception ignored in"
"""Python's word for what was raised while an object was given up: nothing ends by it."""
_EVALUATOR = re.compile(
    r"(?:^|/)(?:srunner/|standin/|scenario_runner\w*\.py$|leaderboard_evaluator\w*\.py$"
    r"|leaderboard/(?:utils|envs|scenarios)/|leaderboard/leaderboard/(?!autoagents/|team_code/)\w+/"
    r"|leaderboard/autoagents/(?:autonomous_agent|agent_wrapper|ros\w*)\w*\.py$)"
)
"""The Leaderboard, the scenario runner, and the embedded cluster's stand-in for both."""
_LIBRARY = re.compile(r"^<|[/-]packages/|/lib(?:64)?/python\d|\.egg/|/PythonAPI/|^importlib")
"""Code that somebody calls: whose it is, the frames above it tell."""
_WRAPPED = "AgentError"
"""What the evaluator makes of any error of an agent."""
_NO_ERRORS = ("KeyboardInterrupt", "SystemExit")
_CLOSE = 30
"""Lines between tracebacks that tell of one failure."""
_STRAY = 3
"""Lines of others that may stand within a traceback."""
_BETWEEN = 4
"""Lines before a headline in which Python tells that it belongs to the one above."""


class Whose(StrEnum):
    """Whose code a line that ends a traceback speaks of."""

    TEAM = "team"
    EVALUATOR = "evaluator"
    NOBODY = "nobody"
    """A traceback's end that tells no failure of its own."""
    NO = "no"
    """It ends none, or one that lies in libraries alone."""


class _Chain(msgspec.Struct, frozen=True, gc=False):
    """Tracebacks of which each was raised while the one before was handled."""

    first: int
    last: int
    """The first line after it."""
    ends: tuple[int, ...]
    whose: Whose
    wrapped: bool = False
    """The evaluator called it an error of its agent."""


def whose_lines(texts: Sequence[str]) -> dict[int, Whose]:
    """Each line that ends a traceback, by its place; the last failure's are somebody's."""
    chains = tuple(_chains(texts))
    owners = dict.fromkeys((end for each in chains for end in each.ends), Whose.NOBODY)
    if failure := _last_failure(chains):
        owners |= dict.fromkeys(failure.ends, Whose.TEAM if failure.wrapped else failure.whose)
    return owners


def _last_failure(chains: Iterable[_Chain]) -> _Chain | None:
    """The first of the last few."""
    found: _Chain | None = None
    last = 0
    for each in chains:
        if each.whose is Whose.NOBODY:
            continue
        if found is None or each.first - last > _CLOSE:
            found = each
        last = each.last
    return found


def _chains(texts: Sequence[str]) -> Iterator[_Chain]:
    grown: _Chain | None = None
    for one in _tracebacks(texts):
        if grown is not None and _belongs(texts, grown, one):
            grown = _joined(grown, one)
            continue
        if grown is not None:
            yield grown
        grown = one
    if grown is not None:
        yield grown


def _tracebacks(texts: Sequence[str]) -> Iterator[_Chain]:
    after = 0
    for place, text in enumerate(texts):
        if place >= after and _BEGINS in text:
            one = _traceback(texts, place)
            after = one.last
            yield one


def _belongs(texts: Sequence[str], one: _Chain, then: _Chain) -> bool:
    between = range(max(one.last, then.first - _BETWEEN), then.first)
    return any(word in texts[place] for place in between for word in _CHAINS)


def _joined(one: _Chain, then: _Chain) -> _Chain:
    """Whose the first is; what was raised while it was handled only follows from it."""
    whose = then.whose if one.whose is Whose.NO else one.whose
    return _Chain(one.first, then.last, (*one.ends, *then.ends), whose, then.wrapped)


def _traceback(texts: Sequence[str], first: int) -> _Chain:
    """From its headline to the line that names the error; where that is cut off, to its end."""
    margin = texts[first].find(_BEGINS)
    files: list[str] = []
    stray, place = 0, first + 1
    while place < len(texts) and stray <= _STRAY and _BEGINS not in texts[place]:
        text = texts[place][margin:]
        if frame := _FRAME.match(text):
            files.append(frame["file"])
        elif not text.startswith((" ", "\t")):
            if _ERROR.match(text):
                return _ended(texts, first, place, files)
            stray += 1
        place += 1
    return _Chain(first, place, (), _of_files(files))


def _ended(texts: Sequence[str], first: int, place: int, files: Iterable[str]) -> _Chain:
    error, _, _ = texts[place][texts[first].find(_BEGINS) :].partition(":")
    ignored = first > 0 and _IGNORED in texts[first - 1]
    ended = ignored or error in _NO_ERRORS
    whose = Whose.NOBODY if ended else _of_files(files)
    return _Chain(first, place + 1, (place,), whose, error.endswith(_WRAPPED))


def _of_files(files: Iterable[str]) -> Whose:
    told = {_of_file(each) for each in files}
    return next((each for each in (Whose.TEAM, Whose.EVALUATOR) if each in told), Whose.NO)


def _of_file(path: str) -> Whose:
    if "/team_code/" not in path and _EVALUATOR.search(path):
        return Whose.EVALUATOR
    return Whose.NO if _LIBRARY.search(path) else Whose.TEAM
