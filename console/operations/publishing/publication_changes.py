"""What an event changes of a publication: an answer, a failure, a decision. Pure.

Each value is put into the ledger before the next thing is done, so that whoever goes on after a
kill knows what may have been sent.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace

from console.errors import ConsoleError
from console.operations.ports.evalai import (
    EvalAiBusy,
    EvalAiError,
    EvalAiLogin,
    EvalAiRefused,
    RemoteOutcome,
    RemoteStatus,
    RemoteSubmission,
)
from console.operations.ports.publications import Publication, PublicationStage, SentUpdate
from console.operations.publishing.next_step import (
    Hold,
    Rest,
    StandingHere,
    another_phase,
    shows_cancel,
)
from console.operations.storing.writer_claims import WriterClaim
from console.results.quoting import printable

ARRIVES_WITHIN = timedelta(seconds=90)
"""EvalAI ends a request after 60 s: one whose answer was lost changes nothing after this."""
SHOWN_AFTER = timedelta(seconds=1)
"""A final result is looked at so soon after it is taken."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=10)
GIVEN_UP_AFTER = timedelta(days=3)
OTHERS_LOOKED_AT = timedelta(minutes=5)
"""So often a claim is looked at that another machine has."""
ASKED_AGAIN = timedelta(minutes=1)
"""At the latest, where the cluster did not say who sends."""
_STEPS = 10
AT_EVALAI = "What is finished is at EvalAI."


def looked(known: Publication, there: RemoteSubmission, now: datetime) -> Publication:
    """What EvalAI shows, and by that what became of an update whose answer was lost."""
    arrived = known.begun is not None and _has_arrived(known.begun, there)
    return replace(
        known,
        shown=there.status,
        shown_at=now,
        touched=there.touched,
        begun=None,
        taken=known.begun if arrived else known.taken,
        not_before=None,
        cancelled_there=known.cancelled_there or _cancelled(known, there),
        our_cancel=known.our_cancel and not arrived and there.status is RemoteStatus.CANCELLED,
    )


def _has_arrived(sent: SentUpdate, there: RemoteSubmission) -> bool:
    """Where it does not tell when it took the last one, its status may; else it is sent again."""
    if None not in (sent.touched_before, there.touched):
        return sent.touched_before != there.touched
    return there.status is sent.outcome.shown and sent.before is not there.status


def _cancelled(known: Publication, there: RemoteSubmission) -> bool:
    """By somebody there: our own final one says so too. One of another phase is not ours."""
    if another_phase(known.place, there):
        return False
    return shows_cancel(known, there) and known.final is not RemoteOutcome.CANCELLED


def begins_cancelled(before: Publication | None) -> bool:
    """Whether EvalAI shows of that one, from which a Job goes on, a cancel that was made here. One
    that it has not taken is not shown: what it shows is somebody's there."""
    if before is None or before.cancelled_there:
        return False
    taken = before.taken is not None and before.taken.outcome is RemoteOutcome.CANCELLED
    return before.our_cancel or taken


def begun(known: Publication, outcome: RemoteOutcome, digest: str, now: datetime) -> Publication:
    """An update is about to be sent: until its answer is seen nobody knows what becomes of it."""
    final = outcome if outcome.final else known.final
    return replace(
        known,
        begun=SentUpdate(outcome, digest, now, known.shown, known.touched),
        begun_is_over=False,
        not_before=now + ARRIVES_WITHIN,
        final=final,
        stage=PublicationStage.ENDING if final else PublicationStage.OPEN,
        changed=now,
        words=f"Sent as {outcome.shown}; what EvalAI answers is not known yet.",
    )


def taken(known: Publication, now: datetime, period: timedelta) -> Publication:
    """EvalAI has answered that it has what was begun."""
    sent = known.begun
    assert sent is not None
    repeated = known.taken is not None and known.taken.outcome is sent.outcome
    again = known.repeats + 1 if sent.outcome.final and repeated else 0
    words = (
        f"Taken by EvalAI as {sent.outcome.shown}; waiting until it shows that."
        if sent.outcome.final
        else AT_EVALAI
    )
    return replace(
        known,
        taken=sent,
        begun=None,
        our_cancel=False,
        not_before=now + (_pause(again) if again else SHOWN_AFTER) if sent.outcome.final else None,
        rest_until=now + period,
        tries=0,
        repeats=again,
        failing_since=None,
        changed=now,
        words=words,
    )


def look_failed(known: Publication, error: EvalAiError, now: datetime) -> Publication:
    """It tells nothing of an update that was begun before."""
    if isinstance(error, EvalAiRefused):
        return _refused_for_good(known, error, now)
    return _waiting(known, error, now, now + _pause(known.tries))


def update_failed(known: Publication, error: EvalAiError, now: datetime) -> Publication:
    """What was begun got no answer, or one that refuses."""
    if isinstance(error, EvalAiRefused):
        return _refused(known, error, now)
    until = now + _pause(known.tries)
    if isinstance(error, EvalAiLogin) or (isinstance(error, EvalAiBusy) and error.not_taken):
        return _waiting(replace(known, begun=None), error, now, until)
    known = replace(known, begun_is_over=True)
    return _waiting(known, error, now, max(until, now + ARRIVES_WITHIN))


def _waiting(known: Publication, error: EvalAiError, now: datetime, until: datetime) -> Publication:
    since = known.failing_since or now
    if now - since > GIVEN_UP_AFTER:
        return replace(
            known,
            stage=PublicationStage.HELD,
            changed=now,
            words=f"Given up after {GIVEN_UP_AFTER.days} days: {error.why}",
            not_before=now + LONGEST_PAUSE,
            tries=known.tries + 1,
        )
    if isinstance(error, EvalAiBusy) and error.seconds:
        until = max(until, now + timedelta(seconds=error.seconds))
    return replace(
        known,
        not_before=until,
        tries=known.tries + 1,
        failing_since=since,
        changed=now,
        words=f"Waiting until {until:%H:%M:%S} UTC: {_why(error)}",
    )


def _why(error: EvalAiError) -> str:
    """Of a login also what is to be done: it is waited for in vain."""
    if not isinstance(error, EvalAiLogin):
        return error.why
    return f"{error.why.removesuffix('.')}. {error.fix}"


def _refused(known: Publication, error: EvalAiRefused, now: datetime) -> Publication:
    if known.begun is None or known.begun.outcome.final:
        return _refused_for_good(replace(known, begun=None), error, now)
    return replace(
        known,
        begun=None,
        refused=(*known.refused, known.begun.digest),
        not_before=now + _pause(known.tries),
        changed=now,
        words=f"A partial result was refused by EvalAI: {error.why}",
    )


def _refused_for_good(known: Publication, error: EvalAiRefused, now: datetime) -> Publication:
    words = f"Refused by EvalAI: {error.why}"
    return replace(known, stage=PublicationStage.REFUSED, changed=now, words=words)


def taken_up(known: Publication, now: datetime) -> Publication:
    """By another process than that which wrote it last: what that one sent may still arrive."""
    if known.begun is None or known.begun_is_over:
        return known
    return replace(known, begun_is_over=True, not_before=now + ARRIVES_WITHIN)


def cancel_told(known: Publication, now: datetime, period: timedelta) -> Publication:
    """The Job has been told to end, or has nothing left to end."""
    return replace(
        known,
        cancelled_there=True,
        cancelled_here=True,
        not_before=None,
        rest_until=now + period,
        tries=0,
        failing_since=None,
        changed=now,
        words="It was cancelled at EvalAI; the submission is ended here.",
    )


def cancel_failed(known: Publication, why: str, now: datetime) -> Publication:
    """It goes on here, and nothing of it is sent any more."""
    return replace(
        known,
        cancelled_there=True,
        not_before=now + _pause(known.tries),
        tries=known.tries + 1,
        changed=now,
        words=f"It was cancelled at EvalAI, and could not be ended here: {why}",
    )


def rested(known: Publication, step: Rest, now: datetime) -> Publication:
    """Nothing was to be done after a look."""
    stage = PublicationStage.ENDING if known.final else PublicationStage.OPEN
    words = step.words or (AT_EVALAI if known.taken else "Nothing is to be sent yet.")
    return replace(
        known,
        stage=stage,
        words=words,
        rest_until=step.until,
        not_before=step.until if step.words else None,
        tries=0,
        failing_since=None,
    )


def left_to(
    known: Publication, claim: WriterClaim, here: StandingHere, now: datetime
) -> Publication:
    """Another machine sends it, or has to its end."""
    who = printable(claim.writer.who, 60)
    known = replace(known, tries=0, failing_since=None)
    if claim.over and here.ended is not None:
        return closed(known, f"Sent by {who}.", now, here.ended)
    words = f"{who} sends it, and has the right until {claim.until:%Y-%m-%d %H:%M} UTC."
    until = now + OTHERS_LOOKED_AT
    return replace(known, words=words, not_before=until, rest_until=until)


def sender_untold(known: Publication, error: ConsoleError, now: datetime) -> Publication:
    """The cluster does not say just now whether another machine sends it: that may be for long."""
    until = now + min(_pause(known.tries), ASKED_AGAIN)
    words = f"Whether another machine sends it cannot be told: {printable(error.what, 200)}"
    return replace(known, words=words, not_before=until, rest_until=until, tries=known.tries + 1)


def held(known: Publication, step: Hold, now: datetime) -> Publication:
    """Looked at again later, by whatever changes until then."""
    same = known.stage is PublicationStage.HELD and known.words == step.words
    return replace(
        known,
        stage=PublicationStage.HELD,
        words=step.words,
        not_before=step.until if step.firm else None,
        rest_until=step.until,
        failing_since=None,
        changed=known.changed if same else now,
    )


def closed(
    known: Publication, words: str, now: datetime, by_another: RemoteOutcome | None = None
) -> Publication:
    """EvalAI has the final result. `by_another`: which, where it was not sent from here."""
    known = replace(known, final=by_another or known.final, failing_since=None, tries=0)
    return replace(
        known, stage=PublicationStage.PUBLISHED, words=words, not_before=None, changed=now
    )


def asked_again(known: Publication, now: datetime, *, as_failed: bool = False) -> Publication:
    """Somebody wants it to be tried anew: what was refused or held is sent at the next look.

    What may still be on its way is waited for all the same. `as_failed`: where nobody can know how
    it ended.
    """
    return replace(
        known,
        as_failed=known.as_failed or as_failed,
        stage=PublicationStage.ENDING if known.final else PublicationStage.OPEN,
        words="Asked for again.",
        not_before=_arrived_by(known, now),
        rest_until=None,
        tries=0,
        repeats=0,
        failing_since=None,
        refused=(),
        changed=now,
    )


def _arrived_by(known: Publication, now: datetime) -> datetime | None:
    """Of an update whose answer nobody has seen; None where nothing is on its way."""
    if known.begun is None or known.not_before is None:
        return None
    return min(known.not_before, now + ARRIVES_WITHIN)


def _pause(tries: int) -> timedelta:
    return min(FIRST_PAUSE * float(2 ** min(tries, _STEPS)), LONGEST_PAUSE)
