"""The catalogue of causes: what each looks like, whose it is, what to do next. Read from one file.

What stands in `causes.yaml` is data; this module owns its shape and says which entry is wrong. How
signs are found is `matching`, what follows from them `verdict`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from console.diagnosis.scene import FactKind
from console.diagnosis.tracebacks import Whose
from console.errors import InvalidInput
from console.struct_library import fitted

CAUSES = Path(__file__).with_name("causes.yaml")
HALVES = ("", "simulator", "agent", "logcopy", "private-contents")
PLATFORM = "platform"
"""A log sign's word for every container that no team writes."""
ANY = "any"


class Owner(StrEnum):
    """Who can mend it."""

    AGENT = "agent"
    """The team, in its agent or its image."""
    SIMULATOR = "simulator"
    LEADERBOARD = "leaderboard"
    NODE = "node"
    CLUSTER = "cluster"
    OPERATOR = "operator"
    """Whoever launched it: the spec, its values, or what was done to it."""


class Repeats(StrEnum):
    """Whether the same comes again where nothing is changed."""

    ALWAYS = "always"
    LIKELY = "likely"
    CHANCE = "chance"


class Strength(StrEnum):
    """How much one sign says, if who says it can be believed."""

    PROOF = "proof"
    """It cannot mean anything else."""
    STRONG = "strong"
    HINT = "hint"
    """It goes with the cause, and with others too."""


class Sign(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is to be seen: a fact or a line of a log. Everything that is said of it must hold."""

    fact: FactKind | None = None
    log: str = ""
    """`simulator`, `agent`, `logcopy`, `private-contents`, `platform`, or `any`."""
    words: str = ""
    """A regular expression in a line or in a fact's text; its named groups fill the sentences."""
    reason: str = ""
    """One that matches all of a fact's reason."""
    raised: Whose | None = None
    """Only lines that end a traceback in that code; `no`: only those that end none."""
    at_end: bool = False
    """Only among the last lines of its log."""
    half: str = ""
    """Only of that half's containers."""
    about: str = ""
    """One that matches all of what the fact is about."""
    exit: tuple[int, ...] = ()
    signal: tuple[int, ...] = ()
    at_least: int = 1
    """How often it was said."""
    seconds: float | None = None
    """At least so long (silence)."""
    under: str = ""
    """Only where the line below it, or nothing, has this: what stands under a headline."""
    within: float | None = None
    """What must be seen besides is a fact of no more seconds before or after it."""
    case: bool = False
    """Upper and lower case are told apart."""
    strength: Strength = Strength.STRONG
    also: tuple[Sign, ...] = ()
    """What must be seen besides."""


class Cause(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One entry. Sentences may hold `{pair}`, `{route}`, `{container}` and the signs' groups."""

    name: str
    title: str
    owner: Owner
    what: str
    """What happened, in one plain sentence."""
    advice: str
    """What the operator does next."""
    signs: tuple[Sign, ...]
    """Any of them."""
    samples: tuple[dict[str, Any], ...]
    """Scenes in which it is the cause, in the words of the programs (`tests/fakes/scenes.py`)."""
    near_misses: tuple[dict[str, Any], ...]
    """Scenes that look like it and are not."""
    half: str = ""
    """The half that dies of it; empty where both may, or none."""
    repeats: Repeats = Repeats.CHANCE
    only_an_end: bool = False
    """It says that something is over, and not why: what a pair tells says more."""
    coarse: bool = False
    """It tells where it failed and not why, so that it is never called certain."""
    bare: bool = False
    """It tells that a half ended, or how, and nothing else: any reason that is seen says more."""
    only_where: bool = False
    """It tells at which route a pair ended, and nothing of why: whatever tells that is told."""
    team: str = ""
    """What the team is to change; empty where it is not theirs."""
    over: tuple[str, ...] = ()
    """Causes that are only its consequence, or a less exact word for it."""
    unless: tuple[Sign, ...] = ()
    """Where one of these is seen, it is not the cause."""


def within(title: str) -> str:
    """A title as it goes on in a sentence: `CUDA` keeps its capitals."""
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


class Catalogue(msgspec.Struct, frozen=True):
    """All causes, in the order of the file."""

    causes: tuple[Cause, ...]

    def __getitem__(self, name: str) -> Cause:
        return self._by_name[name]

    @property
    def _by_name(self) -> dict[str, Cause]:
        return {each.name: each for each in self.causes}


@cache
def catalogue() -> Catalogue:
    """The catalogue that comes with the console."""
    return read(CAUSES.read_text(encoding="utf-8"), CAUSES.name)


def read(text: str, where: str) -> Catalogue:
    """Raises InvalidInput that names the entry and what is wrong with it."""
    # Not every command that may ask for the catalogue does: the rest start without a YAML parser.
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        entries = yaml.load(text, Loader=loader)
    except yaml.YAMLError as broken:
        raise InvalidInput(f"{where} is no YAML", why=str(broken)) from broken
    if not isinstance(entries, list):
        raise InvalidInput(f"{where} is no list of causes")
    causes = tuple(_cause(entry, where) for entry in entries)
    if wrong := next(_wrong(causes), ""):
        raise InvalidInput(f"{where}: {wrong}")
    return Catalogue(causes)


def _cause(entry: Any, where: str) -> Cause:
    name = entry.get("name", "?") if isinstance(entry, dict) else "?"
    try:
        return fitted(entry, Cause)
    except msgspec.ValidationError as wrong:
        raise InvalidInput(f"{where}: the cause {name} is not usable", why=str(wrong)) from wrong


def _wrong(causes: tuple[Cause, ...]) -> Iterator[str]:
    names = [each.name for each in causes]
    for each in causes:
        if names.count(each.name) > 1:
            yield f"{each.name} stands twice"
        for other in each.over:
            if other not in names:
                yield f"{each.name} is over {other}, which nobody knows"
        if not each.signs:
            yield f"{each.name} has no sign"
        for sign in signs_in((*each.signs, *each.unless)):
            if problem := _wrong_sign(sign):
                yield f"{each.name}: {problem}"


def signs_in(signs: Iterable[Sign]) -> Iterator[Sign]:
    """With those that they ask for besides."""
    for sign in signs:
        yield sign
        yield from signs_in(sign.also)


def _wrong_sign(sign: Sign) -> str:
    if (sign.fact is None) == (not sign.log):
        return "a sign is either a fact or a line of a log"
    if sign.log and not sign.words:
        return "a sign in a log needs its words"
    if (sign.raised or sign.at_end or sign.under) and not sign.log:
        return "only a line of a log ends a traceback, or a log, or has one below it"
    if sign.within is not None and not (sign.fact and sign.also):
        return "only a fact is near another one"
    if sign.half not in HALVES or sign.log not in (*HALVES, PLATFORM, ANY):
        return f"no container is called {sign.half or sign.log}"
    for pattern in (sign.words, sign.reason, sign.about, sign.under):
        try:
            re.compile(pattern)
        except re.error as broken:
            return f"{pattern!r} is no regular expression: {broken}"
    return ""
