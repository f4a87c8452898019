"""What the agents of a submission said last, for who looks at it once and follows nothing."""

from __future__ import annotations

import asyncio
import logging

from console.domain.board import AT_WORK, BoardSnapshot
from console.domain.events import LastLine
from console.domain.facts import PodFacts
from console.domain.folding import fold
from console.errors import ConsoleError
from console.operations.ports.cluster import LogRequest
from console.operations.ports.recorder import LogLine
from console.operations.recording.draining import drained
from console.operations.recording.tail import LOOKED_THROUGH, last_words
from console.operations.services import Services

log = logging.getLogger(__name__)
_PATIENCE = 5.0
"""Seconds for all of them: who asks wants to see the submission itself."""


async def with_agents(services: Services, board: BoardSnapshot) -> BoardSnapshot:
    """The board with their newest lines; without those that cannot be read."""
    names = [f"agent-{pair.number}" for pair in board.pairs if pair.status in AT_WORK]
    own = [(pod, name) for name in names if (pod := board.pod_of(name)) is not None]
    if not board.pod_lives or not own:
        return board
    for said in await asyncio.gather(*(_last_word(services, *each) for each in own)):
        board = board if said is None else fold(board, said)
    return board


async def _last_word(services: Services, pod: PodFacts, name: str) -> LastLine | None:
    facts = pod.container(name)
    asked = facts.asked if facts is not None else name
    request = LogRequest(pod.namespace, pod.name, asked, tail=LOOKED_THROUGH)
    lines: list[LogLine] = []
    try:
        async with asyncio.timeout(_PATIENCE):
            async for block in drained(services, request):
                lines += (_line(raw, pod.key) for raw in block.splitlines())
    except (ConsoleError, TimeoutError) as error:
        log.info("What %s of %s says cannot be read: %s", name, pod.name, error)
    return last_words(name, lines, services.clock())


def _line(raw: bytes, pod: str) -> LogLine:
    at, _, text = raw.partition(b" ")
    return LogLine(at.decode("ascii", "replace"), text.decode(errors="replace"), pod=pod)
