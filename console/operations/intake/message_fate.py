"""What may become of a message: by what EvalAI shows, what is set, and the Jobs that are. Pure.

A message is refused for now where somebody may change what hinders it: it comes back by itself.
For good is only what no launch can follow any more; even that is acknowledged only by a person.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from console.domain.facts import EvalAiPlace, JobFacts
from console.domain.spans import FIRST, read_time
from console.operations.intake.orders import IntakeOrder, first_name, name_of_round
from console.operations.intake.queue_messages import IMAGE_FIELD, QueueMessage
from console.operations.intake.sight import InSight
from console.operations.intake.told_running import as_before_the_claim
from console.operations.ports.evalai import LAUNCHED_FOR, RemoteStatus, RemoteSubmission
from console.operations.ports.evalai_queue import PhaseRule
from console.operations.ports.publishing_settings import EvalAiSettings

UNFINISHED_AFTER = timedelta(minutes=2)
"""A Job that is still held after this was left so by a launch that was killed."""
COMES_BACK = "It comes back by itself."


class ToLaunch(msgspec.Struct, frozen=True):
    """Nothing of it is here yet."""

    order: IntakeOrder
    goes_on_from: str = ""
    """The Job whose finished drives stay."""
    instead_of: str = ""
    """The uid of its Job of a launch that was killed before its end: it would never run."""

    @property
    def from_zero(self) -> bool:
        """It is to go on, and nothing of it is known here."""
        return self.order.resuming and not self.goes_on_from


class ToAcknowledge(msgspec.Struct, frozen=True):
    """Its Job is there."""

    job: str
    words: str


class NotLaunched(msgspec.Struct, frozen=True):
    """Nothing is launched for it."""

    words: str
    fix: str = ""
    for_good: bool = False
    """No launch can follow, whatever is changed here."""


Verdict = ToLaunch | ToAcknowledge | NotLaunched


def verdict_of(
    message: QueueMessage,
    there: RemoteSubmission,
    settings: EvalAiSettings,
    known: InSight,
    now: datetime,
) -> Verdict:
    """`known`: what is known here of its place."""
    place = EvalAiPlace(settings.server, message.challenge, message.phase, message.submission)
    mine = sorted((each for each in known.jobs if each.evalai == place), key=_age)
    if all(map(left_half, mine)):
        there = as_before_the_claim(there, known.mark, mine, whole=known.whole)
    resuming = there.status is RemoteStatus.RESUMING
    number = message.submission
    usual = name_of_round(number, there.resumed) if resuming else first_name(number)
    name, served = known.called or usual, _served(mine, usual, there)
    if whole := [each for each in served if not left_half(each)]:
        return _there_already(known, whole[-1], there, now)
    if (refused := _refusal(message, there, settings)) is not None:
        return refused
    if (hindered := _hindered_elsewhere(known, mine, served, number, now)) is not None:
        return hindered
    order = IntakeOrder(
        place,
        settings.intake.phases[message.phase],
        name,
        message.image,
        there.team or 0,
        there.team_name,
        resuming,
    )
    if served:
        return _anew(order, served[-1], mine, now, known.recorded)
    if any(each.name == name for each in known.here):
        return NotLaunched(
            f"There is a Job {name} already, which is not this submission's.",
            f"Delete it, or launch this one by hand: launch --from-evalai FILE --name {name}-2",
        )
    return _going_on(order, mine, known.recorded) if resuming else ToLaunch(order)


def _hindered_elsewhere(
    known: InSight,
    mine: Sequence[JobFacts],
    served: Sequence[JobFacts],
    number: int,
    now: datetime,
) -> NotLaunched | None:
    """Why it is not launched in this namespace; None where nothing of another one hinders it."""
    half = [each for each in served if each.namespace != known.namespace]
    if half and now - _age(half[-1]) < UNFINISHED_AFTER:
        return NotLaunched(f"Its Job {known.name(half[-1])} is just being launched.", COMES_BACK)
    if half:
        words = f"A launch of it was cut short: its Job {known.name(half[-1])} is held."
        return NotLaunched(words, f"Delete {half[-1].name} there, or take it in there.")
    if mine and mine[-1].namespace != known.namespace:
        words = f"It goes on from its Job {known.name(mine[-1])}, and so there."
        return NotLaunched(words, f"Take it in there: intake {number} -n {mine[-1].namespace}")
    if known.busy and not mine:
        return NotLaunched(f"It is evaluated in {known.busy} already.", COMES_BACK)
    return None


def _served(mine: Sequence[JobFacts], name: str, there: RemoteSubmission) -> list[JobFacts]:
    """Those that were launched for it; of one that is to go on, since it was told to."""
    if there.status is not RemoteStatus.RESUMING:
        return list(mine)
    since = read_time(there.resumed)
    return [
        each for each in mine if each.name == name or (since is not None and _age(each) > since)
    ]


def left_half(job: JobFacts) -> bool:
    """It was made, and never let go: whoever launched it is at it, or was killed."""
    begun = job.started_at is not None or job.waits or bool(job.queue)
    return job.suspended and not begun and not job.over


def _there_already(
    known: InSight, job: JobFacts, there: RemoteSubmission, now: datetime
) -> ToAcknowledge | NotLaunched:
    """A host may have one evaluated again from the start, by the same message: an
    acknowledgement would lose that wish. So would one of a Job that a launch which got no answers
    has begun to take back."""
    if now - (job.created_at or FIRST) < UNFINISHED_AFTER:
        return NotLaunched(f"Its Job {known.name(job)} has just been launched.", COMES_BACK)
    if not (job.over and there.status is RemoteStatus.SUBMITTED):
        return ToAcknowledge(job.name, f"Its Job {known.name(job)} is there.")
    return NotLaunched(
        f"Its Job {known.name(job)} is over, and EvalAI still shows it as submitted.",
        f"To evaluate it again: delete {job.name}. Else: publish {job.name}, or refuse it.",
    )


def _age(job: JobFacts) -> datetime:
    return job.created_at or FIRST


def _anew(
    order: IntakeOrder, half: JobFacts, mine: Sequence[JobFacts], now: datetime, recorded: str
) -> Verdict:
    if now - (half.created_at or FIRST) < UNFINISHED_AFTER:
        return NotLaunched(f"Its Job {half.name} is just being launched.", COMES_BACK)
    order = msgspec.structs.replace(order, name=half.name)
    others = [each for each in mine if each is not half]
    found = _going_on(order, others, recorded) if order.resuming else ToLaunch(order)
    if isinstance(found, ToLaunch):
        return msgspec.structs.replace(found, instead_of=half.uid)
    return found


def _going_on(order: IntakeOrder, mine: Sequence[JobFacts], recorded: str) -> Verdict:
    """From the newest of its Jobs, which has to be over."""
    if not mine:
        return ToLaunch(order, recorded)
    if not mine[-1].over:
        return NotLaunched(
            f"It is to go on, and its Job {mine[-1].name} is not over.",
            "Cancel that Job, or wait for its end: the message comes back.",
        )
    return ToLaunch(order, mine[-1].name)


def _refusal(
    message: QueueMessage, there: RemoteSubmission, settings: EvalAiSettings
) -> NotLaunched | None:
    """None where nothing but Jobs can hinder it."""
    if message.challenge not in settings.challenges:
        return NotLaunched(
            f"Challenge {message.challenge} is not among those of publishing.yaml.",
            "Add it to evalai.challenges there, if its submissions are yours to launch.",
        )
    if there.status is RemoteStatus.RUNNING:
        where = f", as {there.job_names[-1]}" if there.job_names else ""
        return NotLaunched(
            f"EvalAI shows it as running{where}: launched elsewhere, or a launch was cut short.",
            "If nobody evaluates it, let its host run it again at EvalAI. Else refuse it.",
            for_good=True,
        )
    if there.status is not None and there.status not in LAUNCHED_FOR:
        words = f"EvalAI shows it as {there.status}: only submitted and resuming ones are launched."
        return NotLaunched(words, for_good=True)
    if there.status is None:
        return NotLaunched(f"EvalAI shows it as {there.said!a}, which is not known here.")
    if there.phase not in (None, message.phase):
        words = f"EvalAI has it in phase {there.phase}, its message in phase {message.phase}."
        return NotLaunched(words, "Its host has to say which: results are ranked by phase.")
    if there.team is None:
        return NotLaunched("EvalAI does not tell its team.", COMES_BACK)
    return _of_phase(message, settings) or _of_image(message)


def _of_phase(message: QueueMessage, settings: EvalAiSettings) -> NotLaunched | None:
    rule: PhaseRule | None = settings.intake.phases.get(message.phase)
    if rule is not None:
        return None
    shape = f'{message.phase}: {{leaderboard: "2.0", track: SENSORS}}'
    return NotLaunched(
        f"evalai.phases of publishing.yaml has no phase {message.phase}.",
        f"Say there what is launched for it: {shape}",
    )


def _of_image(message: QueueMessage) -> NotLaunched | None:
    if message.static_upload:
        words = "It is a code upload for a static data set, which has no image to launch."
        return NotLaunched(words, for_good=True)
    if message.image:
        return None
    return NotLaunched(
        f"Its message has no {IMAGE_FIELD}, as when EvalAI has queued it again.",
        "Launch it by hand, with its image: launch --from-evalai FILE --image IMAGE",
    )
