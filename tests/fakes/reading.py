"""The fake cluster's own reading of the API's objects: from stored JSON to facts.

Written apart from the edge's decoder, so that the two can differ: a fake that read with the
product's code could not find its faults. `tests/cluster/test_two_readings.py` holds them together.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from console.domain.facts import (
    ContainerExit,
    ContainerFacts,
    ContainerState,
    EvalAiPlace,
    IndexedJob,
    JobCondition,
    JobFacts,
    PodFacts,
    Targets,
    Turn,
)
from console.domain.submission import SubmissionPlan
from console.errors import InvalidInput
from console.specs.plan import plan_of

Stored = dict[str, Any]


def moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def job_facts(stored: Stored) -> JobFacts:
    meta, spec, status = stored["metadata"], stored.get("spec", {}), stored.get("status", {})
    uncounted = status.get("uncountedTerminatedPods") or {}
    paused = bool(spec.get("suspend"))
    annotations = meta.get("annotations") or {}
    marked = "leaderboard.carla.org/cancelled-at" in annotations
    plan = _plan(stored)
    number = f"#{plan.team_id}" if plan and plan.team_id else ""
    return JobFacts(
        meta["name"],
        meta["namespace"],
        meta["uid"],
        moment(meta.get("creationTimestamp")),
        spec.get("backoffLimit", 6),
        conditions=tuple(map(_job_condition, status.get("conditions") or ())),
        active=status.get("active", 0),
        succeeded=status.get("succeeded", 0) + len(uncounted.get("succeeded") or ()),
        failed=status.get("failed", 0) + len(uncounted.get("failed") or ()),
        terminating=status.get("terminating", 0),
        suspended=paused,
        cancelled=marked and (paused or spec.get("parallelism") == 0),
        deleting="deletionTimestamp" in meta,
        started_at=moment(status.get("startTime")),
        completed_at=moment(status.get("completionTime")),
        leaderboard=(meta.get("labels") or {}).get("leaderboard.carla.org/version", ""),
        plan=plan,
        turn=_turn(meta),
        waits="leaderboard.carla.org/queued-at" in annotations,
        queue=(meta.get("labels") or {}).get("kueue.x-k8s.io/queue-name", ""),
        team=annotations.get("leaderboard.carla.org/team-name", "") or number,
        evalai=_evalai(annotations.get("leaderboard.carla.org/evalai", "")),
        goes_to=Targets(
            annotations.get("leaderboard.carla.org/storage", ""),
            annotations.get("leaderboard.carla.org/dynamodb", ""),
        ),
        labels=tuple(sorted((meta.get("labels") or {}).items())),
        indexes=_indexes(spec, status),
    )


def _indexes(spec: Stored, status: Stored) -> IndexedJob | None:
    if spec.get("completionMode") != "Indexed":
        return None
    completed, failed = (_written_out(status.get(f"{how}Indexes", "")) for how in ENDS)
    return IndexedJob(spec.get("backoffLimitPerIndex"), completed, failed)


ENDS = ("completed", "failed")


def _written_out(text: str) -> tuple[int, ...]:
    """`0,2-4`"""
    ranges = [each.split("-") for each in text.split(",") if each]
    return tuple(n for each in ranges for n in range(int(each[0]), int(each[-1]) + 1))


def _turn(meta: Stored) -> Turn | None:
    told = {**(meta.get("labels") or {}), **(meta.get("annotations") or {})}
    batch, turn, limit = (
        told.get(f"leaderboard.carla.org/{word}") for word in ("batch", "turn", "at-most")
    )
    if not (batch and turn and limit):
        return None
    place, size = map(int, turn.split("/"))
    return Turn(batch, place, size, int(limit))


def _evalai(told: str) -> EvalAiPlace | None:
    server, _, numbers = told.partition(" ")
    return EvalAiPlace(server, *map(int, numbers.split("/"))) if told else None


def _plan(stored: Stored) -> SubmissionPlan | None:
    try:
        return plan_of(stored)
    except InvalidInput:
        return None


def _job_condition(told: Stored) -> JobCondition:
    return JobCondition(
        told["type"],
        told.get("status") == "True",
        told.get("reason", ""),
        told.get("message", ""),
        moment(told.get("lastTransitionTime")),
    )


def pod_facts(stored: Stored) -> PodFacts:
    meta, spec, status = stored["metadata"], stored.get("spec", {}), stored.get("status", {})
    turned = {each["type"]: each for each in status.get("conditions") or ()}
    owner: Stored = next((o for o in meta.get("ownerReferences") or () if o["kind"] == "Job"), {})
    reason, message = _why(status, turned)
    told = {key.rpartition("/")[2]: text for key, text in (meta.get("annotations") or {}).items()}
    index = told.get("job-completion-index")
    return PodFacts(
        meta["name"],
        meta["namespace"],
        meta["uid"],
        owner.get("name") or _label(meta),
        status.get("phase", "Unknown"),
        tuple(_containers(spec, status) if index is None else _of_pair(spec, status, int(index))),
        reason,
        message,
        spec.get("nodeName", ""),
        moment(meta.get("creationTimestamp")),
        "deletionTimestamp" in meta,
        owner.get("uid", ""),
        moment(turned.get("PodScheduled", {}).get("lastTransitionTime")),
        moment(turned.get("Initialized", {}).get("lastTransitionTime")),
        None if index is None else int(index),
        int(told.get("job-index-failure-count", 0)),
    )


def _of_pair(spec: Stored, status: Stored, index: int) -> Iterator[ContainerFacts]:
    """Under the pair's number; sidecars are halves as any."""
    for each in _containers(spec, status):
        name = f"{each.name}-{index + 1}"
        yield replace(each, name=name, own_name=each.name, init=each.init and not each.sidecar)


def _label(meta: Stored) -> str:
    labels = meta.get("labels") or {}
    found = labels.get("batch.kubernetes.io/job-name") or labels.get("job-name")
    return str(found or "")


def _why(status: Stored, turned: dict[str, Stored]) -> tuple[str, str]:
    """The pod's own reason, else who ends it, else why it has no node."""
    if status.get("reason"):
        return status["reason"], status.get("message", "")
    for kind, meant in (("DisruptionTarget", "True"), ("PodScheduled", "False")):
        if turned.get(kind, {}).get("status") == meant:
            return turned[kind].get("reason", ""), turned[kind].get("message", "")
    return "", ""


def _containers(spec: Stored, status: Stored) -> Iterator[ContainerFacts]:
    """In the manifest's order; of those only that have a status."""
    for wanted, told in (
        ("initContainers", "initContainerStatuses"),
        ("containers", "containerStatuses"),
        ("ephemeralContainers", "ephemeralContainerStatuses"),
    ):
        by_name = {each["name"]: each for each in status.get(told) or ()}
        for each in spec.get(wanted) or ():
            if each["name"] in by_name:
                yield _container(each, by_name[each["name"]], wanted)


def _container(specified: Stored, told: Stored, kind: str) -> ContainerFacts:
    states: Stored = told.get("state") or {"waiting": {}}
    word, state = next(iter(states.items()))
    before = (told.get("lastState") or {}).get("terminated")
    init = kind == "initContainers"
    return ContainerFacts(
        told["name"],
        ContainerState(word),
        told.get("restartCount", 0),
        state.get("reason", ""),
        state.get("message", ""),
        told.get("ready", False),
        told.get("containerID", ""),
        moment(state.get("startedAt")),
        _exit(state) if word == "terminated" else None,
        _exit(before) if before else None,
        init,
        init and specified.get("restartPolicy") == "Always",
        kind == "ephemeralContainers",
    )


def _exit(ended: Stored) -> ContainerExit:
    return ContainerExit(
        ended.get("exitCode", 0),
        ended.get("reason", ""),
        moment(ended.get("finishedAt")),
        moment(ended.get("startedAt")),
        ended.get("message", ""),
    )
