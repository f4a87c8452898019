"""Queues of Kueue before and after a launch: that each admits, and in which a Job waits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from console.cli import narration
from console.operations.submitting.kueue import demand_queue
from console.specs.turns import queue_of

if TYPE_CHECKING:
    from console.operations.services import Services
    from console.operations.submitting.launch import Launched
    from console.operations.submitting.launch_many import LaunchedRow, QueueLine
    from console.specs.compose import Composed


async def demand_queues(services: Services, namespace: str, jobs: Iterable[Composed]) -> None:
    """Raises InvalidInput where one of them would wait for ever; what is wrong now is told."""
    for queue in dict.fromkeys(queue_of(each.manifest) for each in jobs):
        if queue and (told := await demand_queue(services, namespace, queue)):
            narration.say(f"warning: {told}")


def tell_queue(launched: Launched) -> None:
    """In which it waits, where it does: its namespace may have put it there."""
    if launched.queue:
        waits = "waits" if launched.job else "would wait"
        narration.say(f"it {waits} in the queue {launched.queue}, until admitted by Kueue")


def tell_queues(sent: Sequence[LaunchedRow], line: QueueLine) -> None:
    """How many wait in which, and that a limit of ours does not hold there."""
    for queue, count in Counter(each.queue for each in sent if each.queue).items():
        told = "1 is" if count == 1 else f"{count} are"
        narration.say(f"{told} in the queue {queue}, until admitted by Kueue")
        if line.at_most:
            narration.say(
                f"warning: the cluster puts them there by itself, and Kueue decides how many run: "
                f"--at-most {line.at_most} does not hold"
            )
