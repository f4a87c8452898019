"""What the containers of a preflight have told: lines of their logs as values, unjudged. Pure.

A team's image can write what it likes into its own log: nothing here is proof, and all of it is
hostile text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import msgspec

_LINE = re.compile(r"preflight: ([a-z]{1,20}) (.*)")
_PAIR = re.compile(r"([a-z_]{1,20})=(\S*)")
_TO_THE_END = ("text", "name", "path", "display")
"""Keys whose value goes on to the end of the line."""
_MOST = 200
"""Lines of one container that are looked at; ours tell a dozen."""
UNKNOWN = ("", "-")


class NodeFact(msgspec.Struct, frozen=True, gc=False):
    """One thing that a container told."""

    topic: str
    values: Mapping[str, str] = msgspec.field(default_factory=dict)

    def get(self, key: str) -> str | None:
        """The value; None where the container could not tell it."""
        value = self.values.get(key, "")
        return None if value in UNKNOWN else value

    def number(self, key: str) -> int | None:
        value = self.get(key) or ""
        return int(value) if value.isascii() and value.isdigit() and len(value) < 19 else None


class ToldByContainers(msgspec.Struct, frozen=True, gc=False):
    """All that one container told."""

    container: str
    facts: tuple[NodeFact, ...] = ()

    def fact(self, topic: str) -> NodeFact | None:
        """The first of a topic: what comes after it may be of somebody else."""
        return next((each for each in self.facts if each.topic == topic), None)

    def value(self, topic: str, key: str) -> str | None:
        found = self.fact(topic)
        return found.get(key) if found else None

    @property
    def complete(self) -> bool:
        """It came to its end."""
        return self.fact("end") is not None


def told_by(container: str, log: Iterable[str]) -> ToldByContainers:
    """The facts in a container's log."""
    facts: list[NodeFact] = []
    for line in log:
        match = _LINE.fullmatch(line.rstrip("\r"))
        if match is not None and len(facts) < _MOST:
            facts.append(NodeFact(match[1], _values(match[2])))
    return ToldByContainers(container, tuple(facts))


def _values(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    while match := _PAIR.match(text):
        if match[1] in _TO_THE_END:
            found[match[1]] = text[len(match[1]) + 1 :].strip()
            break
        found[match[1]] = match[2]
        text = text[match.end() :].lstrip(" ")
    return found
