"""`d` tells of a submission as kubectl describe would, and of no secret."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from fakes.boards import board
from fakes.pilots import opened, seen, shows, until
from fakes.screens import FakeBackend

from console.presentation.description import description
from console.tui.screens.describe import DescribeScreen

NOW = datetime(2026, 11, 22, tzinfo=UTC)
JOB = {
    "metadata": {
        "name": "demo",
        "namespace": "leaderboard",
        "uid": "u1",
        "labels": {"team": "seven"},
    },
    "spec": {
        "backoffLimit": 8,
        "template": {
            "spec": {
                "serviceAccountName": "submission",
                "nodeSelector": {"node.kubernetes.io/instance-type": "g5.12xlarge"},
                "volumes": [{"name": "shared"}],
                "containers": [
                    {
                        "name": "simulator-2",
                        "image": "carla:0.9.14",
                        "command": ["sh", "run.sh"],
                        "resources": {"limits": {"nvidia.com/gpu": 1}},
                        "volumeMounts": [{"name": "shared", "mountPath": "/shared"}],
                        "env": [
                            {"name": "PLAIN", "value": "one"},
                            {
                                "name": "TOKEN",
                                "value": "never",
                                "valueFrom": {
                                    "secretKeyRef": {"name": "evalai", "key": "auth_token"}
                                },
                            },
                            {"name": "NODE", "valueFrom": {"fieldRef": {"fieldPath": "x"}}},
                        ],
                    }
                ],
            }
        },
    },
}


def told(job: dict[str, object], **more: object) -> str:
    lines = description(job, board(**more), NOW)
    return "\n".join("".join(span for span, _ in line) for line in lines)


def test_job_pod_containers_and_events_are_told() -> None:
    whole = told(JOB)
    for words in (
        "team=seven",
        "demo-x7k2p",
        "carla:0.9.14",
        "sh run.sh",
        "nvidia.com/gpu=1",
        "/shared=shared",
        "PLAIN=one",
        "NODE=<from fieldRef>",
        "node.kubernetes.io/instance-type=g5.12xlarge",
        "Back-off restarting failed container",
    ):
        assert words in whole
    limited = {"spec": JOB["spec"] | {"activeDeadlineSeconds": 60}}
    assert "activeDeadlineSeconds 60" in told(limited)
    assert re.search(r"serviceAccountName +submission", whole)


def test_of_a_secret_only_its_place_is_told() -> None:
    whole = told(JOB)
    assert "TOKEN=<key auth_token of Secret evalai>" in whole
    assert "never" not in whole


def test_what_nobody_knows_is_a_question_mark() -> None:
    whole = told({"spec": {"template": {"spec": {"containers": [{}]}}}}, pod=None)
    assert "? (no pod has been seen)" in whole
    assert re.search(r"image +\?", whole)
    assert told({"metadata": "none", "spec": []}, pod=None)


class Leaking(FakeBackend):
    async def read_manifest(self, namespace: str, name: str) -> str:
        return (
            "metadata: {name: demo}\n"
            "spec: {template: {spec: {containers: [{name: agent-1, image: 'x\\e[2Jy',\n"
            "  env: [{name: API_TOKEN, value: hunter2}]}]}}}\n".replace("'x\\e[2Jy'", '"x\\e[2Jy"')
        )


async def test_d_describes_and_neither_credentials_nor_sequences_come_out() -> None:
    async with opened(Leaking()) as (app, pilot):
        await shows(pilot, "demo")
        await pilot.press("d")
        await until(pilot, lambda: isinstance(app.screen, DescribeScreen))
        await shows(pilot, "agent-1", "API_TOKEN=", "looks like a credential")
        assert "hunter2" not in seen(app)
        assert "\x1b" not in seen(app)
        await pilot.press("c")
        await shows(pilot, "Copied")
        assert "hunter2" not in app.clipboard


@pytest.mark.parametrize(
    "odd", [None, 5, "x", True, [5], ["x"], [None], [[]], {"a": 1}, [{"name": {"a": []}}]]
)
def test_a_recording_that_holds_anything_at_all_is_described(odd: Any) -> None:
    """It may be a stranger's bundle."""
    container = dict.fromkeys(("name", "image", "command", "args", "env", "volumeMounts"), odd)
    fields = ("containers", "initContainers", "volumes", "nodeSelector")
    for template in (dict.fromkeys(fields, odd), {"containers": [container]}):
        for job in ({"spec": {"template": {"spec": template}}}, {"metadata": odd, "spec": odd}):
            assert description(job, board(), datetime.now(UTC))
