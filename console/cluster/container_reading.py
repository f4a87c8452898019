"""The containers of a pod: their statuses to facts; in a watch only of those that have changed."""

from __future__ import annotations

from itertools import compress
from operator import ne

import msgspec
from msgspec.structs import replace

from console.cluster import wire
from console.cluster.decoding import decoded
from console.cluster.room import PODS_KEPT, make_room
from console.domain.facts import ContainerExit, ContainerFacts, ContainerState
from console.struct_library import decoder_of

Containers = tuple[ContainerFacts, ...]
Told = list[ContainerFacts]
Texts = tuple[msgspec.Raw, ...]

_status = decoder_of(wire.ContainerStatus)
_WAITING, _RUNNING, _ENDED = (
    ContainerState.WAITING,
    ContainerState.RUNNING,
    ContainerState.TERMINATED,
)


def containers_of(spec: wire.PodSpec, status: wire.PodStatus[wire.ContainerStatus]) -> Containers:
    """Those of which a status tells, in the manifest's order, init containers first."""
    return (
        *_of(spec.init_containers, status.init_container_statuses, init=True),
        *_of(spec.containers, status.container_statuses),
        *_of(spec.ephemeral_containers, status.ephemeral_container_statuses, ephemeral=True),
    )


class _LastTold(msgspec.Struct, gc=False):
    """What was told of one pod's containers, and by which texts. Renewed in its place: most lines
    change one or two of ten."""

    spec: wire.PodSpec
    sizes: tuple[int, int]
    """How many of the texts are of init containers, and how many of these or of usual ones."""
    texts: list[msgspec.Raw]
    places: tuple[int, ...] | None
    """Of what each text tells, among the containers; None where it is not one for one."""
    containers: Told


class KnownContainers:
    """Of each pod: a status is read only where its text is another than the last time."""

    def __init__(self) -> None:
        self._known: dict[str, _LastTold] = {}

    def of(self, uid: str, spec: wire.PodSpec, status: wire.PodStatus[msgspec.Raw]) -> Containers:
        """As `containers_of` tells them."""
        init, main = status.init_container_statuses, status.container_statuses
        texts = init + main + status.ephemeral_container_statuses
        sizes = len(init), len(init) + len(main)
        known = self._known.get(uid)
        if known is None:
            make_room(self._known, PODS_KEPT)
        if known is None or not _renewed(known, spec, sizes, texts):
            self._known[uid] = known = _read(spec, sizes, texts)
        return tuple(known.containers)


def _renewed(known: _LastTold, spec: wire.PodSpec, sizes: tuple[int, int], texts: Texts) -> bool:
    """Whether it is renewed with what has changed; else everything has to be read again."""
    before, places, containers = known.texts, known.places, known.containers
    alike = known.sizes == sizes and len(before) == len(texts)
    if places is None or not alike or not (known.spec is spec or known.spec == spec):
        return False
    for at in [*compress(range(len(texts)), map(ne, texts, before))]:
        text, place = texts[at].copy(), places[at]
        told, old = _one(text, at, sizes), containers[place]
        if told.name != old.name:
            return False
        before[at] = text
        containers[place] = replace(told, sidecar=True) if old.sidecar else told
    return True


def _read(spec: wire.PodSpec, sizes: tuple[int, int], texts: Texts) -> _LastTold:
    kept = tuple([each.copy() for each in texts])
    told = tuple([decoded(_status, text) for text in kept])
    first, then = sizes
    status = wire.PodStatus(
        init_container_statuses=told[:first],
        container_statuses=told[first:then],
        ephemeral_container_statuses=told[then:],
    )
    containers = containers_of(spec, status)
    place_of = {_key(each): place for place, each in enumerate(containers)}
    keys = [(each.name, at < first, at >= then) for at, each in enumerate(told)]
    places = tuple([place_of[key] for key in keys if key in place_of])
    one_for_one = len(set(places)) == len(told) == len(containers)
    return _LastTold(spec, sizes, [*kept], places if one_for_one else None, [*containers])


def _key(container: ContainerFacts) -> tuple[str, bool, bool]:
    return container.name, container.init, container.ephemeral


def _one(text: msgspec.Raw, at: int, sizes: tuple[int, int]) -> ContainerFacts:
    status = decoded(_status, text)
    return _facts(status, at < sizes[0], False, at >= sizes[1])


def _of(
    named: tuple[wire.Container, ...],
    told: tuple[wire.ContainerStatus, ...],
    *,
    init: bool = False,
    ephemeral: bool = False,
) -> Told:
    if not told:
        return []
    by_name = {each.name: each for each in told}
    return [
        _facts(found, init, init and each.restart_policy == "Always", ephemeral)
        for each in named
        if (found := by_name.get(each.name)) is not None
    ]


def _facts(
    status: wire.ContainerStatus, init: bool, sidecar: bool, ephemeral: bool
) -> ContainerFacts:
    state, last = status.state, status.last_state.terminated
    kind, reason, message, started, exited = _WAITING, "", "", None, None
    # By far the most first: a list has tens of thousands of them.
    if (ended := state.terminated) is not None:
        kind, reason, message, started = _ENDED, ended.reason, ended.message, ended.started_at
        exited = ContainerExit(ended.exit_code, reason, ended.finished_at, started, message)
    elif (running := state.running) is not None:
        kind, started = _RUNNING, running.started_at
    elif (waiting := state.waiting) is not None:
        reason, message = waiting.reason, waiting.message
    return ContainerFacts(
        status.name,
        kind,
        status.restart_count,
        reason,
        message,
        status.ready,
        status.container_id,
        started,
        exited,
        None if last is None else _exit(last),
        init,
        sidecar,
        ephemeral,
    )


def _exit(ended: wire.Terminated) -> ContainerExit:
    return ContainerExit(
        ended.exit_code, ended.reason, ended.finished_at, ended.started_at, ended.message
    )
