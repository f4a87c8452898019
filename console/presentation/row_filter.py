"""What is typed into a list's filter: parts of text, their inverse, fuzzy, labels, fields. Pure.

As in k9s: `text`, `!text`, `-f text`, `-l key=value,key!=value`; and `team=raven status=failed`.
Knows no rows: whoever has some says what their words, fields and labels are.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

import msgspec

FUZZY, LABELS = "-f", "-l"
_LIKE_A_FIELD = re.compile(r"!?([A-Za-z]\w*)!?=", re.ASCII)


class FieldTerm(msgspec.Struct, frozen=True):
    """A field, or a label, whose value has to be that, or must not be."""

    name: str
    value: str | None
    """None: it has to be there, whatever it is."""
    hides: bool = False


class FilterTerms(msgspec.Struct, frozen=True):
    """A filter that was read; without a term it leaves all."""

    plain: str = ""
    """In small letters."""
    hides: bool = False
    """Rows with the plain part are those that are not shown."""
    fuzzy: bool = False
    """Its letters in their order are enough."""
    labels: tuple[FieldTerm, ...] = ()
    fields: tuple[FieldTerm, ...] = ()

    def leaves(self, words: str, fields: Mapping[str, str], labels: Mapping[str, str]) -> bool:
        """Whether a row with these is shown. `words`, a line each of what is not one text, and the
        fields' values are in small letters."""
        if self.plain:
            found = _fuzzy(self.plain, words) if self.fuzzy else self.plain in words
            if found is self.hides:
                return False
        labelled = all(_is_label(term, labels) for term in self.labels)
        return labelled and all(_has_field(term, fields) for term in self.fields)


def wanted(typed: str, fields: Collection[str]) -> FilterTerms:
    """What was typed. A word like `team=raven` is a term where there is such a field."""
    typed = typed.strip()
    if typed == FUZZY or typed.startswith(f"{FUZZY} "):
        return FilterTerms(typed.removeprefix(FUZZY).replace(" ", "").lower(), fuzzy=True)
    if typed == LABELS or typed.startswith(f"{LABELS} "):
        parts = typed.removeprefix(LABELS).split(",")
        return FilterTerms(labels=tuple(_label(part.strip()) for part in parts if part.strip()))
    terms, rest = [], []
    for word in typed.split():
        term = _field(word, fields)
        terms.append(term) if term else rest.append(word)
    plain = " ".join(rest).lower() if terms else typed.lower()
    return FilterTerms(plain.lstrip("!").strip(), plain.startswith("!"), fields=tuple(terms))


def no_such_field(typed: str, fields: Collection[str]) -> str:
    """Of a word like `colour=red`, what there is to ask for; empty where all are known."""
    if typed.strip().split(" ")[0] in (FUZZY, LABELS):
        return ""
    named = (_LIKE_A_FIELD.match(word) for word in typed.split())
    unknown = [each[1] for each in named if each and each[1].lower() not in fields]
    return f"There is no field {unknown[0]}, but {', '.join(fields)}." if unknown else ""


def _field(word: str, fields: Collection[str]) -> FieldTerm | None:
    """`team=raven`, `!team=raven` or `team!=raven`."""
    name, equals, value = word.partition("=")
    hides = name.startswith("!") or name.endswith("!")
    name = name.strip("!").lower()
    return FieldTerm(name, value.lower(), hides) if equals and name in fields else None


def _label(part: str) -> FieldTerm:
    """`key=value`, `key==value`, `key!=value`, `key`, `!key`: a selector of kubectl."""
    name, equals, value = part.partition("=")
    if not equals:
        return FieldTerm(part.lstrip("!").strip(), None, part.startswith("!"))
    return FieldTerm(name.rstrip("!").strip(), value.lstrip("=").strip(), name.endswith("!"))


def _has_field(term: FieldTerm, fields: Mapping[str, str]) -> bool:
    return ((term.value or "") in fields.get(term.name, "")) is not term.hides


def _is_label(term: FieldTerm, labels: Mapping[str, str]) -> bool:
    found = term.name in labels if term.value is None else labels.get(term.name) == term.value
    return found is not term.hides


def _fuzzy(letters: str, words: str) -> bool:
    return any(_has_letters(letters, line) for line in words.split("\n"))


def _has_letters(letters: str, line: str) -> bool:
    at = 0
    for letter in letters:
        at = line.find(letter, at) + 1
        if not at:
            return False
    return True
