"""The product, seen from outside: its commands, its API, its files on disk.

Uses no code of the product: `carla-console` as a process, the Kubernetes API over plain HTTPS.
"""

from __future__ import annotations

import base64
import json
import os
import ssl
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import yaml
from chaos_faults import Daemon
from chaos_plan import World

ROOT = Path(__file__).resolve().parents[2]
NAMESPACE = "default"
_LIMITS = {
    "POLL": "0.4",
    "HEARTBEAT_LIMIT": "12",
    "PARTNER_LIMIT": "60",
    "BOOT_LIMIT": "20",
    "AGENT_IDLE_LIMIT": "7",
    "STANDIN_BOOT_SECONDS": "0.3",
}
_PERIOD = "0.5"


class Cluster:
    """An embedded cluster with a state directory of its own."""

    def __init__(self, state: Path, time_factor: float, *, real_pace: bool = False) -> None:
        self.state = state
        self.folder = state / "local" / "cluster"
        self.real_pace = real_pace
        own = {"CARLA_CONSOLE_STATE_DIR": str(state), "CARLA_CONSOLE_RECORDER": "off"}
        self._env = {**os.environ, **own}
        (state / "scenarios").mkdir(parents=True)
        self.console("local", "up", "--time-factor", str(time_factor))
        config = json.loads((self.folder / "kubeconfig").read_text())
        self.daemon = Daemon(self._daemon_pid())
        self._server = config["clusters"][0]["cluster"]["server"]
        authority = config["clusters"][0]["cluster"]["certificate-authority-data"]
        self._token = config["users"][0]["user"]["token"]
        self._tls = ssl.create_default_context(cadata=base64.b64decode(authority).decode())
        self._tls.check_hostname = False

    def _daemon_pid(self) -> int:
        found: int = json.loads((self.folder / "endpoint.json").read_text())["daemon"]["pid"]
        return found

    def down(self) -> None:
        """Ends it."""
        self.console("local", "down")

    def console(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """One command of the console; its failure is an error unless `check` is off."""
        done = subprocess.run(
            _command(*words), env=self._env, capture_output=True, text=True, check=False, cwd=ROOT
        )
        if check and done.returncode:
            text = done.stderr[-2000:]
            raise RuntimeError(f"carla-console {' '.join(words)}: {done.returncode}\n{text}")
        return done

    def follow(self, name: str, words: list[str], out: Path) -> subprocess.Popen[bytes]:
        """A launch that stays until the submission has ended, recording everything."""
        with (out / f"{name}.out").open("wb") as stdout, (out / f"{name}.err").open("wb") as stderr:
            return subprocess.Popen(_command(*words), env=self._env, stdout=stdout, stderr=stderr)

    def get(self, path: str) -> Any:
        """A GET on the API, decoded."""
        request = urllib.request.Request(f"{self._server}{path}")
        request.add_header("Authorization", f"Bearer {self._token}")
        handler = urllib.request.HTTPSHandler(context=self._tls)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), handler)
        with opener.open(request, timeout=20) as answer:
            return json.loads(answer.read())

    def job(self, name: str) -> Any:
        """The Job; urllib.error.HTTPError when there is none."""
        return self.get(f"/apis/batch/v1/namespaces/{NAMESPACE}/jobs/{name}")

    def pods(self, name: str) -> list[Any]:
        """The Job's pods."""
        where = f"/api/v1/namespaces/{NAMESPACE}/pods?labelSelector=job-name%3D{name}"
        items: list[Any] = self.get(where)["items"]
        return items

    def write_scenario(self, tag: str, document: dict[str, Any]) -> str:
        """A stand-in agent of our own; its image reference."""
        (self.state / "scenarios" / f"{tag}.yaml").write_text(yaml.safe_dump(document))
        return f"console.local/team-agent:{tag}"

    def write_spec(self, place: Path, world: World, disk: Path | None) -> Path:
        """The shipped Job with short limits, and its logs on `disk` if there is one."""
        shipped = ROOT / "job_specs" / f"leaderboard_{world.leaderboard}.yaml"
        brake = {"ROUTE_ATTEMPTS": str(world.attempts)}
        document = yaml.safe_load(shipped.read_text())
        pod = document["spec"]["template"]["spec"]
        for container in pod["containers"]:
            logcopy = container["name"] == "logcopy"
            limits = {"LOGS_PERIOD": _PERIOD} if logcopy else {**_LIMITS, **brake}
            if self.real_pace:
                limits = {} if logcopy else brake
            kept = [entry for entry in container["env"] if entry["name"] not in limits]
            container["env"] = kept + [{"name": k, "value": v} for k, v in limits.items()]
        if disk is not None:
            volume = next(volume for volume in pod["volumes"] if volume["name"] == "logs")
            volume.pop("emptyDir", None)
            volume["hostPath"] = {"path": str(disk)}
        place.write_text(yaml.safe_dump(document, sort_keys=False))
        return place


def _command(*words: str) -> list[str]:
    return [sys.executable, "-m", "console", *words]
