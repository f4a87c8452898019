"""Which causes show signs in a scene, and what speaks for each. What it weighs is `verdict`'s."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache

import msgspec

from console.diagnosis.catalogue import ANY, PLATFORM, Cause, Sign
from console.diagnosis.scene import Fact, FactKind, Scene, SeenLine, Witness, half_of
from console.diagnosis.tracebacks import Whose, whose_lines

_AT_ONCE = 64
"""Lines that are looked at as one text."""
_AT_END = 4
"""Lines of a log that are its end: what was done last, and what its supervisor said of it."""
_LETTERS = re.compile(r"(\\.|\(\?P<\w+>)|[A-Z]")
"""Capitals of a pattern outside of its escapes and its groups' names."""


Facts = Mapping[FactKind, Sequence[Fact]]


class Evidence(msgspec.Struct, frozen=True, gc=False):
    """One sign that was seen: the fact or the line of it."""

    sign: Sign
    fact: Fact | None = None
    line: SeenLine | None = None
    groups: tuple[tuple[str, str], ...] = ()
    """What its words named."""
    times: int = 1

    @property
    def witness(self) -> Witness:
        """Who says it."""
        if self.fact is not None:
            return self.fact.witness
        return self.line.witness if self.line is not None else Witness.AGENT


class Candidate(msgspec.Struct, frozen=True, gc=False):
    """A cause with what speaks for it."""

    cause: Cause
    evidence: tuple[Evidence, ...]


class Logs:
    """The lines of a scene by who wrote them, each log as some longer texts too.

    Most causes show nothing in most logs: a look at many lines as one text, in lower case, tells
    that several times as fast as a look at each. Not at all of them: while `re` looks, nobody else
    in this process goes on, and a hostile log takes it long.
    """

    def __init__(self, lines: Iterable[SeenLine]) -> None:
        self._by_container: dict[str, list[SeenLine]] = {}
        for line in lines:
            self._by_container.setdefault(line.container, []).append(line)
        self._texts = {name: _texts(lines) for name, lines in self._by_container.items()}
        self._lower = {name: [e.lower() for e in texts] for name, texts in self._texts.items()}
        self._raised: dict[str, dict[int, Whose]] = {}

    def lines_with(self, sign: Sign) -> Iterator[tuple[SeenLine, re.Match[str]]]:
        """Those that have the sign's words, by container."""
        texts = self._texts if sign.case else self._lower
        glance = _glance(sign.words, sign.case)
        for name, lines in self._by_container.items():
            if _is_of(sign.log, name) and any(map(glance.search, texts[name])):
                pattern = _pattern(sign.words, sign.case)
                own = self._raised_in(name, sign.raised) if sign.raised else lines
                own = lines[-_AT_END:] if sign.at_end else own
                own = _over(sign.under, lines, own) if sign.under else own
                yield from ((e, found) for e in own if (found := pattern.search(e.text)))

    def _raised_in(self, name: str, whose: Whose) -> Iterator[SeenLine]:
        lines = self._by_container[name]
        if name not in self._raised:
            self._raised[name] = whose_lines([each.text for each in lines])
        ends = self._raised[name]
        return (e for place, e in enumerate(lines) if ends.get(place, Whose.NO) is whose)


def _over(words: str, lines: list[SeenLine], own: Iterable[SeenLine]) -> list[SeenLine]:
    """Those of them that stand over a line with the words; after the last one stands nothing."""
    wanted, pattern = {id(each) for each in own}, _pattern(words, False)
    below = [each.text for each in lines[1:]] + [""]
    pairs = zip(lines, below, strict=True)
    return [each for each, text in pairs if id(each) in wanted and pattern.search(text)]


def _texts(lines: list[SeenLine]) -> list[str]:
    starts = range(0, len(lines), _AT_ONCE)
    return ["\n".join(line.text for line in lines[at : at + _AT_ONCE]) for at in starts]


def candidates(causes: tuple[Cause, ...], scene: Scene) -> tuple[Candidate, ...]:
    """Every cause of which a sign is seen and no exclusion, in the catalogue's order."""
    logs, facts = Logs(scene.lines), _by_kind(scene.facts)
    found = ((cause, tuple(_seen(cause.signs, facts, logs))) for cause in causes)
    return tuple(
        Candidate(cause, evidence)
        for cause, evidence in found
        if evidence and not any(_seen(cause.unless, facts, logs))
    )


def _by_kind(facts: Iterable[Fact]) -> Facts:
    kinds: dict[FactKind, list[Fact]] = {}
    for fact in facts:
        kinds.setdefault(fact.kind, []).append(fact)
    return kinds


def _seen(signs: tuple[Sign, ...], facts: Facts, logs: Logs) -> Iterator[Evidence]:
    for sign in signs:
        first = _of_log(sign, logs) if sign.log else _of_facts(sign, facts)
        if first is None:
            continue
        found = [next(_seen((other,), facts, logs), None) for other in sign.also]
        rest = [each for each in found if each is not None]
        if len(rest) == len(found) and all(_is_near(first, each, sign.within) for each in rest):
            yield first
            yield from rest


def _is_near(one: Evidence, other: Evidence, seconds: float | None) -> bool:
    if seconds is None:
        return True
    times = [each.fact.at for each in (one, other) if each.fact and each.fact.at]
    return len(times) > 1 and abs((times[0] - times[1]).total_seconds()) <= seconds


def _of_facts(sign: Sign, facts: Facts) -> Evidence | None:
    """The newest that fits."""
    own = facts.get(sign.fact, ()) if sign.fact else ()
    fits = [(fact, found) for fact in own if (found := _fits(sign, fact)) is not None]
    if sum(fact.count for fact, _ in fits) < sign.at_least or not fits:
        return None
    fact, groups = fits[-1]
    return Evidence(sign, fact, None, groups, sum(each.count for each, _ in fits))


def _fits(sign: Sign, fact: Fact) -> tuple[tuple[str, str], ...] | None:
    if sign.half and half_of(fact.about) != sign.half:
        return None
    if sign.exit and fact.exit_code not in sign.exit:
        return None
    if sign.signal and fact.signal not in sign.signal:
        return None
    if sign.seconds is not None and (fact.seconds is None or fact.seconds < sign.seconds):
        return None
    if sign.reason and not _pattern(sign.reason, sign.case).fullmatch(fact.reason):
        return None
    if sign.about and not _pattern(sign.about, sign.case).fullmatch(fact.about):
        return None
    found = _pattern(sign.words, sign.case).search(fact.text)
    return None if found is None else _groups(found)


def _of_log(sign: Sign, logs: Logs) -> Evidence | None:
    """The last line that has the words: what is nearest to the death says most."""
    found = list(logs.lines_with(sign))
    if len(found) < sign.at_least or not found:
        return None
    line, match = found[-1]
    return Evidence(sign, None, line, _groups(match), len(found))


def _is_of(log: str, container: str) -> bool:
    half = half_of(container)
    return log == ANY or half == log or (log == PLATFORM and half != "agent")


def _groups(found: re.Match[str]) -> tuple[tuple[str, str], ...]:
    # A number after a name tells apart alternatives that name the same.
    named = ((name.rstrip("0123456789"), text) for name, text in found.groupdict().items())
    return tuple((name, text) for name, text in named if text)


@cache
def _pattern(words: str, case: bool) -> re.Pattern[str]:
    return re.compile(words, 0 if case else re.IGNORECASE)


@cache
def _glance(words: str, case: bool) -> re.Pattern[str]:
    """For a whole text, which is in lower case where case does not count."""
    lower = words if case else _LETTERS.sub(lambda each: each[1] or each[0].lower(), words)
    return re.compile(lower, re.MULTILINE)
