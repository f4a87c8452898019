"""A submission's files, brought to their place a step further. Blocks: it reads, hashes and sends.

The mark by which upstream calls a submission finished comes last of all: not before a second look
has found nothing that was not there already. A log that grows is sent again when it has grown by a
quarter, and whole when its submission has ended: so all that is ever sent of it is a few times its
length, however often it is looked at.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta

from msgspec.structs import replace

from console.errors import ConsoleError
from console.operations.delivering import delivery_changes
from console.operations.delivering.folder_turns import FolderTurns
from console.operations.delivering.standing import Standing
from console.operations.ports.deliveries import Delivery, DeliveryTargets
from console.operations.ports.evalai import RemoteOutcome
from console.operations.ports.object_place import ObjectPlace
from console.operations.services import Services
from console.operations.shell_commands import carla_console
from console.operations.storing import marks
from console.operations.storing.bringing import FileChange, FolderTaken, Step, bring
from console.operations.storing.held_claims import HeldClaim
from console.operations.storing.tree import Tree, tree_of
from console.operations.storing.writer_claims import Bringing, WriterClaim, WriterTaken
from console.results.quoting import printable
from console.workers.status_files import LOGCOPY_DONE

SETTLES = timedelta(seconds=5)
"""From the end of a submission, as seen here, until its last lines are on this disk too."""
GROWN = 1.25
log = logging.getLogger(__name__)
LAST = f"{marks.FOLDER}/{LOGCOPY_DONE}"


class FilesErrand:
    """Of one recorder. One thread at a time for each delivery."""

    def __init__(self, services: Services, targets: DeliveryTargets) -> None:
        self._services, self._targets = services, targets
        self._there: dict[tuple[str, ...], Mapping[str, int]] = {}
        """By delivery: the logs that are at the place, and how many lines of each."""
        self._folders = FolderTurns()

    def advance(self, known: Delivery, here: Standing) -> Delivery:
        """As far as it goes now; what a place does is in the value that comes back."""
        try:
            place = self._targets.place(known.target)
            if place is None:
                raise delivery_changes.not_set(known.target)
            tree = tree_of(self._services, known.recording, known.folder)
        except ConsoleError as error:
            return delivery_changes.failed(known, error, self._services.clock())
        known = replace(known, subject=tree.folder)
        # What goes on from a submission has its folder: the two do not write into it at once.
        with self._folders.turn(known.where):
            try:
                return self._brought(place, tree, known, here)
            except WriterTaken as taken:
                return self._brought_by_others(taken.claim, known, here)
            except FolderTaken as taken:
                return delivery_changes.refused(
                    known, self._taken(taken, known, here), self._services.clock()
                )
            except ConsoleError as error:
                return delivery_changes.failed(known, error, self._services.clock())

    def _brought(self, place: ObjectPlace, tree: Tree, known: Delivery, here: Standing) -> Delivery:
        there = self._there.get(known.key, {})
        later = {key for key, lines in tree.lines.items() if _waits(lines, there.get(key), here)}
        claim = self._claim(place, tree, known)
        steps = bring(place, tree, _tell, held_back=later | {LAST}, claim=claim)
        if beside := _beside(steps):
            known = replace(known, beside=beside)
        if claim.guarded is not None:
            known = replace(known, unguarded=not claim.guarded)
        self._there[known.key] = {
            key: there[key] if key in later else lines for key, lines in tree.lines.items()
        }
        now = self._services.clock()
        if here.ended is RemoteOutcome.FINISHED and not tree.view.final:
            return delivery_changes.failed(known, delivery_changes.not_recorded(known), now)
        if not here.over:
            if known.asked:
                # Who has asked may be a command, which comes back for no second look.
                claim.give_back(over=False)
            return delivery_changes.brought(known, now, self._targets.period)
        if any(step.change is not FileChange.SAME for step in steps):
            return delivery_changes.brought_once_more(known, now, SETTLES)
        # Whoever reads the place is told what all others are.
        if LAST in tree.files and here.ended is RemoteOutcome.FINISHED:
            bring(place, tree, _tell, held_back=set(tree.files) - {LAST}, claim=claim)
        # Where nobody here can tell how it ended, another machine may know more.
        claim.give_back(over=here.ended is not None)
        self._there.pop(known.key, None)
        return delivery_changes.finished(known, now, here.ended, here.unknown)

    def _claim(self, place: ObjectPlace, tree: Tree, known: Delivery) -> HeldClaim:
        by = Bringing(self._targets.writer, self._services.clock, self._targets.period, known.asked)
        return HeldClaim(place, tree.folder, by, known.recording.uid)

    def _brought_by_others(self, claim: WriterClaim, known: Delivery, here: Standing) -> Delivery:
        """A recorder of another machine brings it, or has."""
        now, who = self._services.clock(), printable(claim.writer.who, 60)
        self._there.pop(known.key, None)
        known = replace(known, others=who)
        if claim.over and here.over:
            return delivery_changes.done_by_others(known, now, here.ended)
        words = f"{who} brings it, and has the folder until {claim.until:%Y-%m-%d %H:%M} UTC."
        return delivery_changes.waits_for_others(known, words, now, self._targets.period)

    def _taken(self, taken: FolderTaken, known: Delivery, here: Standing) -> ConsoleError:
        """With what somebody does about it who has launched twice with one id."""
        name, space = known.recording.name, known.recording.namespace
        words = ("publish", name, "--to", known.target, "--folder", name)
        command = carla_console(self._services.cluster.description, *words, namespace=space)
        job = here.seen.board.job
        # EvalAI gives the number: a host who has one evaluated again from the start keeps it.
        chosen = job is None or job.evalai is None
        later = " The next launch: with a submission id of its own." if chosen else ""
        return ConsoleError(
            taken.what,
            why=taken.why,
            fix=f"For a folder of its own, where a recorder goes on then: {command}.{later}",
        )


def _waits(lines: int, there: int | None, here: Standing) -> bool:
    """Whether a log is long enough there for now."""
    if there is None:
        return False
    return lines == there if here.over else lines < there * GROWN


def _beside(steps: tuple[Step, ...]) -> str:
    """The folder to which the files of the run before were put; empty where none were."""
    kept = (each.key for each in steps if each.change is FileChange.BESIDE)
    return next(kept, "").partition("/")[0]


def _tell(step: Step) -> None:
    """What was sent is told as a whole. That something was put away is told though a kill comes."""
    if step.change is FileChange.BESIDE:
        log.warning("Of the run before it %s is kept.", step.key)
