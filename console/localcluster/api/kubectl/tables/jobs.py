"""How a Job is printed."""

from __future__ import annotations

from datetime import datetime

from console.localcluster.api.kubectl.tables.columns import (
    AGE,
    NAME,
    NONE,
    Cell,
    Column,
    Printer,
    age,
    human_span,
    since,
)
from console.localcluster.changes import JsonObject, condition, parse_time
from console.localcluster.deletion import is_deleted

_BATCH = "io.k8s.api.batch.v1"

_COLUMNS = (
    NAME,
    Column("Status", "Status of the job."),
    Column("Completions", f"{_BATCH}.JobStatus#succeeded"),
    Column("Duration", "Time required to complete the job."),
    AGE,
    Column("Containers", "Names of each container in the template.", wide=True),
    Column("Images", "Images referenced by each container in the template.", wide=True),
    Column("Selector", f"{_BATCH}.JobSpec#selector", wide=True),
)


def _cells(job: JsonObject, now: datetime) -> tuple[Cell, ...]:
    containers = job["spec"]["template"]["spec"].get("containers") or []
    return (
        job["metadata"].get("name", ""),
        job_status(job),
        _completions(job),
        _duration(job.get("status", {}), now),
        age(job, now),
        ",".join(container["name"] for container in containers),
        ",".join(container.get("image", "") for container in containers),
        _selector(job["spec"].get("selector")),
    )


def job_status(job: JsonObject) -> str:
    """The one word of the STATUS column."""

    def first(*kinds: str) -> str:
        return next((kind for kind in kinds if condition(job, kind)), "")

    if final := first("Complete", "Failed"):
        return final
    if is_deleted(job):
        return "Terminating"
    return first("Suspended", "FailureTarget", "SuccessCriteriaMet") or "Running"


def _completions(job: JsonObject) -> str:
    succeeded = job.get("status", {}).get("succeeded", 0)
    wanted = job["spec"].get("completions")
    if wanted is not None:
        return f"{succeeded}/{wanted}"
    parallelism = job["spec"].get("parallelism", 0)
    return f"{succeeded}/1 of {parallelism}" if parallelism > 1 else f"{succeeded}/1"


def _duration(status: JsonObject, now: datetime) -> str:
    started, ended = status.get("startTime"), status.get("completionTime")
    if not started:
        return ""
    if not ended:
        return since(started, now)
    return human_span((parse_time(ended) - parse_time(started)).total_seconds())


def _selector(selector: JsonObject | None) -> str:
    if not selector:
        return NONE
    labels = selector.get("matchLabels", {})
    return ",".join(f"{key}={labels[key]}" for key in sorted(labels)) or NONE


JOBS = Printer(_COLUMNS, _cells)
