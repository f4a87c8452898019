"""RFC 6902 JSON patches. Pure: the document given is not changed."""

from __future__ import annotations

import copy
from typing import Any

from console.localcluster.api.refusals import ApiFailure

_MOST_OPERATIONS = 10_000


def apply_json_patch(document: Any, operations: Any) -> Any:
    """The document after all operations. Raises ApiFailure 400, 413 or 422."""
    if not isinstance(operations, list) or not all(isinstance(o, dict) for o in operations):
        raise ApiFailure(400, "error decoding patch: a JSON patch is a list of operations")
    if len(operations) > _MOST_OPERATIONS:
        message = f"The allowed maximum operations in a JSON patch is {_MOST_OPERATIONS}"
        raise ApiFailure(413, f"{message}, got {len(operations)}")
    result = copy.deepcopy(document)
    for operation in operations:
        result = _apply(result, operation)
    return result


def _apply(document: Any, operation: dict[str, Any]) -> Any:
    kind, path = operation.get("op"), _pointer(operation.get("path"))
    if kind == "test":
        if _find(document, path) != operation.get("value"):
            raise _failed(f"testing value {operation.get('path')} failed")
        return document
    if kind in ("move", "copy"):
        source = _pointer(operation.get("from"))
        value = copy.deepcopy(_find(document, source))
        if kind == "move":
            document = _remove(document, source)
        return _add(document, path, value)
    if kind == "remove":
        return _remove(document, path)
    if kind in ("add", "replace"):
        if kind == "replace":
            _find(document, path)
        value = copy.deepcopy(operation.get("value"))
        return _add(document, path, value, replace=kind == "replace")
    raise _failed(f"unexpected kind: {kind}")


def _pointer(text: Any) -> list[str]:
    if not isinstance(text, str) or (text and not text.startswith("/")):
        raise _failed(f"path {text!r} is not a JSON pointer")
    return [part.replace("~1", "/").replace("~0", "~") for part in text.split("/")[1:]]


def _find(document: Any, path: list[str]) -> Any:
    for part in path:
        if isinstance(document, dict) and part in document:
            document = document[part]
        elif isinstance(document, list):
            document = document[_index(document, part, len(document) - 1)]
        else:
            raise _absent(path)
    return document


def _add(document: Any, path: list[str], value: Any, *, replace: bool = False) -> Any:
    if not path:
        return value
    parent, last = _find(document, path[:-1]), path[-1]
    if isinstance(parent, dict):
        parent[last] = value
    elif isinstance(parent, list) and replace:
        parent[_index(parent, last, len(parent) - 1)] = value
    elif isinstance(parent, list):
        position = len(parent) if last == "-" else _index(parent, last, len(parent))
        parent.insert(position, value)
    else:
        raise _absent(path)
    return document


def _remove(document: Any, path: list[str]) -> Any:
    _find(document, path)
    if not path:
        return None
    parent, last = _find(document, path[:-1]), path[-1]
    if isinstance(parent, dict):
        del parent[last]
    else:
        del parent[_index(parent, last, len(parent) - 1)]
    return document


def _index(parent: list[Any], text: str, largest: int) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 10) or int(text) > largest:
        raise _failed(f"index {text!r} is out of bounds for a list of {len(parent)}")
    return int(text)


def _absent(path: list[str]) -> ApiFailure:
    return _failed(f"path /{'/'.join(path)} does not exist: missing value")


def _failed(why: str) -> ApiFailure:
    return ApiFailure(
        422,
        f"the server rejected our request due to an error in our request: {why}",
        reason="Invalid",
    )
