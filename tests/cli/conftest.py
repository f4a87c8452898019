"""Commands in process: a real recorder, a cluster in memory, bytes of both streams."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from fakes.cluster import FakeCluster
from fakes.measuring import measured

from console import paths, wiring
from console.cli.main import main
from console.localcluster.lifecycle import commands
from console.operations.ports.cluster import Kind
from console.operations.ports.recorder import KeptManifest, Recording
from console.operations.services import Services
from console.recorder.recorder import Recorder
from console.recorder.writing import Writer
from console.specs.compose import compose
from console.specs.template import load_template
from console.specs.values import load_profile


@dataclass(frozen=True)
class Ran:
    code: int
    stdout: bytes
    told: str
    """stderr."""

    @property
    def out(self) -> str:
        return self.stdout.decode()


class Stage:
    """One namespace `races` on the cluster `fake`."""

    def __init__(self, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
        self._captured = capfdbinary
        self.cluster = FakeCluster()
        self.context = "fake"
        self.recorder = Recorder(paths.state() / "recordings")
        self.services = Services(
            self.cluster,
            self.recorder,
            lambda: datetime.now(UTC),
            publishing=wiring.publishing_file(),
            evalai=partial(wiring.publishing_rules, self.cluster),
            delivering=wiring.delivery_edges,
            queues=lambda server: wiring.evalai_queue(server, self.cluster),
            publications=wiring.publications_seen(),
        )

    def run(self, *arguments: str) -> Ran:
        return self.command(*arguments, "-n", "races")

    def imported(self, *arguments: str) -> Ran:
        """`import`, which knows no namespace but the bundle's own."""
        return self.command("import", *arguments)

    def command(self, *arguments: str) -> Ran:
        """With its own namespace."""
        self._captured.readouterr()
        try:
            code = main([*arguments])
        except SystemExit as ended:
            code = int(ended.code or 0)
        out, told = self._captured.readouterr()
        return Ran(code, out, told.decode())

    def launch(self, name: str = "demo") -> Recording:
        """A Job on the cluster, and where it is recorded."""
        template = load_template("2.0")
        values = load_profile("embedded").values("2.0")
        values = values.override({"submission.name": name}, origin="test", known=template.paths)
        composed = compose(template, values, namespace="races", nonce="n0nce")
        created = asyncio.run(self.cluster.create(composed.manifest))
        uid = str(created.manifest["metadata"]["uid"])
        return Recording("fake", "races", name, uid)

    def claim(self, recording: Recording, *, job: bool = True) -> Writer:
        writer = self.recorder.claim(recording)
        assert writer is not None
        if job:
            stored = self.cluster.objects[Kind.JOB, "races", recording.name]
            writer.keep(KeptManifest(stored, "http://fake"))
        return writer

    def record(
        self, recording: Recording, container: str, *lines: bytes, run: int = 0, pod: str = ""
    ) -> None:
        """Lines of one second each in that run's spool."""
        writer = self.claim(recording)
        spool = writer.open_spool(container, run, pod=pod)
        for second, line in enumerate(lines):
            spool.write(b"2026-11-22T10:%02d:%02d.000000000Z %b\n" % (run, second, line))
        spool.close()
        writer.release()

    def forget(self, name: str = "demo") -> None:
        self.cluster.drop(Kind.JOB, "races", name)

    def pod(self, recording: Recording, **logs: list[bytes]) -> None:
        """A running pod whose containers have these logs."""
        names = [name.replace("_", "-") for name in logs]
        self.cluster.put(_pod(recording, names))
        for name, lines in zip(names, logs.values(), strict=True):
            log = self.cluster.logs[_pod_uid(recording), name, 0]
            log.lines += [
                b"2026-11-22T10:00:%02d.000000000Z %b\n" % each for each in enumerate(lines)
            ]
            log.ended = True

    def ends(self, *recordings: Recording) -> None:
        """While they are watched, all containers end well, and with them the Jobs."""
        for each in recordings:
            self.cluster.scenes.append(partial(self._end, each))

    def _end(self, recording: Recording) -> None:
        over = {"terminated": {"exitCode": 0, "finishedAt": "2026-11-22T10:01:00Z"}}
        for (kind, _, _), pod in list(self.cluster.objects.items()):
            if kind is Kind.POD and pod["metadata"]["uid"] == _pod_uid(recording):
                told = [{**each, "state": over} for each in pod["status"]["containerStatuses"]]
                status = {"phase": "Succeeded", "containerStatuses": told}
                self.cluster.put({**pod, "status": status})
        job = self.cluster.objects[Kind.JOB, "races", recording.name]
        complete = {"type": "Complete", "status": "True"}
        self.cluster.put({**job, "status": {"conditions": [complete]}})


def _pod_uid(recording: Recording) -> str:
    return "pod-1" if recording.name == "demo" else f"pod-of-{recording.name}"


def _pod(recording: Recording, names: list[str]) -> dict[str, Any]:
    state = {"running": {"startedAt": "2026-11-22T10:00:00Z"}}
    owner = {"kind": "Job", "name": recording.name, "uid": recording.uid, "controller": True}
    return {
        "kind": "Pod",
        "metadata": {
            "name": f"{recording.name}-abcde", "namespace": "races",
            "uid": _pod_uid(recording),
            "labels": {"job-name": recording.name}, "ownerReferences": [owner],
            "creationTimestamp": "2026-11-22T10:00:00Z",
        },
        "spec": {"containers": [{"name": name} for name in names], "nodeName": "n"},
        "status": {
            "phase": "Running",
            "containerStatuses": [
                {"name": name, "restartCount": 0, "state": state} for name in names
            ],
        },
    }  # fmt: skip


@pytest.fixture
def stage(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path
) -> Stage:
    made = Stage(capfdbinary)

    @contextlib.asynccontextmanager
    async def connect(connection: wiring.WantedCluster) -> AsyncIterator[Services]:
        description = made.cluster.description
        made.cluster.description = type(description)(
            made.context, "http://fake", connection.namespace or "races"
        )
        yield made.services

    monkeypatch.setattr(wiring, "connect", connect)
    monkeypatch.setattr(wiring, "unasked", connect)
    monkeypatch.setattr(wiring, "look", lambda *_: None)
    return made


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """`run("local", "up")` on a real cluster; clusters and recorders are gone afterwards."""
    own = commands._daemon_env
    monkeypatch.setattr(commands, "_daemon_env", lambda: own() | measured())

    def call(*words: str) -> tuple[int, str, str]:
        capfd.readouterr()
        code = main(list(words))
        return code, *capfd.readouterr()

    yield call
    for state in wiring.recorders():
        os.kill(state.pid, signal.SIGKILL)
    call("local", "down")
