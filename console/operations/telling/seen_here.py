"""A submission as the fleets of a recorder show it, or its recording where the cluster lacks it.

For whoever follows one to its end to tell others of it. Where nobody can say whether it is still
there, nothing is said at all.
"""

from __future__ import annotations

import asyncio
from typing import Protocol

import msgspec

from console.domain.board import BoardSnapshot
from console.domain.fleet import FleetSnapshot
from console.operations.ports.recorder import Recording
from console.operations.recording.recorded import as_it_ended, recorded_board
from console.operations.services import Services


class ListedSubmissions(Protocol):
    """A fleet, as far as whoever tells others needs it."""

    @property
    def namespace(self) -> str | None:
        """None: all."""
        ...

    @property
    def snapshot(self) -> FleetSnapshot: ...

    def listed_board(self, namespace: str, name: str) -> BoardSnapshot: ...

    def unheard(self) -> frozenset[tuple[str, str]]: ...


Fleets = tuple[ListedSubmissions, ...]


class SeenHere(msgspec.Struct, frozen=True):
    """A board, and how much it is worth."""

    board: BoardSnapshot
    heard: bool
    """Its last words are on it, or never will be."""
    gone: bool = False
    """From its recording, for the cluster no longer has it: that changes no more."""


async def seen_here(
    services: Services, job: Recording, fleets: Fleets, before: SeenHere | None
) -> SeenHere | None:
    """None while it is on no list that can be trusted. `before`: what was seen the last time."""
    for fleet in fleets:
        board = fleet.listed_board(job.namespace, job.name)
        if board.job is not None and board.job.uid == job.uid:
            return SeenHere(board, (job.namespace, job.name) not in fleet.unheard())
    if not any(_would_show(fleet, job) for fleet in fleets):
        return None
    if before is not None and before.gone:
        return before
    recalled = await asyncio.to_thread(_recalled, services, job)
    return None if recalled is None else SeenHere(recalled, heard=True, gone=True)


def _would_show(fleet: ListedSubmissions, job: Recording) -> bool:
    return fleet.snapshot.live and fleet.namespace in (None, job.namespace)


def _recalled(services: Services, recording: Recording) -> BoardSnapshot | None:
    """As it is recorded, where the cluster of that recording no longer has it.

    Another cluster may have a context of that name: what it lacks says nothing.
    """
    kept = services.recorder.manifest(recording)
    if kept is None or kept.server != services.cluster.description.server:
        return None
    board = recorded_board(services, recording)
    return board and as_it_ended(board, services.clock(), gone=True)
