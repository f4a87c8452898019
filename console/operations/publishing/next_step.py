"""What is done next for one publication. Pure: by what is known here, what EvalAI shows, the time.

The server takes a partial result after a cancel or a final one, and forgets those. So nothing is
sent but right after a look, and while an update may still be on its way nothing is done at all.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from console.domain.facts import EvalAiPlace
from console.operations.ports.evalai import RemoteOutcome, RemoteStatus, RemoteSubmission
from console.operations.ports.publications import Publication

MOST_REFUSED = 3
"""Partial results that EvalAI refused; after so many only the final one is tried."""
MOST_REPEATED = 20
"""Times that a final result is sent again which is taken and not shown."""
SLOWER = 10
"""How much less often a submission is looked at that somebody else has ended there."""
_RESUMED = (RemoteStatus.FAILED, RemoteStatus.RESUMING)
"""What has ended here is not to be sent over somebody's wish to resume it."""
RESUME_THERE = (
    "Somebody wants it resumed at EvalAI: resume it here, or launch it anew where no drive of it"
    " has finished, and that is published."
)
_PUBLISHED = {
    RemoteStatus.FINISHED: RemoteOutcome.FINISHED,
    RemoteStatus.FAILED: RemoteOutcome.FAILED,
}
"""A cancel there may be a participant's: it is answered by the final result that says so."""
ENDED_THERE = (RemoteStatus.FINISHED, RemoteStatus.FAILED, RemoteStatus.ARCHIVED)


class StandingHere(msgspec.Struct, frozen=True):
    """What is recorded and verified of a submission now."""

    digest: str = ""
    """Of what a partial result would say; empty where it would say nothing."""
    ended: RemoteOutcome | None = None
    """As what it has ended; None while it goes on, and where nobody can tell."""
    unknown: str = ""
    """It has ended, and this is why nobody can tell how."""


class Rest(msgspec.Struct, frozen=True):
    """Nothing until then."""

    until: datetime
    words: str = ""
    """Why, where it is not the usual pause."""


class AskThere(msgspec.Struct, frozen=True):
    """Ask EvalAI how it stands there."""


class CancelHere(msgspec.Struct, frozen=True):
    """It was cancelled there."""


class Send(msgspec.Struct, frozen=True):
    """An update of that outcome."""

    outcome: RemoteOutcome


class Hold(msgspec.Struct, frozen=True):
    """Nothing is sent until something else changes; looked at again then."""

    words: str
    until: datetime
    firm: bool = True
    """Not before, whatever becomes known here."""


class Close(msgspec.Struct, frozen=True):
    """Nothing is left to do, and never will be."""

    words: str
    by_another: RemoteOutcome | None = None
    """As what somebody else has published it."""


Step = Rest | AskThere | CancelHere | Send | Hold | Close


def next_step(
    known: Publication,
    here: StandingHere,
    there: RemoteSubmission | None,
    now: datetime,
    period: timedelta,
    was: RemoteStatus | None = None,
) -> Step:
    """`there`: what EvalAI has just shown; None where it was not asked since the last step.
    `was`: what it had shown before."""
    if known.closed:
        return Close(known.words)
    if known.not_before is not None and now < known.not_before:
        return Rest(known.not_before)
    outcome = _outcome(known, here, there)
    if outcome is None and there is None:
        if known.cancelled_there:
            return Rest(now + period) if known.cancelled_here else CancelHere()
        if known.rest_until is not None and now < known.rest_until:
            return Rest(known.rest_until)
    # Whatever is to be done next is decided by what EvalAI shows now, not by what it showed last.
    if there is None:
        return AskThere()
    if another_phase(known.place, there) and not _taken(known, known.final):
        return Hold(phase_words(known.place, there), now + SLOWER * period)
    if (theirs := _by_another(known, here, there)) is not None:
        return theirs
    if outcome is not None:
        # Somebody has just pressed it there: a final result now would undo that.
        if known.final is None and (was, there.status) == _RESUMED:
            return Close(RESUME_THERE)
        return _towards(outcome, known, there, now, period)
    return _while_it_goes_on(known, here, there, now, period)


def another_phase(place: EvalAiPlace, there: RemoteSubmission) -> bool:
    """Results would come to the leaderboard of a phase that it was not handed in to. Where EvalAI
    does not tell the phase nothing speaks against ours."""
    return there.phase is not None and there.phase != place.phase


def phase_words(place: EvalAiPlace, there: RemoteSubmission) -> str:
    return (
        f"EvalAI has it in phase {there.phase}, and this launch names phase {place.phase}: nothing"
        " is sent, for it would come to another leaderboard. Launch it with that phase."
    )


def _outcome(
    known: Publication, here: StandingHere, there: RemoteSubmission | None
) -> RemoteOutcome | None:
    """What is to be final. A cancel there outranks a result, as upstream's rules have it, until
    the result is taken."""
    cancelled = known.cancelled_there or (there is not None and shows_cancel(known, there))
    ended = here.ended
    if ended is None and here.unknown and known.as_failed:
        ended = RemoteOutcome.FAILED
    if known.final is None and ended is None and not (cancelled and here.unknown):
        return None
    if cancelled and not _taken(known, known.final):
        return RemoteOutcome.CANCELLED
    return known.final or ended


def _by_another(known: Publication, here: StandingHere, there: RemoteSubmission) -> Close | None:
    """What has ended here has its final result there, and not from here: another machine has sent
    it, or a person. None where it may be that of a run before this one, and where what is failed
    there has finished here: that somebody has to look at."""
    shown = _PUBLISHED.get(there.status) if there.status is not None else None
    over = here.ended is not None or bool(here.unknown)
    if shown is None or not over or known.final is not None or not _since_launch(known, there):
        return None
    if shown is RemoteOutcome.FAILED and here.ended is RemoteOutcome.FINISHED:
        return None
    return Close(f"Published by another: EvalAI shows it as {there.status}.", shown)


def _since_launch(known: Publication, there: RemoteSubmission) -> bool:
    """Whether what is there came after the Job was made. False where nobody can tell."""
    try:
        at = datetime.fromisoformat(there.touched or "")
    except ValueError:
        return False
    created = known.job_created
    return created is not None and at.tzinfo is not None and at > created


def shows_cancel(known: Publication, there: RemoteSubmission) -> bool:
    """Of this Job. One that was cancelled here and goes on here is still shown as what was sent of
    it, and nobody there has asked for that."""
    return there.status is RemoteStatus.CANCELLED and not known.our_cancel


def _taken(known: Publication, outcome: RemoteOutcome | None) -> bool:
    return known.taken is not None and known.taken.outcome is outcome


def _while_it_goes_on(
    known: Publication,
    here: StandingHere,
    there: RemoteSubmission,
    now: datetime,
    period: timedelta,
) -> Step:
    status = there.status
    if shows_cancel(known, there):
        return CancelHere()
    if status in ENDED_THERE:
        told = f"EvalAI shows {status} already. To publish this one, resume it there."
        return Hold(told, now + SLOWER * period)
    if status is None:
        told = f"EvalAI shows {there.said!a}, which is not known here: nothing is sent over it."
        return Rest(now + period, told)
    # Not firm: what is not known now may be read from a log in a moment.
    if here.unknown:
        return Hold(f"Nothing final is sent: {here.unknown}", now + period, firm=False)
    # What was refused once is refused again: only another content is worth another try.
    new = here.digest and not (known.taken and known.taken.digest == here.digest)
    if new and here.digest not in known.refused and len(known.refused) < MOST_REFUSED:
        return Send(RemoteOutcome.PARTIALLY_EVALUATED)
    return Rest(now + period)


def _towards(
    outcome: RemoteOutcome,
    known: Publication,
    there: RemoteSubmission,
    now: datetime,
    period: timedelta,
) -> Step:
    """Until it is taken and shown."""
    status, taken = there.status, _taken(known, outcome)
    if taken and status is outcome.shown:
        return Close(f"EvalAI shows it as {status}.")
    if taken and not _undone(known, status):
        told = status or ascii(there.said)
        return Close(f"EvalAI has taken it as {outcome.shown}; somebody has made it {told} since.")
    if taken and known.repeats >= MOST_REPEATED:
        times = known.repeats + 1
        told = f"EvalAI has taken it {times} times as {outcome.shown}, and does not show it."
        return Hold(told, now + SLOWER * period)
    if known.final is None and status in ENDED_THERE:
        told = f"EvalAI shows {status} already, and not by this console: it is left as it is."
        return Hold(told, now + SLOWER * period)
    # A status of a newer EvalAI may mean anything, also that somebody has decided about it.
    if status is None and not taken:
        told = f"EvalAI shows {there.said!a}, which is not known here: nothing is sent over it."
        return Rest(now + period, told)
    return Send(outcome)


def _undone(known: Publication, status: RemoteStatus | None) -> bool:
    """Whether a taken final result is hidden by an older answer, or by a late partial one."""
    before = known.taken.before if known.taken else None
    return status is RemoteStatus.PARTIALLY_EVALUATED or (status is not None and status is before)
