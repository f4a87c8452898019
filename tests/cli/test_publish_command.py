"""`publish NAME --to PLACE`: what a user reads and finds there."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from console import paths, wiring
from console.operations.ports.cluster import Kind
from console.operations.ports.object_place import PlaceWriter
from console.operations.ports.recorder import Recording
from console.operations.storing.held_claims import HeldClaim
from console.operations.storing.writer_claims import Bringing
from console.publish.dynamodb_table import DynamoTable
from console.publish.folder_place import FolderPlace


@pytest.fixture
def recorded(stage, tmp_path, monkeypatch) -> Recording:
    monkeypatch.chdir(tmp_path)
    recording = stage.launch()
    stage.record(recording, "agent-1", b"WANDB_API_KEY=hunter2hunter2", b"two")
    stage.forget()
    return recording


def test_each_file_that_is_sent_is_a_line_and_then_there(stage, recorded, tmp_path) -> None:
    ran = stage.run("publish", "demo", "--to", "bucket")
    assert ran.code == 0
    assert "PUT bucket/1/agent/agent1/leaderboard.log  new, " in ran.out
    log = (tmp_path / "bucket/1/agent/agent1/leaderboard.log").read_text()
    assert "hunter2" not in log
    assert log.endswith("two\n")
    assert "in bucket/1" in ran.told
    assert "not final: No drive has finished yet." in ran.told
    assert "has not ended" in ran.told


def test_what_is_there_already_is_said_to_be(stage, recorded) -> None:
    stage.run("publish", "demo", "--to", "bucket")
    again = stage.run("publish", "demo", "--to", "bucket")
    assert (again.code, again.stdout) == (0, b"")
    assert "published before: all" in again.told


def test_a_dry_run_prints_the_same_lines_and_sends_nothing(stage, recorded, tmp_path) -> None:
    dry = stage.run("publish", "demo", "--to", "bucket", "--dry-run")
    assert not (tmp_path / "bucket").exists()
    assert "nothing was sent" in dry.told
    assert dry.out == stage.run("publish", "demo", "--to", "bucket").out


def test_a_document_tells_every_file_and_that_nothing_is_final(stage, recorded) -> None:
    told = json.loads(stage.run("publish", "demo", "--to", "b", "--folder", "x", "-o", "json").out)
    assert (told["place"], told["folder"], told["final"], told["dryRun"]) == (
        *("b", "x", False, False),
    )
    assert {"key": "x/console/job.json", "change": "new"}.items() <= told["files"][0].items()


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (("--to", "ftp://somewhere/x"), "No place begins with ftp://"),
        (("--to", ""), "--to"),
        (("--to", "b", "--folder", "../up"), "No folder of a submission can be called"),
        (("--to", "b", "--endpoint", "http://minio:9000"), "--endpoint"),
    ],
)
def test_a_place_that_cannot_be_meant_is_refused(stage, recorded, flags, said) -> None:
    ran = stage.run("publish", "demo", *flags)
    assert (ran.code, ran.stdout) == (2, b"")
    assert said in ran.told


def test_of_a_submission_that_is_not_recorded_nothing_is_published(stage, tmp_path) -> None:
    ran = stage.run("publish", "nobody", "--to", str(tmp_path / "b"))
    assert ran.code == 5
    assert not (tmp_path / "b").exists()


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (("--to", "s3://hunter2:hunter3@bucket/x"), "No bucket can be called so."),
        (("--to", "s3://B/x"), "No bucket can be called so."),
        (("--to", "s3://bucket/../hunter2"), "No prefix can be called so."),
        (("--to", "s3://bucket/a//b"), "No prefix can be called so."),
        (("--to", "s3://bucket", "--endpoint", "minio:9000"), "--endpoint is no address."),
        (("--to", "s3://bucket", "--endpoint", "https://h:x/"), "--endpoint is no address."),
        (
            ("--to", "s3://bucket", "--endpoint", "https://u:hunter2@h"),
            "--endpoint holds no login.",
        ),
    ],
)
def test_a_bucket_that_cannot_be_meant_is_refused_and_not_repeated(
    stage, recorded, flags, said
) -> None:
    ran = stage.run("publish", "demo", *flags)
    assert (ran.code, ran.stdout) == (2, b"")
    assert said in ran.told
    assert "hunter" not in ran.told


def test_without_the_extra_it_is_said_what_to_install(stage, recorded, monkeypatch) -> None:
    for name in [each for each in sys.modules if each.startswith("console.publish.bucket")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "boto3", None)
    ran = stage.run("publish", "demo", "--to", "s3://bucket/x")
    assert (ran.code, ran.stdout) == (1, b"")
    assert "pip install 'carla-leaderboard-console[s3]'" in ran.told


def test_a_directory_needs_no_client_of_buckets(stage, recorded, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "boto3", None)
    assert stage.run("publish", "demo", "--to", "bucket").code == 0


@pytest.fixture
def set_up(tmp_path) -> None:
    """Files of what is launched go to `bucket` beside the settings."""
    paths.settings().mkdir(parents=True, exist_ok=True)
    (paths.settings() / "publishing.yaml").write_text(f"storage: {{to: {tmp_path}/bucket}}")


def test_without_a_place_it_goes_to_the_one_that_is_set_and_status_tells_of_it(
    stage, recorded, set_up, tmp_path
) -> None:
    ran = stage.run("publish", "demo")
    assert (ran.code, ran.out) == (
        0,
        f"{tmp_path}/bucket/1: publishing. What is recorded so far is there.\n",
    )
    assert (tmp_path / "bucket/1/agent/agent1/leaderboard.log").exists()
    told = stage.command("publish", "status")
    assert f"races/demo   {tmp_path}/bucket/1   publishing" in told.out
    assert f"files of what is launched go to {tmp_path}/bucket, looked at every 60 s" in told.told
    document = json.loads(stage.command("publish", "status", "-o", "json").out)
    (only,) = document["deliveries"]
    assert (only["target"], only["subject"], only["state"]) == (
        *(f"{tmp_path}/bucket", "1", "publishing"),
    )


def test_what_fails_at_evalai_keeps_no_files_from_their_place_and_is_told(
    stage, recorded, set_up, tmp_path
) -> None:
    with (paths.settings() / "publishing.yaml").open("a") as file:
        file.write("\nevalai: {challenges: [7], token-file: token}\n")
    ran = stage.run("publish", "demo")
    assert (ran.code, ran.told.count("demo has no place at EvalAI.")) == (5, 1)
    assert ran.out.startswith(f"{tmp_path}/bucket/1: publishing.")
    assert (tmp_path / "bucket/1/agent/agent1/leaderboard.log").exists()
    both = stage.run("publish", "demo", "--uid", "none").told
    assert both.count("error:") == 2, "each tells of its own"


def test_a_folder_of_another_is_refused_by_name_and_stays(
    stage, recorded, set_up, tmp_path
) -> None:
    owner = of_raven(tmp_path / "bucket/1")
    ran = stage.run("publish", "demo")
    assert ran.code == 1
    assert "bucket/1 holds another submission: raven (uid another)." in ran.told
    assert "next: Publish it again when that has changed." in ran.told
    assert "raven" in owner.read_text()


def test_what_was_refused_its_folder_goes_on_in_the_one_that_it_is_given(
    stage, recorded, set_up, tmp_path
) -> None:
    (tmp_path / "bucket/1/console").mkdir(parents=True)
    other = {"version": 1, "name": "raven", "uid": "another", "manifest": {}}
    (tmp_path / "bucket/1/console/job.json").write_text(json.dumps(other))
    assert stage.run("publish", "demo").code == 1
    refused = stage.run("publish", "status").out
    assert "  refused  " in refused
    ran = stage.run("publish", "demo", "--to", str(tmp_path / "bucket"), "--folder", "demo")
    assert "note: what comes by itself goes to folder demo from here on" in ran.told
    assert stage.run("publish", "demo").code == 0
    told = stage.run("publish", "status").out
    assert "  refused  " not in told
    assert f"{tmp_path}/bucket/demo" in told


def test_a_folder_that_another_machine_writes_is_refused_and_said_whose_it_is(
    stage, recorded, set_up, tmp_path
) -> None:
    place = FolderPlace(tmp_path / "bucket")
    by = Bringing(PlaceWriter("b", "bob@desk"), wiring.now)
    HeldClaim(place, "1", by, "uid").take()
    for words in (("publish", "demo"), ("publish", "demo", "--to", str(tmp_path / "bucket"))):
        ran = stage.run(*words)
        assert (ran.code, "bob@desk brings" in ran.told) == (6, True)
        assert "End the recorder there" in ran.told
    assert not (tmp_path / "bucket/1/agent").exists()


def test_a_launch_says_beforehand_where_its_files_go(stage, set_up, tmp_path) -> None:
    ran = stage.run("launch", "--profile", "embedded", "--name", "told")
    assert ran.code == 0
    assert f"Its files go to {tmp_path}/bucket/1 while it runs and when it has ended" in ran.told
    job = stage.cluster.objects[Kind.JOB, "races", "told"]
    told = job["metadata"]["annotations"]["leaderboard.carla.org/storage"]
    assert told == f"{tmp_path}/bucket"


def of_raven(folder: Path) -> Path:
    """That folder of another submission."""
    owner = folder / "console/job.json"
    owner.parent.mkdir(parents=True)
    owner.write_text('{"version": 1, "name": "raven", "uid": "another", "manifest": {}}')
    return owner


def test_a_launch_says_beforehand_whose_its_folder_is(stage, set_up, tmp_path) -> None:
    owner = of_raven(tmp_path / "bucket/1")
    ran = stage.run("launch", "--profile", "embedded", "--name", "told")
    assert ran.code == 0
    said = f"warning: The folder {tmp_path}/bucket/1 belongs to raven: nothing of this launch"
    assert said in ran.told
    own = ("--set", "submission.submission_id=2", "--name", "own")
    assert "belongs to raven" not in stage.run("launch", "--profile", "embedded", *own).told
    assert "raven" in owner.read_text()
    assert not (tmp_path / "bucket/2").exists(), "who only asks leaves nothing"


def test_each_row_of_many_says_beforehand_whose_its_folder_is(stage, set_up, tmp_path) -> None:
    of_raven(tmp_path / "bucket/2")
    rows = "".join(f"row-{n},x/agent:{n},{n}\n" for n in range(1, 21))
    (tmp_path / "teams.csv").write_text(f"name,image,submission_id\n{rows}")
    ran = stage.run("launch", "--profile", "embedded", "-f", str(tmp_path / "teams.csv"))
    assert ran.code == 0
    assert f"row-2: The folder {tmp_path}/bucket/2 belongs to raven" in ran.told
    assert ran.told.count("belongs to raven") == 1


def test_of_many_it_is_said_once_that_a_place_does_not_tell(stage, set_up, tmp_path) -> None:
    for number in range(1, 21):
        (tmp_path / f"bucket/{number}/console/job.json").mkdir(parents=True)
    rows = "".join(f"row-{n},x/agent:{n},{n}\n" for n in range(1, 21))
    (tmp_path / "teams.csv").write_text(f"name,image,submission_id\n{rows}")
    ran = stage.run("launch", "--profile", "embedded", "-f", str(tmp_path / "teams.csv"))
    assert (ran.code, ran.told.count("folders are free is not known: ")) == (0, 1)


def test_a_launch_says_beforehand_whose_its_row_is(stage, set_up, monkeypatch) -> None:
    (paths.settings() / "publishing.yaml").write_text("dynamodb: {table: submissions}")
    there = {"console_job": "raven", "console_uid": "another"}
    monkeypatch.setattr(DynamoTable, "row_of", lambda *_: there)
    ran = stage.run("launch", "--profile", "embedded", "--name", "told")
    assert (ran.code, ran.told.count("in DynamoDB's table submissions belongs to raven")) == (0, 1)


def test_a_place_that_does_not_tell_keeps_nobody_from_launching(stage, set_up, tmp_path) -> None:
    (tmp_path / "bucket/1/console/job.json").mkdir(parents=True)
    ran = stage.run("launch", "--profile", "embedded", "--name", "told")
    assert ran.code == 0
    assert f"Whether the folder {tmp_path}/bucket/1 is free is not known: " in ran.told


def test_the_requests_to_a_table_are_printed_to_the_letter_and_none_is_sent(
    stage, recorded, set_up, monkeypatch
) -> None:
    monkeypatch.setattr(DynamoTable, "row_of", lambda *_: {})
    (paths.settings() / "publishing.yaml").write_text("dynamodb: {table: submissions}")
    ran = stage.run("publish", "demo", "--dry-run", "-o", "json")
    assert ran.code == 0
    (start,) = json.loads(ran.out)
    assert start["TableName"] == "submissions"
    assert start["Key"] == {"team_id": {"S": "1"}, "submission_id": {"S": "1"}}
    assert start["ExpressionAttributeValues"][":submission_status"] == {"S": "RUNNING"}
    assert stage.run("publish", "demo", "--dry-run").out.startswith("UpdateItem {")
    ran = stage.run("launch", "--profile", "embedded", "--name", "told")
    assert "DynamoDB's table submissions is told when it starts and how it ends (team 1" in ran.told
