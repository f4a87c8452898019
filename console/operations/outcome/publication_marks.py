"""A publication as the lists and screens show it. Pure.

A Job that names a place of which the ledger knows nothing is published by somebody else, or by
nobody: that cannot be told from here.
"""

from __future__ import annotations

from collections.abc import Iterable

from console.domain.facts import JobFacts
from console.domain.published import NOWHERE, Published, PublishedAs
from console.operations.ports.evalai import RemoteOutcome, RemoteStatus
from console.operations.ports.publications import Publication, PublicationStage
from console.operations.ports.recorder import Recording

_FINALS = {
    RemoteOutcome.FINISHED: PublishedAs.FINISHED,
    RemoteOutcome.FAILED: PublishedAs.FAILED,
    RemoteOutcome.CANCELLED: PublishedAs.CANCELLED,
}
_STUCK = {
    PublicationStage.REFUSED: PublishedAs.REFUSED,
    PublicationStage.HELD: PublishedAs.HELD,
}


class MarksByJob:
    """Of what a ledger tells at one moment."""

    def __init__(self, known: Iterable[Publication] = ()) -> None:
        known = tuple(known)
        self._by_job = {each.recording: each for each in known}
        self._by_place = {each.place: each for each in known}

    def of(self, job: JobFacts, recording: Recording) -> Published | None:
        """None where nobody knows."""
        if (known := self._by_job.get(recording)) is not None:
            return mark(known)
        if job.evalai is None:
            return NOWHERE
        other = self._by_place.get(job.evalai)
        return None if other is None else _of_anothers_place(job, other)


def mark(known: Publication) -> Published:
    """Of the Job whose results it has."""
    taken = known.taken
    return Published(_state(known), taken.at if taken else None, known.words, known.changed)


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
