"""Which log a request asks for: its options, and the run that the pod's status points to. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from console.localcluster.api.options import boolean, integer
from console.localcluster.api.refusals import ApiFailure, StatusCause, forbidden, invalid, rejected
from console.localcluster.api.resources import Resource
from console.localcluster.changes import JsonObject

_OPTIONS = Resource("pods/log", "PodLogOptions")
_PULL_FAILURES = {
    "ErrImagePull": "image can't be pulled",
    "ImagePullBackOff": "trying and failing to pull image",
}


@dataclass(frozen=True, slots=True)
class LogOptions:
    """`since` is a stamp in the log's own form; lines before it are left out."""

    container: str
    follow: bool
    previous: bool
    timestamps: bool
    since: bytes
    tail: int | None
    limit: int | None


def log_options(query: Mapping[str, str], pod: str, now: datetime) -> LogOptions:
    """Raises ApiFailure 400 or 422."""
    seconds, moment = integer(query, "sinceSeconds"), query.get("sinceTime", "")
    if seconds is not None and moment:
        rule = "at most one of `sinceTime` or `sinceSeconds` may be specified"
        raise _refused(pod, forbidden("[]", rule))
    tail, limit = integer(query, "tailLines"), integer(query, "limitBytes")
    for name, value, least, rule in (
        ("sinceSeconds", seconds, 1, "must be greater than 0"),
        ("tailLines", tail, 0, "must be greater than or equal to 0"),
        ("limitBytes", limit, 1, "must be greater than 0"),
    ):
        if value is not None and value < least:
            raise _refused(pod, invalid(name, value, rule))
    if "stream" in query:
        raise _refused(pod, forbidden("stream", "may not be specified"))
    return LogOptions(
        container=query.get("container", ""),
        follow=boolean(query, "follow"),
        previous=boolean(query, "previous"),
        timestamps=boolean(query, "timestamps"),
        since=_since(seconds, moment, now),
        tail=tail,
        limit=limit,
    )


def choose_container(pod: JsonObject, wanted: str) -> str:
    """The container's name: of one beside init containers none has to be given.

    Raises ApiFailure 400 for a wrong one, or none of several.
    """
    name, spec = pod["metadata"]["name"], pod.get("spec", {})
    groups = [spec.get("initContainers") or [], spec.get("containers") or []]
    names = [container["name"] for group in groups for container in group]
    if wanted and wanted not in names:
        raise ApiFailure(400, f"container {wanted} is not valid for pod {name}")
    if wanted:
        return wanted
    if len(groups[1]) == 1:
        return str(groups[1][0]["name"])
    listed = " ".join(names)
    message = f"a container name must be specified for pod {name}, choose one of: [{listed}]"
    raise ApiFailure(400, message)


def choose_run(pod: JsonObject, container: str, *, previous: bool) -> int:
    """The number of the run whose log is meant, from 0. Raises ApiFailure 400.

    A container that waits after an exit still shows the run that ended, as current and as
    previous: the next run has not begun.
    """
    where = f'container "{container}" in pod "{pod["metadata"]["name"]}"'
    status = _status_of(pod, container)
    if status is None:
        raise ApiFailure(400, f"{where} is not available")
    state, restarts = status.get("state") or {}, int(status.get("restartCount", 0))
    waiting, ended = state.get("waiting"), (status.get("lastState") or {}).get("terminated")
    if previous:
        if ended is None:
            raise ApiFailure(400, f"previous terminated {where} not found")
        return restarts if waiting is not None else max(restarts - 1, 0)
    if "running" in state or "terminated" in state or ended is not None:
        return restarts
    reason = (waiting or {}).get("reason", "")
    if not reason:
        raise ApiFailure(400, f"{where} is waiting to start - no logs yet")
    raise ApiFailure(400, f"{where} is waiting to start: {_PULL_FAILURES.get(reason, reason)}")


def _status_of(pod: JsonObject, container: str) -> JsonObject | None:
    status = pod.get("status", {})
    for group in ("containerStatuses", "initContainerStatuses"):
        for entry in status.get(group) or []:
            if entry["name"] == container:
                return dict(entry)
    return None


def _since(seconds: int | None, moment: str, now: datetime) -> bytes:
    if seconds is not None:
        return _stamp(now - timedelta(seconds=min(seconds, 10**9)))
    if not moment:
        return b""
    try:
        parsed = datetime.fromisoformat(moment)
    except ValueError as error:
        raise ApiFailure(400, f'parsing time "{moment}": {error}') from error
    if parsed.tzinfo is None:
        raise ApiFailure(400, f'parsing time "{moment}": it has no time zone')
    return _stamp(parsed.replace(microsecond=0))  # a kubelet is told whole seconds only


def _stamp(moment: datetime) -> bytes:
    text = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
    return f"{text}000Z".encode()


def _refused(pod: str, cause: StatusCause) -> ApiFailure:
    return rejected(_OPTIONS, pod, [cause])
