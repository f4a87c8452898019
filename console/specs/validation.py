"""Judges a Job before anything is sent: all findings at once, as values.

Schema and references are `compose`'s business. What only a cluster can know (does the service
account exist, is the image there) is left to its dry run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace

from console.errors import InvalidInput
from console.specs.checks.containers import check_containers
from console.specs.checks.findings import JobFinding, Severity
from console.specs.checks.indexed import check_indexed
from console.specs.checks.metadata import CONFIG_MAP_NAME, check_config_map, check_metadata
from console.specs.checks.pairs import check_pairs
from console.specs.checks.simulators import check_simulators
from console.specs.checks.tracks import check_tracks
from console.specs.checks.volumes import check_volumes, check_worker_files
from console.specs.checks.workplace import check_workplace
from console.specs.compose import Composed
from console.specs.document_places import spell
from console.specs.mistakes import shortened
from console.specs.schema import misfits
from console.specs.tree import Document

__all__ = [
    "JobFinding",
    "Judged",
    "Severity",
    "Validated",
    "demand",
    "validate",
    "validate_manifest",
]


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """A composed submission and everything that is wrong with it."""

    composed: Composed
    findings: tuple[JobFinding, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "findings", validate(self.composed))

    @property
    def valid(self) -> Validated:
        """What may be launched. Raises InvalidInput with all errors."""
        return Validated(self)


@dataclass(frozen=True, slots=True, eq=False)
class Validated:
    """A submission without an error: there is no way to make one but to judge it.

    So nobody who launches has to remember to. Raises InvalidInput with all errors.
    """

    judged: Judged

    def __post_init__(self) -> None:
        demand(self.judged.findings)

    @property
    def composed(self) -> Composed:
        return self.judged.composed


def validate(composed: Composed) -> tuple[JobFinding, ...]:
    """Every finding about a composed Job and its ConfigMap; errors first, then by line."""
    found = validate_manifest(composed.manifest, composed.config_map, composed.document)
    if not composed.remark:
        return found
    return (*found, JobFinding(("spec",), composed.remark, severity=Severity.WARNING))


def validate_manifest(
    manifest: Mapping[str, Any],
    config_map: Mapping[str, Any] | None = None,
    document: Document | None = None,
) -> tuple[JobFinding, ...]:
    """The same for any Job; without a ConfigMap the workers' files are not judged."""
    found = [JobFinding(misfit.place, f"It {misfit.what}") for misfit in misfits(manifest)]
    misfit_places = {finding.place for finding in found}
    checks = (
        check_metadata,
        check_containers,
        check_volumes,
        check_workplace,
        check_pairs,
        check_simulators,
        check_tracks,
        check_indexed,
    )
    for check in checks:
        found.extend(finding for finding in check(manifest) if finding.place not in misfit_places)
    if config_map is not None:
        # Its name is made of the Job's: one mistake, one finding.
        named = any(finding.place == ("metadata", "name") for finding in found)
        found.extend(
            finding
            for finding in check_config_map(config_map)
            if not (named and finding.place == CONFIG_MAP_NAME)
        )
        found.extend(check_worker_files(manifest, config_map))
    if document is not None:
        found = [replace(finding, line=document.line(finding.place)) for finding in found]
    return tuple(sorted(dict.fromkeys(found), key=_urgency))


def demand(findings: Iterable[JobFinding]) -> None:
    """Raise InvalidInput with all errors among the findings; warnings pass."""
    errors = [shortened(str(finding)) for finding in findings if finding.severity is Severity.ERROR]
    if len(errors) == 1:
        raise InvalidInput(errors[0])
    if errors:
        raise InvalidInput(f"The Job has {len(errors)} errors.", why="\n".join(errors))


def _urgency(finding: JobFinding) -> tuple[bool, int, str]:
    return finding.severity is not Severity.ERROR, finding.line or 0, spell(finding.place)
