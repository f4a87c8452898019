"""Which namespace was chosen last in a context, and before: a file, for the next time.

Holds names only. What cannot be read is no choice; a full disk costs the memory and nothing else.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from console import paths
from console.results import files
from console.struct_library import decoder_of

if TYPE_CHECKING:
    from console.operations.ports.cluster import ClusterDescription

EVERYWHERE = "*"
MOST_RECENT = 9
"""As many as there are digits for them."""
_MOST_CONTEXTS = 200
_MOST_BYTES = 200_000


class NamespaceChoice(msgspec.Struct, frozen=True):
    """Of one context. In the order in which they were chosen first: a digit stays the same."""

    chosen: str = ""
    """Empty: the context's own; EVERYWHERE: all."""
    recent: tuple[str, ...] = ()


_Stored = dict[str, NamespaceChoice]


def _file() -> Path:
    return paths.state() / "namespaces.json"


def any_chosen() -> bool:
    """Whether there is anything to recall."""
    return _file().exists()


def recall(where: ClusterDescription) -> NamespaceChoice:
    """What was chosen there; nothing where nothing is known."""
    return _read().get(_key(where), NamespaceChoice())


def remember(where: ClusterDescription, own: str, *, everywhere: bool) -> None:
    """The console is in that namespace of that context now; `own` is the one the context names.

    Its own is no choice: it follows the kubeconfig.
    """
    stored, key = _read(), _key(where)
    before = stored.pop(key, NamespaceChoice())
    chosen = EVERYWHERE if everywhere else "" if where.namespace == own else where.namespace
    recent = before.recent
    if not everywhere and where.namespace not in recent:
        recent = (*recent, where.namespace)[-MOST_RECENT:]
    stored[key] = NamespaceChoice(chosen, recent)
    kept = dict([*stored.items()][-_MOST_CONTEXTS:])
    with contextlib.suppress(OSError):
        _file().parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        files.replace(str(_file()), [msgspec.json.encode(kept)], permissions=files.PRIVATE)


def _read() -> _Stored:
    try:
        with _file().open("rb") as opened:
            return decoder_of(_Stored).decode(opened.read(_MOST_BYTES))
    except (OSError, ValueError, RecursionError):
        return {}


def _key(where: ClusterDescription) -> str:
    """Two kubeconfigs may have one name for different clusters."""
    return f"{where.context} {where.server}"
