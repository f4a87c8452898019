"""A look at a node before a launch: a short Job sent, read to its end, judged and taken away.

The Job is deleted however this ends. What is found is recorded nowhere.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from console.domain.blockage import BlockKind
from console.domain.board import BoardSnapshot
from console.domain.events import PodSeen
from console.domain.facts import ContainerFacts, ContainerState, PodFacts
from console.domain.folding import fold
from console.domain.hostile_text import neutralise
from console.domain.preflight.checklist import NodeFinding, NodeVerdict, SeenByHalves
from console.domain.preflight.facts import ToldByContainers, told_by
from console.domain.preflight.rules import judged
from console.errors import ClusterUnreachable, Conflict, ConsoleError, NotFound
from console.operations.ports.cluster import JsonObject, Kind, LogRequest, Propagation
from console.operations.recording.draining import drained
from console.operations.services import Services
from console.operations.submitting.launch import send
from console.operations.submitting.preflight_asked import asked, lacks_rights, not_looked
from console.specs.compose import Composed
from console.specs.preflight_job import KEPT_SECONDS, node_labels, preflight_of
from console.specs.validation import Validated

USUAL_LIMIT = 300
"""Seconds, of which pulling the images may take most."""
_GRACE = 15
"""Seconds after its own deadline in which the cluster may end the Job."""
_MOST_BYTES = 1024 * 1024
"""Of one container's log: ours tells some hundred, a team's module may say more."""
_DEADLINE = "DeadlineExceeded"
_OTHER_LOOK = (
    "Somebody else looks, or that look's Job could not be deleted: ended, it goes by itself within"
    f" {KEPT_SECONDS // 60} minutes."
)
log = logging.getLogger(__name__)


class Outcome(msgspec.Struct, frozen=True):
    """The whole checklist, and the Job that made it; its name is empty where none was sent."""

    job: str
    findings: tuple[NodeFinding, ...]

    @property
    def fails(self) -> bool:
        """Something would go wrong with a launch."""
        return any(each.verdict is NodeVerdict.FAILS for each in self.findings)


def nothing(_: str) -> None:
    """For who wants to hear nothing while it runs."""


async def preflight(
    services: Services,
    valid: Validated,
    *,
    seconds: int = USUAL_LIMIT,
    tell: Callable[[str], None] = nothing,
    launched: Iterable[JsonObject] = (),
) -> Outcome:
    """Look, and say what was found; `tell` hears what is waited for.

    What the cluster refuses is found as well; raises what is no refusal. `launched` are the Jobs of
    before to compare with, the newest first.
    """
    # Before anything is sent: what the cluster refuses needs no look at a node.
    beforehand = await asked(services, valid, launched)
    job = preflight_of(valid.composed, seconds=seconds)
    if lacks_rights(beforehand):
        return Outcome("", (*beforehand, not_looked(beforehand)))
    try:
        return await _looked(services, job, beforehand, seconds, tell)
    except ClusterUnreachable:
        raise
    except ConsoleError as error:
        return Outcome("", (*beforehand, not_looked(beforehand, error)))


async def _looked(
    services: Services,
    job: Composed,
    beforehand: tuple[NodeFinding, ...],
    seconds: int,
    tell: Callable[[str], None],
) -> Outcome:
    begun = services.clock()
    name, namespace = await _launched(services, job)
    asks = node_labels(job.manifest)
    look = _PreflightRun(services, BoardSnapshot(namespace, name), begun, tell, asks)
    try:
        async with asyncio.timeout(seconds + _GRACE):
            await look.follow()
    except TimeoutError:
        tell("its time is over")
    finally:
        await asyncio.shield(_take_away(services, namespace, name))
    plan = job.plan
    silent = {each: look.why_silent(each) for each in plan.containers if each not in look.told}
    seen = SeenByHalves(plan, look.told, silent, begun, look.heard or services.clock())
    return Outcome(name, (*beforehand, *judged(seen)))


async def _launched(services: Services, job: Composed) -> tuple[str, str]:
    """Name and namespace of the Job. Who leaves while it is being sent leaves none behind."""
    sending = asyncio.create_task(send(services.cluster, job))
    try:
        sent = await asyncio.shield(sending)
    except Conflict as error:
        raise Conflict(error.what, why=error.why, fix=_OTHER_LOOK) from error
    except asyncio.CancelledError:
        sent = await sending
        meta = sent.manifest["metadata"]
        await asyncio.shield(_take_away(services, meta["namespace"], meta["name"]))
        raise
    return sent.manifest["metadata"]["name"], sent.manifest["metadata"]["namespace"]


async def _take_away(services: Services, namespace: str, name: str) -> None:
    """A Job that cannot be deleted ends by its deadline, and the cluster removes it."""
    try:
        await services.cluster.delete(Kind.JOB, namespace, name, propagation=Propagation.BACKGROUND)
    except ConsoleError as error:
        log.warning("The Job %s could not be deleted: %s", name, error)


@dataclass
class _PreflightRun:
    """One preflight while it runs."""

    services: Services
    board: BoardSnapshot
    begun: datetime
    tell: Callable[[str], None]
    asks: str = ""
    """The labels that its node must have."""
    told: dict[str, ToldByContainers] = field(default_factory=dict)
    heard: datetime | None = None
    """When the last log had been read."""
    _blocked: dict[str, str] = field(default_factory=dict)
    """Why a container could not start, as last told before anything was ended."""
    _said: str = ""
    _init_failed: str = ""

    async def follow(self) -> None:
        """Until all that can be told is told."""
        watch = self.services.cluster.watch_submission(self.board.namespace, self.board.name)
        async with contextlib.aclosing(watch) as events:  # type: ignore[type-var]
            async for event in events:
                self.board = fold(self.board, event)
                self._note_blocked()
                if isinstance(event, PodSeen):
                    await self._read(event.pod)
                self._say()
                if self._over():
                    return

    async def _read(self, pod: PodFacts) -> None:
        for each in pod.containers:
            if each.state is not ContainerState.TERMINATED or each.name in self.told:
                continue
            if not each.init:
                told = told_by(each.name, await self._log(pod, each.name))
                # Without a word it may be that its log is not there yet; it is asked for once more.
                if told.facts:
                    self.told[each.name] = told
                self.heard = self.services.clock()
            elif not self._init_failed and each.ended and each.ended.exit_code:
                lines = await self._log(pod, each.name)
                self._init_failed = f"{each.name} failed: {_words('', ' '.join(lines[-1:]))}"

    async def _log(self, pod: PodFacts, container: str) -> list[str]:
        """Its lines without the times before them, as far as is worth reading."""
        text = b""
        try:
            own = self.board.pod_of(container) or pod
            facts = own.container(container)
            asked = facts.asked if facts else container
            request = LogRequest(own.namespace, own.name, asked)
            lines_of = drained(self.services, request)
            async with contextlib.aclosing(lines_of) as blocks:
                async for block in blocks:
                    text += block
                    if len(text) > _MOST_BYTES:
                        break
        except NotFound as error:
            log.info("No log of %s: %s", container, error)
        lines = text.decode(errors="replace").split("\n")
        return [line.partition(" ")[2] for line in lines if line]

    def _over(self) -> bool:
        board = self.board
        if board.vanished or (board.ended and not board.pod_lives):
            return True
        blocked = board.blockage
        if blocked is None:
            return False
        own = self._own()
        # What keeps the whole pod, or its first container, keeps all others too.
        if not blocked.containers or set(blocked.containers) - {each.name for each in own}:
            return True
        return all(self._settled(each, blocked.containers) for each in own)

    def _note_blocked(self) -> None:
        if (blocked := self.board.blockage) is not None:
            for each in blocked.containers:
                self._blocked[each] = blocked.of((each,)).reason.removeprefix(f"{each}: ")

    @property
    def _past_limit(self) -> bool:
        """The cluster ended it for its time: how its containers ended then tells nothing."""
        job = self.board.job
        failed = job.condition("Failed") if job else None
        return failed is not None and failed.reason == _DEADLINE

    def _own(self) -> tuple[ContainerFacts, ...]:
        pod = self.board.pod
        return tuple(each for each in pod.containers if not each.init) if pod else ()

    @staticmethod
    def _settled(each: ContainerFacts, blocked: tuple[str, ...]) -> bool:
        return each.state is ContainerState.TERMINATED or each.name in blocked

    def _say(self) -> None:
        """What is waited for, once."""
        pod = self.board.pod
        running = [each.name for each in self._own() if each.state is ContainerState.RUNNING]
        if pod is not None and running:
            words = f"waiting for {', '.join(running)}"
        elif self.told or self.board.ended:
            return
        else:
            words = self.board.reason or "waiting for the pod"
        if words != self._said:
            self._said = words
            self.tell(words)

    def why_silent(self, container: str) -> str:
        """The cluster's words about a container that told nothing."""
        board, pod = self.board, self.board.pod
        facts = pod.container(container) if pod else None
        if board.blockage is not None:
            found = board.blockage.of((container,))
            reason = found.reason.removeprefix(f"{container}: ")
            of_node = found.kind is BlockKind.NODE and not (pod and pod.node)
            return f"{reason} It asks for {self.asks}." if of_node and self.asks else reason
        if self._init_failed:
            return self._init_failed
        if self._past_limit and facts is not None:
            return self._blocked.get(container) or "it had told nothing when the time was over"
        if facts is None or facts.state is ContainerState.WAITING:
            return self._said or board.reason
        if facts.ended is not None:
            ended = facts.ended
            said = _words(ended.reason, ended.message)
            return f"ended with exit code {ended.exit_code} before it told anything ({said})"
        return "it still ran when the time was over"


def _words(reason: str, message: str) -> str:
    return neutralise(" ".join(f"{reason}: {message}".split()).strip(": "))
