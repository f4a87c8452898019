"""`resume NAME --from PLACE`: what was published is enough to go on, and is believed by nobody."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path
from typing import Any

import boto3
import pytest
from fakes.documents import record
from fakes.s3_server import s3_server

from console import paths
from console.operations.ports.cluster import Kind
from console.workers import protocol

FAILED = {"conditions": [{"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded"}]}
MERGED = "bucket/1/agent/agent_results.json"


def drive(route: int) -> bytes:
    """logcopy's line of a finished drive of pair 1."""
    payload = protocol.record_payload(1, record("2.0", route, 0, route, 100.0))
    return protocol.format_line("n0nce", route + 1, "record", payload).encode()


def job(stage, name: str) -> dict[str, Any]:
    return asyncio.run(stage.cluster.read(Kind.JOB, "races", name))


def driven(stage) -> None:
    """Two of its drives were recorded before it failed."""
    recording = stage.launch()
    stage.record(recording, "logcopy", drive(0), drive(1))
    stage.cluster.put({**job(stage, "demo"), "status": FAILED})


def lost(stage) -> None:
    """The cluster has forgotten it, and so has this machine."""
    stage.forget()
    shutil.rmtree(paths.state() / "recordings")


def begins_with(stage, name: str) -> list[str]:
    """The finished drives of its first pair: the last record is of the drive to begin with."""
    objects = stage.cluster.objects
    data = next(
        each["data"]
        for (kind, _, called), each in objects.items()
        if kind is Kind.CONFIG_MAP and called.startswith(name)
    )
    *finished, _ = json.loads(data["resume__partial_1.json"])["_checkpoint"]["records"]
    return [each["route_id"] for each in finished]


@pytest.fixture
def published(stage, tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    driven(stage)
    assert stage.run("publish", "demo", "--to", "bucket").code == 0
    return tmp_path


@pytest.mark.parametrize("place", ["bucket/1", "bucket"])
def test_what_was_published_goes_on_where_all_else_is_gone(stage, published, place) -> None:
    lost(stage)
    folder = () if place.endswith("1") else ("--folder", "1")
    ran = stage.run("resume", "demo", "--from", place, *folder)
    assert (ran.code, ran.out) == (0, "job.batch/demo-2 created\n")
    assert "demo-2 goes on from demo: 2 of 20 drives stay" in ran.told
    assert "all is taken from bucket/1" in ran.told
    assert begins_with(stage, "demo-2") == ["RouteScenario_0_rep0", "RouteScenario_1_rep0"]
    assert job(stage, "demo-2")["metadata"]["annotations"] == {
        "leaderboard.carla.org/resumes": "demo"
    }


@pytest.mark.slow
def test_it_goes_on_from_a_bucket(stage, tmp_path, monkeypatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "of-a-test-alone")
    driven(stage)
    with s3_server() as address:
        server = f"http://{address}"
        boto3.client("s3", endpoint_url=server, region_name="us-east-1").create_bucket(
            Bucket="submissions"
        )
        place = ("s3://submissions/2026", "--endpoint", server)
        ran = stage.run("publish", "demo", "--to", *place)
        assert (ran.code, "in s3://submissions/2026/1" in ran.told) == (0, True)
        assert "PUT s3://submissions/2026/1/agent/agent_results.json  new" in ran.out
        assert stage.run("publish", "demo", "--to", *place).stdout == b""
        lost(stage)
        ran = stage.run("resume", "demo", "--from", *place, "--folder", "1")
    assert (ran.code, "2 of 20 drives stay" in ran.told) == (0, True)
    assert "of-a-test-alone" not in ran.told


def test_a_record_that_was_made_up_there_is_not_taken(stage, published) -> None:
    file = published / MERGED
    document = json.loads(file.read_text())
    document["_checkpoint"]["records"][1]["scores"]["score_composed"] = "a hundred"
    document["_checkpoint"]["records"].append(record("2.0", 77, 0, 3, 100.0))
    file.write_text(json.dumps(document))
    lost(stage)
    ran = stage.run("resume", "demo", "--from", "bucket/1")
    assert (ran.code, "1 of 20 drives stay" in ran.told) == (0, True)


@pytest.mark.parametrize("torn", ["", "{", "[]", '{"_checkpoint": 7}', "[" * 10_000])
def test_a_merged_file_that_is_none_tells_no_drive(stage, published, torn: str) -> None:
    (published / MERGED).write_text(torn)
    lost(stage)
    ran = stage.run("resume", "demo", "--from", "bucket/1")
    assert ran.code in (1, 5)
    assert "Traceback" not in ran.told
    assert (Kind.JOB, "races", "demo-2") not in stage.cluster.objects


@pytest.mark.parametrize("change", [{"spec": None}, {"spec": {"template": {"spec": []}}}])
def test_a_job_that_is_no_submission_is_not_launched(stage, published, change) -> None:
    file = published / "bucket/1/console/job.json"
    told = json.loads(file.read_text())
    told["manifest"] |= change
    file.write_text(json.dumps(told))
    lost(stage)
    ran = stage.run("resume", "demo", "--from", "bucket/1")
    assert ran.code != 0
    assert "Traceback" not in ran.told


def test_the_folder_of_another_is_refused_by_name(stage, published) -> None:
    lost(stage)
    ran = stage.run("resume", "raven", "--from", "bucket/1")
    assert (ran.code, ran.stdout) == (6, b"")
    assert "bucket/1 holds another submission: demo." in ran.told


def test_an_earlier_one_of_that_name_does_not_lend_its_drives(stage, published) -> None:
    lost(stage)
    stage.launch()
    stage.cluster.put({**job(stage, "demo"), "status": FAILED})
    told = json.loads((published / "bucket/1/console/job.json").read_text())
    (published / "bucket/1/console/job.json").write_text(json.dumps({**told, "uid": "earlier"}))
    ran = stage.run("resume", "demo", "--from", "bucket/1")
    assert (ran.code, ran.stdout) == (6, b"")
    assert "holds an earlier submission of the name demo" in ran.told


def test_a_place_without_it_says_what_was_looked_for(stage, published) -> None:
    ran = stage.run("resume", "demo", "--from", "elsewhere")
    assert (ran.code, ran.stdout) == (5, b"")
    assert "elsewhere holds nothing of a submission that could be resumed." in ran.told
    assert "--from PLACE/FOLDER" in ran.told


def test_flags_of_a_place_need_one(stage) -> None:
    ran = stage.run("resume", "demo", "--folder", "1")
    assert (ran.code, ran.stdout) == (2, b"")
    assert "a resume without --from has no use for --folder" in ran.told


def told_by_place(published: Path, change) -> None:
    """Somebody has written into what the place holds."""
    file = published / "bucket/1/console/job.json"
    told = json.loads(file.read_text())
    change(told["manifest"]["spec"]["template"]["spec"])
    file.write_text(json.dumps(told))


def test_every_image_that_a_place_names_is_told_before_it_runs(stage, published) -> None:
    lost(stage)
    ran = stage.run("resume", "demo", "--from", "bucket/1")
    assert ran.code == 0
    job_spec = job(stage, "demo-2")["spec"]["template"]["spec"]
    for container in job_spec["containers"]:
        assert f"run {container['image']}" in ran.told


def mined(pod: dict[str, Any]) -> None:
    pod["containers"][0]["command"] = ["/bin/miner"]


def watched(pod: dict[str, Any]) -> None:
    pod["containers"][1]["env"].append({"name": "LD_PRELOAD", "value": "/tmp/x\x1b[2J.so"})


def opened(pod: dict[str, Any]) -> None:
    pod["volumes"].append({"name": "root", "hostPath": {"path": "/"}})


def crowded(pod: dict[str, Any]) -> None:
    pod["containers"].append({"name": "extra", "image": "evil:1"})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (mined, "command"),
        (watched, "env.LD_PRELOAD: /tmp/x"),
        (opened, "volumes.root: "),
        (crowded, "containers.extra: "),
    ],
)
def test_a_job_that_this_console_would_not_make_is_launched_after_a_yes_only(
    stage, published, change, said
) -> None:
    told_by_place(published, change)
    lost(stage)
    ran = stage.run("resume", "demo", "--from", "bucket/1")
    assert (ran.code, ran.stdout) == (2, b"")
    assert said in ran.told
    assert "\x1b" not in ran.told
    assert "Repeat with --yes." in ran.told
    assert (Kind.JOB, "races", "demo-2") not in stage.cluster.objects
