"""`launch -f … --wait`: many followed to their ends, a line for each change; why some failed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from console.cli.interruptions import telling
from console.cli.many_summary import EndedRow, ended_row
from console.cli.narration import say
from console.domain.board import BoardSnapshot, SubmissionStatus
from console.domain.hostile_text import neutralise
from console.errors import ConsoleError
from console.operations.services import Services
from console.operations.shell_commands import carla_console
from console.operations.watching.followed_batch import FollowedBatch
from console.operations.watching.inspected import inspected
from console.operations.watching.lookup import Known
from console.presentation.verdicts import answer_in_short, answers


async def follow_batch(
    services: Services, namespace: str, uids: Mapping[str, str]
) -> tuple[EndedRow, ...]:
    """Until the last has ended; each as it ended, in the order of `uids`."""
    batch, where = FollowedBatch(services, namespace, uids), services.cluster.description
    held: tuple[str, ...] = ()

    def tell(before: BoardSnapshot, now: BoardSnapshot) -> None:
        nonlocal held
        if news := change(before, now):
            ended = sum(each.ended for each in batch.boards.values())
            say(f"{news}{f' ({ended} of {len(uids)} have ended)' if now.ended else ''}")
        left = blocked_alone([batch.boards[name] for name in batch.open])
        if left and left != held:
            whose = left[0] if len(left) == 1 else "NAME"
            cancel = carla_console(where, "cancel", whose, namespace=namespace)
            say(f"only what is blocked is left: {', '.join(left)}. Mend it, or cancel it: {cancel}")
        held = left

    look = carla_console(where, "list", namespace=namespace)
    with telling(lambda: f"{going_on(len(batch.open))} without this command: {look}"):
        await batch.run(tell)
        return tuple([await _ended(services, board) for board in batch.boards.values()])


def going_on(many: int) -> str:
    """So many, in a sentence's first words."""
    return "1 goes on or waits" if many == 1 else f"{many} go on or wait"


def blocked_alone(going: Sequence[BoardSnapshot]) -> tuple[str, ...]:
    """The names of those that are left, where waiting helps none of them; else none."""
    stuck = all(each.status is SubmissionStatus.BLOCKED for each in going)
    return tuple(each.name for each in going) if stuck else ()


def change(before: BoardSnapshot, now: BoardSnapshot) -> str:
    """Another status, and why; of many nothing less is told, for a kubelet's reasons alternate."""
    if before.status is now.status or now.job is None:
        return ""
    reason = f": {neutralise(now.reason)}" if now.reason else ""
    stuck = now.status is SubmissionStatus.BLOCKED and now.job.turn is not None
    held = " It keeps its place until it is cancelled." if stuck else ""
    verb = "has" if now.status is SubmissionStatus.FAILED else "is"
    return f"{now.name} {verb} {now.status.value.lower()}{reason}{held}"


async def _ended(services: Services, board: BoardSnapshot) -> EndedRow:
    """With the diagnosis; a log that cannot be read is no reason to say nothing at all."""
    try:
        found = await inspected(services, Known(board))
    except ConsoleError:
        found = None
    if found is None:
        return ended_row(board, ())
    first = answer_in_short(found)
    return ended_row(board, [first, *(each for each in answers(found) if each != first)])
