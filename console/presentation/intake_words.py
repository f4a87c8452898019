"""What waits in EvalAI's queue, in words for screen and command alike. Pure."""

from __future__ import annotations

from console.domain.hostile_text import neutralise
from console.operations.intake.desk import Accepted, WaitingMessage
from console.operations.intake.message_fate import NotLaunched, ToAcknowledge, ToLaunch, Verdict
from console.presentation.table import ListColumn
from console.presentation.tones import Line, Tone, text

TITLES = ("SUBMISSION", "PHASE", "TEAM", "AT EVALAI", "IMAGE", "WHAT")
UNKNOWN = "?"
_MEDIUM, _WIDE = 96, 140
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


def intake_columns(width: int) -> tuple[ListColumn, ...]:
    """For a screen of that many cells."""
    wide = width >= _WIDE
    return (
        ListColumn("SUBMISSION", 10),
        *((ListColumn("PHASE", 6),) if width >= _MEDIUM else ()),
        ListColumn("TEAM", 20 if wide else 14),
        ListColumn("AT EVALAI", 11),
        *((ListColumn("IMAGE", 36),) if wide else ()),
        ListColumn("WHAT", 0),
    )


def intake_cells(
    waiting: WaitingMessage, width: int, *, told: str = "", done: bool = False
) -> tuple[Line, ...]:
    """One row, a line a column; `told`: what came of it."""
    number, phase, team, status, image, what = map(neutralise, waiting_row(waiting))
    tone = Tone.MUTED if done else Tone.WARN if told else verdict_tone(waiting.verdict)
    return (
        text((number, Tone.MUTED if done else Tone.STRONG)),
        *((text((phase, Tone.MUTED)),) if width >= _MEDIUM else ()),
        text((team, Tone.TEXT)),
        text((status, Tone.TEXT)),
        *((text((image, Tone.MUTED)),) if width >= _WIDE else ()),
        text((neutralise(told) or what, tone)),
    )


def by_itself_words(at_most: int, *, on: bool) -> str:
    """Whether what comes is launched without anybody's word."""
    if on:
        return f"By itself: on, {at_most} run at a time, while this screen is open."
    return f"By itself: off (it would be {at_most} at a time)."


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
    """What came of one, with its number."""
    return f"submission {accepted.submission}: {outcome_words(accepted)}"


def outcome_words(accepted: Accepted) -> str:
    """What came of one, where its number stands beside it."""
    if accepted.unacknowledged:
        return (
            f"{accepted.words} Its message is not acknowledged ({accepted.unacknowledged}):"
            " it comes back, and is only acknowledged then."
        )
    return f"{accepted.words} Its message is acknowledged."
