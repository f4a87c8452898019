"""What a delivery is after something was sent, or could not be. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace

from console.errors import ConsoleError
from console.operations.ports.deliveries import Delivery, DeliveryStage
from console.operations.ports.evalai import RemoteOutcome

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(minutes=30)
RUNS = "It is told to run."
UNGUARDED = (
    " Its server keeps no two writers apart: let the recorder of one machine alone bring files."
)
OTHERS_LOOKED_AT = timedelta(minutes=5)
"""So often a claim is looked at that another machine has."""
GIVEN_UP_AFTER = timedelta(days=2)
"""Of failures in a row: a login that has expired on a Friday is renewed on a Monday, by hand."""


def brought(known: Delivery, now: datetime, period: timedelta) -> Delivery:
    """All that is recorded so far is there."""
    words = f"What is recorded so far is there.{UNGUARDED if known.unguarded else ''}"
    return replace(_taken(known, words, now), rest_until=now + period, asked=False)


def brought_once_more(known: Delivery, now: datetime, pause: timedelta) -> Delivery:
    """It has ended; the last lines of its logs may still be on their way to the recording."""
    words = "It has ended; what is recorded is there, and is looked at once more."
    return replace(_taken(known, words, now), not_before=now + pause)


def rests(known: Delivery, words: str, now: datetime, period: timedelta) -> Delivery:
    """There is nothing to send."""
    return replace(known, words=words, changed=now, not_before=None, rest_until=now + period)


def waits_for_others(known: Delivery, words: str, now: datetime, period: timedelta) -> Delivery:
    """No failure: another machine brings it, and may for hours."""
    until = now + max(period, OTHERS_LOOKED_AT)
    return replace(
        known,
        words=words,
        changed=now if known.words != words else known.changed,
        not_before=until,
        rest_until=until,
        tries=0,
        failing_since=None,
        asked=False,
    )


def done_by_others(known: Delivery, now: datetime, outcome: RemoteOutcome | None) -> Delivery:
    """Another machine has brought or told all of it."""
    return replace(
        known,
        stage=DeliveryStage.PUBLISHED,
        words=f"By {known.others}.",
        outcome=outcome,
        changed=now,
        not_before=None,
        rest_until=None,
        tries=0,
        failing_since=None,
        asked=False,
    )


def started(known: Delivery, now: datetime) -> Delivery:
    """The table has its start."""
    return replace(_taken(known, RUNS, now), start_told=True)


def not_set(target: str) -> ConsoleError:
    """Why nothing is sent."""
    return ConsoleError(
        f"Nothing is sent to {target}.", why="The settings of publishing do not name it any more."
    )


def not_recorded(known: Delivery) -> ConsoleError:
    """Why an end is not told yet."""
    return ConsoleError(
        f"The recording of {known.recording.name} does not hold its final result.",
        why="It was seen in the cluster, and may still be written.",
    )


def finished(
    known: Delivery, now: datetime, outcome: RemoteOutcome | None, unknown: str
) -> Delivery:
    """Nothing is left to be sent."""
    told = f"As {outcome.shown}." if outcome else f"Without a final result: {unknown}"
    taken = _taken(known, told, now)
    return replace(taken, stage=DeliveryStage.PUBLISHED, outcome=outcome, asked=False)


def _taken(known: Delivery, words: str, now: datetime) -> Delivery:
    """The target has what was sent, and no failure is left to be waited out."""
    kept = f" The files of the run before it are kept in {known.beside}." if known.beside else ""
    return replace(
        known,
        words=words + kept,
        delivered=now,
        changed=now,
        not_before=None,
        rest_until=None,
        tries=0,
        failing_since=None,
        others="",
    )


def refused(known: Delivery, error: ConsoleError, now: datetime) -> Delivery:
    """It will not be otherwise by itself."""
    return replace(
        known, stage=DeliveryStage.REFUSED, words=_said(error), changed=now, failing_since=None
    )


def failed(known: Delivery, error: ConsoleError, now: datetime) -> Delivery:
    """It may be otherwise later: a server is there again, a login is renewed."""
    since = known.failing_since or now
    if now - since > GIVEN_UP_AFTER:
        words = f"Nobody tries any more, after {GIVEN_UP_AFTER.days} days: {_said(error)}"
        return replace(known, stage=DeliveryStage.REFUSED, words=words, changed=now)
    pause = min(FIRST_PAUSE * 2 ** min(known.tries, 10), LONGEST_PAUSE)
    return replace(
        known,
        words=f"Waiting until {now + pause:%H:%M:%S} UTC: {_said(error)}",
        changed=now,
        not_before=now + pause,
        tries=known.tries + 1,
        failing_since=since,
    )


def asked_again(known: Delivery, now: datetime) -> Delivery:
    """Somebody wants it tried now."""
    if known.stage is DeliveryStage.PUBLISHED:
        return known
    return replace(
        known,
        stage=DeliveryStage.OPEN,
        changed=now,
        not_before=None,
        rest_until=None,
        tries=0,
        failing_since=None,
        asked=True,
    )


def _said(error: ConsoleError) -> str:
    return " ".join(part for part in (error.what, error.why, error.fix) if part)
