"""Whether the terminal can show more than ASCII, and what its rows are made of where it cannot.

Loads no toolkit: the frame before the first screen has the same letters.
"""

from __future__ import annotations

from collections.abc import Mapping

_SAID_BY = ("LC_ALL", "LC_CTYPE", "LANG")
"""The first that says anything counts, as in every program that has a locale."""


def ascii_alone(environ: Mapping[str, str], *, flag: bool = False) -> bool:
    """Where `--ascii` asks for it, or the locale is another than of UTF-8.

    A locale that nobody names is taken for one of UTF-8, as Python takes it: most terminals are,
    and where `kubectl exec` opens one it names none. Beside a `LANG=C` Python itself writes
    `LC_CTYPE=C.UTF-8`.
    """
    said = next((environ[name] for name in _SAID_BY if environ.get(name)), "")
    letters = said.partition(".")[2].partition("@")[0].lower().replace("-", "")
    return flag or (bool(said) and letters != "utf8")
