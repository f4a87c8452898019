"""Why nothing is changed of a submission that upstream's state machine made, and what to do.

It waits for its own Jobs, deletes them, and tells EvalAI by what they left in its bucket: whoever
changes one behind its back makes it tell something that is not so. Pure.
"""

from __future__ import annotations

from console.domain.facts import JobFacts
from console.errors import ReadOnly

WHY = "Upstream's state machine made its Jobs and waits for them; this console only follows it."
INSTEAD = {
    "cancel": "Cancel it at EvalAI: its monitor asks there each half minute, and ends all workers.",
    "delete": "Upstream deletes each Job that completed. One that is left over is deleted by who "
    "runs that cluster, with kubectl.",
    "resume": "Resume it at EvalAI: upstream then makes new Jobs, which go on from its bucket.",
    "rerun": "Submit it once more at EvalAI: upstream drives all of its routes then.",
    "publish": "Upstream tells EvalAI itself, from its bucket, once all its Jobs have ended.",
    "launch again": "Submit it once more at EvalAI, or launch its image with a form of one's own.",
}
"""By what somebody wants."""


def why_not_changed(job: JobFacts | None, verb: str) -> str:
    """For a screen; empty where it is no submission of upstream's."""
    if job is None or job.plan is None or job.plan.upstream is None:
        return ""
    return f"{WHY} {INSTEAD[verb]}"


def refuse_upstreams(job: JobFacts | None, verb: str) -> None:
    """Raises ReadOnly for a submission of upstream's."""
    if job is not None and why_not_changed(job, verb):
        raise refused(job.name, verb)


def refused(name: str, verb: str) -> ReadOnly:
    """The error of whoever wants it all the same."""
    return ReadOnly(f"Not done: to {verb} {name}.", why=WHY, fix=INSTEAD[verb])
