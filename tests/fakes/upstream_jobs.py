"""Jobs as upstream's state machine makes them today: by the rules of its lambdas and manifests.

Upstream's repository has each manifest twice and the two differ, so both forms are made here.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

import msgspec

from console.operations.ports.cluster import JsonObject

BUCKET, TOKEN = "carla-leaderboard", "evalai-plain-token-0123456789abcdef"
SCRIPTS = {
    "simulator": "bash /home/carla/run_carla.sh",
    "agent": "bash /workspace/leaderboard/run_leaderboard.sh",
    "aws-uploader": "bash /workspace/run_uploader.sh",
    "monitor": "bash /workspace/run_monitor.sh",
    "private-contents": "cp -r ${LEADERBOARD_ROOT}/* /tmp/leaderboard/",
}
MOUNTS = ("leaderboard", "logs")


class Submission(msgspec.Struct, frozen=True):
    """What the lambdas know of one, and the images of its cluster."""

    number: int = 1234
    team: str = "Team Blue_Car"
    track: str = "SENSORS"
    routes: int = 20
    workers: int = 4
    leaderboard: str = "2.0"
    by_state_machine: bool = False
    """As `step_function.json` has them; else as the files in `jobs` do."""
    images: tuple[tuple[str, str], ...] = ()
    """By container, where they are others than upstream's."""
    scripts: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """The part that the names of all its Jobs have in common."""
        team, track = (each.lower().replace("_", "-") for each in (self.team, self.track))
        return f"{team.replace(' ', '-')}-{track}-{self.number}"

    @property
    def subsets(self) -> tuple[str, ...]:
        """One a worker; no worker is without a route."""
        workers = min(self.routes, self.workers)
        step = float(self.routes) / float(workers)
        ends = [math.ceil(number * step) for number in range(workers + 1)]
        return tuple(f"{a}-{b - 1}" for a, b in itertools.pairwise(ends))

    def worker(self, number: int) -> JsonObject:
        """The Job of worker `number`, from 1."""
        return _job(f"{self.name}-worker{number}", 2 if self.by_state_machine else 4, [
            self._init(number),
            self._container("simulator", WORKER_ID=str(number), **self._display),
            self._agent(number),
            self._container("aws-uploader", WORKER_ID=str(number), **self._place),
        ])  # fmt: skip

    def monitor(self) -> JsonObject:
        init = self._container("private-contents", **({} if self.by_state_machine else self._place))
        told = {
            "SUBMISSION_WORKERS": str(self.workers),
            "CHALLENGE_ID": "2098",
            "TRACK_ID": "4170",
            "TEAM_ID": "77",
            "DYNAMODB_SUBMISSIONS_TABLE": "submissions",
            "EVALAI_AUTH_TOKEN": TOKEN,
            "EVALAI_API_SERVER": "https://eval.ai",
        }
        limit = 8 if self.by_state_machine else 4
        return _job(
            f"{self.name}-monitor",
            limit,
            [init, self._container("monitor", **self._place, **told)],
        )

    def jobs(self) -> tuple[JsonObject, ...]:
        """All of them, the monitor's first."""
        numbers = range(1, len(self.subsets) + 1)
        return (self.monitor(), *(self.worker(number) for number in numbers))

    @property
    def _place(self) -> dict[str, str]:
        return {"SUBMISSION_ID": str(self.number), "S3_BUCKET": BUCKET}

    @property
    def _display(self) -> dict[str, str]:
        return {} if self.leaderboard == "1.0" else {"DISPLAY": ":0"}

    def _init(self, number: int) -> JsonObject:
        own = {} if self.by_state_machine else {"WORKER_ID": str(number)}
        init = self._container("private-contents", **self._place, **own, RESUME="")
        return init | (_GPU if self.by_state_machine or self.leaderboard == "1.0" else {})

    def _agent(self, number: int) -> JsonObject:
        agent = self._container(
            "agent",
            WORKER_ID=str(number),
            CHALLENGE_TRACK_CODENAME=self.track,
            ROUTES_SUBSET=self.subsets[number - 1],
            REPETITIONS="5" if self.leaderboard == "1.0" else "1",
            RESUME="",
        )
        own = not (self.by_state_machine or self.leaderboard == "1.0")
        return agent | (_GPU if own else {})

    def _container(self, name: str, **env: str) -> JsonObject:
        image = dict(self.images).get(name, f"upstream.example/{name}:2024")
        script = dict(self.scripts).get(name, SCRIPTS[name])
        return {
            "name": name,
            "image": image,
            "command": ["/bin/bash", "-c"],
            "args": [f"{script}\n"],
            "env": [{"name": key, "value": value} for key, value in env.items()],
            "volumeMounts": [{"name": each, "mountPath": f"/{each}"} for each in MOUNTS],
        }


_GPU: dict[str, Any] = {"resources": {"limits": {"nvidia.com/gpu": 1}}}


def _job(name: str, limit: int, containers: Sequence[JsonObject]) -> JsonObject:
    init, *others = containers
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": name},
        "spec": {
            "backoffLimit": limit,
            "template": {
                "spec": {
                    "serviceAccountName": "submission-worker",
                    "nodeSelector": {"node.kubernetes.io/instance-type": "g5.12xlarge"},
                    "initContainers": [init],
                    "containers": others,
                    "restartPolicy": "OnFailure",
                    "volumes": [{"name": each, "emptyDir": {}} for each in MOUNTS],
                }
            },
        },
    }
