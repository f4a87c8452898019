"""What a form says and what is made of it, as values: fields, drafts, manifests, what was found.

Knows no widget, and not how a draft is composed; who asks for that is `backend`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from console.domain.budget import RestartBudget

if TYPE_CHECKING:
    from console.domain.facts import EvalAiPlace
    from console.domain.preflight.checklist import NodeFinding as NodeFinding
    from console.operations.submitting.publishing_plan import PublishingPlan

Tell = Callable[[str], None]
"""Hears what is waited for; from any thread."""
Jobs = tuple[dict[str, Any], ...]
"""As they were launched, the newest first."""


def anything(_text: str) -> str:
    """The check of a field that takes every text."""
    return ""


ROUTES = "run.routes"
"""The form's field of a routes file; no value of the Job."""


class FormField(msgspec.Struct, frozen=True):
    """One value that a spec asks for."""

    path: str
    """`submission.name`."""
    label: str
    default: str = ""
    help: str = ""
    choices: tuple[str, ...] = ()
    used: tuple[str, ...] = ()
    """What stood there in launches of before, the newest first."""
    check: Callable[[str], str] = anything
    """Why a text cannot be the value, in a sentence; empty when it can."""

    @property
    def group(self) -> str:
        """The first part of the path; fields stand together by it."""
        return self.path.partition(".")[0]


class ComposeForm(msgspec.Struct, frozen=True):
    """The fields of one Leaderboard's spec, filled from a profile."""

    leaderboard: str
    profile: str
    fields: tuple[FormField, ...]
    backoff_limit: int
    """What the spec itself says; it stays unless the resumes are changed."""

    @property
    def resumes(self) -> int:
        """Resumes that can do work under the spec's own limit."""
        return RestartBudget(self.backoff_limit).resumes_left or 0


class Draft(msgspec.Struct, frozen=True):
    """What stands in the form at one moment."""

    leaderboard: str
    profile: str
    values: Mapping[str, str]
    """Path -> text, for the fields only."""
    backoff_limit: int
    routes: str = ""
    """A copy of the routes file on this machine; empty where none was named."""
    queue: str = ""
    """Of Kueue; empty where it names none."""


class DraftFinding(msgspec.Struct, frozen=True):
    """One thing wrong with a draft; `path` names the field, empty for the whole."""

    text: str
    path: str = ""
    warning: bool = False
    """It does not prevent a launch."""


class Composition(msgspec.Struct, frozen=True, eq=False):
    """A draft made into a manifest, or the findings that prevent it."""

    draft: Draft
    manifest: str = ""
    """YAML; empty when there is none."""
    findings: tuple[DraftFinding, ...] = ()
    summary: str = ""
    """`9 containers, 20 routes`; empty while there are findings."""
    ready: Any = None
    """What `launch` needs; opaque to the screens."""
    notes: tuple[str, ...] = ()
    """What nodes and images must have, which no dry run sees."""
    publishing: str = ""
    """What will be published of it, and why nothing is; empty while that is not known."""
    place: EvalAiPlace | None = None
    """Where at EvalAI; None where nowhere."""
    team: str = ""
    """The team's number there, as it is launched."""
    goes_to: PublishingPlan | None = None
    """With its folder and its row; None where it has neither."""


class LaunchReport(msgspec.Struct, frozen=True):
    """What the server said to a launch or a dry run."""

    namespace: str
    name: str
    dry_run: bool
    warnings: tuple[str, ...] = ()


class Checklist(msgspec.Struct, frozen=True):
    """What a look at the node has found."""

    findings: tuple[NodeFinding, ...]
