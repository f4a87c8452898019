"""A failure written down in YAML, as the board and the log lines that a console would have of it.

Samples and near-misses of the catalogue and the cases of the exam are written so. Times are seconds
from the pod's beginning.
"""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from msgspec.structs import replace

from console.diagnosis.attempt_scene import scene_of
from console.diagnosis.board_facts import facts_of
from console.diagnosis.scene import Scene, SeenLine
from console.domain.board import BoardSnapshot, PairBoard
from console.domain.events import (
    ClusterEventSeen,
    ConsoleActed,
    ConsoleVerb,
    Event,
    JobSeen,
    JobVanished,
    LastLine,
    PodSeen,
    PodVanished,
    ProgressReported,
    RouteFinished,
)
from console.domain.facts import (
    ClusterEvent,
    ContainerExit,
    ContainerFacts,
    ContainerState,
    JobCondition,
    JobFacts,
    PodFacts,
)
from console.domain.folding import fold
from console.domain.progress import (
    EndedAttempt,
    FinishedRoute,
    MergeProblem,
    MergeStatus,
    PairProgress,
    ProgressReport,
)
from console.domain.submission import INIT, Images, PairPlan, SubmissionPlan
from console.results.drives import Drives
from console.results.leaderboard import V2_0

BEGAN = datetime(2026, 11, 22, 10, tzinfo=UTC)
LONG = 3600.0
"""Seconds after which everything of a scene has happened."""


class Written(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One scene as it is written; every key may be left out."""

    pair: int | None = 3
    pairs: int = 4
    containers: dict[str, dict[str, Any]] = {}
    ended: list[dict[str, Any]] = []
    pod: dict[str, Any] = {}
    earlier_pods: list[dict[str, Any]] = []
    job: dict[str, Any] = {}
    events: list[dict[str, Any]] = []
    records: list[dict[str, Any]] = []
    problems: list[dict[str, Any]] = []
    actions: list[dict[str, Any]] = []
    silent: dict[str, float] = {}
    logs: dict[str, str | list[dict[str, Any]]] = {}


def written(scene: dict[str, Any]) -> Written:
    """Raises msgspec.ValidationError for a key that there is none of."""
    return msgspec.convert(scene, Written)


def board_of(scene: Written) -> BoardSnapshot:
    """Folded from what a cluster and logcopy would have told."""
    board = BoardSnapshot("races", "demo")
    for event in events_of(scene):
        board = fold(board, event)
    return replace(board, pairs=tuple(_with_kubelet(pair, scene) for pair in board.pairs))


def _with_kubelet(pair: PairBoard, scene: Written) -> PairBoard:
    """The kubelet's words of runs that its status no longer holds."""
    words = {
        (each["attempt"], each["half"]): each["kubelet"]
        for each in scene.ended
        if each["pair"] == pair.number and each.get("kubelet")
    }
    ended = (replace(e, kubelet=words.get((e.attempt, e.half), e.kubelet)) for e in pair.ended)
    return replace(pair, ended=tuple(ended))


def scene_from(scene: dict[str, Any], *, whole: bool = False) -> Scene:
    """Of the pair's last attempt, or of the whole submission where no pair is asked about."""
    told = written(scene)
    board = board_of(told)
    facts = facts_of(board, at(LONG))
    if told.pair is None or whole:
        return Scene(facts, lines_of(told))
    attempts = [each["attempt"] for each in told.ended if each["pair"] == told.pair]
    attempt = max(attempts, default=None)
    return scene_of(board, facts, lines_of(told), told.pair, attempt)


def at(seconds: float) -> datetime:
    return BEGAN + timedelta(seconds=seconds)


def lines_of(scene: Written) -> tuple[SeenLine, ...]:
    """Each container's lines end with its attempt."""
    return tuple(line for name, told in scene.logs.items() for line in _lines(scene, name, told))


def _lines(scene: Written, name: str, told: str | list[dict[str, Any]]) -> list[SeenLine]:
    _, _, number = name.rpartition("-")
    ends = [each for each in scene.ended if str(each["pair"]) == number]
    if isinstance(told, str):
        attempt = max((each["attempt"] for each in ends), default=1)
        told = [{"attempt": attempt, "text": told}]
    counter, lines = itertools.count(), []
    for piece in told:
        own = [_end_time(each) for each in ends if each["attempt"] == piece["attempt"]]
        end = min(own, default=LONG)
        texts = str(piece["text"]).splitlines()
        lines += [
            SeenLine(name, text, at(end - (len(texts) - place) * 0.1), next(counter))
            for place, text in enumerate(texts)
        ]
    return lines


def _end_time(end: dict[str, Any]) -> float:
    return float(
        end.get("at", 600 * end["attempt"] + (1 if end["reason"] == "lost-partner" else 0))
    )


def events_of(scene: Written) -> list[Event]:
    told: list[Event] = [JobSeen(at(0), _job(scene, ended=False))]
    for place, pod in enumerate(scene.earlier_pods):
        seen = _pod(scene, pod, f"earlier-{place}", pod.get("containers", {}))
        told += [PodSeen(at(place + 1), seen), PodVanished(at(place + 2), seen.uid)]
    present = _pod(scene, scene.pod, "now", scene.containers)
    told.append(PodSeen(at(10), present))
    if scene.ended or scene.problems:
        told.append(ProgressReported(at(20), _report(scene), present.key))
    for each in scene.records:
        record = FinishedRoute(
            each["pair"], each["route"], each.get("repetition", 0), each["status"], 0.0, 0.0, 1.0
        )
        told.append(RouteFinished(at(21), record, present.key))
    told += [_event(each, place, present) for place, each in enumerate(scene.events)]
    told += [
        LastLine(at(LONG - age), name, "…", at(LONG - age), present.key)
        for name, age in scene.silent.items()
    ]
    told += [
        ConsoleActed(at(each.get("at", 900)), ConsoleVerb(each["verb"]), each.get("by", "ana@lab"))
        for each in scene.actions
    ]
    if scene.pod.get("gone"):
        told.append(PodVanished(at(LONG - 2), present.uid))
    told.append(JobSeen(at(LONG - 1), _job(scene, ended=True)))
    return [*told, JobVanished(at(LONG))] if scene.job.get("deleted") else told


def _job(scene: Written, *, ended: bool) -> JobFacts:
    subsets = tuple(f"{5 * pair}-{5 * pair + 4}" for pair in range(scene.pairs))
    limit = scene.job.get("backoff_limit", 8)
    plan = SubmissionPlan(
        "demo",
        "races",
        Drives(V2_0, 1, subsets),
        limit,
        tuple(PairPlan.usual(number + 1) for number in range(scene.pairs)),
        "n0nce",
        Images("l", "s", "a", "p"),
    )
    conditions = tuple(
        JobCondition(e["type"], True, e.get("reason", ""), e.get("message", ""), at(LONG - 1))
        for e in scene.job.get("conditions", [])
    )
    return JobFacts(
        "demo",
        "races",
        "uid-1",
        BEGAN,
        limit,
        conditions=conditions if ended else (),
        active=1,
        suspended=ended and scene.job.get("suspended", False),
        cancelled=ended and scene.job.get("cancelled", False),
        leaderboard="2.0",
        plan=plan,
    )


def _pod(
    scene: Written, pod: dict[str, Any], uid: str, containers: dict[str, dict[str, Any]]
) -> PodFacts:
    names = [f"{half}-{n + 1}" for n in range(scene.pairs) for half in ("simulator", "agent")]
    every = dict.fromkeys([INIT, *names, "logcopy"]) | containers
    return PodFacts(
        f"demo-{uid}",
        "races",
        f"uid-{uid}",
        "demo",
        pod.get("phase", "Running"),
        tuple(_container(name, each) for name, each in every.items()),
        pod.get("reason", ""),
        pod.get("message", ""),
        pod.get("node", "gpu-1"),
        created_at=BEGAN,
        deleting=pod.get("deleting", False),
    )


def _container(name: str, told: dict[str, Any] | None) -> ContainerFacts:
    if told is None:
        if name == INIT:
            told = {"exit": 0, "reason": "Completed", "at": 1}
        else:
            told = {"state": "running"}
    ended = _exit(told) if "exit" in told else None
    state = ContainerState("terminated" if ended else told.get("state", "running"))
    return ContainerFacts(
        name,
        state,
        told.get("restarts", 0),
        "" if ended else told.get("reason", ""),
        "" if ended else told.get("message", ""),
        started_at=at(2) if state is ContainerState.RUNNING else None,
        ended=ended,
        previous=_exit(told["previous"]) if "previous" in told else None,
        init=name == INIT,
    )


def _exit(told: dict[str, Any]) -> ContainerExit:
    finished = at(told["at"]) if "at" in told else None
    began = at(told.get("began", 2))
    return ContainerExit(
        told["exit"], told.get("reason", "Error"), finished, began, told.get("message", "")
    )


def _report(scene: Written) -> ProgressReport:
    pairs = tuple(_pair(scene, number + 1) for number in range(scene.pairs))
    problems = tuple(
        MergeProblem(each["kind"], each.get("pair", 0), each["text"]) for each in scene.problems
    )
    return ProgressReport(1, at(20), MergeStatus.RUNNING, 0, 5 * scene.pairs, pairs, problems)


def _pair(scene: Written, number: int) -> PairProgress:
    ends = tuple(
        EndedAttempt(
            number,
            each["attempt"],
            each["half"],
            each["reason"],
            each.get("exit"),
            each["signal"] if "signal" in each else _signal_of(each.get("exit")),
            each.get("route", ""),
            at(_end_time(each)),
            each.get("kubelet", ""),
        )
        for each in scene.ended
        if each["pair"] == number
    )
    attempt = max((each.attempt for each in ends), default=0) + 1
    return PairProgress(number, attempt, "booting", "waiting", 0, 5, ended=ends)


def _signal_of(code: int | None) -> int | None:
    """As a supervisor tells it: a shell's exit code is 128 and the signal that ended it."""
    return code - 128 if code is not None and 128 < code <= 192 else None


def _event(each: dict[str, Any], place: int, pod: PodFacts) -> ClusterEventSeen:
    about = each.get("about", "pod")
    names = {"pod": f"Pod/{pod.name}", "job": "Job/demo", "node": f"Node/{pod.node}"}
    seen = at(each.get("at", 30 + place))
    event = ClusterEvent(
        f"event-{place}",
        each.get("type", "Warning"),
        each["reason"],
        each.get("message", ""),
        each.get("count", 1),
        seen,
        names.get(about, f"Pod/{pod.name} {about}"),
        seen,
    )
    return ClusterEventSeen(seen, event)
