"""What can be asked before anything is sent: rights, the server's own check, the last launch.

Creates nothing. What a node has, the look at it tells.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping

from console.domain.preflight.checklist import NodeFinding, NodeVerdict, Topic
from console.domain.submission import Layout
from console.errors import ClusterUnreachable, Conflict, ConsoleError, InvalidInput
from console.operations.ports.cluster import JsonObject
from console.operations.services import Services
from console.operations.submitting.kueue import trouble_of
from console.operations.submitting.launch import DryRun, launch
from console.specs.read_back import changes, read_back
from console.specs.turns import queue_of
from console.specs.validation import Validated

NEEDED = (
    ("create", "jobs"),
    ("patch", "jobs"),
    ("watch", "jobs"),
    ("create", "configmaps"),
    ("list", "pods"),
    ("watch", "pods"),
    ("get", "pods/log"),
)
"""Without these a submission is not launched, or not followed; nor is its node looked at."""
FURTHER = {
    ("list", "events"): "why a pod is not created or does not start is not told",
    ("delete", "jobs"): "no submission is deleted from here, and a preflight's Job stays a while",
}
"""What is missed without each of these."""
KEEPING = ("patch", "configmaps")
_KEPT = "a pair whose pod is lost begins anew, for nothing is kept for its next one"
"""Without that right, of pairs in pods of their own."""
_TEAM = "submission.team_id"


async def asked(
    services: Services, valid: Validated, launched: Iterable[JsonObject]
) -> tuple[NodeFinding, ...]:
    """A finding or more for each of the three. `launched`: Jobs of before, the newest first."""
    manifest = valid.composed.manifest
    namespace = manifest["metadata"]["namespace"]
    queue = queue_of(manifest)
    apart = valid.composed.plan.layout is Layout.POD_PER_PAIR
    further = {**FURTHER, **({KEEPING: _KEPT} if apart else {})}
    rights, told = await asyncio.gather(
        _rights(services, namespace, further), _dry_run(services, valid)
    )
    changed = await asyncio.to_thread(since_the_last, manifest, launched)
    of_queue = (await _queue(services, namespace, queue),) if queue else ()
    return (rights, *told, changed, *of_queue)


def lacks_rights(found: Iterable[NodeFinding]) -> bool:
    """Whether a look at the node would be refused too."""
    return any(each.topic is Topic.RIGHTS and each.verdict is NodeVerdict.FAILS for each in found)


def not_looked(before: Iterable[NodeFinding], error: ConsoleError | None = None) -> NodeFinding:
    """Instead of what a node has: why nobody looked. It fails unless that was found before."""
    if error is None:
        why, fix = "that takes the rights that are missing", ""
    else:
        why, fix = f"{error.what} {error.why}".strip(), error.fix
    known = any(each.verdict is NodeVerdict.FAILS for each in before)
    verdict = NodeVerdict.UNKNOWN if known else NodeVerdict.FAILS
    return NodeFinding(Topic.START, verdict, f"the node was not looked at: {why}", fix)


async def _rights(
    services: Services, namespace: str, further: Mapping[tuple[str, str], str]
) -> NodeFinding:
    wanted = (*NEEDED, *further)
    try:
        answers = await asyncio.gather(
            *(services.cluster.allowed(verb, what, namespace) for verb, what in wanted)
        )
    except ConsoleError as error:
        return NodeFinding(Topic.RIGHTS, NodeVerdict.UNKNOWN, f"nobody tells them: {error.what}")
    missing = [right for right, has in zip(wanted, answers, strict=True) if not has]
    if not missing:
        words = f"all that a launch needs in {namespace}"
        return NodeFinding(Topic.RIGHTS, NodeVerdict.OK, words)
    named = ", ".join(" ".join(right) for right in missing)
    missed = [further[right] for right in missing if right in further]
    words = "; ".join((f"this login may not in {namespace}: {named}", *missed))
    fix = "An administrator grants them: job_specs/access.yaml."
    verdict = NodeVerdict.FAILS if {*missing} & {*NEEDED} else NodeVerdict.WARNING
    return NodeFinding(Topic.RIGHTS, verdict, words, fix)


async def _dry_run(services: Services, valid: Validated) -> tuple[NodeFinding, ...]:
    try:
        told = await launch(services, valid, dry_run=DryRun.SERVER)
    except Conflict as error:
        return (NodeFinding(Topic.DRY_RUN, NodeVerdict.FAILS, error.what, error.fix),)
    except ClusterUnreachable as error:
        words = f"nobody tells whether it is accepted: {error.what}"
        return (NodeFinding(Topic.DRY_RUN, NodeVerdict.UNKNOWN, words),)
    except ConsoleError as error:
        words = f"{error.what} {error.why}".strip()
        return (NodeFinding(Topic.DRY_RUN, NodeVerdict.FAILS, words, error.fix),)
    name = told.manifest["metadata"]["name"]
    if told.warnings:
        return tuple(
            NodeFinding(Topic.DRY_RUN, NodeVerdict.WARNING, f"the server warns: {each}")
            for each in told.warnings
        )
    words = f"the server accepts it; the name {name} is free"
    return (NodeFinding(Topic.DRY_RUN, NodeVerdict.OK, words),)


async def _queue(services: Services, namespace: str, name: str) -> NodeFinding:
    try:
        trouble = await trouble_of(services, namespace, name)
    except InvalidInput as error:
        return NodeFinding(Topic.QUEUE, NodeVerdict.FAILS, error.what, error.fix)
    except ConsoleError as error:
        words = f"nobody tells of {name}: {error.what}"
        return NodeFinding(Topic.QUEUE, NodeVerdict.UNKNOWN, words)
    if trouble:
        return NodeFinding(Topic.QUEUE, NodeVerdict.WARNING, trouble)
    return NodeFinding(Topic.QUEUE, NodeVerdict.OK, f"{name} admits")


def since_the_last(manifest: JsonObject, launched: Iterable[JsonObject]) -> NodeFinding:
    """In what it differs from the last launch of the same team."""
    read = read_back(manifest)
    team = read.values.get(_TEAM, "") if read else ""
    for before in launched:
        old = read_back(before)
        if old is None or old.values.get(_TEAM, "") != team:
            continue
        name = before["metadata"]["name"]
        told = "; ".join(
            f"{each.label} {each.before or 'empty'} → {each.after or 'empty'}"
            for each in changes(before, manifest)
        )
        words = f"since {name}: {told}" if told else f"none since {name}, the team's last launch"
        return NodeFinding(Topic.CHANGES, NodeVerdict.OK, words)
    return NodeFinding(Topic.CHANGES, NodeVerdict.OK, f"no launch of team {team} is recorded here")
