"""The recorder process beside a launch: it is there before the Job, and knows it afterwards.

A launch that nobody records is a launch all the same: what hinders the recorder is said, no more.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from console import paths, wiring
from console.cli.connection import wanted
from console.cli.narration import say
from console.errors import ConsoleError

if TYPE_CHECKING:
    from console.operations.ports.recorder_process import RecorderProcess


async def recorder_for(options: argparse.Namespace, namespace: str) -> RecorderProcess | None:
    """The recorder that follows that namespace by now; None where none can, or none is wanted."""
    if not paths.recorder_wanted():
        return None
    try:
        recorder = await asyncio.to_thread(wiring.recorder_process, wanted(options))
        await asyncio.to_thread(recorder.ensure, namespace)
    except ConsoleError as error:
        say(f"warning: {error.what}")
        say(f"  {' '.join(part for part in (error.why, error.fix) if part)}")
        return None
    return recorder


async def tell_all_recorded(
    recorder: RecorderProcess | None, namespace: str, launched: Sequence[tuple[str, str]]
) -> None:
    """The same of many, by name and uid; the last one tells of all before it."""
    if recorder is None or not launched:
        return
    name, uid = launched[-1]
    if await asyncio.to_thread(recorder.saw, namespace, name, uid):
        say(f"the recorder keeps what these {len(launched)} say; this terminal may be closed")
    else:
        say(f"warning: the recorder has not seen {name}: carla-console record status tells why")


async def tell_recorded(
    recorder: RecorderProcess | None, namespace: str, name: str, uid: str
) -> None:
    """Whether what was just launched is recorded with no console open."""
    if recorder is None:
        return
    if await asyncio.to_thread(recorder.saw, namespace, name, uid):
        say(f"the recorder keeps what {name} says; this terminal may be closed")
    else:
        say(f"warning: the recorder has not seen {name}: carla-console record status tells why")
