"""Who keeps an owned cluster alive: one small file a process, watched through pidfds.

A cluster without a `keep` file ends a short grace after its last owner ended, however it ended.
Somebody who wants the cluster meanwhile becomes its owner by adding a file.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from console.localcluster.lifecycle.state_folder import ProcessId, own_process, write_private

GRACE_SECONDS = 5.0

_KEEP = "keep"


def register(folder: Path, *, owner: bool) -> None:
    """Makes the calling process an owner, or the cluster one that needs none."""
    if owner:
        me = own_process()
        write_private(folder / f"{me.pid}-{me.started}", "")
    else:
        write_private(folder / _KEEP, "")


def is_owned(folder: Path) -> bool:
    """Whether the cluster ends with its owners."""
    return not (folder / _KEEP).exists()


def ends_with_us(folder: Path) -> bool:
    """Whether the cluster ends when the calling process does: no other living owner keeps it."""
    return is_owned(folder) and not any(each.pid != os.getpid() for each in _living(folder))


async def last_owner_gone(folder: Path, grace_seconds: float = GRACE_SECONDS) -> None:
    """Returns a grace after the last owner is gone; never for a cluster that needs none."""
    while True:
        if not is_owned(folder):
            await asyncio.Event().wait()
        living = _living(folder)
        if not living:
            await asyncio.sleep(grace_seconds)
            if is_owned(folder) and not _living(folder):
                return
        else:
            await _end_of(living[0])


def _living(folder: Path) -> list[ProcessId]:
    names = [name.partition("-") for name in os.listdir(folder) if name[:1].isdigit()]
    owners = [ProcessId(int(pid), int(started)) for pid, _, started in names]
    return [owner for owner in owners if owner.alive]


async def _end_of(process: ProcessId) -> None:
    try:
        descriptor = os.pidfd_open(process.pid)
    except ProcessLookupError:
        return
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    loop.add_reader(descriptor, ended.set)
    try:
        # Its number may be another process's by the time that it is opened.
        if process.alive:
            await ended.wait()
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)
