"""Results at a place that have more finished drives than is known yet of what goes on from them.

A Job that goes on tells only after a while which drives it has taken over, and may end before. A
place may be the last that has them: until as many are known here, its results stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping

from console.operations.ports.object_place import ObjectPlace, StoredObject
from console.operations.storing import result_files
from console.operations.storing.tree import Tree
from console.results import jsontext


def kept_there(place: ObjectPlace, there: Mapping[str, StoredObject], tree: Tree) -> frozenset[str]:
    """The files of that tree that are not brought for now. A final result always is."""
    made, stored = (
        tree.files.get(result_files.MERGED),
        there.get(f"{tree.folder}/{result_files.MERGED}"),
    )
    if made is None or stored is None or tree.view.final or not tree.whose.earlier:
        return frozenset()
    if not 0 < stored.size <= jsontext.SIZE_LIMIT:
        return frozenset()
    if _drives(place.read(stored.key, stored.size) or b"") <= _drives(b"".join(made())):
        return frozenset()
    return frozenset(key for key in tree.files if result_files.is_result(key))


def _drives(content: bytes) -> int:
    """How many a merged file has; none in what is no such file."""
    try:
        return len(jsontext.bounded(content.decode())["_checkpoint"]["records"])
    except (KeyError, TypeError, ValueError):
        return 0
