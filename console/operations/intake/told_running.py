"""That a launch is the only one of its submission, as far as EvalAI can tell: over clusters too.

EvalAI has no claim, and lists the Jobs of which it is told that they run. So each launch is told
there before its start, by a name that no other has, and that of two which is listed first goes on.
What is told twice within one request of EvalAI's may still be lost; nobody can guard that.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from ipaddress import ip_address
from urllib.parse import urlsplit

import msgspec

from console.domain.facts import EvalAiPlace, JobFacts
from console.errors import Conflict
from console.operations.ports.cluster import ClusterDescription
from console.operations.ports.evalai import EvalAiRefused, RemoteStatus, RemoteSubmission
from console.operations.ports.evalai_queue import EvalAiQueue

_MARK = 8
UNTOLD = "EvalAI does not take word that it runs: another cluster may launch it too."


def mark_of(where: ClusterDescription, machine: str) -> str:
    """By which a cluster's launches are known again. It tells nothing of its address. Behind a
    tunnel each machine has clusters of its own at one address."""
    told = where.server
    if is_everybodys(where):
        told = " ".join((where.server, where.context, machine))
    return sha256(told.encode()).hexdigest()[:_MARK]


def is_everybodys(where: ClusterDescription) -> bool:
    """Clusters elsewhere have that very address: this machine's own, or that within a cluster."""
    host = urlsplit(where.server).hostname or ""
    if where.way.inside or host == "localhost" or host.endswith((".localhost", ".svc")):
        return True
    try:
        found = ip_address(host)
    except ValueError:
        return False
    return found.is_loopback or found.is_unspecified


def told_name(name: str, mark: str, uid: str) -> str:
    """Of a Job, at EvalAI: it writes all in lower case."""
    return f"{name}.{mark}.{uid}".lower()


def mark_in(told: str) -> str:
    """The cluster of a Job that a console has told; empty for any other name."""
    parts = told.rsplit(".", 2)
    return parts[1] if len(parts) == 3 and len(parts[1]) == _MARK else ""


def as_before_the_claim(
    there: RemoteSubmission, mark: str, held: Sequence[JobFacts], *, whole: bool
) -> RemoteSubmission:
    """Submitted still, where launches of this cluster alone have told that it runs, and none of its
    Jobs was let go: they came to nothing.

    `held`: its Jobs that were made and not let go; `whole`: no Job of this cluster is out of sight.
    """
    marks = {mark_in(each) for each in there.job_names}
    if there.status is not RemoteStatus.RUNNING or marks != {mark}:
        return there
    last = there.job_names[-1]
    if whole or any(last.endswith(each.uid.lower()) for each in held):
        return msgspec.structs.replace(there, status=RemoteStatus.SUBMITTED)
    return there


async def demand_first(queue: EvalAiQueue, place: EvalAiPlace, job: str, mark: str) -> bool:
    """Tell that this Job runs; False where EvalAI takes no such word. Raises Conflict where another
    one was first, EvalAiError where EvalAI does not answer.

    `job`: its name there. One that goes on is told nothing: EvalAI's word for that is its status.
    """
    there = await queue.submission(place.submission)
    if there.status is RemoteStatus.RESUMING:
        return True
    ours = {mark_in(each) for each in there.job_names} <= {mark}
    if not (there.status is RemoteStatus.SUBMITTED or (_runs(there) and ours)):
        raise Conflict(f"EvalAI shows submission {place.submission} as {there.said}.")
    try:
        await queue.say_running(place.challenge, place.submission, job)
    except EvalAiRefused:
        return False
    after = await queue.submission(place.submission)
    new = [each for each in after.job_names if each not in there.job_names]
    if new[:1] != [job]:
        other = next((each for each in new if each != job), "another one")
        raise Conflict(f"Submission {place.submission} was launched elsewhere, as {other}.")
    return True


def _runs(there: RemoteSubmission) -> bool:
    return there.status is RemoteStatus.RUNNING
