"""When files of a submission were sent last to each place that is to have them, and what is only
here since. For who is about to end it. Pure.

Knows the ledger's values and not where it lies. A place of which it tells nothing is somebody
else's to bring to: when that was, nobody here can tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from console.domain.facts import JobFacts
from console.domain.spans import age
from console.operations.ports.deliveries import Delivery, DeliveryKind, DeliveryStage
from console.operations.ports.publications import Publication
from console.operations.ports.recorder import Recording


def sent_last(
    job: JobFacts,
    recording: Recording,
    ledger: Iterable[Publication | Delivery] | None,
    now: datetime,
    *,
    recorded: bool,
) -> tuple[str, ...]:
    """A sentence for each place; none where its files go nowhere. `ledger`: None where it cannot be
    read; `recorded`: its logs are, here."""
    told = [each for each in ledger or () if _of(recording, each)]
    deliveries = sorted((each for each in told if isinstance(each, Delivery)), key=_target)
    return tuple(_sentences(job, deliveries, now, recorded=recorded))


def _of(recording: Recording, known: Publication | Delivery) -> bool:
    return (
        isinstance(known, Delivery)
        and known.kind is DeliveryKind.FILES
        and known.recording == recording
    )


def _target(known: Delivery) -> str:
    return known.target


def _sentences(
    job: JobFacts, deliveries: list[Delivery], now: datetime, *, recorded: bool
) -> Iterator[str]:
    set_at_launch = job.goes_to.storage
    if set_at_launch and all(each.target != set_at_launch for each in deliveries):
        yield f"Last sent ? ago to {set_at_launch}: nobody here knows what is there."
    for each in deliveries:
        yield _sentence(each, now, "" if recorded else "not ")


def _sentence(known: Delivery, now: datetime, unrecorded: str) -> str:
    kept = f"is {unrecorded}kept in the recording"
    if known.stage is DeliveryStage.PUBLISHED:
        ago = age(known.delivered, now) if known.delivered else "?"
        return f"Last sent {ago} ago to {known.where}: all of it is there."
    fails = f" (which fails for {age(known.failing_since, now)})" if known.failing_since else ""
    if known.stage is DeliveryStage.REFUSED:
        fails = " (which takes nothing since)"
    if known.delivered is None:
        return f"Nothing was sent to {known.where} yet{fails}; what there is {kept}."
    since = f"what came since {kept}"
    return f"Last sent {age(known.delivered, now)} ago to {known.where}{fails}; {since}."
