"""YAML text as plain values plus the line of every node. Knows nothing of Jobs."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from typing import Any

import msgspec
import yaml
from yaml.composer import Composer
from yaml.constructor import SafeConstructor

from console.errors import InvalidInput
from console.specs.document_places import Place

MOST_NODES = 50_000
"""Aliases can make a small text into an endless tree; a Job has a few hundred nodes."""
DEEPEST = 100
"""A Job nests twelve deep; PyYAML needs a second for every thousand brackets, and that squared."""


_DISPUTED = frozenset("\t\ufeff")
_STANDARD = "tag:yaml.org,2002:"
_KINDS = ("map", "seq", "str", "int", "float", "bool", "null", "merge")


class Document(msgspec.Struct, frozen=True):
    """One YAML document: its values, and where each of them stands."""

    source: str
    """The file's name, as errors give it."""
    content: dict[str, Any]
    lines: Mapping[Place, int] = msgspec.field(default_factory=dict)
    """Line of every key, list item and of the document itself, from 1."""
    written: Mapping[Place, str] = msgspec.field(default_factory=dict)
    """Every number as it stands in the text: `007` and `1.10` are others once they are numbers."""

    def line(self, place: Place) -> int | None:
        """The line of a place, or of the nearest one around it; None without any line."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place)

    def at(self, place: Place) -> str:
        """`file, line 12`, for the start of a message."""
        line = self.line(place)
        return self.source if line is None else f"{self.source}, line {line}"


def parse(text: str, source: str) -> Document:
    """The one mapping that `text` holds; InvalidInput for anything else."""
    text = _blank_for_tabs(text)
    try:
        loader, node = _composed(text)
        if node is None:
            raise InvalidInput(f"{source} is empty.")
        reading = _ReadingTree(source, loader)
        content = reading.value(node, ())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{source}, line {mark.line + 1}" if mark else source
        raise InvalidInput(f"{where}: {error.problem or error.context}.") from error
    except yaml.YAMLError as error:
        raise InvalidInput(f"{source} is not YAML.", why=str(error)) from error
    except RecursionError as error:
        raise InvalidInput(f"{source} is nested too deeply.") from error
    if not isinstance(content, dict):
        raise InvalidInput(f"{source}, line {node.start_mark.line + 1}: a mapping is wanted here.")
    return Document(source, content, reading.lines, reading.written)


def _blank_for_tabs(text: str) -> str:
    """JSON may be indented with tabs, YAML may not; in JSON no tab is part of a value."""
    if "\t" not in text or not text.lstrip().startswith("{"):
        return text
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return text
    return text.replace("\t", " ")


def _composed(text: str) -> tuple[SafeConstructor, yaml.Node | None]:
    """The tree, by libyaml where it is there and has no complaint: it takes a tenth of the time.

    What YAML is, and with which words it is refused, PyYAML's own scanner decides: libyaml is more
    patient with tabs and byte order marks, and counts the lines of nothing differently.
    """
    if yaml.__with_libyaml__ and not _DISPUTED.intersection(text):
        with contextlib.suppress(yaml.YAMLError, UnicodeError):
            quick = _QuickLoader(text)
            node = quick.get_single_node()
            if isinstance(node, yaml.MappingNode):
                return quick, node
    loader = _PlainLoader(text)
    return loader, loader.get_single_node()


class _PlainLoader(yaml.SafeLoader):
    """Bounded while it scans, which is what takes so long."""

    flow_level: int
    indents: list[int]

    def fetch_flow_collection_start(self, token: type[yaml.Token]) -> None:
        self._bounded()
        super().fetch_flow_collection_start(token)

    def add_indent(self, column: int) -> bool:
        self._bounded()
        return bool(super().add_indent(column))

    def _bounded(self) -> None:
        if self.flow_level + len(self.indents) > DEEPEST:
            raise yaml.MarkedYAMLError(problem="nested too deeply", problem_mark=self.get_mark())


class _QuickLoader(Composer, yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader):  # type: ignore[misc]
    """libyaml's events, put together by Python: its own way there has no bound."""

    def __init__(self, text: str) -> None:
        Composer.__init__(self)
        yaml.CSafeLoader.__init__(self, text)
        self._depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self._depth > DEEPEST:
            raise yaml.YAMLError("nested too deeply")
        self._depth += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self._depth -= 1


# YAML without its dates: Kubernetes has none, and a date is no JSON value.
_PlainLoader.yaml_implicit_resolvers = _QuickLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class _ReadingTree:
    """One walk over the nodes of a document; collects the lines on its way."""

    def __init__(self, source: str, loader: SafeConstructor) -> None:
        self.lines: dict[Place, int] = {}
        self.written: dict[Place, str] = {}
        self._source = source
        self._loader = loader
        self._seen = 0

    def value(self, node: yaml.Node, place: Place) -> Any:
        self.lines.setdefault(place, node.start_mark.line + 1)
        self._seen += 1
        if self._seen > MOST_NODES or len(place) > DEEPEST:
            raise self._refused(node, "the document is too large, or an alias contains itself")
        kind = node.tag.rpartition(":")[2]
        if not node.tag.startswith(_STANDARD) or kind not in _KINDS:
            raise self._refused(node, f"{node.tag} is no value that JSON can carry")
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, place)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*place, index)) for index, item in enumerate(node.value)]
        value = self._scalar(node)
        if isinstance(value, int | float) and not isinstance(value, bool):
            self.written[place] = node.value
        return value

    def _mapping(self, node: yaml.MappingNode, place: Place) -> dict[str, Any]:
        content: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = self._key(key_node)
            if key in content:
                first = self.lines[(*place, key)]
                raise self._refused(key_node, f"{key!r} is here already, in line {first}")
            self.lines[(*place, key)] = key_node.start_mark.line + 1
            content[key] = self.value(value_node, (*place, key))
        return content

    def _key(self, node: yaml.Node) -> str:
        key = self._scalar(node) if isinstance(node, yaml.ScalarNode) else None
        if not isinstance(key, str):
            text = node.value if isinstance(node, yaml.ScalarNode) else "a collection"
            raise self._refused(node, f"{text} as a key is no text; put it in quotes")
        return key

    def _scalar(self, node: yaml.Node) -> Any:
        if node.tag.endswith(":merge"):
            return node.value
        try:
            value = self._loader.construct_object(node)
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            what = f"{node.value[:40]!r} is no {node.tag.rpartition(':')[2]} that can be read"
            raise self._refused(node, what) from error
        return self._paired(value, node) if isinstance(value, str) else value

    def _paired(self, text: str, node: yaml.Node) -> str:
        """JSON writes a character beyond the first 65,536 as two halves; YAML leaves them so."""
        try:
            return text.encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeDecodeError as error:
            raise self._refused(node, "half a character is here, and no text") from error

    def _refused(self, node: yaml.Node, why: str) -> InvalidInput:
        return InvalidInput(f"{self._source}, line {node.start_mark.line + 1}: {why}.")
