"""Sending what a form or a resume has made: recorded from its first moment, or judged alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.tui.drafts import LaunchReport

if TYPE_CHECKING:
    from console.operations.services import Services
    from console.operations.submitting.launch import Launched
    from console.specs.validation import Validated
    from console.tui.session import ClusterSession


async def send(session: ClusterSession[Any], ready: Validated, *, dry_run: bool) -> LaunchReport:
    """What the server said; a launch that has begun goes on, whoever waits for it."""
    from console.operations.submitting.launch import DryRun, launch

    async def sent(services: Services) -> tuple[Launched, str]:
        if dry_run:
            return await launch(services, ready, dry_run=DryRun.SERVER), ""
        where = services.cluster.description
        why = await session.recorder.begin(session.wanted, where.namespace)
        done = await launch(services, ready)
        return done, why or await session.recorder.saw(done.manifest)

    if dry_run:
        done, unrecorded = await session.do(sent)
    else:
        name = str(ready.composed.manifest["metadata"]["name"])
        done, unrecorded = await session.change(f"launch of {name}", sent)
    meta = done.manifest["metadata"]
    warnings = (*done.warnings, unrecorded) if unrecorded else done.warnings
    return LaunchReport(meta["namespace"], meta["name"], dry_run, warnings)
