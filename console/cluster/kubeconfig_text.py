"""The text of a kubeconfig as a plain document.

Nothing comes out but mappings, lists, text, numbers, truth values and None, and a small text
cannot become a large document through its aliases.
"""

from __future__ import annotations

import json
import re
from typing import Any

LARGEST_DOCUMENT = 300_000
"""Values; a kubeconfig of 5,000 clusters, users and contexts has 100,000."""
DEEPEST = 60

_HALF_A_CHARACTER = re.compile("[\ud800-\udfff]")


class Unreadable(ValueError):
    """Why the text is no document, in a sentence."""


def document_of(content: bytes) -> Any:
    """What stands in it; None for an empty file or one of comments. Raises Unreadable."""
    try:
        found = _json(content)
        return _Copying().copy(_yaml(content) if found is None else found)
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
    # Late: a JSON file, as the embedded cluster has, needs no reader that is so slow to import.
    from console.cluster import yaml_text

    try:
        return yaml_text.value_of(content)
    except yaml_text.NoYaml as error:
        raise Unreadable(str(error)) from None


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
