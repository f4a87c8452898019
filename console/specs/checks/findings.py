"""A finding: one thing about a manifest that somebody should change. Judges nothing itself."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from console.specs.document_places import Place, spell


class Severity(StrEnum):
    """Whether a launch goes on."""

    ERROR = "error"
    WARNING = "warning"


class JobFinding(msgspec.Struct, frozen=True):
    """One finding."""

    place: Place
    """Where in the manifest."""
    what: str
    """One sentence."""
    fix: str = ""
    """The way out, one sentence; empty where `what` says it all."""
    severity: Severity = Severity.ERROR
    line: int | None = None
    """Of the template, where it is known."""

    @property
    def path(self) -> str:
        """`spec.template.spec.containers[0].env[1].value`"""
        return spell(self.place)

    def __str__(self) -> str:
        where = self.path if self.line is None else f"line {self.line}, {self.path}"
        return " ".join(part for part in (f"{where}:", self.what, self.fix) if part)
