"""A template of a line as stern's users write it. Pure; executes nothing.

Go's templates are a language; understood is what stern's own examples need: a field, a text, and a
few functions of a field. All else is refused with what is understood.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

import msgspec

from console.cli.quoted_text import unquoted
from console.errors import InvalidInput

FIELDS = (
    *("Message", "Timestamp", "Namespace", "Submission", "PodName", "ContainerName", "NodeName"),
    "Attempt",
)
COLOURS = {
    "colorBlack": "30",
    "colorRed": "31",
    "colorGreen": "32",
    "colorYellow": "33",
    "colorBlue": "34",
    "colorMagenta": "35",
    "colorCyan": "36",
    "colorWhite": "37",
}
OWN_COLOURS = (".ContainerColor", ".PodColor")
UNDERSTOOD = (
    f"Understood are {', '.join(f'{{{{.{field}}}}}' for field in FIELDS)}, "
    '{{"text\\n"}}, {{json .Message}}, {{printf "%s %s" .A .B}}, {{color .ContainerColor .A}} and '
    "{{colorRed .A}} (Black to White)."
)
_QUOTED = r'"(?:\\.|[^"\\])*"'
_ACTION = re.compile(rf"\{{\{{((?:{_QUOTED}|[^\"{{}}])*)\}}\}}")
_WORD = re.compile(rf"\s*({_QUOTED}|[^\s\"]+)")
_VERB = re.compile(r"%(?P<wide>-?\d{0,3})[sv]|%(?P<percent>%)|%.?")


class LinePiece(msgspec.Struct, frozen=True):
    """A field, or a text where it names none."""

    field: str = ""
    text: str = ""
    colour: str = ""
    """Its code, or `own`: the container's."""
    quoted: bool = False
    """As JSON has it."""
    wide: int = 0
    """At least so many characters, to the left where it is negative."""

    def filled(self, values: Mapping[str, str], own: str, *, colours: bool) -> str:
        told = values[self.field] if self.field else self.text
        if self.quoted:
            told = json.dumps(told, ensure_ascii=False)
        told = told.ljust(-self.wide) if self.wide < 0 else told.rjust(self.wide)
        code = own if self.colour == "own" else self.colour
        return f"\x1b[{code}m{told}\x1b[0m" if code and colours else told


def line_template(text: str) -> tuple[LinePiece, ...]:
    """Raises InvalidInput for what is not understood."""
    pieces, place = [], 0
    for match in _ACTION.finditer(text):
        pieces += [*_plain(text[place : match.start()]), *_action(match[1])]
        place = match.end()
    pieces += _plain(text[place:])
    if not any(piece.field for piece in pieces):
        raise _refused(text, "it names no field")
    return tuple(pieces)


def _plain(text: str) -> list[LinePiece]:
    if "{{" in text or "}}" in text:
        raise _refused(text)
    return [LinePiece(text=text)] if text else []


def _action(action: str) -> Iterator[LinePiece]:
    words = _WORD.findall(action.strip().strip("-"))
    match words:
        case [word] if word.startswith('"'):
            yield LinePiece(text=_unquoted(word))
        case [field]:
            yield LinePiece(_field(field))
        case ["json", field]:
            yield LinePiece(_field(field), quoted=True)
        case ["color", colour, field] if colour in OWN_COLOURS:
            yield LinePiece(_field(field), colour="own")
        case [function, field] if function in COLOURS:
            yield LinePiece(_field(field), colour=COLOURS[function])
        case ["printf", format_, *fields] if format_.startswith('"'):
            yield from _printed(_unquoted(format_), [_field(each) for each in fields], action)
        case _:
            raise _refused(f"{{{{{action}}}}}")


def _printed(text: str, fields: list[str], action: str) -> Iterator[LinePiece]:
    left, place = iter(fields), 0
    for verb in _VERB.finditer(text):
        if verb.start() > place:
            yield LinePiece(text=text[place : verb.start()])
        place = verb.end()
        if verb["percent"]:
            yield LinePiece(text="%")
        elif verb["wide"] is None or (field := next(left, None)) is None:
            raise _refused(f"{{{{{action}}}}}")
        else:
            wide = verb["wide"]
            yield LinePiece(field, wide=int(wide) if wide.strip("-") else 0)
    if text[place:]:
        yield LinePiece(text=text[place:])
    if next(left, None) is not None:
        raise _refused(f"{{{{{action}}}}}", "it has more fields than %s")


def _field(word: str) -> str:
    if word.removeprefix(".") not in FIELDS or not word.startswith("."):
        raise _refused(word)
    return word.removeprefix(".")


def _unquoted(word: str) -> str:
    try:
        return unquoted(word)
    except ValueError:
        raise _refused(word) from None


def _refused(text: str, why: str = "") -> InvalidInput:
    reason = f": {why}" if why else ""
    return InvalidInput(f"--template: {text[:60]!r} is not understood{reason}.", why=UNDERSTOOD)
