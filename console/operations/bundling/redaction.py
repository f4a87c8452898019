"""What is left out of a bundle, and how often it was. Text in, text out; the counts are its memory.

Credentials never leave. A team's bundle names nothing of the platform either: `PlatformNames` knows
what those names are.
"""

from __future__ import annotations

from collections import Counter

import msgspec

from console.operations.bundling.platform_names import PlatformNames
from console.specs.credentials import REDACTED, without_credentials_in

CREDENTIAL, NAME, EVENT = "credential", "name or address of the platform", "event of another object"


class LeftOut(msgspec.Struct, frozen=True):
    """How often something of that kind was left out there."""

    where: str
    """`log of agent-1`, `manifest`, `states and events`."""
    what: str
    count: int


class Redaction:
    """Of one bundle. `names`: what the platform is called; None where the bundle may say it."""

    def __init__(self, names: PlatformNames | None = None) -> None:
        self.names = names
        self._counts: Counter[tuple[str, str]] = Counter()

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """Everything so far, by place."""
        return tuple(LeftOut(*key, count) for key, count in sorted(self._counts.items()))

    def note(self, where: str, what: str, count: int = 1) -> None:
        """Something was left out there."""
        if count:
            self._counts[where, what] += count

    def text(self, text: str, where: str) -> str:
        """Words of a container, of the team or of ours."""
        cleaned, count = without_credentials_in(text, REDACTED)
        self.note(where, CREDENTIAL, count)
        if self.names is None:
            return cleaned
        cleaned, count = self.names.hidden_in(cleaned)
        self.note(where, NAME, count)
        return cleaned

    def platform_text(self, text: str, where: str) -> str:
        """Words of the cluster, which may name anything that it has."""
        cleaned = self.text(text, where)
        if self.names is None:
            return cleaned
        cleaned, count = self.names.generalised(cleaned)
        self.note(where, NAME, count)
        return cleaned
