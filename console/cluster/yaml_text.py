"""The text of a kubeconfig as a plain document, by the rules of kubectl's YAML reader.

What kubectl takes for a number or a truth value is no text here either (`name: 2024`, `name: y`).
Nothing comes out but mappings, lists, text, numbers, truth values and None, and a small text
cannot become a large document through its aliases.
"""

from __future__ import annotations

import json
import re
from typing import Any, ClassVar

import yaml

LARGEST_DOCUMENT = 300_000
"""Values; a kubeconfig of 5,000 clusters, users and contexts has 100,000."""
DEEPEST = 60

_TAG = "tag:yaml.org,2002:"
_HALF_A_CHARACTER = re.compile("[\ud800-\udfff]")


class Unreadable(ValueError):
    """Why the text is no document, in a sentence."""


class _Loader(yaml.SafeLoader):
    """Scalars as Go's reader of YAML 1.1 has them: no dates, no base 60; y and n are booleans."""

    yaml_implicit_resolvers: ClassVar = {}  # type: ignore[misc]
    yaml_constructors: ClassVar = {}

    def number(self, node: yaml.ScalarNode) -> Any:
        text = str(node.value).replace("_", "")
        for read in (lambda t: int(t, 0), lambda t: int(t, 8), float):
            try:
                return read(text)
            except ValueError:
                continue
        return float("nan")

    def truth(self, node: yaml.ScalarNode) -> bool:
        return str(node.value).lower() in ("y", "yes", "true", "on")


_SCALARS = (
    ("bool", r"(?i:y|n|yes|no|on|off|true|false)", "yYnNtTfFoO", _Loader.truth),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""], _Loader.construct_yaml_null),
    (
        "int",
        r"[-+]?(0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*)",
        "-+0123456789",
        _Loader.number,
    ),
    (
        "float",
        r"[-+]?(\.[0-9_]+|[0-9][0-9_]*(\.[0-9_]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(?i:inf)|\.(?i:nan)",
        "-+.0123456789",
        _Loader.number,
    ),
    ("merge", "<<", "<", None),
)
for _name, _pattern, _first, _construct in _SCALARS:
    _Loader.add_implicit_resolver(_TAG + _name, re.compile(f"(?:{_pattern})$"), list(_first))
    if _construct is not None:
        _Loader.yaml_constructors[_TAG + _name] = _construct
_Loader.yaml_constructors |= {
    _TAG + "str": _Loader.construct_yaml_str,
    _TAG + "seq": _Loader.construct_yaml_seq,
    _TAG + "map": _Loader.construct_yaml_map,
    None: _Loader.construct_undefined,
}


def document_of(content: bytes) -> Any:
    """What stands in it; None for an empty file or one of comments. Raises Unreadable."""
    try:
        found = _json(content)
        return _Copying().copy(_yaml(content) if found is None else found)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        raise Unreadable(f"Line {mark.line + 1} is wrong." if mark else "It is no text.") from None
    except RecursionError:
        raise Unreadable("Its values are nested too deeply.") from None


def _json(content: bytes) -> Any:
    """A JSON document; YAML's own reader refuses the tabs that JSON may be indented with."""
    if not content.lstrip().startswith(b"{"):
        return None
    try:
        return json.loads(content)
    except ValueError:
        return None


def _yaml(content: bytes) -> Any:
    loader: Any = _Loader(content)
    try:
        first = loader.get_data() if loader.check_data() else None
        while loader.check_data():
            if loader.get_data() is not None:
                raise Unreadable("It holds several documents, of which kubectl reads the first.")
        return first
    finally:
        loader.dispose()


class _Copying:
    """The document as a tree of its own, without the keys whose value is null."""

    def __init__(self) -> None:
        self._left = LARGEST_DOCUMENT

    def copy(self, value: Any, depth: int = 0, *, keep_null: bool = False) -> Any:
        self._left -= 1
        if self._left < 0 or depth > DEEPEST:
            raise Unreadable("It holds too many values, or a value that holds itself.")
        if isinstance(value, dict):
            return {
                _key(key): self.copy(each, depth + 1, keep_null=keep_null or key == "extension")
                for key, each in value.items()
                if each is not None or keep_null
            }
        if isinstance(value, list):
            return [self.copy(each, depth + 1, keep_null=keep_null) for each in value]
        if isinstance(value, str) and _HALF_A_CHARACTER.search(value):
            raise Unreadable("It holds a text with half a character (a lone surrogate).")
        return value


def _key(key: Any) -> str:
    return json.dumps(key) if isinstance(key, bool | int | float) else str(key)
