"""The files that somebody means by a folder of results. Lists folders; opens no file.

One file a pair, one a route, however deep: what scripts write beside them stays out, and is named.
Standard-library Python 3.7.
"""

from __future__ import annotations

import os
import re

from console.results import files
from console.results.named_tuple import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Any, Iterator, Sequence

MOST_FILES = 20_000
_MERGED = "merged.json"
"""What Bench2Drive's merge writes into the folder that it reads, and leaves out there."""
_BESIDE = (_MERGED, "_ability.json", "records.json", "metric_info.json", "measurements.json")
"""How files end that hold no partial: a script's own results, and an agent's recordings."""
_NO_RECORDS = (*_BESIDE[1:], ".csv")
_OF_RESULTS = frozenset(("_checkpoint", "entry_status", "global_record", "records"))
"""Keys of which each file has some that an evaluator or a merge has written."""
_DIGITS = re.compile("([0-9]+)")


class FoundFiles(NamedTuple):
    """Paths in natural order, folder by folder; what of the folders stayed out, and why not all."""

    paths: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    refused: str = ""
    from_folders: frozenset[str] = frozenset()
    """Those of `paths` that nobody named by themselves."""


def gathered(paths: Sequence[str], endpoint: str) -> FoundFiles:
    """The files among these paths, and those in the folders among them.

    `endpoint`: what is to be written; where it lies in such a folder it is no part of it.
    """
    found: list[str] = []
    left_out: list[str] = []
    inside: set[str] = set()
    for path in paths:
        if not os.path.isdir(path):
            found.append(path)
            continue
        parts: list[str] = []
        for name in _inside(path):
            beside = _is_beside(name) or _same(name, endpoint)
            (left_out if beside else parts).append(name)
        if not parts:
            return FoundFiles((), (), f"the folder {files.shown(path)} has no result file")
        found += parts
        inside.update(parts)
        if len(found) > MOST_FILES:
            what = f"the folder {files.shown(path)} has more than {MOST_FILES} result files"
            return FoundFiles((), (), what)
    return FoundFiles(tuple(found), tuple(left_out), from_folders=frozenset(inside))


def is_made_of_results(path: str) -> bool:
    """Whether its name alone says that a script has made it of results, as a table or abilities."""
    return path.endswith(_NO_RECORDS)


def is_no_result(document: Any) -> bool:
    """Whether that value is of something else, as a configuration; a torn file has none."""
    if document is None:
        return False
    return not (isinstance(document, dict) and _OF_RESULTS & document.keys())


def _inside(folder: str) -> Iterator[str]:
    count = 0
    for place, folders, names in os.walk(folder):
        folders.sort(key=_natural)
        for name in sorted(names, key=_natural):
            if name.endswith(".json") and count <= 2 * MOST_FILES:
                count += 1
                yield os.path.join(place, name)


def _is_beside(path: str) -> bool:
    return path.endswith(_BESIDE)


def _same(path: str, endpoint: str) -> bool:
    return files.same_file(path, endpoint)


def _natural(name: str) -> list[tuple[int, str]]:
    """`9` before `10`: by the count of figures, then by them."""
    return [(len(part.lstrip("0")) if part.isdigit() else 0, part) for part in _DIGITS.split(name)]
