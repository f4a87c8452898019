"""Python's import machinery as it was: what start-up code of an image changed is taken back.

A site-packages folder may bring `.pth` files, a sitecustomize or a usercustomize, all of which run
code. Teams need what they add at the end (editable installs, namespaces); nothing they put in front
may answer for the official packages. Knows no path and no package of the Leaderboard.
"""

from __future__ import annotations

import builtins
import importlib
import os
import site
import subprocess
import sys
import threading
from typing import Any, Iterable

_INTERNALS = ("importlib", "_frozen_importlib", "_frozen_importlib_external", "zipimport")


class Untouched:
    """The machinery at the moment of its creation; `restore` brings it back."""

    def __init__(self) -> None:
        self._modules = [builtins, *(importlib.import_module(name) for name in _INTERNALS)]
        self._values = [(each, dict(vars(each))) for each in self._modules]
        self._values += [(kind, dict(vars(kind))) for kind in self._classes()]
        self._finders, self._hooks = list(sys.meta_path), list(sys.path_hooks)

    def _classes(self) -> list[Any]:
        found = [value for module in self._modules[1:] for value in vars(module).values()]
        return [value for value in found if isinstance(value, type)]

    def restore(self) -> None:
        """Everything as it was; finders and hooks that came since stand behind the old ones."""
        for owner, values in self._values:
            _put_back(owner, values)
        sys.meta_path[:] = _first(self._finders, sys.meta_path)
        sys.path_hooks[:] = _first(self._hooks, sys.path_hooks)
        sys.path_importer_cache.clear()
        sys.settrace(None)
        sys.setprofile(None)
        threading.settrace(None)
        threading.setprofile(None)


def run_site(search_path: Iterable[str]) -> None:
    """Do what Python does at its start: `search_path` first, site-packages, start-up code of both.

    Output and failures are those of Python itself, which goes on after either.
    """
    sys.path[:0] = list(search_path)
    wanted = not os.environ.get("PYTHONNOUSERSITE") and os.geteuid() == os.getuid()
    site.ENABLE_USER_SITE = wanted and os.getegid() == os.getgid()
    site.main()


def forget(packages: Iterable[str]) -> None:
    """Drop these packages and all in them, as if they had never been imported."""
    tops = set(packages)
    for name in [each for each in sys.modules if each.partition(".")[0] in tops]:
        del sys.modules[name]


def start_children_as_usual() -> None:
    """Let a process that Python itself starts (multiprocessing) start as in any other program.

    Our own start is isolated and without site-packages; a child gets its flags from ours.
    """
    usual = subprocess._args_from_interpreter_flags  # type: ignore[attr-defined]

    def flags() -> list[str]:
        return [each for each in usual() if each not in ("-I", "-S")]

    subprocess._args_from_interpreter_flags = flags  # type: ignore[attr-defined]


def _put_back(owner: Any, values: dict[str, Any]) -> None:
    for name, value in list(vars(owner).items()):
        if name not in values and isinstance(owner, type):
            delattr(owner, name)
        elif name in values and value is not values[name]:
            setattr(owner, name, values[name])
    for name in values.keys() - vars(owner).keys():
        setattr(owner, name, values[name])


def _first(old: list[Any], now: list[Any]) -> list[Any]:
    return old + [each for each in now if each not in old]
