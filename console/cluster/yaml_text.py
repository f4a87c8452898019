"""YAML by the rules of kubectl's reader, as plain values. Knows no kubeconfig.

What kubectl takes for a number or a truth value is no text here either (`name: 2024`, `name: y`).
"""

from __future__ import annotations

import re
from typing import Any, ClassVar

import yaml

_TAG = "tag:yaml.org,2002:"


class NoYaml(ValueError):
    """Why the text is no one document, in a sentence."""


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


def value_of(content: bytes) -> Any:
    """What stands in it; None for an empty file or one of comments. Raises NoYaml."""
    try:
        return _alone(_Loader(content))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        raise NoYaml(f"Line {mark.line + 1} is wrong." if mark else "It is no text.") from None


def _alone(loader: Any) -> Any:
    try:
        first = loader.get_data() if loader.check_data() else None
        while loader.check_data():
            if loader.get_data() is not None:
                raise NoYaml("It holds several documents, of which kubectl reads the first.")
        return first
    finally:
        loader.dispose()
