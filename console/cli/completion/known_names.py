"""Names that this machine knows without asking anybody: the last known list, kubeconfigs, files.

What cannot be read is no name: a Tab is no place for an error, and the command itself will say it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from console import paths
from console.cli.completion.kubeconfig_glance import contexts
from console.kubernetes_grammar.names import LABEL, SUBDOMAIN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    from console.cli.completion.kubeconfig_glance import Context

    Source = Callable[[dict[str, str]], Iterable[str]]

_ZONES = "/usr/share/zoneinfo/zone.tab"
_LONGEST_LIST = 2_000_000
_LONGEST_KUBECONFIG = 500_000
"""Bytes; a longer one is not worth a user's wait for each Tab."""


def known(kind: str, given: dict[str, str]) -> Iterable[str]:
    """Sorted names of that kind, for the cluster that the flags before mean."""
    sources: dict[str, Source] = {
        "submission": _submissions,
        "namespace": _namespaces,
        "context": lambda given: (name for name, _ in _contexts(given)),
        "profile or file": lambda _: _stems(paths.job_specs() / "profiles"),
        "preset or file": lambda _: _stems(paths.presets()),
        "time zone": lambda _: _time_zones(),
        "theme": lambda _: {*_stems(paths.themes()), *_stems(paths.user_themes())},
    }
    return sorted(set(sources[kind](given))) if kind in sources else ()


def _submissions(given: dict[str, str]) -> Iterator[str]:
    namespace = given.get("--namespace")
    for place, name in _listed(given):
        if namespace in (None, place) and not SUBDOMAIN.faults(name):
            yield name


def _namespaces(given: dict[str, str]) -> Iterator[str]:
    told = [place for place, _ in _listed(given)]
    told += [place for _, place in _contexts(given)]
    return (each for each in told if not LABEL.faults(each))


def _listed(given: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Namespace and name of what was listed last: for these flags, or without the namespace."""
    asked = [given.get(flag) for flag in ("--kubeconfig", "--context", "--namespace")]
    for namespace in {asked[2], None}:
        question = paths.asked_cluster(asked[0], asked[1], namespace, local="--local" in given)
        for row in _rows(paths.last_known_list(question)):
            yield str(row.get("namespace")), str(row.get("name"))


def _rows(file: Path) -> list[dict[str, Any]]:
    import json

    try:
        with file.open("rb") as stored:
            return _mappings(json.loads(stored.read(_LONGEST_LIST)), "rows")
    except (OSError, ValueError, RecursionError):
        return []


def _contexts(given: dict[str, str]) -> Iterator[Context]:
    for file in paths.kubeconfigs(given.get("--kubeconfig"), os.environ):
        try:
            with file.open("rb") as stored:
                found = [*contexts(stored.read(_LONGEST_KUBECONFIG).decode(errors="replace"))]
        except (OSError, ValueError, RecursionError):
            continue
        yield from found


def _mappings(document: Any, key: str) -> list[dict[str, Any]]:
    """The mappings in the list of that name; a file may be of any shape."""
    found = document.get(key) if isinstance(document, dict) else None
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _time_zones() -> Iterator[str]:
    """Those of the system's own table: the library would read a folder of hundreds of files."""
    yield from ("Local", "UTC")
    try:
        with open(_ZONES, encoding="utf-8") as table:
            lines = [line.split("\t") for line in table.read(_LONGEST_KUBECONFIG).splitlines()]
    except (OSError, ValueError):
        return
    yield from (line[2] for line in lines if len(line) > 2 and not line[0].startswith("#"))


def _stems(folder: Path) -> Iterator[str]:
    return (file.stem for file in folder.glob("*.yaml"))
