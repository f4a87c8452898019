"""Launching a submission: the Job, suspended, then what it owns, then the start.

Suspended, because a pod that starts before its ConfigMap is there begins with a warning and a wait.
A Job of a queue of Kueue is in it from the first, and Kueue alone starts it: what names none goes
into the namespace's default queue, and may run from there. What stays behind after a failure is
said, and as little as possible does.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from enum import StrEnum

import msgspec

from console.domain.events import ConsoleVerb
from console.domain.facts import JobFacts, Turn
from console.domain.submission import LOGCOPY
from console.errors import ClusterUnreachable, Conflict, ConsoleError, InvalidInput, NotFound
from console.operations.ports.cluster import ClusterPort, Created, JsonObject, Kind, Propagation
from console.operations.recording.actions import note_action
from console.operations.recording.kept_manifest import keep
from console.operations.services import Services
from console.operations.submitting.publishing_plan import with_place
from console.specs.checks.indexed import check_indexed
from console.specs.compose import Composed
from console.specs.plan import RESUMES_ANNOTATION
from console.specs.pod import containers
from console.specs.turns import LET_GO, in_turn, queue_of, start_of
from console.specs.validation import Severity, Validated
from console.specs.worker_files import owned_by

NO_CLAIMS = "The cluster has no resource.k8s.io/v1: claims need Kubernetes 1.34 or newer."
NO_SIDECARS = "A pod for each pair needs Kubernetes 1.29 or newer."
Sure = Callable[[str], Awaitable[None]]
"""Raises where the Job of that uid is not to be started after all."""
log = logging.getLogger(__name__)


class DryRun(StrEnum):
    """How far a launch goes."""

    NONE = "none"
    CLIENT = "client"
    """Nothing is sent."""
    SERVER = "server"
    """The cluster checks everything and keeps nothing."""


class Launched(msgspec.Struct, frozen=True):
    """What came of it. `job` is None for a dry run, `manifest` what the cluster made of it."""

    job: JobFacts | None
    manifest: JsonObject
    warnings: tuple[str, ...] = ()

    @property
    def queue(self) -> str:
        """The queue of Kueue that it is in, where somebody or its namespace has put it into one."""
        return queue_of(self.manifest)


async def launch(
    services: Services,
    valid: Validated,
    *,
    dry_run: DryRun = DryRun.NONE,
    turn: Turn | None = None,
    sure: Sure | None = None,
) -> Launched:
    """Send a submission, with where its results go. Raises Conflict if its name is taken.

    `turn`: its place among many of which only some run at a time.
    `sure` is asked between the Job and its start: what it raises takes the Job back.
    One in a queue of Kueue may have begun by then.
    A launch that has begun is carried through even if its caller is cancelled.
    """
    composed = valid.composed if turn is None else in_turn(valid.composed, turn)
    if services.publishing is not None:
        composed = with_place(composed, await asyncio.to_thread(services.publishing.settings))
    if dry_run is DryRun.CLIENT:
        return Launched(None, composed.manifest)
    # The Job first: what it owns is judged only if the Job itself could be.
    if dry_run is DryRun.SERVER:
        job = await _create_job(services.cluster, composed, dry_run=True)
        _demand_pods(job.manifest)
        warnings = list(job.warnings)
        for owned in composed.possessions:
            warnings += (await services.cluster.create(owned, dry_run=True)).warnings
        return Launched(None, job.manifest, tuple(warnings))
    # Cancelled in the middle, a suspended Job would stay that nobody knows of.
    return await asyncio.shield(_recorded(services, composed, sure))


async def _recorded(services: Services, composed: Composed, sure: Sure | None) -> Launched:
    """Launch, and keep the Job in its recording: it may be resumed when the cluster forgot it."""

    def start(created: JsonObject) -> JsonObject:
        # Kueue may have put it into a queue by itself, where one is the namespace's default.
        meant = {**composed.manifest, "metadata": created["metadata"]}
        return start_of(meant, now=services.clock())

    launched = await send(services.cluster, composed, start, sure)
    if (job := launched.job) is None:
        return launched
    try:
        if (writer := services.recorder.claim(services.recording_of(job))) is not None:
            try:
                await keep(services, writer, launched.manifest)
            finally:
                writer.release()
    except ConsoleError as error:
        log.warning("The Job %s is not recorded: %s", job.name, error)
    origin = (launched.manifest["metadata"].get("annotations") or {}).get(RESUMES_ANNOTATION)
    verb = ConsoleVerb.RESUMED if origin else ConsoleVerb.LAUNCHED
    await note_action(services, job, verb, f"from {origin}" if origin else "")
    return launched


async def send(
    cluster: ClusterPort,
    composed: Composed,
    start: Callable[[JsonObject], JsonObject] = lambda _: LET_GO,
    sure: Sure | None = None,
) -> Launched:
    """Create the Job and what it owns, and start it; recorded nowhere. Raises as `launch`.

    `start`: the patch that lets it go as the cluster made it, where that is not simply to run; an
    empty one where somebody else does.
    """
    created = await _create_job(cluster, composed, dry_run=False)
    meta = created.manifest["metadata"]
    namespace, name = meta["namespace"], meta["name"]
    warnings = list(created.warnings)
    try:
        _demand_pods(created.manifest)
        for owned in composed.possessions:
            manifest = owned_by(owned, created.manifest)
            warnings += await _create_owned(cluster, manifest, namespace, meta["uid"])
        # As late as can be: what it looks at may change until the start.
        if sure is not None:
            await sure(str(meta["uid"]))
        patch = start(created.manifest)
        going = cluster.patch_job(namespace, name, patch) if patch else cluster.job(namespace, name)
        job = await going
    except ConsoleError as error:
        raise await _undone(cluster, namespace, name, meta["uid"], error) from error
    return Launched(job, created.manifest, tuple(warnings))


async def _create_job(cluster: ClusterPort, composed: Composed, *, dry_run: bool) -> Created:
    held = {**composed.manifest, "spec": {**composed.manifest["spec"], "suspend": True}}
    try:
        return await cluster.create(composed.manifest if dry_run else held, dry_run=dry_run)
    except Conflict as error:
        name = composed.manifest["metadata"]["name"]
        raise Conflict(
            f"There is a Job named {name} already.",
            why=error.why,
            fix="Choose another name, or delete that submission first.",
        ) from error
    except ClusterUnreachable as error:
        if dry_run:
            raise
        return await _made_unheard(cluster, composed.manifest, error)


async def _made_unheard(
    cluster: ClusterPort, manifest: JsonObject, error: ClusterUnreachable
) -> Created:
    """The Job of which the answer was lost, where it was made; else raises that error.

    It is ours by the values that were drawn for it alone: another one may have had that name.
    """
    meta = manifest["metadata"]
    with contextlib.suppress(ConsoleError):
        found = await cluster.read(Kind.JOB, meta["namespace"], meta["name"])
        if _drawn(found) == _drawn(manifest) != "":
            return Created(found)
    raise ClusterUnreachable(
        error.what,
        why=error.why,
        fix=f"The Job {meta['name']} may have been made all the same, and held: see whether it is"
        f" listed, and delete it before another one gets that name. {error.fix}",
    ) from error


def _drawn(manifest: JsonObject) -> str:
    logcopy = {each.name: each for each in containers(manifest)}.get(LOGCOPY)
    return logcopy.env.get("PROGRESS_NONCE", "") if logcopy else ""


def _demand_pods(made: JsonObject) -> None:
    """An older server leaves out what it does not know of a Job, and says nothing."""
    if lost := [each for each in check_indexed(made) if each.severity is Severity.ERROR]:
        raise InvalidInput(NO_SIDECARS, why=f"The server left out: {lost[0]}")


async def _create_owned(
    cluster: ClusterPort, manifest: JsonObject, namespace: str, uid: str
) -> tuple[str, ...]:
    """What belonged to a Job that had this name before is replaced: that Job is gone."""
    try:
        return (await cluster.create(manifest)).warnings
    except NotFound as error:
        if manifest["kind"] != Kind.CLAIM_TEMPLATE:
            raise
        raise NotFound(NO_CLAIMS, why=error.why or error.what) from error
    except Conflict:
        name, kind = manifest["metadata"]["name"], Kind(manifest["kind"])
        found = await cluster.read(kind, namespace, name)
        owners = found["metadata"].get("ownerReferences") or []
        # What no Job of before owns is somebody's own, and stays: a name is no right to delete.
        if not any(each.get("kind") == "Job" and each.get("uid") != uid for each in owners):
            raise
        background = Propagation.BACKGROUND
        await cluster.delete(kind, namespace, name, propagation=background)
        return (await cluster.create(manifest)).warnings


async def _undone(
    cluster: ClusterPort, namespace: str, name: str, uid: str, error: ConsoleError
) -> ConsoleError:
    """The error to raise after the Job has been taken back, or could not be."""
    background = Propagation.BACKGROUND
    try:
        # A delete that arrives late must not meet the next one of that name.
        await cluster.delete(Kind.JOB, namespace, name, propagation=background, uid=uid)
        rest = "The Job has been deleted again."
    except ConsoleError as second:
        rest = f"The Job {name} is still there and cannot run; delete it. ({second.what})"
    return type(error)(
        "What the Job needs could not be delivered or it not started: nothing was launched.",
        why=f"{error.what} {error.why}".strip(),
        fix=rest,
    )
