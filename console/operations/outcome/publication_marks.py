"""What is published as the lists and screens show it. Pure.

A Job that names a place of which the ledger knows nothing is published by somebody else, or by
nobody: that cannot be told from here.
"""

from __future__ import annotations

from collections.abc import Iterable

from console.domain.facts import EvalAiPlace, JobFacts, Targets
from console.domain.publication import NOWHERE, Published, PublishedAs
from console.operations.ports.deliveries import Delivery, DeliveryStage
from console.operations.ports.evalai import RemoteOutcome, RemoteStatus
from console.operations.ports.publications import Publication, PublicationStage
from console.operations.ports.recorder import Recording

_FINALS = {
    RemoteOutcome.FINISHED: PublishedAs.FINISHED,
    RemoteOutcome.FAILED: PublishedAs.FAILED,
    RemoteOutcome.CANCELLED: PublishedAs.CANCELLED,
}
_THERE = PublishedAs.THERE
_STUCK = {
    PublicationStage.REFUSED: PublishedAs.REFUSED,
    PublicationStage.HELD: PublishedAs.HELD,
}


class MarksByJob:
    """Of what the ledgers tell at one moment."""

    def __init__(self, known: Iterable[Publication | Delivery] = ()) -> None:
        self._by_job: dict[Recording, Publication] = {}
        self._by_place: dict[EvalAiPlace, Publication] = {}
        self._elsewhere: dict[Recording, list[Delivery]] = {}
        for each in known:
            if isinstance(each, Publication):
                self._by_job[each.recording] = self._by_place[each.place] = each
            else:
                self._elsewhere.setdefault(each.recording, []).append(each)

    def of(self, job: JobFacts, recording: Recording) -> Published | None:
        """What needs somebody, wherever that is; else how it stands at EvalAI, or where it goes
        instead. None where nobody knows."""
        told, elsewhere = self._at_evalai(job, recording), self._elsewhere.get(recording, ())
        if elsewhere and not (told is not None and told.needs_somebody):
            marks = sorted(map(mark_of_delivery, elsewhere), key=_how_far)
            if told is NOWHERE or marks[0].needs_somebody:
                return marks[0]
        return None if told is NOWHERE and job.goes_to != Targets() else told

    def _at_evalai(self, job: JobFacts, recording: Recording) -> Published | None:
        if (known := self._by_job.get(recording)) is not None:
            return mark(known)
        if job.evalai is None:
            return NOWHERE
        other = self._by_place.get(job.evalai)
        return None if other is None else _of_anothers_place(job, other)


def mark_of_delivery(known: Delivery) -> Published:
    """Of files that go to a place, or of a table that is told."""
    state = PublishedAs.WAITING
    if known.stage is DeliveryStage.REFUSED:
        state = PublishedAs.REFUSED
    elif known.stage is DeliveryStage.PUBLISHED:
        state = _FINALS.get(known.outcome, _THERE) if known.outcome else _THERE
    elif known.delivered is not None and known.failing_since is None:
        state = PublishedAs.PARTIAL
    return Published(state, known.delivered, known.words, known.where, known.changed)


def _how_far(told: Published) -> int:
    return 0 if told.needs_somebody else 3 if told.final else 1 + told.dated


def mark(known: Publication) -> Published:
    """Of the Job whose results it has."""
    taken = known.taken
    at = taken.at if taken else None
    return Published(_state(known), at, known.words, changed=known.changed)


def resume_wanted(known: Publication) -> bool:
    """EvalAI was given the final result, and shows since that it is to be resumed."""
    return known.stage is PublicationStage.PUBLISHED and known.shown is RemoteStatus.RESUMING


def _state(known: Publication) -> PublishedAs:
    if resume_wanted(known):
        return PublishedAs.RESUME
    if known.stage in _STUCK:
        return _STUCK[known.stage]
    if known.stage is PublicationStage.PUBLISHED:
        # Without one of ours somebody else has ended it there, and wanted it resumed for a while.
        return _FINALS[known.final] if known.final is not None else PublishedAs.NOWHERE
    if known.cancelled_there:
        return PublishedAs.CANCELLED_THERE
    partly = known.stage is PublicationStage.OPEN and known.failing_since is None
    return PublishedAs.PARTIAL if partly and known.taken else PublishedAs.WAITING


def _of_anothers_place(job: JobFacts, known: Publication) -> Published:
    """One submission there takes the results of one Job here, and the latest one counts."""
    there = f"Submission {known.place.submission} of EvalAI has the results of"
    words = f"{there} {known.recording.name}."
    mine, theirs = job.created_at, known.job_created
    earlier = mine is not None and theirs is not None and mine < theirs
    return Published(PublishedAs.NOWHERE if earlier else PublishedAs.WAITING, words=words)
