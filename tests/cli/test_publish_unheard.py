"""`publish NAME` of one whose recorder was killed: the cluster is asked, and nothing is guessed."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from fakes.documents import merged_lines, record, whole_document
from fakes.evalai_server import EvalAiServer
from fakes.evalai_user import set_up

from console import paths, wiring
from console.errors import ClusterUnreachable
from console.operations.ports.cluster import Kind
from console.operations.ports.recorder import Recording
from console.workers import protocol

MERGED = [each.encode() for each in merged_lines(json.dumps(whole_document(), indent=4), 30)]
DRIVES = [
    protocol.format_line(
        "n0nce", 1 + route, "record", protocol.record_payload(1, record("2.0", route, 0, route))
    ).encode()
    for route in range(3)
]


@pytest.fixture
def cut(stage, there: EvalAiServer) -> Recording:
    """Recorded as far as its first drive; then its recorder was killed."""
    set_up(there.url)
    recording = stage.launch()
    stage.pod(recording, logcopy=[*DRIVES, *MERGED], agent_1=[])
    stage.record(recording, "logcopy", *DRIVES[:1])
    return recording


def ended(stage, condition: str = "Complete") -> None:
    """On the cluster, where nobody looked."""
    job = stage.cluster.objects[Kind.JOB, "races", "demo"]
    told = {"type": condition, "status": "True", "reason": ""}
    stage.cluster.put({**job, "status": {"conditions": [told]}})
    pod = stage.cluster.objects[Kind.POD, "races", "demo-abcde"]
    over: dict[str, Any] = {"exitCode": 0, "finishedAt": "2026-11-22T11:00:00Z"}
    states = [
        {**each, "state": {"terminated": over}} for each in pod["status"]["containerStatuses"]
    ]
    stage.cluster.put({**pod, "status": {"phase": "Succeeded", "containerStatuses": states}})


def away(stage, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextlib.asynccontextmanager
    async def unreachable(connection: object):
        raise ClusterUnreachable("The cluster at http://fake cannot be reached.")
        yield

    monkeypatch.setattr(wiring, "connect", unreachable)


def test_what_the_cluster_still_has_goes_before_what_was_recorded(stage, cut, there) -> None:
    ended(stage)
    ran = stage.run("publish", "demo")
    assert ran.code == 0
    assert there.rules.kept[1].updates == ["finished"]


def test_one_that_failed_and_was_heard_to_its_end_is_told_as_failed(stage, cut, there) -> None:
    """With the drives that were not recorded any more."""
    log = stage.cluster.logs["pod-1", "logcopy", 0]
    log.lines = log.lines[: len(DRIVES)]
    ended(stage, "Failed")
    assert stage.run("publish", "demo").code == 0
    assert there.rules.kept[1].updates == ["failed"]
    sent = json.loads(there.asked[1].body)
    assert "3 of 20 drives have a finished record." in sent["stdout"]
    assert json.loads(sent["metadata"])["_checkpoint"]["progress"] == [3, 20]


def test_one_that_is_gone_and_was_not_heard_to_its_end_is_not_called_failed_by_itself(
    stage, cut, there
) -> None:
    stage.forget()
    ran = stage.run("publish", "demo")
    assert ran.code == 1
    assert there.rules.kept[1].updates == []
    assert "nobody has heard how it ended" in ran.told
    assert "--as-failed" in ran.told
    dry = stage.run("publish", "demo", "--as-failed", "--dry-run")
    assert '"submission_status": "FAILED"' in dry.out
    assert stage.run("publish", "demo", "--as-failed").code == 0
    assert there.rules.kept[1].updates == ["failed"]


def test_where_the_cluster_does_not_answer_that_is_said_and_nothing_is_guessed(
    stage, cut, there, monkeypatch
) -> None:
    away(stage, monkeypatch)
    ran = stage.run("publish", "demo")
    assert (ran.code, there.rules.kept[1].updates) == (1, [])
    assert (
        "note: the cluster at http://fake cannot be reached: this is what is recorded" in ran.told
    )
    assert "it still ran when it was last recorded, and the cluster at http://fake" in ran.told
    assert stage.run("publish", "demo", "--as-failed").code == 0
    assert there.rules.kept[1].updates == ["failed"]


@pytest.mark.parametrize("condition", ["", "Complete"])
def test_nobody_decides_what_is_known(stage, cut, there, condition) -> None:
    if condition:
        ended(stage, condition)
    ran = stage.run("publish", "demo", "--as-failed")
    assert (ran.code, there.rules.kept[1].updates) == (2, [])
    assert "There is nothing to decide of demo" in ran.told


def test_a_table_alone_is_told_so_too_and_only_where_nobody_knows(stage, cut) -> None:
    (paths.settings() / "publishing.yaml").write_text("dynamodb: {table: submissions}")
    flags = ("--as-failed", "--dry-run", "-o", "json")
    ran = stage.run("publish", "demo", *flags)
    assert (ran.code, "There is nothing to decide of demo: it goes on." in ran.told) == (2, True)
    stage.forget()
    told = [
        each["ExpressionAttributeValues"][":submission_status"]["S"]
        for each in json.loads(stage.run("publish", "demo", *flags).out)
    ]
    assert told == ["RUNNING", "FAILED"]
