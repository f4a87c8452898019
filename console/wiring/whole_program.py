"""All that a process of many days needs of its own code, read before somebody replaces the files.

An upgrade beneath a recorder that runs puts other modules beside those that it has: what it would
read of them later need not fit. Knows no recorder.
"""

from __future__ import annotations

import importlib
import logging
import pkgutil
from collections.abc import Iterator

log = logging.getLogger(__name__)

ROOMS = (
    "cluster",
    "diagnosis",
    "domain",
    "kubernetes_grammar",
    "operations",
    "presentation",
    "publish",
    "recorder",
    "recorder_process",
    "results",
    "specs",
)
"""All but those that show something, and the embedded cluster, which is a program of its own."""


def read_whole(*packages: str) -> None:
    """Import every module of those packages. One that cannot be imported here is not used here."""
    for name in packages or tuple(f"console.{room}" for room in ROOMS):
        for module in _modules(name):
            try:
                importlib.import_module(module)
            except ImportError as error:
                log.info("%s is not there: %s", module, error)


def _modules(package: str) -> Iterator[str]:
    """Without programs: to import one is to run it."""
    yield package
    for found in pkgutil.iter_modules(importlib.import_module(package).__path__, f"{package}."):
        if found.ispkg:
            yield from _modules(found.name)
        elif not found.name.endswith(".__main__"):
            yield found.name
