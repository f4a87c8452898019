"""`describe`: what kubectl describe would tell of a submission, live or recorded, and no secret."""

from __future__ import annotations

import json

import yaml

from console.domain.facts import ClusterEvent


def test_it_tells_of_job_pod_containers_and_events(stage) -> None:
    recording = stage.launch()
    stage.pod(recording, agent_1=[b"one"])
    event = ClusterEvent("e", "Warning", "FailedCreate", "no quota", 3, None, "Job/demo")
    stage.cluster.cluster_events.append(event)
    ran = stage.run("describe", "job/demo")
    assert ran.code == 0
    told = ran.out
    for word in ("name", "demo", "backoffLimit", "Pod", "agent-1", "Events", "FailedCreate ×3"):
        assert word in told


def test_as_a_document_it_is_the_job_itself_without_what_looks_like_a_credential(stage) -> None:
    stage.launch()
    job = stage.cluster.objects["Job", "races", "demo"]
    job["metadata"]["managedFields"] = [{"manager": "x"}]
    env = job["spec"]["template"]["spec"]["containers"][0].setdefault("env", [])
    env.append({"name": "WANDB_API_KEY", "value": "d0cbafe77a1b2c3d4e5f60718293a4b5c6d7e8f9"})
    told = yaml.safe_load(stage.run("describe", "demo", "-o", "yaml").out)
    assert (told["kind"], told["metadata"]["name"]) == ("Job", "demo")
    assert "managedFields" not in told["metadata"]
    ran = stage.run("describe", "demo", "-o", "json")
    assert "d0cbafe77a1b" not in ran.out + stage.run("describe", "demo").out
    assert json.loads(ran.out) == told


def test_of_a_deleted_submission_its_recording_tells_and_says_so(stage) -> None:
    recording = stage.launch()
    stage.record(recording, "agent-1", b"one")
    stage.forget()
    ran = stage.run("describe", "demo")
    assert ran.code == 0
    assert "this is what this console recorded of races/demo" in ran.told
    assert "Deleted" in ran.out


def test_one_that_nobody_knows_is_an_error(stage) -> None:
    ran = stage.run("describe", "nobody")
    assert (ran.code, ran.stdout) == (5, b"")
