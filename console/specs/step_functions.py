"""A template as a state of upstream's AWS state machine: it runs the Job on EKS, waits for its end.

What the machine's first step tells stays a reference; everything else is written out, for that
step's document has nothing of it. Names of the machine's own states are here and nowhere else.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from console import paths
from console.domain.submission import LOGCOPY, Layout
from console.errors import InvalidInput
from console.specs import pod
from console.specs.compose import Composed, compose
from console.specs.embedding import embed
from console.specs.names import subdomain
from console.specs.plan import UPSTREAM_LOGCOPY, layout_of
from console.specs.shape import LAYOUT
from console.specs.step_input import PUBLISHING, SECRET, TEAM_NAME, TOLD
from console.specs.template import Template
from console.specs.tracks import CHOSEN_BY_A_STATE, drives_qualifiers, name_routes
from console.specs.values import Values

RUN_JOB = "arn:aws:states:::eks:runJob.sync"
NEXT = "EKS RemoveJob"
"""Upstream's state behind both of its run-job states, whether the Job completed or failed."""
NAMESPACE = "default"
"""Where upstream's machine removes the Job."""
LARGEST_JOB = 240 * 1024
"""Bytes; a task takes 256 KiB, and what the references bring comes on top."""
_LOGCOPY = "console.workers.logcopy"
_HOME = {"name": "aws-home", "mountPath": "/aws-home"}
"""Where `aws` keeps what it was lent: no agent sees it, and it is not copied to the bucket."""
_VARIABLES = ("S3_BUCKET", "DYNAMODB_SUBMISSIONS_TABLE", "EVALAI_API_SERVER")
"""What `workers.upstream_logcopy` reads, in the order of `PUBLISHING`."""
_USUAL_SECRET = "evalai"
_NONCE = "⟦nonce⟧"
_DRAWN = "States.UUID()"
_ROUTES = "⟦routes⟧"


def step_functions_state(
    template: Template,
    values: Values,
    *,
    namespace: str = NAMESPACE,
    backoff_limit: int | None = None,
    repetitions: int | None = None,
    files: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The state, to stand in the place of upstream's `EKS RunJob` for that Leaderboard.

    Raises SpecRejected as `compose` does, and InvalidInput for a Job that no state can carry.
    """
    files = paths.worker_files() if files is None else files
    taken = (*template.paths, TEAM_NAME, *PUBLISHING)
    marks = {path: f"⟦{path}⟧" for path in TOLD if path in taken}
    _refuse_pods(template, values)
    composed = compose(
        template,
        values.override(marks, origin="the state machine's document", known=template.paths),
        namespace=namespace,
        backoff_limit=backoff_limit,
        repetitions=repetitions,
        nonce=_NONCE,
        files=files,
    )
    _refuse_claims(composed)
    job = composed.manifest
    job["metadata"].pop("namespace")
    embed(job, composed.config_map["metadata"]["name"], files)
    _serve_upstream(job, marks, _secret(values))
    if drives_qualifiers(template) and "submission.track_codename" in marks:
        name_routes(job, _ROUTES)
    told = {mark: f"$.{path}" for path, mark in marks.items()}
    told |= {_NONCE: _DRAWN, _ROUTES: CHOSEN_BY_A_STATE}
    return _state(_small(_referring(job, told)), namespace)


def _state(job: dict[str, Any], namespace: str) -> dict[str, Any]:
    return {
        "Type": "Task",
        "Resource": RUN_JOB,
        "Parameters": {
            "ClusterName.$": "$.cluster.name",
            "Endpoint.$": "$.cluster.endpoint",
            "CertificateAuthority.$": "$.cluster.certificate_authority",
            "Namespace": namespace,
            "LogOptions": {"RetrieveLogs": False},
            "Job": job,
        },
        "ResultPath": None,
        "Next": NEXT,
        "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": None, "Next": NEXT}],
    }


def _refuse_pods(template: Template, values: Values) -> None:
    """Upstream's machine looks for what one logcopy leaves in one place."""
    said = values.get(LAYOUT) or layout_of(template.document.content)
    if said == Layout.POD_PER_PAIR:
        raise InvalidInput(
            "No state has a Job with a pod for each pair: upstream's machine asks one logcopy.",
            fix=f"Leave out {LAYOUT}.",
        )


def _refuse_claims(composed: Composed) -> None:
    if len(composed.possessions) > 1:
        raise InvalidInput(
            "A Job that takes its GPUs by claims needs a template of them beside it.",
            why="Nobody makes one where a state machine starts the Job.",
            fix="Set cluster.gpus to limits or shared.",
        )


def _secret(values: Values) -> str:
    """The name of the Secret that holds EvalAI's token in the machine's cluster."""
    said = values.get(SECRET) or _USUAL_SECRET
    wrong = subdomain(said) if isinstance(said, str) else "is no text"
    if wrong:
        raise InvalidInput(f"{values.origin(SECRET)}: {SECRET} {wrong}.")
    return str(said)


def _serve_upstream(job: dict[str, Any], marks: Mapping[str, str], secret: str) -> None:
    """Let logcopy bring what the machine's last step looks for to where it looks."""
    for container in pod.containers(job):
        command = container.content.get("command")
        if container.name != LOGCOPY or not isinstance(command, list) or _LOGCOPY not in command:
            continue
        content = container.content
        content["command"] = [UPSTREAM_LOGCOPY if word == _LOGCOPY else word for word in command]
        content["env"] = [*content.get("env", ()), *_publishing(marks, secret)]
        content["volumeMounts"] = [*container.mounts, dict(_HOME)]
        pod.pod_spec(job)["volumes"].append({"name": _HOME["name"], "emptyDir": {}})


def _publishing(marks: Mapping[str, str], secret: str) -> Iterator[dict[str, Any]]:
    """Where such a Job publishes by itself: as its own machine tells it, no console does."""
    yield {"name": "HOME", "value": _HOME["mountPath"]}
    for path, variable in zip(PUBLISHING, _VARIABLES, strict=True):
        yield {"name": variable, "value": marks[path]}
    token = {"name": secret, "key": "auth_token", "optional": True}
    yield {"name": "EVALAI_AUTH_TOKEN", "valueFrom": {"secretKeyRef": token}}


def _referring(value: Any, told: Mapping[str, str]) -> Any:
    """`value` with `key.$: <reference>` where a text is, or holds, a mark."""
    if isinstance(value, list):
        if any(isinstance(item, str) and _marks(item, told) for item in value):
            raise InvalidInput("A list of texts takes a value of the submission: no state can.")
        return [_referring(item, told) for item in value]
    if not isinstance(value, dict):
        return value
    return dict(_entry(key, item, told) for key, item in value.items())


def _entry(key: str, item: Any, told: Mapping[str, str]) -> tuple[str, Any]:
    if not isinstance(item, str) or not (marks := _marks(item, told)):
        return key, _referring(item, told)
    if item in told:
        return f"{key}.$", told[item]
    for sign in ("\\", "'", "{", "}"):
        item = item.replace(sign, f"\\{sign}")
    for mark in marks:
        item = item.replace(mark, "{}")
    return f"{key}.$", f"States.Format('{item}', {', '.join(told[mark] for mark in marks)})"


def _marks(text: str, told: Mapping[str, str]) -> list[str]:
    """The marks in a text, in its order, each as often as it is there."""
    places = [(place, mark) for mark in told for place in _places(text, mark)]
    return [mark for _, mark in sorted(places)]


def _places(text: str, mark: str) -> Iterator[int]:
    place = text.find(mark)
    while place >= 0:
        yield place
        place = text.find(mark, place + 1)


def _small(job: dict[str, Any]) -> dict[str, Any]:
    size = len(json.dumps(job).encode())
    if size > LARGEST_JOB:
        raise InvalidInput(
            f"The Job has {size} bytes with the workers' programs; a state takes {LARGEST_JOB}."
        )
    return job
