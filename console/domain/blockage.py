"""What keeps a submission from starting, as a value. `console.domain.blocking` finds it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum

import msgspec


class BlockKind(StrEnum):
    """What somebody has to mend before a blocked submission can start."""

    IMAGE = "image"
    NODE = "node"
    """No node fits, or the node cannot run a pod."""
    QUOTA = "quota"
    ADMISSION = "admission"
    """A webhook, a policy or the lack of a service account."""
    VOLUME = "volume"
    CONFIG = "config"
    SECRET = "secret"


class Blockage(msgspec.Struct, frozen=True, gc=False):
    """Why it cannot start, in one sentence, and what to do about it."""

    kind: BlockKind
    text: str
    advice: str
    containers: tuple[str, ...] = ()
    """Those that cannot start; empty: none of the pod can."""
    each: tuple[Blockage, ...] = ()
    """The same of every container that cannot start by itself, whatever its cause."""

    @property
    def reason(self) -> str:
        return f"{self.text} {self.advice}"

    def of(self, names: Iterable[str]) -> Blockage:
        """What keeps those containers from starting; where they could, what keeps the pod."""
        wanted = set(names)
        return together([one for one in self.each if one.containers[0] in wanted]) or self


def together(found: Sequence[Blockage]) -> Blockage | None:
    """One sentence for containers that cannot start, and the same of each."""
    if not found:
        return None
    first = found[0]
    names = tuple(one.containers[0] for one in found if one.kind is first.kind)
    text = first.text.replace(first.containers[0], listed(names), 1)
    return Blockage(first.kind, text, first.advice, names, tuple(found))


def listed(names: tuple[str, ...]) -> str:
    """`a`, `a and b`, `a, b and 2 more`."""
    if len(names) <= 2:
        return " and ".join(names)
    return f"{names[0]}, {names[1]} and {len(names) - 2} more"
