"""Jobs and pods of upstream's present shape, told from all others that a namespace has. Pure, but
for its memory of templates, which never change.

They have no label, so they are looked for among what has none of ours: Jobs by name and template,
pods by their service account, which the server compares itself.
"""

from __future__ import annotations

import re

import msgspec
from msgspec.structs import replace

from console.cluster import bounds, wire
from console.cluster.decoding import Jobs, Reading
from console.cluster.failures import Asked
from console.cluster.plans import Plans
from console.cluster.room import make_room
from console.domain.facts import ContainerFacts, JobFacts, PodFacts
from console.domain.submission import MONITOR, MONITOR_INDEX, SubmissionPlan
from console.errors import ConsoleError
from console.specs.upstream_jobs import (
    ACCOUNT,
    UpstreamJob,
    submission_of,
    upstream_job,
)

NOT_OURS = "!app.kubernetes.io/name"
"""The label by which ours are selected; upstream sets none, and who labels theirs so is another."""
OF_ACCOUNT = f"spec.serviceAccountName={ACCOUNT}"
"""What a pod's Job is called tells upstream's from others; this keeps the others off the wire."""
TEMPLATES_KEPT = 20_000
_WORKER = re.compile(r".*-worker(\d+)")


def upstream_uid(namespace: str, submission: str) -> str:
    """By its name alone, which has EvalAI's number: its Jobs come and go, and a resume there makes
    new ones of what stays one submission."""
    from hashlib import sha256  # brings OpenSSL, and few clusters have such a submission

    told = sha256(f"upstream/{namespace}/{submission}".encode()).hexdigest()
    return "-".join((told[:8], told[8:12], told[12:16], told[16:20], told[20:32]))


class UpstreamSeen(msgspec.Struct, frozen=True, gc=False):
    """One Job of a submission of upstream's: what it is there, and how it stands."""

    told: UpstreamJob
    job: JobFacts


class _NoPlans(Plans):
    """One of upstream's Jobs is no submission by itself: nobody has to find that out."""

    def of(self, job: wire.Job) -> SubmissionPlan | None:
        return None


class UpstreamJobs(Reading[wire.Job, UpstreamSeen | None]):
    """None for every other Job."""

    def __init__(self) -> None:
        super().__init__(wire.Job, self._facts)
        self._jobs = Jobs(_NoPlans())
        self._read: dict[str, UpstreamJob | None] = {}

    def _facts(self, seen: wire.Job) -> UpstreamSeen | None:
        # Nearly all that is looked at is somebody else's: of that no template is opened.
        if not submission_of(seen.metadata.name):
            return None
        uid = seen.metadata.uid
        if uid not in self._read:
            make_room(self._read, TEMPLATES_KEPT)
            self._read[uid] = _taken_apart(seen)
        told = self._read[uid]
        return None if told is None else UpstreamSeen(told, self._jobs.facts(seen))


def _taken_apart(job: wire.Job) -> UpstreamJob | None:
    """A template without measure is none of upstream's."""
    meta, template = job.metadata, bytes(job.spec.template.spec)
    try:
        bounds.check_shape(template, Asked("get", "jobs", meta.namespace, meta.name))
    except ConsoleError:
        return None
    spec = {"template": {"spec": msgspec.json.decode(template)}}
    return upstream_job({"metadata": {"name": meta.name}, "spec": spec})


def part_of_upstream(pod: PodFacts) -> PodFacts | None:
    """That pod as a part of its submission; None for one whose Job is called otherwise.

    Its containers get names that no other pod of the submission has.
    """
    submission = submission_of(pod.job)
    if not submission:
        return None
    worker = _WORKER.fullmatch(pod.job)
    suffix = worker[1] if worker else MONITOR
    return replace(
        pod,
        job=submission,
        owner=upstream_uid(pod.namespace, submission),
        index=int(worker[1]) - 1 if worker else MONITOR_INDEX,
        containers=tuple(_named(each, suffix) for each in pod.containers),
    )


def _named(container: ContainerFacts, suffix: str) -> ContainerFacts:
    if container.name == suffix:
        return container
    return replace(container, name=f"{container.name}-{suffix}", own_name=container.name)
