"""What waits in EvalAI's queue, in words for screen and command alike. Pure."""

from __future__ import annotations

from console.operations.intake.deciding import NotLaunched, ToAcknowledge, ToLaunch, Verdict
from console.operations.intake.desk import Accepted, WaitingMessage
from console.presentation.tones import Tone

TITLES = ("SUBMISSION", "PHASE", "TEAM", "AT EVALAI", "IMAGE", "WHAT")
UNKNOWN = "?"
NONE_WAITS = "no message waits that nobody has taken"
HIDDEN = (
    "who takes a message hides it from others: each comes back by itself, after the queue's"
    " visibility time (30 s where its owner sets no other), unless it is launched"
)
REFUSING = "Its message comes back until it is acknowledged: intake ID --refuse"
FORGOTTEN = (
    "EvalAI's queue forgets the message, and nobody is asked to evaluate it again.",
    "The submission stays at EvalAI as it is shown there.",
)
"""What is lost when a refused one is acknowledged."""


def waiting_row(waiting: WaitingMessage) -> tuple[str, ...]:
    """One message, in the order of `TITLES`."""
    message, there = waiting.message, waiting.there
    if message is None:
        return (*[UNKNOWN] * 5, verdict_words(waiting.verdict))
    team, status = UNKNOWN, UNKNOWN
    if there is not None:
        team = there.team_name or (UNKNOWN if there.team is None else str(there.team))
        status = there.said
    told = (str(message.submission), str(message.phase), team, status)
    return (*told, message.image or "-", verdict_words(waiting.verdict))


def verdict_words(verdict: Verdict) -> str:
    """What may become of it."""
    match verdict:
        case ToLaunch():
            return _launches(verdict)
        case ToAcknowledge():
            return f"{verdict.words} It is only to be acknowledged."
        case NotLaunched():
            return f"Refused: {verdict.words}" if verdict.for_good else verdict.words


def _launches(verdict: ToLaunch) -> str:
    order = verdict.order
    told = f"Launches {order.name}: Leaderboard {order.rule.leaderboard}, {order.rule.track}"
    if verdict.goes_on_from:
        return f"{told}; goes on from {verdict.goes_on_from}"
    if verdict.from_zero:
        return f"{told}; from zero, by hand only: nothing of it is recorded here"
    return told


def verdict_fix(verdict: Verdict) -> str:
    """The way out of what hinders it; empty where nothing does."""
    if not isinstance(verdict, NotLaunched):
        return ""
    return verdict.fix or (REFUSING if verdict.for_good else "")


def verdict_tone(verdict: Verdict) -> Tone:
    match verdict:
        case ToLaunch():
            return Tone.OK
        case ToAcknowledge():
            return Tone.MUTED
        case NotLaunched():
            return Tone.FAIL if verdict.for_good else Tone.WARN


def accepted_words(accepted: Accepted) -> str:
    """What came of one, in a sentence or two."""
    told = f"submission {accepted.submission}: {accepted.words}"
    if accepted.unacknowledged:
        return (
            f"{told} Its message is not acknowledged ({accepted.unacknowledged}):"
            " it comes back, and is only acknowledged then."
        )
    return f"{told} Its message is acknowledged."
