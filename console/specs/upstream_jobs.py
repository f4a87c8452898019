"""Upstream's present shape of a submission: one Job for each worker, and a monitor Job. Pure.

Read in github.com/carla-simulator/leaderboard-cloud, branch main, commit 09a0d11 of 9 October 2024;
the specs of this console are of 9a46048, before `a1eed26` took the one Job apart. By file:

Jobs (`leaderboard_{1,2}.0/jobs/{submission,monitor}.yaml`, and as the state machine has them in
`aws/step_function/step_function.json`; the two differ, and both are read here)
- Neither has a label, an annotation or a namespace; the state machine deletes from `default`. Both
  run as the service account `submission-worker`, on nodes of one instance type.
- Of a worker: init `private-contents`, then `simulator`, `agent`, `aws-uploader`. One GPU, of the
  agent (2.0's file) or of the init container (1.0, the state machine). WORKER_ID from 1; the agent
  has ROUTES_SUBSET, REPETITIONS (5 for 1.0, 1 for 2.0) and CHALLENGE_TRACK_CODENAME. No port is
  told: each pod has its own network, so server and evaluator take their usual ones.
- Of the monitor: init `private-contents`, then `monitor`, with SUBMISSION_WORKERS, the numbers that
  EvalAI knows it by, bucket and table, and EVALAI_AUTH_TOKEN in plain sight.
- `restartPolicy: OnFailure`. backoffLimit: 4 for both in the files; in the state machine 2 for a
  worker and 8 for the monitor. All containers of a pod spend it, so that a resume, which restarts
  both halves, costs 2. Volumes are emptyDirs, and the node's `/tmp/.X11-unix` for 2.0.
- In the state machine the node selector's value is a path that nothing fills in, and the monitor's
  number of workers is read from where the lambda puts none; so whoever runs this has changed it.

Names and shares (`aws/lambda/{pre,preparallel,premonitor}.py`)
- `<team>-<track>-<submission>-worker<n>` and `...-monitor`, in small letters, with `-` for blanks
  and underscores; what else is no letter, digit or dot becomes `?`, and no Job can be called so.
- There are as many workers as were asked for (SUBMISSION_WORKERS), and no more than routes. Each
  has an equal part of these in order, `0-4`, `5-9`. For 2.0 at most four run at a time.

In a pod (`leaderboard_2.0/docker/{leaderboard,carla,aws_uploader}`)
- Halves tell each other by files in `containers-status`: `<half>-<n>.start<crash>`,
  `.crash<crash>`, `.done`; the uploader `worker-<n>.start`, then `uploader-<n>.done`. A cancel is
  `simulation.cancel` in the bucket, which the uploader makes `simulation-<n>.cancel` of.
- The agent's script ends an evaluator that has been silent for 800 s, and waits an hour for its
  server; the server's waits an hour for a GPU, and 60 s before it says that it has started.
- Each half writes `Using GPU: <uuid> (<index>)`. Results are `agent/partial_agent_results<n>.json`;
  everything goes to `s3://<bucket>/<submission>` each 30 s, and nothing of it into a log.

Merge and EvalAI (`docker/monitor/run_monitor.sh`, `aws/lambda/post.py`)
- Each 30 s the monitor fetches status files and partials, runs the Leaderboard's
  `merge_statistics.py` over them and tells EvalAI PARTIALLY_EVALUATED; it asks there whether the
  submission was cancelled. It ends when `.done` files by three and `.crash` files by four are as
  many as SUBMISSION_WORKERS. It writes how many have started and finished, and no score.
- A Job that completed is deleted by the state machine; one that failed stays, and the state machine
  ends there. After all, the last lambda tells EvalAI FINISHED (3 `.done` for each worker and the
  monitor's), CANCELLED or FAILED, with what lies in the bucket.

So from the cluster alone nobody knows a record or a score: only which drives each worker has.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from console.domain.routes import parse_subset
from console.domain.submission import (
    INIT,
    MONITOR,
    UPLOADER,
    HangLimits,
    Images,
    Layout,
    PairPlan,
    SubmissionPlan,
    UpstreamPlan,
)
from console.errors import InvalidInput
from console.results.drives import Drives
from console.results.leaderboard import named
from console.results.subsets import MOST_DRIVES
from console.specs import pod
from console.specs.pod import ContainerSpec

ACCOUNT = "submission-worker"
"""The service account of both."""
WORKER_CONTAINERS = ("simulator", "agent", UPLOADER)
_NAME = re.compile(
    r"(?P<submission>.+-(?P<id>\d{1,18}))-(?:worker(?P<number>[1-9]\d{0,2})|monitor)"
)
LIMITS = HangLimits(idle=800.0, tick=None, boot=3600.0)
"""As upstream's scripts have them: no variable of a Job changes one."""
CARLA_PORT, TRAFFIC_MANAGER_PORT = 2000, 8000
"""What a server and an evaluator take where nobody tells them another."""
_COUNT = re.compile(r"[1-9]\d{0,3}", re.ASCII)
_FIRST, _SECOND = "1.0", "2.0"


class UpstreamWorker(msgspec.Struct, frozen=True, gc=False):
    """A worker Job: what one pair of the submission is to drive."""

    submission: str
    """Its Jobs' names without their last words."""
    number: int
    """From 1."""
    leaderboard: str
    """Of whose manifests it is made; which one drives, its image decides."""
    subset: str
    repetitions: int
    track: str
    images: tuple[str, str, str, str]
    """Of the init container, the simulator, the agent, and the uploader."""
    stored_in: str = ""
    """Where upstream keeps its files, `s3://bucket/1234`; empty where the Job does not say."""


class UpstreamMonitor(msgspec.Struct, frozen=True, gc=False):
    """The monitor Job: it merges in the bucket and tells EvalAI."""

    submission: str
    workers: int | None
    """As many as were asked for; there are fewer where there were not so many routes. None where
    the Job does not say."""
    team_id: str = ""
    stored_in: str = ""


UpstreamJob = UpstreamWorker | UpstreamMonitor


def submission_of(job: str) -> str:
    """The submission that a Job of that name may be of; empty for a name of another form."""
    told = _NAME.fullmatch(job)
    return told["submission"] if told else ""


def upstream_job(manifest: Mapping[str, Any]) -> UpstreamJob | None:
    """What that Job is in a submission of upstream's; None for any other Job.

    Name, account, containers and the worker's own number have to agree: a namespace has many Jobs
    that others made.
    """
    named = _NAME.fullmatch(str(pod.mapping(manifest.get("metadata")).get("name", "")))
    if named is None or pod.pod_spec(manifest).get("serviceAccountName") != ACCOUNT:
        return None
    by_name = {each.name: each for each in pod.all_containers(manifest)}
    told = {each.env["SUBMISSION_ID"] for each in by_name.values() if "SUBMISSION_ID" in each.env}
    if told - {named["id"]}:
        return None
    if named["number"] is None:
        return _monitor(named["submission"], by_name)
    return _worker(named["submission"], int(named["number"]), by_name)


def team_of(submission: str, track: str) -> str:
    """The team as the name tells it: what stands before the track and the submission's number."""
    before, _, _ = submission.rpartition("-")
    return before.removesuffix("-" + track.lower().replace("_", "-"))


def plan_of_jobs(
    name: str,
    namespace: str,
    backoff_limit: int,
    workers: Sequence[UpstreamWorker],
    monitor: UpstreamMonitor | None,
) -> SubmissionPlan | None:
    """Of the workers that were seen, by their numbers; None while nobody has seen one, and for
    more drives than anybody launches: whoever shows a plan shows each of them."""
    if not workers:
        return None
    first = workers[0]
    subsets = tuple(each.subset for each in workers)
    drives = Drives(named(first.leaderboard), first.repetitions, subsets)
    if (drives.total or 0) > MOST_DRIVES:
        return None
    asked = monitor.workers if monitor else None
    stored_in = first.stored_in or (monitor.stored_in if monitor else "")
    return SubmissionPlan(
        name=name,
        namespace=namespace,
        drives=drives,
        backoff_limit=backoff_limit,
        pairs=tuple(_pair(each.number) for each in workers),
        nonce="",
        images=Images(*first.images),
        track=first.track,
        team_id=monitor.team_id if monitor else "",
        layout=Layout.POD_PER_PAIR,
        upstream=UpstreamPlan(asked, stored_in),
    )


def _pair(number: int) -> PairPlan:
    return PairPlan(number, None, CARLA_PORT, TRAFFIC_MANAGER_PORT, LIMITS)


def _worker(
    submission: str, number: int, by_name: Mapping[str, ContainerSpec]
) -> UpstreamWorker | None:
    if any(name not in by_name for name in WORKER_CONTAINERS):
        return None
    simulator, agent, uploader = (by_name[name] for name in WORKER_CONTAINERS)
    subset = agent.env.get("ROUTES_SUBSET", "")
    if agent.env.get("WORKER_ID") != str(number) or not _is_subset(subset):
        return None
    init = by_name.get(INIT)
    told = agent.env.get("REPETITIONS", "")
    return UpstreamWorker(
        submission,
        number,
        # Only 2.0's server has a display to draw on.
        _SECOND if "DISPLAY" in simulator.env_names else _FIRST,
        subset,
        # The agent's script takes 1 where its Job is silent.
        int(told) if _COUNT.fullmatch(told) else 1,
        agent.env.get("CHALLENGE_TRACK_CODENAME", "SENSORS"),
        (init.image if init else "", simulator.image, agent.image, uploader.image),
        _stored_in(uploader),
    )


def _is_subset(said: str) -> bool:
    try:
        parse_subset(said)
    except InvalidInput:
        return False
    return True


def _monitor(submission: str, by_name: Mapping[str, ContainerSpec]) -> UpstreamMonitor | None:
    if (monitor := by_name.get(MONITOR)) is None:
        return None
    told = monitor.env.get("SUBMISSION_WORKERS", "")
    workers = int(told) if _COUNT.fullmatch(told) else None
    return UpstreamMonitor(submission, workers, monitor.env.get("TEAM_ID", ""), _stored_in(monitor))


def _stored_in(container: ContainerSpec) -> str:
    bucket, number = (container.env.get(name, "") for name in ("S3_BUCKET", "SUBMISSION_ID"))
    return f"s3://{bucket}/{number}" if bucket and number else ""
