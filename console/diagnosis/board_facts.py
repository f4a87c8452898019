"""A board as facts: everything that it knows of what befell it, told by whom, when. Pure.

Refuses to know causes, and which attempt a fact belongs to: that is `attempt_scene`'s.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime

from msgspec.structs import replace

from console.diagnosis.attempt_span import ending_within
from console.diagnosis.scene import LOST, Fact, FactKind, Witness, half_of, pair_of
from console.domain.board import BoardSnapshot, PairBoard, PairStatus
from console.domain.facts import ContainerExit, ContainerFacts, ContainerState, PodFacts
from console.domain.pod_times import Run
from console.workers import pair_words

DELETING = "Deleting"
"""The reason of a pod that gives no other one, and is being deleted."""
"""What a fact of a pod is about that another one has replaced; its text says why."""
ALIKE = "several pairs"
"""What a problem is about that each of them has besides, as one of its own."""
NOT_STARTING = (
    *("FailedScheduling", "FailedCreate", "Failed", "BackOff", "InspectFailed"),
    *("FailedMount", "FailedAttachVolume", "FailedMapVolume", "NetworkNotReady"),
    *("FailedCreatePodSandBox", "NotTriggerScaleUp"),
)
"""Reasons of events about what does not start; they are over once it runs."""
_NO_NODE = "FailedScheduling"
"""The scheduler gives all of its reasons at once: the newest ones are those that hold."""
_GONE_QUIET = (PairStatus.BOOTING, PairStatus.DRIVING, PairStatus.RESETTING)


def facts_of(board: BoardSnapshot, now: datetime | None = None) -> tuple[Fact, ...]:
    """Everything that the board knows, of all attempts; `now`: what silence lasts to."""
    facts = (
        *_of_job(board),
        *_of_pods(board),
        *_of_events(board),
        *_of_endings(board),
        *_of_routes(board),
        *_of_reports(board),
        *_of_silence(board, now),
    )
    ran = _last_runs(facts)
    return tuple(each for each in facts if not _is_over(each, ran))


def _last_runs(facts: Iterable[Fact]) -> dict[str, datetime]:
    """By container, when it is last known to have run; `` is any of them. And when no node was
    found last."""
    ran: dict[str, datetime] = {}
    for each in facts:
        began = each.kind is FactKind.EVENT and each.reason == "Started"
        if each.at is not None and (began or each.kind in (FactKind.ENDING, FactKind.RUNNING)):
            for name in (each.about, ""):
                ran[name] = max(ran.get(name, each.at), each.at)
        elif each.at is not None and each.reason == _NO_NODE:
            ran[_NO_NODE] = max(ran.get(_NO_NODE, each.at), each.at)
    return ran


def _is_over(fact: Fact, ran: dict[str, datetime]) -> bool:
    """What kept something from starting, told before it is known to have run."""
    if fact.kind is not FactKind.EVENT or fact.reason not in NOT_STARTING or fact.at is None:
        return False
    later = ran.get(fact.about if fact.pair is not None else "")
    if fact.reason == _NO_NODE:
        # Nothing runs before it has a node, though both may be of one second.
        return fact.at < ran[_NO_NODE] or (later is not None and fact.at <= later)
    return later is not None and fact.at < later


def _of_job(board: BoardSnapshot) -> Iterator[Fact]:
    if board.job is not None:
        for each in board.job.conditions:
            if each.status:
                yield Fact(
                    FactKind.CONDITION,
                    Witness.CLUSTER,
                    each.reason,
                    each.message,
                    each.type,
                    at=each.since,
                )
    if board.budget.exhausted and board.budget.spenders:
        yield Fact(FactKind.BUDGET, Witness.CLUSTER, text=f" ({board.budget.spenders})")
    yield Fact(FactKind.STATUS, Witness.CLUSTER, board.status.value, board.reason, "job")
    for action in board.actions:
        yield Fact(
            FactKind.ACTION,
            Witness.CLUSTER,
            action.verb.value,
            f"{action.verb.value} by {action.by}",
            "job",
            at=action.at,
        )


def _of_pods(board: BoardSnapshot) -> Iterator[Fact]:
    pods = {each.key: each for each in (*board.earlier, *board.pods)}
    for pod in pods.values():
        yield replace(_of_pod(pod, not board.ended), pair=pod.pair)
        for container in pod.containers:
            yield from _of_container(container, board)
    for lost in board.lost:
        pair = board.pairs_by_pod.get(lost.name)
        yield Fact(FactKind.POD, Witness.CLUSTER, "", lost.why, LOST, pair)


def _of_pod(pod: PodFacts, lives: bool) -> Fact:
    """A submission that is over has its pod taken away: that is nobody's deed."""
    told = (FactKind.POD, Witness.CLUSTER)
    if lives and pod.deleting and not pod.reason:
        return Fact(*told, DELETING, pod.message, pod.phase)
    return Fact(*told, pod.reason, pod.message, pod.phase, at=_ended_at(pod))


def _ended_at(pod: PodFacts) -> datetime | None:
    times = [each.ended.finished_at for each in pod.containers if each.ended]
    return max((each for each in times if each), default=None)


def _of_container(each: ContainerFacts, board: BoardSnapshot) -> Iterator[Fact]:
    if each.previous is not None:
        yield _exit(each, each.previous, board)
    if each.ended is not None:
        yield _exit(each, each.ended, board)
    elif each.state is not ContainerState.TERMINATED:
        waits = each.state is ContainerState.WAITING
        yield Fact(
            FactKind.WAITING if waits else FactKind.RUNNING,
            Witness.CLUSTER,
            each.reason,
            each.message,
            each.name,
            pair_of(each.name),
            at=each.started_at,
        )


def _exit(each: ContainerFacts, run: ContainerExit, board: BoardSnapshot) -> Fact:
    return Fact(
        FactKind.EXIT,
        Witness.CLUSTER,
        run.reason,
        run.message,
        each.name,
        pair_of(each.name),
        _attempt_of(run, each.name, board),
        at=run.finished_at,
        exit_code=run.exit_code,
        signal=run.signal,
    )


def _attempt_of(run: ContainerExit, name: str, board: BoardSnapshot) -> int | None:
    """By what the half's supervisor wrote in that run; None where it wrote nothing."""
    pair = next((each for each in board.pairs if each.number == pair_of(name)), None)
    if pair is None or run.started_at is None or run.finished_at is None:
        return None
    found = ending_within(pair.ended, half_of(name), Run(run.started_at, run.finished_at))
    return found.attempt if found else None


def _of_events(board: BoardSnapshot) -> Iterator[Fact]:
    pairs = board.pairs_by_pod
    for each in board.events:
        whole, _, container = each.about.partition(" ")
        if container and (pair := pairs.get(whole.removeprefix("Pod/"))) is not None:
            container = f"{container}-{pair}"
        about = container or whole.partition("/")[0].lower()
        for own in _whose(board, whole, container):
            yield Fact(
                FactKind.EVENT,
                Witness.CLUSTER,
                each.reason,
                each.message,
                about,
                own,
                at=each.last_seen,
                count=max(each.count, 1),
            )


def _whose(board: BoardSnapshot, whole: str, container: str) -> Iterable[int | None]:
    """The pairs of which an event is; None where it is of all, or of none."""
    if container:
        return (pair_of(container),)
    kind, _, name = whole.partition("/")
    if kind == "Pod":
        return (board.pairs_by_pod.get(name),)
    pods = (*board.earlier, *board.parts)
    there = {each.pair for each in pods if kind == "Node" and each.node == name and each.pair}
    return sorted(there) or (None,)


def _of_endings(board: BoardSnapshot) -> Iterator[Fact]:
    for pair in board.pairs:
        for each in pair.ended:
            yield Fact(
                FactKind.ENDING,
                Witness.SUPERVISOR,
                each.reason,
                each.kubelet,
                f"{each.half}-{pair.number}",
                pair.number,
                each.attempt,
                each.at,
                each.exit_code,
                each.signal,
            )


def _of_routes(board: BoardSnapshot) -> Iterator[Fact]:
    """A route at which a half failed by itself in several attempts."""
    for pair in board.pairs:
        ends = [each for each in pair.ended if each.initiating and each.route.strip("-")]
        for (half, route), count in Counter((each.half, each.route) for each in ends).items():
            if count > 1:
                about = f"{half}-{pair.number}"
                yield Fact(
                    FactKind.REPEATED,
                    Witness.SUPERVISOR,
                    "",
                    route,
                    about,
                    pair.number,
                    count=count,
                )


def _of_reports(board: BoardSnapshot) -> Iterator[Fact]:
    for each in board.problems:
        said = (FactKind.PROBLEM, Witness.SUPERVISOR, each.kind, each.text)
        yield Fact(*said, ALIKE if each.alike else "", each.pair or None)
        yield from (Fact(*said, "", pair) for pair in sorted(each.alike))
    given_up = {
        each.text.partition(" ")[0] for each in board.problems if each.kind == pair_words.GIVEN_UP
    }
    for record in board.records:
        if f"{record.route_id}_rep{record.repetition}" in given_up:
            continue  # A supervisor wrote that record: it is no sign of what ended the drive.
        told = f"{record.status}, {record.score_route:.0f} % of the route"
        yield Fact(FactKind.RECORD, Witness.RECORD, "", told, record.route_id, record.pair)


def _of_silence(board: BoardSnapshot, now: datetime | None) -> Iterator[Fact]:
    if now is None or not board.live:
        return
    for pair in board.pairs:
        if pair.status in _GONE_QUIET and pair.last_sign is not None:
            yield _silence(pair, pair.last_sign, now)


def _silence(pair: PairBoard, last: datetime, now: datetime) -> Fact:
    return Fact(
        FactKind.SILENCE,
        Witness.SUPERVISOR,
        pair.status.value,
        "",
        "",
        pair.number,
        pair.attempt,
        seconds=max((now - last).total_seconds(), 0.0),
    )
