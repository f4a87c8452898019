"""Whole executions of upstream's state machine with our state in it, on real containers.

Its Lambdas are played here as upstream wrote them: the last one counts files in a bucket, which a
stand-in of `aws` keeps as a folder.
"""

from __future__ import annotations

import asyncio
import contextlib
import copy
import http.server
import json
import threading
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fakes.embedded import Embedded, embedded_cluster
from fakes.state_machine import StateMachine, TaskFailed

from console.domain.board import SubmissionStatus
from console.errors import NotFound
from console.operations.ports.cluster import Kind, Propagation
from console.operations.services import Services
from console.operations.submitting.ending import FAILED_UPSTREAM, Kept, cancel, consequences
from console.operations.watching.single_look import board_once
from console.recorder.recorder import Recorder
from console.specs.step_functions import step_functions_state
from console.specs.template import load_template
from console.specs.validation import validate_manifest
from console.specs.values import load_profile

UPSTREAM = Path(__file__).parents[1] / "data" / "upstream" / "step_function.json"
MESSAGE = [{"submission_pk": 77, "phase_pk": 4, "challenge_pk": 2098}]
AWS = """\
#!/bin/sh
[ "$1 $2" = "s3 sync" ] || { echo "$*" >>"@/calls"; exit 0; }
to="@/${4#s3://}"
case " $* " in *" --delete "*) rm -rf "$to" ;; esac
mkdir -p "$to" && cp -RP "$3/." "$to/"
"""


def utc_now() -> datetime:
    return datetime.now(UTC)


BRISK = "pair_seconds: 1\nseed: 5\ntick_seconds: 0.25\nkinds: [perfect]\n"


@pytest.fixture(autouse=True)
def scenario(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`brisk`: five routes in a second."""
    monkeypatch.setenv("CARLA_CONSOLE_STATE_DIR", str(tmp_path))
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "brisk.yaml").write_text(BRISK)


class EvalAI(http.server.BaseHTTPRequestHandler):
    """Says a submission's status to whoever has the token."""

    status = "running"
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(f"{self.path} {self.headers['Authorization']}")
        body = json.dumps({"id": 77, "status": self.status}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def evalai() -> Iterator[tuple[str, type[EvalAI]]]:
    handler = type("Handler", (EvalAI,), {"asked": []})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", handler
    server.shutdown()
    server.server_close()
    thread.join()


class Site:
    """What stands around the machine: the cluster, the bucket, and the Lambdas."""

    def __init__(self, embedded: Embedded, folder: Path, api_server: str) -> None:
        self.embedded, self.bucket, self.api_server = embedded, folder / "s3", api_server
        self.running = asyncio.Event()
        self.ended, self.failed = "", False
        self.bucket.mkdir()
        self.programs = folder / "bin"
        self.programs.mkdir()
        (self.programs / "aws").write_text(AWS.replace("@", str(self.bucket)))
        (self.programs / "aws").chmod(0o755)

    @property
    def marks(self) -> list[str]:
        """What the last step would count."""
        files = (self.bucket / "lb" / "77" / "containers-status").glob("*")
        return sorted(file.suffix for file in files if file.suffix in (".done", ".cancel"))

    def document(self, version: str, agent: str) -> dict[str, Any]:
        cluster = load_profile("embedded").values(version).document["cluster"]
        images = {key: value for key, value in cluster.items() if key.endswith("_image")}
        place = {"name": "lb", "endpoint": "https://eks", "certificate_authority": "LS0="}
        return {
            "cluster": {"id": f"leaderboard-{version.replace('.', '')}", **place, **images},
            "submission": {
                "name": "submission-77",
                "challenge_id": "2098",
                "submission_id": "77",
                "team_id": "5",
                "team_name": "Team",
                "submission_status": "SUBMITTED",
                "track_id": "4",
                "track_codename": "SENSORS",
                "resume": "",
                "submitted_image_uri": f"console.local/team-agent:{agent}",
                "submitted_time": "-",
                "start_time": "-",
                "end_time": "-",
            },
            "aws": {"s3_bucket": "lb", "dynamodb_submissions_table": "table"},
            "evalai": {"auth_token": "t0ken", "api_server": self.api_server},
            "results": {},
        }

    async def run_job(self, payload: dict[str, Any]) -> dict[str, Any]:
        job = payload["Job"]
        assert validate_manifest(job) == ()
        job["metadata"]["namespace"] = payload["Namespace"]
        logcopy = job["spec"]["template"]["spec"]["containers"][-1]
        path = f"{self.programs}:/usr/local/bin:/usr/bin:/bin"
        logcopy["env"].append({"name": "PATH", "value": path})
        cluster = self.embedded.cluster
        await cluster.create(job)
        while True:
            facts = await cluster.job("default", job["metadata"]["name"])
            if facts.condition("Complete"):
                return {"ResponseBody": facts.name}
            if facts.condition("Failed"):
                self.failed = True
                raise TaskFailed
            if (self.bucket / "lb" / "77" / "agent" / "agent_results.json").exists():
                self.running.set()
            await asyncio.sleep(0.1)

    async def remove_job(self, payload: dict[str, Any]) -> dict[str, Any]:
        assert payload["Method"] == "DELETE"
        *_, namespace, _, name = payload["Path"].split("/")
        background = Propagation.BACKGROUND
        await self.embedded.cluster.delete(Kind.JOB, namespace, name, propagation=background)
        return {}

    def post(self, event: dict[str, Any]) -> dict[str, Any]:
        told = copy.deepcopy(event)
        finished = self.marks.count(".done") == 9
        status = "CANCELLED" if ".cancel" in self.marks else "FINISHED" if finished else "FAILED"
        self.ended = status
        told["submission"] |= {"submission_status": status, "end_time": "now"}
        if status == "FINISHED":
            text = (self.bucket / "lb" / "77" / "evalai" / "results.json").read_text()
            scores = json.loads(text)[0]["accuracies"].items()
            told["results"] = {key.replace(" ", "_").lower(): str(score) for key, score in scores}
        return told

    def machine(self, version: str, agent: str, gpus: str = "limits") -> StateMachine:
        definition = json.loads(UPSTREAM.read_text())
        for name, each in (("EKS RunJob L1", "1.0"), ("EKS RunJob L2", "2.0")):
            values = load_profile("g5.12xlarge").values(each)
            values = values.merged({"job": {"logs_period": 1}, "cluster": {"gpus": gpus}}, {})
            state = step_functions_state(load_template(each), values, repetitions=1)
            definition["States"][name] = state

        async def invoke(payload: dict[str, Any]) -> dict[str, Any]:
            if "preEKS" in payload["FunctionName"]:
                assert payload["Payload"] == MESSAGE[0]
                return {"Payload": self.document(version, agent)}
            return {"Payload": self.post(payload["Payload"])}

        async def write(payload: dict[str, Any]) -> dict[str, Any]:
            return {}

        tasks = {
            "arn:aws:states:::lambda:invoke": invoke,
            "arn:aws:states:::dynamodb:putItem": write,
            "arn:aws:states:::dynamodb:updateItem": write,
            "arn:aws:states:::eks:runJob.sync": self.run_job,
            "arn:aws:states:::eks:call": self.remove_job,
        }
        return StateMachine(definition, tasks)


@contextlib.asynccontextmanager
async def a_site(folder: Path, api_server: str, *, time_factor: float = 0.1) -> AsyncIterator[Site]:
    async with embedded_cluster(folder / "cluster", time_factor=time_factor) as embedded:
        secret = {"apiVersion": "v1", "kind": "Secret", "stringData": {"auth_token": "t0ken"}}
        secret["metadata"] = {"name": "evalai", "namespace": "default"}
        embedded.store.create("secrets", {**secret, "data": {"auth_token": "dDBrZW4="}})
        yield Site(embedded, folder, api_server)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("version", "last", "gpus"), [("1.0", "L1", "limits"), ("2.0", "L2", "shared")]
)
async def test_a_submission_goes_through_upstream_s_machine_to_its_results(
    tmp_path: Path, evalai, version: str, last: str, gpus: str
) -> None:
    """Nine `.done` files, the scores, and the Job removed."""
    async with a_site(tmp_path, evalai[0]) as site:
        machine = site.machine(version, "brisk", gpus)
        async with asyncio.timeout(120):
            await machine.run(MESSAGE)
        assert machine.visited[-1] == f"DynamoDB Results UpdateItem {last}"
        assert f"EKS RunJob {last}" in machine.visited
        assert site.marks == [".done"] * 9
        assert site.ended == "FINISHED"
        with pytest.raises(NotFound):
            await site.embedded.cluster.job("default", "submission-77")
        assert "dynamodb update-item --table-name table" in (site.bucket / "calls").read_text()
        merged = json.loads((site.bucket / "lb/77/agent/agent_results.json").read_text())
        assert merged["_checkpoint"]["progress"] == [20, 20]


@pytest.mark.slow
async def test_a_cancel_at_evalai_ends_the_job_and_is_counted_as_one(
    tmp_path: Path, evalai
) -> None:
    api_server, handler = evalai
    async with a_site(tmp_path, api_server) as site:
        machine = site.machine("2.0", "steady")
        execution = asyncio.create_task(machine.run(MESSAGE))
        async with asyncio.timeout(60):
            await site.running.wait()
            handler.status = "cancelled"
            out = await execution
        assert site.ended == out["submission"]["submission_status"] == "CANCELLED"
        assert machine.visited[-1] == "Pass"
        assert set(handler.asked) == {"/api/jobs/submission/77 Bearer t0ken"}


@pytest.mark.slow
async def test_an_image_that_cannot_drive_is_a_failure_to_upstream_and_spends_no_restart(
    tmp_path: Path, evalai
) -> None:
    """Its Job completes; the scores of no drive at all are nobody's result."""
    async with a_site(tmp_path, evalai[0]) as site:
        machine = site.machine("2.0", "no-py-trees")
        async with asyncio.timeout(120):
            await machine.run(MESSAGE)
        assert not site.failed
        assert site.marks == [".done"] * 8
        assert site.ended == "FAILED"
        ends = (site.bucket / "lb" / "77" / "containers-status").glob("*.ended-*")
        assert {file.name.rpartition("-")[2] for file in ends} == {"1"}


@pytest.mark.slow
async def test_a_cancel_from_the_console_ends_the_execution(tmp_path: Path, evalai) -> None:
    """`eks:runJob.sync` waits for a Job's end, which a suspended one never comes to."""
    async with a_site(tmp_path, evalai[0], time_factor=1) as site:
        machine = site.machine("2.0", "steady")
        execution = asyncio.create_task(machine.run(MESSAGE))
        services = Services(site.embedded.cluster, Recorder(tmp_path / "kept"), utc_now)
        async with asyncio.timeout(60):
            await site.running.wait()
            board = await board_once(services, "default", "submission-77")
            where, kept = services.cluster.description, Kept()
            assert FAILED_UPSTREAM in consequences(board, "cancel", where, kept)
            await cancel(services, "default", "submission-77")
            board = await board_once(services, "default", "submission-77")
            assert board.status is SubmissionStatus.CANCELLED
            await execution
        assert site.failed
        assert site.ended == "FAILED"
        assert machine.visited[-5:][0] == "EKS RemoveJob"
        merged = json.loads((site.bucket / "lb/77/agent/agent_results.json").read_text())
        assert merged["entry_status"] == "Started"
        marks = [file.name for file in (site.bucket / "lb/77/containers-status").glob("*.ended-1")]
        assert len(marks) == 8, "logcopy's last words were not copied"
