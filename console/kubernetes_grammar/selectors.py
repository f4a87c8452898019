"""Label selectors, as in `-l` and `labelSelector=`: which labels they mean. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

Labels = Mapping[str, str]
Chooses = Callable[[Labels], bool]

_KEY = r"(?P<key>[^\s=!,()]+)"
_SET_TERM = re.compile(rf"^{_KEY}\s+(?P<op>in|notin)\s*\((?P<values>[^()]*)\)$")
_EQUALITY_TERM = re.compile(rf"^{_KEY}\s*(?P<op>==|=|!=)\s*(?P<value>[^\s=!,()]*)$")
_PRESENCE_TERM = re.compile(rf"^(?P<absent>!?)\s*{_KEY}$")


class NoSelector(ValueError):
    """That term cannot be read."""

    def __init__(self, term: str) -> None:
        super().__init__(term)
        self.term = term


def label_selector(text: str) -> Chooses:
    """A predicate on labels, of terms that hold together; raises NoSelector."""
    terms = [_term(term.strip()) for term in _split(text)]
    return lambda labels: all(term(labels) for term in terms)


def _split(text: str) -> list[str]:
    """At commas outside parentheses."""
    return [term for term in re.split(r",(?![^(]*\))", text) if term.strip()]


def _term(term: str) -> Chooses:
    if match := _SET_TERM.match(term):
        key, values = match["key"], {value.strip() for value in match["values"].split(",")}
        wanted = match["op"] == "in"
        return lambda labels: (labels.get(key) in values) is wanted
    if match := _EQUALITY_TERM.match(term):
        key, value, equal = match["key"], match["value"], match["op"] != "!="
        return lambda labels: (labels.get(key) == value) is equal
    if match := _PRESENCE_TERM.match(term):
        key, absent = match["key"], bool(match["absent"])
        return lambda labels: (key in labels) is not absent
    raise NoSelector(term)
