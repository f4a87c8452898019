"""What is known of a submission: from the cluster while it has the Job, else from the recording.

A Job is deleted, or its time to live ends; what this console recorded still answers for it.
"""

from __future__ import annotations

import asyncio

import msgspec

from console.domain.board import BoardSnapshot
from console.domain.facts import UID_SHOWN
from console.errors import NotFound
from console.operations.ports.recorder import BundleHeader, Recording
from console.operations.recording.recorded import (
    as_it_ended,
    damage_words,
    recorded_board,
    recordings_of,
    without_job,
)
from console.operations.services import Services
from console.operations.shell_commands import carla_console
from console.operations.watching.single_look import look_once


class Wanted(msgspec.Struct, frozen=True):
    """Which submission, and from where."""

    namespace: str
    name: str
    uid: str = ""
    """The beginning of the one that is meant, of several that had the name."""
    recorded: bool = False
    """From the recording, though the cluster may have it."""

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"


class Found(msgspec.Struct, frozen=True):
    """One recording, and what a reader must know of where the answer comes from."""

    recording: Recording
    remarks: tuple[str, ...]


class Known(msgspec.Struct, frozen=True):
    """A board, and the recording that it is from; None where the cluster told it."""

    board: BoardSnapshot
    found: Found | None = None
    unread: str = ""
    """What the cluster did not tell of it, for who looks for a cause."""

    @property
    def recorded(self) -> bool:
        """It is no live answer."""
        return self.found is not None

    @property
    def remarks(self) -> tuple[str, ...]:
        """Where the answer comes from; nothing where it is the cluster's."""
        return self.found.remarks if self.found is not None else ()

    @property
    def uid(self) -> str | None:
        """Which submission of that name it is."""
        if self.found is not None:
            return self.found.recording.uid
        return self.board.job.uid if self.board.job else None


async def known(services: Services, wanted: Wanted) -> Known:
    """The board as of now, else as recorded; raises NotFound where neither is there."""
    gone = None
    if not wanted.recorded:
        try:
            if await is_present(services, wanted):
                # One look tells the logs' last words too; a board of the Job alone would know no
                # result.
                seen = await look_once(services, wanted.namespace, wanted.name)
                return Known(seen.board, unread=seen.unread)
        except NotFound as error:
            gone = NotFound(f"There is no Job {wanted}", why=error.why)
    return await asyncio.to_thread(_recalled, services, wanted, gone)


async def is_present(services: Services, wanted: Wanted) -> bool:
    """Whether the Job that the cluster has is the one that is meant; NotFound without a Job."""
    if not wanted.uid:
        return True
    job = await services.cluster.job(wanted.namespace, wanted.name)
    return job.uid.startswith(wanted.uid)


def _recalled(services: Services, wanted: Wanted, gone: NotFound | None) -> Known:
    found = find(services, wanted, gone)
    board = recorded_board(services, found.recording)
    if board is None:
        fix = _offer(services, wanted, "logs", wanted.name, "--recorded")
        raise without_job(str(wanted), fix=fix)
    return Known(as_it_ended(board, services.clock(), gone=gone is not None), found)


def find(services: Services, wanted: Wanted, gone: NotFound | None = None) -> Found:
    """The newest recording of that name, or the one of that uid. Reads files; raises NotFound.

    `gone`: what the cluster does not have, where it was asked first.
    """
    every = recordings_of(services, wanted.namespace, wanted.name)
    # The beginning of a uid is enough, as it is with commits: it is read from a screen and typed.
    meant = [each for each in every if each.uid.startswith(wanted.uid)]
    if not meant:
        raise _nothing(services, wanted, every, gone)
    recording = meant[-1]
    rest = [each.uid[:UID_SHOWN] for each in every if each is not recording]
    came = services.recorder.imported(recording)
    remarks = [_origin(wanted, recording, gone, came), *_elsewhere(services, recording)]
    if damage := damage_words(services, recording):
        remarks.append(damage)
    if rest:
        remarks.append(f"{_others(len(rest))} that name; newest last: --uid {', '.join(rest)}")
    return Found(recording, tuple(remarks))


def _others(count: int) -> str:
    return "another submission had" if count == 1 else f"{count} other submissions had"


def _origin(
    wanted: Wanted, recording: Recording, gone: NotFound | None, came: BundleHeader | None
) -> str:
    told = f"what this console recorded of {wanted} (uid {recording.uid[:UID_SHOWN]})"
    if came is not None:
        told = f"{told.replace('this console recorded', 'a bundle tells')}{_sent(came)}"
    return f"this is {told}" if gone is None else f"{gone.what}; this is {told}"


def _sent(came: BundleHeader) -> str:
    whose = f", made by {came.machine}" if came.machine else ", made for a team"
    return f"{whose}, imported here"


def _elsewhere(services: Services, recording: Recording) -> tuple[str, ...]:
    kept, here = services.recorder.manifest(recording), services.cluster.description.server
    # Two clusters may have the same namespace and name; only the server tells them apart.
    if kept is None or not here or kept.server == here:
        return ()
    return (f"it was recorded from {kept.server}; this cluster is {here}",)


def _nothing(
    services: Services, wanted: Wanted, every: tuple[Recording, ...], gone: NotFound | None
) -> NotFound:
    if every:
        uids = ", ".join(each.uid[:UID_SHOWN] for each in every)
        return NotFound(
            f"No submission {wanted} with the uid {wanted.uid} is recorded here.",
            why=f"Recorded are: {uids}",
        )
    what = f"This console has recorded nothing of {wanted}."
    return NotFound(
        what if gone is None else f"{gone.what}. {what}",
        why="" if gone is None else gone.why,
        fix=_offer(services, wanted, "list"),
    )


def _offer(services: Services, wanted: Wanted, *words: str) -> str:
    command = carla_console(services.cluster.description, *words, namespace=wanted.namespace)
    return f"Check the name, the namespace and the cluster: {command}"
