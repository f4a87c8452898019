"""Plays every scene on one cluster and keeps what was seen: stories, logs, tables, error bodies.

The same code for the real cluster and the embedded one; compares nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from tests.e2e import told_logs
from tests.e2e.harness import CONTAINERS, INELIGIBLE, Console, launching, until
from tests.e2e.parity import INDEX, Access, Story, Witness, plain
from tests.e2e.scenes import SCENES, Scene
from tests.e2e.tables import Kubectl

Json = Any
SECONDS = 240.0
ALL = ("private-contents", *CONTAINERS)
LOOKED_AT = "quick"
"""The finished submission that kubectl and the wrong requests are asked about."""
RECORDED = ("quick", "in-turn")
"""Submissions whose pod is there at the end, and so its logs."""
SUBMISSIONS = ("quick", "in-turn", "hopeless", "cancelled", "deleted", "no-init", "unpulled")


@dataclass(slots=True)
class Side:
    """One of the two clusters, and what was seen there."""

    console: Console
    access: Access
    kubectl: Kubectl
    ask: Callable[[Side], dict[str, Json]]
    stories: dict[str, Story] = field(default_factory=dict)
    logs: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    tables: dict[str, str] = field(default_factory=dict)
    answers: dict[str, Json] = field(default_factory=dict)
    told: dict[str, list[Json]] = field(default_factory=dict)
    """What a log request about each small Job's pod says, of the current run and the previous one."""

    def play(self) -> Side:
        with Witness(self.access) as witness:
            self._small_jobs(witness)
            with ThreadPoolExecutor() as lanes:
                # The node has GPUs for two at a time.
                for lane in [lanes.submit(self._crashing), lanes.submit(self._others, witness)]:
                    lane.result()
            for name in (*SCENES, *SUBMISSIONS):
                self.stories[name] = witness.story(name)
        return self

    # ------------------------------------------------------------------------------- small Jobs

    def _small_jobs(self, witness: Witness) -> None:
        jobs = self._path("/apis/batch/v1", "jobs")
        for name, scene in SCENES.items():
            code, said = self.access.send("POST", jobs, scene.manifest(name))
            assert code == 201, said
        for name, scene in SCENES.items():
            until(partial(_is_over, scene, witness, name), name, SECONDS)
            until(partial(self._tells, scene, name), f"{name}: {scene.said}", SECONDS)
        self._print({f"{name}: describe job": ("describe", "job", name) for name in SCENES})
        self._print({"small: get jobs": ("get", "jobs"), "small: get pods": ("get", "pods")})
        for name in SCENES:
            self.access.send("DELETE", f"{jobs}/{name}", {"propagationPolicy": "Background"})
        self._gone(SCENES)

    # ------------------------------------------------------------------------------- submissions

    def _crashing(self) -> None:
        """Five crashes with room for them all; a route is given up, so the entry is not eligible."""
        code = self._launch("in-turn", "crash-in-turn", "--backoff-limit", "31", "--wait")
        assert code == INELIGIBLE, code
        self._keep_logs("in-turn")

    def _others(self, witness: Witness) -> None:
        assert self._launch("quick", "quick", "--wait") == 0, "quick"
        self._keep_logs("quick")
        self._look()
        assert self._launch("hopeless", "hopeless-pair", "--resumes", "1", "--wait") == 7
        for name, verb in (("cancelled", "cancel"), ("deleted", "delete")):
            assert self._launch(name, "steady") == 0
            until(partial(self._runs, name), f"{name} runs", SECONDS)
            assert self.console(verb, name, "--yes", "-n", self.access.namespace).returncode == 0
            self._gone([name])
        wrong = "--set=cluster.leaderboard_image=console.local/shell:1"
        assert self._launch("no-init", "quick", wrong, "--backoff-limit", "2", "--wait") == 7
        wrong = "--set=submission.submitted_image_uri=localhost:1/team/agent:7"
        assert self._launch("unpulled", "quick", wrong) == 0
        refused = {"ImagePullBackOff", "ErrImagePull"}
        until(lambda: refused <= witness.story("unpulled").reasons(), "it is refused", SECONDS)
        own = ("-n", self.access.namespace)
        assert self.console("delete", "unpulled", "--yes", *own).returncode == 0
        self._gone(["unpulled", "no-init", "hopeless"])

    def _launch(self, name: str, scenario: str, *flags: str) -> int:
        own = ("-n", self.access.namespace)
        return self.console(*launching(name, scenario), *flags, *own, timeout=SECONDS).returncode

    def _runs(self, name: str) -> bool:
        """Every container of the submission has been started; logcopy has begun its work.

        Before that a real container's first process does not hear a SIGTERM.
        """
        return any(
            all("running" in status["state"] for status in pod["status"]["containerStatuses"])
            and "snapshot" in self._log(pod, "logcopy")
            for pod in self.pods(name)
            if "containerStatuses" in pod["status"]
        )

    def _has_gone(self, name: str) -> bool:
        return not self.pods(name)

    def _gone(self, names: Iterable[str]) -> None:
        for name in names:
            until(partial(self._has_gone, name), f"the pod of {name} is gone", SECONDS)

    # ----------------------------------------------------------------------------------- looking

    def pods(self, name: str) -> list[Json]:
        path = self._path("/api/v1", "pods") + f"?labelSelector=job-name%3D{name}"
        return list(self.access.send("GET", path)[1]["items"])

    def _keep_logs(self, name: str) -> None:
        (pod,) = self.pods(name)
        spec = pod["spec"]
        self.logs[name] = {}
        for container in (*spec["initContainers"], *spec["containers"]):
            text = self._log(pod, container["name"])
            self.logs[name][container["name"]] = told_logs.told(text, container)

    def _log(self, pod: Json, container: str) -> str:
        path = self._path("/api/v1", "pods") + f"/{pod['metadata']['name']}/log"
        code, text = self.access.send("GET", f"{path}?container={container}")
        assert code == 200, text
        return str(text)

    def _tells(self, scene: Scene, name: str) -> bool:
        self.told[name] = self._told(name)
        return scene.said in str(self.told[name])

    def _told(self, name: str) -> list[Json]:
        logs = self._path("/api/v1", "pods") + "/{}/log?previous={}"
        return [
            plain(list(self.access.send("GET", logs.format(pod["metadata"]["name"], previous))))
            for pod in sorted(self.pods(name), key=_age)
            for previous in ("false", "true")
        ]

    def _look(self) -> None:
        (pod,) = self.pods(LOOKED_AT)
        own = {"job": LOOKED_AT, "pod": pod["metadata"]["name"]}
        for kind, name in own.items():
            for form in ((), ("-o", "wide")):
                self._print({" ".join(("get", kind, *form)): ("get", kind, name, *form)})
            self._print({f"describe {kind}": ("describe", kind, name)})
        for each in ("nodes", "configmaps"):
            self._print({f"get {each}": ("get", each), f"{each} wide": ("get", each, "-o", "wide")})
        about = f"involvedObject.name={LOOKED_AT}"
        self._print({"get events": ("get", "events", "--field-selector", about)})
        self._print({"get a missing job": ("get", "job", "nobody")})
        self._print({"logs of a job": ("logs", f"job/{LOOKED_AT}", "-c", "simulator-1")})
        self.answers = self.ask(self)

    def _print(self, commands: dict[str, tuple[str, ...]]) -> None:
        for title, command in commands.items():
            self.tables[title] = self.kubectl(*command)

    def _path(self, group: str, plural: str) -> str:
        return f"{group}/namespaces/{self.access.namespace}/{plural}"


def _age(pod: Json) -> tuple[str, str]:
    meta = pod["metadata"]
    return meta.get("annotations", {}).get(INDEX, ""), meta["creationTimestamp"]


def _is_over(scene: Scene, witness: Witness, name: str) -> bool:
    return scene.over <= witness.story(name).reasons()
