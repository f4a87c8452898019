"""A file's routes: XML in whatever encoding it declares, from a writer nobody vouches for.

Takes content, opens no file. Of a route its id, its town and its first scenario are looked at.
"""

from __future__ import annotations

import codecs
import re

from console.results.named_tuple import TYPE_CHECKING, NamedTuple
from console.results.subsets import PlanError, is_id, quoted

if TYPE_CHECKING:
    from typing import Any

SIZE_LIMIT = 64 * 1024 * 1024
NAME = "the routes file"
_MOST_IDS = 100_000
_LONGEST_NAME = 60
_WIDEST = 4
"""Bytes a character in memory as soon as one of a text is beyond Latin-1."""
_HEAD = 300
_DECLARATION = r"""<\?xml[^>]{0,200}?\sencoding\s*=\s*["']([^"'<>]{0,80})["']"""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\0?\0", "utf-16-le"),
    (b"\0<\0?", "utf-16-be"),
)
"""How a file may begin, and what it is written in then."""


class Route(NamedTuple):
    """One route: its id, its town, and what happens first on it; empty where it says none."""

    id: str
    town: str
    scenario: str = ""
    """A type of scenarios, such as `ParkingCutIn`."""


def text_of(content: bytes, name: str = NAME) -> str:
    """The text of a routes file, read as it declares itself. Raises PlanError, naming encodings."""
    if len(content) > SIZE_LIMIT // _WIDEST and not content.isascii():
        raise PlanError(f"{name} has {len(content)} bytes, and not of plain text")
    begins = next(((m, codec) for m, codec in _MARKS if content.startswith(m)), None)
    if begins is None:
        return _declared_text(content, name)
    mark, codec = begins
    body = content if mark.startswith((b"<", b"\0")) else content[len(mark) :]
    text = _decoded(body, codec, f"begins like {_family(codec)}", name)
    declared = _declaration(text)
    if declared and not _same(declared, codec, name):
        what = f"begins like {_family(codec)}, but declares the encoding {quoted(declared)}"
        raise PlanError(f"{name} {what}")
    return text


def route_ids(content: bytes | str, name: str = NAME) -> list[str]:
    """Ids of all routes of a routes file, in file order. Raises PlanError."""
    return [each.id for each in routes(content, name)]


def routes(content: bytes | str, name: str = NAME) -> list[Route]:
    """All routes of a routes file, in file order. Raises PlanError."""
    # Most merges have no routes file, and the parser takes as long to load as to read one.
    from xml.parsers import expat

    text = content if isinstance(content, str) else text_of(content, name)
    reader = _Reader(name)
    parser = expat.ParserCreate("utf-8", "}")
    parser.StartElementHandler = lambda tag, said: reader.element(tag, said, parser)
    parser.StartDoctypeDeclHandler = reader.document_type
    try:
        parser.Parse(text, True)
    except expat.ExpatError as broken:
        raise PlanError(f"{name} is not XML: {broken}") from broken
    except UnicodeError as broken:
        raise PlanError(f"{name} holds characters that no XML has") from broken
    if not reader.routes:
        raise PlanError(f"{name} has no routes")
    return reader.routes


class _Reader:
    def __init__(self, name: str) -> None:
        self.routes: list[Route] = []
        self._name = name

    def element(self, tag: str, said: dict[str, str], parser: Any) -> None:
        if tag == "scenario" and self.routes and not self.routes[-1].scenario:
            kind = said.get("type", "")[:_LONGEST_NAME]
            self.routes[-1] = self.routes[-1]._replace(scenario=kind)
        if tag != "route":
            return
        line, route = parser.CurrentLineNumber, said.get("id")
        if route is None or not is_id(route):
            what = "without an id" if route is None else f"with the id {quoted(route)}, no number"
            raise PlanError(f"{self._name} has a route {what} in line {line}")
        if len(self.routes) >= _MOST_IDS:
            raise PlanError(f"{self._name} has more than {_MOST_IDS} routes")
        self.routes.append(Route(route, said.get("town", "")[:_LONGEST_NAME]))

    def document_type(self, *_: Any) -> None:
        raise PlanError(f"{self._name} declares a document type, which no routes file needs")


def _declared_text(content: bytes, name: str) -> str:
    declared = _declaration(content[:_HEAD].decode("latin-1"))
    if not declared:
        return _decoded(content, "utf-8", "declares no encoding, so it is UTF-8", name)
    _codec(declared, name)
    text = _decoded(content, declared, f"declares the encoding {quoted(declared)}", name)
    if _declaration(text) != declared:
        what = f"declares the encoding {quoted(declared)}, but is written in another one"
        raise PlanError(f"{name} {what}")
    return text


def _declaration(text: str) -> str:
    found = re.match(_DECLARATION, text[:_HEAD])
    return found[1] if found else ""


def _decoded(content: bytes, codec: str, why: str, name: str) -> str:
    try:
        return content.decode(codec)
    except (UnicodeError, LookupError, ValueError) as broken:
        place = f" at byte {broken.start}" if isinstance(broken, UnicodeDecodeError) else ""
        raise PlanError(f"{name} {why}, but holds something else{place}") from broken


def _codec(declared: str, name: str) -> str:
    """The codec that Python has under a declared name."""
    try:
        found = codecs.lookup(declared).name
        b"".decode(found)
    except (UnicodeError, LookupError, ValueError) as unknown:
        what = f"declares the encoding {quoted(declared)}, which is unknown"
        raise PlanError(f"{name} {what}") from unknown
    return found


def _same(declared: str, codec: str, name: str) -> bool:
    return _codec(declared, name).startswith(_family(codec).lower())


def _family(codec: str) -> str:
    return "-".join(codec.split("-")[:2]).upper()
