"""`launch --from-evalai`: a message of the queue as one launch, asked of EvalAI over HTTP."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fakes.evalai_rules import HOST
from fakes.evalai_server import EvalAiServer, evalai_server
from fakes.intake_files import IMAGE, message_file, set_up_intake

from console import paths
from console.operations.ports.cluster import Kind


@pytest.fixture
def there() -> Iterator[EvalAiServer]:
    with evalai_server() as server:
        server.rules.add(1)
        set_up_intake(server.url)
        yield server


def launched(stage, name: str = "submission-1") -> dict[str, Any]:
    return asyncio.run(stage.cluster.read(Kind.JOB, "races", name))


def values(job: dict[str, Any]) -> dict[str, str]:
    found = job["spec"]["template"]["spec"]["containers"]
    return {each["name"]: each["value"] for each in found[-1]["env"] if "value" in each}


def test_the_message_says_what_is_launched_and_its_phase_how(stage, there, tmp_path) -> None:
    ran = stage.run("launch", "--from-evalai", message_file(tmp_path))
    assert (ran.code, ran.out) == (0, "job.batch/submission-1 created\n")
    told = values(launched(stage))
    assert [told[key] for key in ("CHALLENGE_ID", "TRACK_ID", "SUBMISSION_ID", "TEAM_ID")] == [
        *("7", "70", "1", "4")
    ]
    assert f"submission 1 of phase 70, challenge 7, at {there.url}" in ran.told
    assert HOST not in ran.told
    assert [each.path for each in there.asked if each.method == "GET"] == [
        "/api/jobs/submission/1"
    ] * 3
    assert there.rules.kept[1].status == "running"


def test_flags_stand_over_it(stage, there, tmp_path) -> None:
    words = ("--name", "raven", "--image", "console.local/team-agent:1", "--resumes", "1")
    ran = stage.run("launch", "--from-evalai", message_file(tmp_path), *words)
    assert ran.out == "job.batch/raven created\n"
    job = launched(stage, "raven")
    images = {each["image"] for each in job["spec"]["template"]["spec"]["containers"]}
    assert "console.local/team-agent:1" in images
    assert IMAGE not in images
    assert job["spec"]["backoffLimit"] == 3


def test_a_message_can_be_typed_and_checked_without_a_cluster(
    stage, there, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = Path(message_file(tmp_path)).read_bytes()
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(text)))
    ran = stage.run("launch", "--from-evalai", "-", "--dry-run", "client", "-o", "json")
    assert ran.code == 0
    assert json.loads(ran.out)["metadata"]["name"] == "submission-1"
    assert stage.cluster.objects == {}


def test_what_has_its_job_already_is_not_launched_again(stage, there, tmp_path) -> None:
    message = message_file(tmp_path)
    stage.run("launch", "--from-evalai", message)
    ran = stage.run("launch", "--from-evalai", message, "--name", "twice")
    assert ran.code == 6
    assert "Its Job submission-1 is there." in ran.told


def test_where_its_name_is_anothers_the_name_that_is_advised_launches_it(
    stage, there, tmp_path
) -> None:
    assert stage.run("launch", "--profile", "embedded", "--name", "submission-1").code == 0
    message = message_file(tmp_path)
    ran = stage.run("launch", "--from-evalai", message)
    assert ran.code == 6
    assert "launch --from-evalai FILE --name submission-1-2" in ran.told
    again = stage.run("launch", "--from-evalai", message, "--name", "submission-1-2")
    assert (again.code, again.out) == (0, "job.batch/submission-1-2 created\n")


@pytest.mark.parametrize(
    ("told", "code", "said"),
    [
        ({"submitted_image_uri": None}, 6, "Its message has no submitted_image_uri"),
        ({"phase_pk": 71}, 6, "EvalAI has it in phase 70, its message in phase 71"),
        ({"challenge_pk": 8}, 6, "Challenge 8 is not among those of publishing.yaml"),
        ({"submission_pk": "x"}, 2, "submission_pk is no number of EvalAI's"),
        ({"submission_pk": 5}, 1, "Submission 5 does not exist"),
        ({"submitted_image_uri": "https://a/b"}, 2, "The image 'https://a/b' of agent-1"),
    ],
)
def test_what_cannot_be_launched_names_its_field_and_sends_nothing(
    stage, there, tmp_path, told, code, said
) -> None:
    ran = stage.run("launch", "--from-evalai", message_file(tmp_path, **told))
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.told
    assert stage.cluster.objects == {}


def test_an_image_that_the_message_lacks_can_be_said(stage, there, tmp_path) -> None:
    message = message_file(tmp_path, submitted_image_uri=None)
    assert stage.run("launch", "--from-evalai", message, "--image", IMAGE).code == 0


def test_one_that_goes_on_and_had_finished_nothing_is_driven_again_as_the_flags_say(
    stage, there, tmp_path
) -> None:
    """EvalAI queues it again without its image."""
    stage.run("launch", "--from-evalai", message_file(tmp_path))
    status = {"conditions": [{"type": "Failed", "status": "True"}]}
    stage.cluster.put({**launched(stage), "status": status})
    there.rules.kept[1].status = "failed"
    there.rules.resume(1)
    bare = message_file(tmp_path, submitted_image_uri=None)
    assert "Launch it by hand, with its image" in stage.run("launch", "--from-evalai", bare).told
    ran = stage.run("launch", "--from-evalai", bare, "--image", IMAGE)
    assert ran.out.startswith("job.batch/submission-1-r20")
    assert "All is driven again" in ran.told


def test_what_goes_on_from_finished_drives_is_told_nothing_else(
    stage, there, tmp_path, monkeypatch
) -> None:
    stage.run("launch", "--from-evalai", message_file(tmp_path))
    job = launched(stage)
    stage.cluster.put({**job, "status": {"conditions": [{"type": "Failed", "status": "True"}]}})
    there.rules.kept[1].status = "failed"
    there.rules.resume(1)
    monkeypatch.setattr("console.cli.from_evalai.goes_on_from", lambda _: "submission-1")
    again = stage.run("launch", "--from-evalai", message_file(tmp_path), "--image", IMAGE)
    assert again.code == 2
    assert "What goes on from submission-1 has no use for --image" in again.told


def test_nothing_is_launched_from_evalai_until_it_is_set_up(stage, tmp_path) -> None:
    ran = stage.run("launch", "--from-evalai", message_file(tmp_path))
    assert ran.code == 5
    assert f"{paths.settings() / 'publishing.yaml'} does not set evalai." in ran.told


def test_flags_that_both_read_what_is_typed_or_have_no_use_are_refused(
    stage, there, tmp_path
) -> None:
    both = stage.run("launch", "--from-evalai", "-", "-f", "-")
    assert both.code == 2
    rows = tmp_path / "teams.csv"
    rows.write_text("name,image\na,console.local/team-agent:1\n")
    many = stage.run("launch", "-f", str(rows), "--from-evalai", message_file(tmp_path))
    assert (many.code, stage.cluster.objects) == (2, {})
