"""What keeps a submission from starting, as rules over the cluster's own words. Pure.

Blocked is what does not get better by waiting: somebody has to act. A pod that only waits for room
that others hold, or for a node that is on its way, is not blocked. Refuses to know time: a cause
stands until the cluster tells of something later.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from msgspec.structs import replace

from console.domain.blockage import Blockage, BlockKind, listed, together
from console.domain.blocking_rules import CREATION, IMAGES, SETTING_UP, STARTS, Rule, fitting
from console.domain.board import BoardSnapshot
from console.domain.facts import (
    NEVER_STARTED,
    PODS_OVER,
    ClusterEvent,
    ContainerFacts,
    ContainerState,
    JobFacts,
    PodFacts,
)
from console.domain.hostile_text import neutralise
from console.domain.placing import why_unplaced
from console.domain.turns import is_kueues

WORDS_KEPT = 170
"""Characters of the cluster's words in a reason: what to do next must fit behind them."""
PULLING = (
    "ErrImagePull",
    "ImagePullBackOff",
    "InvalidImageName",
    "ErrImageNeverPull",
    "ImageInspectError",
    "RegistryUnavailable",
    "SignatureValidationFailed",
)
REFUSED = (
    "CreateContainerConfigError",
    "CreateContainerError",
    "RunContainerError",
    "PreCreateHookError",
    "PreStartHookError",
)
NOT_BEGUN = ("", "ContainerCreating", "PodInitializing")
_EPOCH = datetime(1971, 1, 1, tzinfo=UTC)
"""A run that never began is said to have started before."""
_AROUND_A_PULL = re.compile(
    r"(?:(?:back-off pulling image|failed to pull image|failed to pull and unpack image"
    r'|failed to resolve reference) "[^"]*": |ErrImagePull: |rpc error: |code = \w+ desc = )+',
    re.IGNORECASE,
)
"""What kubelet and containerd put before the word of a registry."""
_PULLED = re.compile(r'pull(?:ing|(?: and unpack)?) image "([^"]*)"', re.IGNORECASE)


def blockage(board: BoardSnapshot) -> Blockage | None:
    """What keeps a Job that is meant to run from running; None for nothing, or what passes."""
    pod = board.pod
    if board.job is None or board.job.deleting:
        return None
    if is_kueues(board.job):
        return _not_admitted(board.job)
    if pod is None or not board.pod_lives:
        return _not_created(board.events)
    if board.parts:
        return _of_parts(board, board.parts)
    # What keeps a pod from starting no longer matters once it is on its way out.
    if pod.deleting:
        return None
    told = [each for each in board.events if each.concerns_pod(pod.name)]
    return cannot_start(pod.containers, told) or _of_pod(pod, told)


def _of_pod(pod: PodFacts, told: list[ClusterEvent]) -> Blockage | None:
    return why_unplaced_as_blockage(pod, told) or _set_up(pod, told)


def _of_parts(board: BoardSnapshot, parts: tuple[PodFacts, ...]) -> Blockage | None:
    """Of pods that have a pair each: what keeps one of them from starting is that pair's."""
    living = [each for each in parts if each.phase not in PODS_OVER and not each.deleting]
    containers = [each for part in living for each in part.containers]
    if found := cannot_start(containers, board.events):
        return found
    kept = [(part, one) for part in living if (one := _of_part(board, part)) is not None]
    if not kept:
        return None if len(living) == len(parts) else _not_created(board.events)
    first = kept[0][1]
    alike = tuple(_named(part) for part, one in kept if one.kind is first.kind)
    names = tuple(name for _, one in kept for name in one.containers)
    every = tuple(one for _, one in kept)
    return Blockage(first.kind, f"{listed(alike)}: {first.text}", first.advice, names, every)


def _named(part: PodFacts) -> str:
    return f"pair {part.pair}" if part.pair else "the monitor"


def _of_part(board: BoardSnapshot, part: PodFacts) -> Blockage | None:
    """None of its containers can start."""
    found = _of_pod(part, [each for each in board.events if each.concerns_pod(part.name)])
    halves = (f"simulator-{part.pair}", f"agent-{part.pair}")
    return None if found is None else replace(found, containers=halves)


def what_blocked(board: BoardSnapshot) -> Blockage | None:
    """What had kept it from starting, of one that has been stopped since: its pod's last state,
    and what events still tell."""
    if board.pod is not None and (found := cannot_start(board.pod.containers)):
        return found
    started = _last_start(board.pod) if board.pod else None
    for event in reversed(board.events):
        if started is None and (found := _from_event(event)):
            return found
    return None


def _from_event(event: ClusterEvent) -> Blockage | None:
    if event.reason == "FailedCreate":
        return _not_created((event,))
    if event.reason == "Failed" and "pull image" in event.message:
        who = event.about.partition(" ")[2] or "A container"
        return _of_images(who, "", event.message, (who,))
    return _ruled(SETTING_UP, event, "The node cannot set up the pod")


def cannot_start(
    containers: Iterable[ContainerFacts], told: Sequence[ClusterEvent] = ()
) -> Blockage | None:
    """A container that cannot start, whatever the others do; those with the same cause with it."""
    return together([one for each in containers if (one := _of_container(each, told)) is not None])


def _of_container(each: ContainerFacts, told: Sequence[ClusterEvent]) -> Blockage | None:
    if each.state is ContainerState.WAITING and each.reason in PULLING:
        message = _pull_failure(each, told) or each.message
        return _of_images(each.name, each.reason, message, (each.name,))
    reason, message = each.reason, each.message
    last = each.ended or each.previous
    if (
        last is not None
        and last.reason in NEVER_STARTED
        and each.state is not ContainerState.RUNNING
    ):
        reason, message = last.reason, last.message or message
    if reason not in REFUSED and reason not in NEVER_STARTED:
        return None
    rule = fitting(STARTS, reason, message)
    if rule is None or rule.kind is None:
        return None
    text = f"{each.name} cannot be started ({words(message or reason)})."
    return Blockage(rule.kind, text, rule.advice, (each.name,))


def _pull_failure(each: ContainerFacts, told: Sequence[ClusterEvent]) -> str:
    """What went wrong, where the container only says that the node waits before the next try."""
    if each.reason != "ImagePullBackOff" or ": " in each.message:
        return ""
    about = (e for e in reversed(told) if e.about.endswith(f" {each.asked}"))
    return next((e.message for e in about if e.reason == "Failed" and ": " in e.message), "")


def _of_images(name: str, reason: str, message: str, names: tuple[str, ...]) -> Blockage:
    rule = fitting(IMAGES, reason, message) or IMAGES[-1]
    text = f"{name}: its image cannot be pulled ({words(_innermost(message) or reason)})."
    return Blockage(BlockKind.IMAGE, text, rule.advice, names)


def _innermost(message: str) -> str:
    """What the registry said of which image, without what the node puts before it: the image's
    name thrice, and so long that neither that word nor the advice would be read."""
    told = _AROUND_A_PULL.sub("", message)
    named = _PULLED.search(message)
    if named and named[1] not in told:
        told = f"{named[1]}: {told}"
    return told if len(told) <= WORDS_KEPT else re.sub(r"\([^()]*\)$", "", told).rstrip()


def words(text: str) -> str:
    """What the cluster says, short enough that the advice behind it is read too."""
    plain = " ".join(neutralise(text.replace("\n", " ")).split()).rstrip(".")
    return plain if len(plain) <= WORDS_KEPT else f"{plain[: WORDS_KEPT - 1]}…"


def _not_admitted(job: JobFacts) -> Blockage | None:
    """Kueue does not so much as consider it; one that only waits for room is not blocked."""
    told = job.admission
    if told is not None and not told.active:
        text = "Kueue leaves it alone: its Workload was made inactive, by somebody or by a limit."
        return Blockage(BlockKind.ADMISSION, text, "Have the Workload's spec.active set to true.")
    if told is None or not told.inadmissible:
        return None
    advice = "Launch it into another queue, or ask who administers Kueue."
    return Blockage(BlockKind.ADMISSION, f"Kueue does not admit it: {words(told.why)}.", advice)


def _not_created(events: Iterable[ClusterEvent]) -> Blockage | None:
    """The Job controller's last word on making a pod, if it was a refusal."""
    told = [e for e in events if e.reason in ("FailedCreate", "SuccessfulCreate")]
    if not told or told[-1].reason != "FailedCreate":
        return None
    return _ruled(CREATION, told[-1], "The cluster does not create the pod")


def why_unplaced_as_blockage(pod: PodFacts, told: list[ClusterEvent]) -> Blockage | None:
    """No node fits, or no volume is there, as the scheduler says it."""
    if pod.node:
        return None
    found = why_unplaced(pod, told)
    if found is None or found.kind is None:
        return None
    more = f"; {found.scaling}" if found.scaling else ""
    text = f"No node can take the pod: {words(found.refusal)}{more}."
    return Blockage(found.kind, text, found.advice)


def _set_up(pod: PodFacts, told: list[ClusterEvent]) -> Blockage | None:
    """What the node reports while a container waits for its volumes or its network."""
    waiting = any(
        e.state is ContainerState.WAITING and e.reason in NOT_BEGUN for e in pod.containers
    )
    if not pod.node or (pod.containers and not waiting):
        return None
    started = _last_start(pod)
    for event in reversed(told):
        if started and event.last_seen and event.last_seen <= started:
            continue
        if found := _ruled(SETTING_UP, event, "The node cannot set up the pod"):
            return found
    return None


def _last_start(pod: PodFacts) -> datetime | None:
    """When a container of it started last: what was said before is over."""
    times = [each.started_at for each in pod.containers]
    times += [end.started_at for c in pod.containers for end in (c.ended, c.previous) if end]
    return max((each for each in times if each and each > _EPOCH), default=None)


def _ruled(rules: tuple[Rule, ...], event: ClusterEvent, what: str) -> Blockage | None:
    rule = fitting(rules, event.reason, event.message)
    if rule is None or rule.kind is None or event.count < rule.least:
        return None
    return Blockage(rule.kind, f"{what}: {words(event.message)}.", rule.advice)
