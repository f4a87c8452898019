"""The runbook: a page for each cause of the catalogue, and their index, as Markdown. Pure.

All of it is made from the catalogue's entries, so that a page says what `inspect` goes by. What a
verdict of one submission says is `verdicts`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from console.diagnosis.catalogue import ANY, PLATFORM, Catalogue, Cause, Owner, Sign, Strength
from console.diagnosis.scene import FactKind
from console.diagnosis.wording import filled
from console.presentation.verdicts import AGAIN, OWNERS

INDEX = "index"
"""The name of the page that leads to all others."""
PLACES = {"pair": "N", "container": "the container", "why": "its reason"}
"""What a sentence of the catalogue says of no submission in particular."""
_STRENGTHS = {
    Strength.PROOF: "it means nothing else",
    Strength.STRONG: "it says much",
    Strength.HINT: "it goes with others too",
}
_FACTS = {
    FactKind.EXIT: "a container that ended",
    FactKind.WAITING: "a container that waits",
    FactKind.RUNNING: "a container that runs",
    FactKind.ENDING: "the supervisor's word for how a half ended",
    FactKind.EVENT: "an event of Kubernetes",
    FactKind.CONDITION: "a condition of the Job",
    FactKind.POD: "the pod's own status",
    FactKind.PROBLEM: "a problem that logcopy names",
    FactKind.RECORD: "a finished route's status",
    FactKind.ACTION: "what was done on a console",
    FactKind.STATUS: "the submission's status",
    FactKind.BUDGET: "restarts that are used up",
    FactKind.REPEATED: "one half ended several times at one route",
    FactKind.SILENCE: "a half that runs and writes nothing",
}


def page(cause: Cause, catalogue: Catalogue) -> str:
    """What is seen, what it means, whose it is, what to do next, and what looks like it."""
    parts = (
        [f"# {cause.title}", "", f"`{cause.name}` · whose: {OWNERS[cause.owner]}"],
        ["", filled(cause.what, PLACES), "", f"If nothing is changed, {AGAIN[cause.repeats]}."],
        _section("What to do next", [filled(cause.advice, PLACES)]),
        _section("For the team", [filled(cause.team, PLACES)] if cause.team else []),
        _section("How it is recognised", list(map(sign_words, cause.signs)), "Any of these:"),
        _quoted("In the programs' own words", cause.samples),
        _section(
            "It is something else", list(map(sign_words, cause.unless)), "where this is seen:"
        ),
        _quoted("What looks like it and is not", cause.near_misses),
        _section(
            "What follows from it, or says less", [_link(catalogue[name]) for name in cause.over]
        ),
        _section("What may be behind it", list(map(_link, _above(cause, catalogue)))),
    )
    return "\n".join(line for part in parts for line in part) + "\n"


def index(catalogue: Catalogue) -> str:
    """All causes, by whose they are."""
    lines = ["# Runbook", "", "Why submissions fail, and what to do next."]
    for owner in Owner:
        lines += _section(
            OWNERS[owner].capitalize(),
            [_link(each) for each in catalogue.causes if each.owner is owner],
        )
    return "\n".join(lines) + "\n"


def pages(catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """The name of each page and its text; the index first."""
    yield INDEX, index(catalogue)
    for cause in catalogue.causes:
        yield cause.name, page(cause, catalogue)


def sign_words(sign: Sign) -> str:
    """``a line of the agent's log with `CUDA out of memory` (it says much)``."""
    where = _FACTS[sign.fact] if sign.fact else f"a line of {_log(sign.log)}"
    told = [where, *_limits(sign)]
    if sign.also:
        told.append("besides " + ", and ".join(sign_words(each) for each in sign.also))
    return f"{', '.join(told)} ({_STRENGTHS[sign.strength]})"


def _log(name: str) -> str:
    several = {ANY: "any log", PLATFORM: "a log of the platform's containers"}
    return several.get(name, f"the {name}'s log")


def _limits(sign: Sign) -> Iterator[str]:
    """What must hold of it, a clause each."""
    codes = ", ".join(map(str, sign.exit))
    signals = ", ".join(map(str, sign.signal))
    clauses = (
        (sign.half, f"of the {sign.half}"),
        (sign.about, f"about {_code(sign.about)}"),
        (sign.reason, f"reason {_code(sign.reason)}"),
        (codes, f"exit {codes}"),
        (signals, f"signal {signals}"),
        (sign.words, f"with {_code(sign.words)}"),
        (sign.under, f"above {_code(sign.under)}"),
        (sign.raised, f"at the end of a traceback ({sign.raised})"),
        (sign.at_end, "among its last lines"),
        (sign.at_least > 1, f"at least {sign.at_least} times"),
        (sign.seconds, f"for {sign.seconds:g} s" if sign.seconds else ""),
    )
    return (words for holds, words in clauses if holds)


def _code(words: str) -> str:
    """A pattern as code, whatever it holds."""
    fence = "``" if "`" in words else "`"
    return f"{fence}{words}{fence}"


def _quoted(heading: str, scenes: tuple[dict[str, Any], ...]) -> list[str]:
    """The lines of logs and the messages of events that the catalogue's scenes are made of."""
    told = [f"    {line}" for scene in scenes for line in _lines(scene)]
    return ["", f"## {heading}", "", *dict.fromkeys(told)] if told else []


def _lines(scene: dict[str, Any]) -> Iterator[str]:
    for container, said in scene.get("logs", {}).items():
        lines = said.splitlines() if isinstance(said, str) else [each["text"] for each in said]
        yield from (f"{container}: {line}" for line in lines)
    for event in scene.get("events", ()):
        yield f"event {event.get('reason', '?')}: {event.get('message', '')}".rstrip(": ")


def _section(heading: str, lines: list[str], lead: str = "") -> list[str]:
    if not lines:
        return []
    several = len(lines) > 1 or lead or lines[0].startswith("[")
    told = [f"- {line}" for line in lines] if several else lines
    return ["", f"## {heading}", *(["", lead] if lead else []), "", *told]


def _above(cause: Cause, catalogue: Catalogue) -> list[Cause]:
    return [each for each in catalogue.causes if cause.name in each.over]


def _link(cause: Cause) -> str:
    return f"[{cause.title}]({cause.name}.md)"
