"""`launch --from-evalai`: one message of EvalAI's queue as the values of a launch.

The queue is not touched: the message comes back there, and is then only acknowledged.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import msgspec

from console import wiring
from console.cli import composing, interruptions
from console.cli.narration import say
from console.cli.refusing import refuse_all, refuse_empty
from console.domain.facts import EvalAiPlace
from console.errors import Conflict
from console.operations.intake.launching import LaunchingFor, OnlyLaunch, composed_for
from console.operations.intake.message_fate import NotLaunched, ToLaunch, verdict_of
from console.operations.intake.orders import order_values
from console.operations.intake.queue_messages import QueueMessage, read_message
from console.operations.intake.set_up import demand_intake, recorded_by
from console.operations.intake.sight import InSight, Sight, known_of
from console.operations.ports.evalai import RemoteSubmission
from console.operations.ports.publishing_settings import EvalAiSettings, SecretReader
from console.operations.recording.earlier import goes_on_from
from console.operations.services import Services
from console.results import files
from console.specs.compose import Composed
from console.specs.values import LARGEST_FILE, read_text

BEGINS_ANEW = (
    *("--leaderboard", "--image", "--preset", "--spec", "--profile", "--values", "--set"),
    *("--repetitions", "--resumes", "--backoff-limit"),
)
"""What only a Job can be told that does not go on from another one."""


class FromEvalAi(msgspec.Struct, frozen=True):
    """A message, and what the flags say over it; EvalAI is asked what it shows of it."""

    options: argparse.Namespace
    source: str
    message: QueueMessage
    settings: EvalAiSettings

    def here(self) -> argparse.Namespace:
        """The options of a launch that asks no cluster. Raises Conflict where none may be."""
        there = interruptions.run(self._there(None))
        return self._filled(self._to_launch(there, InSight("", ())))

    async def composed(self, services: Services, namespace: str, *, local: bool) -> Composed:
        """By the Jobs that are there; one that goes on, from what is recorded of it."""
        there, sight = await self._there(services.cluster), Sight(services, namespace)
        known = await known_of(sight, self._place, recorded_by(services, namespace))
        what = self._to_launch(there, known)
        if what.instead_of:
            raise Conflict(
                f"A launch of {what.order.name} was cut short, and its Job is held.",
                fix="Delete that Job, and launch it again.",
            )
        filled = self._filled(what)
        how = LaunchingFor(
            compose=lambda _order, space: composing.composed(filled, space, local=local)
        )
        found, remarks = await composed_for(services, namespace, what, how)
        # Of one of which nothing has finished all is driven again, as the flags say.
        if before := goes_on_from(found.manifest):
            refuse_all(self.options, BEGINS_ANEW, beside=f"What goes on from {before}")
        for remark in remarks:
            say(f"note: {remark}")
        return found

    def only(self, services: Services, namespace: str, name: str) -> OnlyLaunch:
        """To be asked before the Job of that name is started."""
        queue = wiring.evalai_queue(self.settings.server, services.cluster)
        return OnlyLaunch(Sight(services, namespace), queue, self._place, name)

    @property
    def _place(self) -> EvalAiPlace:
        told = self.message
        return EvalAiPlace(self.settings.server, told.challenge, told.phase, told.submission)

    async def _there(self, secrets: SecretReader | None) -> RemoteSubmission:
        queue = wiring.evalai_queue(self.settings.server, secrets)
        return await queue.submission(self.message.submission)

    def _to_launch(self, there: RemoteSubmission, known: InSight) -> ToLaunch:
        known = msgspec.structs.replace(known, called=self.options.name or "")
        found = verdict_of(self.message, there, self.settings, known, wiring.now())
        what = f"Submission {self.message.submission} is not launched."
        if isinstance(found, NotLaunched):
            raise Conflict(what, why=found.words, fix=found.fix)
        if not isinstance(found, ToLaunch):
            raise Conflict(what, why=found.words)
        return found

    def _filled(self, what: ToLaunch) -> argparse.Namespace:
        """What its phase says where no flag does."""
        said, rule = self.options, what.order.rule
        own = {
            "leaderboard": said.leaderboard or rule.leaderboard,
            "profile": said.profile or rule.profile or None,
            "preset": said.preset or rule.preset or None,
            "told": (order_values(what.order), self.source),
        }
        return argparse.Namespace(**{**vars(said), **own})


def read_from_evalai(options: argparse.Namespace) -> FromEvalAi:
    """Raises InvalidInput for what is no message, NotFound where nothing is set of it."""
    refuse_empty(options, "--from-evalai", "--image", "--name")
    source = "The message" if options.from_evalai == "-" else files.shown(options.from_evalai)
    message = read_message(_text(options.from_evalai), source)
    if options.image:
        message = msgspec.structs.replace(message, image=options.image)
    settings = demand_intake(wiring.publishing_file(), queue=False)
    return FromEvalAi(options, source, message, settings)


def _text(path: str) -> bytes:
    if path == "-":
        return sys.stdin.buffer.read(LARGEST_FILE + 1)
    return read_text(Path(path)).encode()
