"""Where the console can go, as values: a place and what it is about. Knows no screen."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from console.tui.drafts import Composition
    from console.tui.form_state import Filling
    from console.tui.submission_source import SubmissionSource

Subject = tuple[str, str]
"""Namespace and name of a submission."""


class Place(StrEnum):
    """What a word of the `:` line, or a key, names."""

    SUBMISSIONS = "submissions"
    HISTORY = "history"
    CONTEXTS = "contexts"
    NAMESPACES = "namespaces"
    COMPOSE = "compose"
    PREFLIGHT = "preflight"
    MONITOR = "monitor"
    LOGS = "logs"
    RESULTS = "results"
    EVENTS = "events"
    MANIFEST = "manifest"
    DESCRIBE = "describe"
    INSPECT = "inspect"
    INTAKE = "intake"
    COMPARISON = "comparison"
    PLOTS = "plots"

    @property
    def about_one(self) -> bool:
        """Whether it shows one submission, which has to be named."""
        return self not in _ABOUT_NONE


_ABOUT_NONE = (
    *(Place.SUBMISSIONS, Place.HISTORY, Place.COMPOSE, Place.PREFLIGHT),
    *(Place.CONTEXTS, Place.NAMESPACES, Place.INTAKE),
)


class Contender(msgspec.Struct, frozen=True):
    """What takes part in a comparison: a submission, or a result file."""

    subject: Subject | None = None
    source: SubmissionSource | None = None
    """None for the cluster."""
    file: str = ""
    """Its path; empty for a submission."""


class Destination(msgspec.Struct, frozen=True):
    """One place, and what to show there."""

    place: Place
    subject: Subject | None = None
    source: SubmissionSource | None = None
    """Where what is shown of the subject comes from; None for the cluster."""
    container: str = ""
    """Of the logs: whose; empty for the first."""
    sought: str = ""
    """Of the logs: a regular expression; they open at the last line that it fits."""
    previous: bool = False
    """Of the logs: they open at the end of the attempt before."""
    pair: int = 0
    """Of the inspection: which; 0 for the one that failed most often."""
    composition: Composition | None = None
    """Of a preflight: what would be launched."""
    others: tuple[Contender, ...] = ()
    """Of a comparison and its plots: what the subject is held against; without any, the
    comparison asks first."""
    filling: Filling | None = None
    """Of the form: what it begins with."""
    from_list: bool = False
    """Close what lies above the list first: the way back leads there."""
