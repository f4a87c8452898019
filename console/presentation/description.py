"""A submission as `kubectl describe` would tell of it: Job, pod, containers, events. Pure.

Of a variable that a Secret holds, only where it stands is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from console.domain.board import BoardSnapshot
from console.domain.facts import ContainerFacts, PodFacts
from console.domain.progress import SeenGpu
from console.presentation.endings import container_state
from console.presentation.happenings import happenings
from console.presentation.tones import BLANK, Line, Tone, text

INDENT = 24
"""Columns before a value: the longest name, and room on both sides of it."""
Told = Mapping[str, Any]


def description(job: Told, board: BoardSnapshot, now: datetime) -> list[Line]:
    """`job` as the cluster or a recording has it, without credentials."""
    several = _maps(job, "items")
    lines = [*_head(job, board)] if several else []
    for each in several or (job,):
        lines += [*([BLANK] if several else ()), *_of_job(each, board, alone=not several)]
    cards = [*_cards(board)]
    lines += [BLANK, text(("GPUs", Tone.STRONG)), *cards] if cards else []
    return [*lines, BLANK, text(("Events", Tone.STRONG)), *happenings(board, now)]


def _of_job(job: Told, board: BoardSnapshot, *, alone: bool) -> Iterator[Line]:
    """The Job, the pod that it makes, and its containers; `alone`: it is the whole submission."""
    template = _map(job, "spec", "template", "spec")
    part = None if alone else _part(board, str(_map(job, "metadata").get("name", "")))
    yield from _head(job, board) if alone else _one_of_several(job)
    yield from _pods(template, board.pods if alone else (part,) if part else ())
    for kind in ("initContainers", "containers"):
        for each in _maps(template, kind):
            name = str(each.get("name", "?"))
            yield BLANK
            yield from _container(each, name, _facts(board.pod if alone else part, name))
    volumes = ", ".join(str(each.get("name", "?")) for each in _maps(template, "volumes"))
    yield from (BLANK, _field("Volumes", volumes))


def _cards(board: BoardSnapshot) -> Iterator[Line]:
    """What each half said of its own, side by side; nothing of pairs that have said nothing."""
    for pair in board.pairs:
        halves = [("simulator", pair.simulator_gpu), ("agent", pair.agent_gpu)]
        if any(seen for _, seen in halves):
            told = "  ".join(f"{name} {_card(seen)}" for name, seen in halves)
            wrong = text(("  not one GPU", Tone.WARN)) if pair.gpus_differ else ()
            yield (*_field(f"pair {pair.number}", told), *wrong)


def _card(seen: SeenGpu | None) -> str:
    if seen is None or seen.count == 0:
        return "?" if seen is None else "none"
    index = "?" if seen.index is None else seen.index
    return f"{index} {seen.uuid or '?'}"


def _part(board: BoardSnapshot, job: str) -> PodFacts | None:
    """The pod of one of several Jobs: its name begins with that one's."""
    return next((each for each in board.parts if each.name.startswith(f"{job}-")), None)


def _facts(pod: PodFacts | None, name: str) -> Sequence[ContainerFacts]:
    """By the name that it has in its Job; one in each of its pods."""
    return [each for each in pod.containers if each.asked == name] if pod else []


def _one_of_several(job: Told) -> Iterator[Line]:
    """A Job of a submission that has several."""
    meta, spec = _map(job, "metadata"), _map(job, "spec")
    yield text((f"Job {meta.get('name', '?')}", Tone.STRONG))
    for name in ("uid", "creationTimestamp"):
        yield _field(name, meta.get(name, "?"))
    for name in ("backoffLimit", "suspend"):
        if name in spec:
            yield _field(name, spec[name])
    for each in _maps(_map(job, "status"), "conditions"):
        words = (each.get("reason", ""), each.get("message", ""))
        told = " ".join(str(word) for word in words if word)
        yield _field("condition", f"{each.get('type', '?')}={each.get('status', '?')} {told}")


def _head(job: Told, board: BoardSnapshot) -> Iterator[Line]:
    meta, spec = _map(job, "metadata"), _map(job, "spec")
    yield text((f"{'Jobs' if 'items' in job else 'Job'}", Tone.STRONG))
    for name in ("name", "namespace", "uid", "creationTimestamp"):
        yield _field(name, meta.get(name, "?"))
    yield from _several("labels", _map(meta, "labels"))
    yield from _several("annotations", _map(meta, "annotations"))
    yield _field("status", board.status.value)
    for name in ("backoffLimit", "backoffLimitPerIndex", "suspend", "activeDeadlineSeconds"):
        if name in spec:
            yield _field(name, spec[name])
    for each in board.job.conditions if board.job else ():
        state = "True" if each.status else "False"
        yield _field("condition", f"{each.type}={state} {each.reason} {each.message}".rstrip())


def _pods(template: Told, pods: Sequence[PodFacts]) -> Iterator[Line]:
    several = len(pods) > 1
    yield from (BLANK, text(("Pods" if several else "Pod", Tone.STRONG)))
    if not pods:
        yield _field("name", "? (no pod has been seen)")
    for pod in pods:
        if several:
            yield _field("pair", pod.pair or "?")
        yield _field("name", pod.name)
        yield _field("node", pod.node or "?")
        yield _field("phase", f"{pod.phase} {pod.reason} {pod.message}".rstrip())
    for name in ("serviceAccountName", "restartPolicy", "runtimeClassName"):
        if name in template:
            yield _field(name, template[name])
    yield from _several("nodeSelector", _map(template, "nodeSelector"))


def _container(told: Told, name: str, found: Sequence[ContainerFacts]) -> Iterator[Line]:
    """As the board calls it, where it is of one of several pods; where one Job makes several, its
    state in each of them."""
    one = found[0] if len(found) == 1 else None
    yield text((one.name if one else name, Tone.STRONG))
    for facts in found or (None,):
        if len(found) > 1 and facts is not None:
            yield _field("of", facts.name)
        yield (*_field("state", ""), *container_state(facts))
        yield _field("restarts", facts.restart_count if facts else "?")
    yield _field("image", told.get("image", "?"))
    for each in ("command", "args"):
        if words := told.get(each):
            yield _field(each, " ".join(map(str, words)) if isinstance(words, list) else words)
    for each in ("limits", "requests"):
        yield from _several(each, _map(told, "resources", each))
    yield from _several("environment", dict(map(_variable, _maps(told, "env"))))
    mounted = _maps(told, "volumeMounts")
    mounts = {str(each.get("mountPath", "?")): each.get("name", "?") for each in mounted}
    yield from _several("mounts", mounts)


def _variable(told: Told) -> tuple[str, str]:
    name, source = str(told.get("name", "?")), _map(told, "valueFrom")
    if secret := _map(source, "secretKeyRef"):
        return name, f"<key {secret.get('key', '?')} of Secret {secret.get('name', '?')}>"
    if source:
        return name, f"<from {', '.join(map(str, source))}>"
    return name, str(told.get("value", ""))


def _several(name: str, values: Told) -> Iterator[Line]:
    for at, (key, value) in enumerate(values.items()):
        yield _field(name if at == 0 else "", f"{key}={value}")


def _field(name: str, value: object) -> Line:
    return text((f"  {name:<{INDENT - 2}}", Tone.MUTED), str(value).replace("\n", " "))


def _map(told: Told, *names: str) -> Told:
    """What stands there, if it is a mapping."""
    for name in names:
        found = told.get(name)
        told = found if isinstance(found, dict) else {}
    return told


def _maps(told: Told, name: str) -> Sequence[Told]:
    """Those of the list that stands there; of a recording nobody vouches for what does."""
    found = told.get(name)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else ()
