"""`launch` and `render`: what is said, what is sent, and that a dry run keeps nothing."""

from __future__ import annotations

import asyncio
import json

import pytest
from fakes.evalai_user import set_up as publishes

from console import paths
from console.errors import Forbidden
from console.operations.ports.cluster import Kind

EMBEDDED = ("--profile", "embedded", "--set", "submission.name=mine")


def jobs(stage) -> list[str]:
    return [name for kind, _, name in stage.cluster.objects if kind is Kind.JOB]


def test_a_launch_creates_the_job_and_says_its_name(stage) -> None:
    ran = stage.run("launch", *EMBEDDED)
    assert (ran.code, ran.out) == (0, "job.batch/mine created\n")
    assert jobs(stage) == ["mine"]


@pytest.mark.parametrize(
    ("form", "told"), [("name", "job.batch/mine\n"), ("text", "job.batch/mine created\n")]
)
def test_the_name_alone_is_for_scripts(stage, form: str, told: str) -> None:
    assert stage.run("launch", *EMBEDDED, "-o", form).out == told


def test_as_json_the_job_is_told_as_the_cluster_took_it(stage) -> None:
    manifest = json.loads(stage.run("launch", *EMBEDDED, "-o", "json").out)
    assert manifest["metadata"]["name"] == "mine"
    stored = asyncio.run(stage.cluster.read(Kind.JOB, "races", "mine"))
    assert stored["metadata"]["uid"] == manifest["metadata"]["uid"]


def test_a_dry_run_here_sends_nothing_and_tells_what_nodes_must_have(stage) -> None:
    ran = stage.run("launch", *EMBEDDED, "--dry-run", "client")
    assert (ran.code, ran.out) == (0, "job.batch/mine is valid\n")
    assert "mine is valid; nothing was sent" in ran.told
    assert "note: " in ran.told
    assert jobs(stage) == []


def test_a_dry_run_of_the_server_keeps_nothing(stage) -> None:
    ran = stage.run("launch", *EMBEDDED, "--dry-run", "server")
    assert ran.out == "job.batch/mine would be accepted\n"
    assert jobs(stage) == []


def test_a_name_that_is_taken_is_a_conflict(stage) -> None:
    stage.launch("mine")
    ran = stage.run("launch", *EMBEDDED)
    assert (ran.code, ran.stdout) == (6, b"")
    assert "mine" in ran.told


def test_what_the_cluster_refuses_is_told_in_its_words(stage) -> None:
    stage.cluster.refuse["create", Kind.JOB] = Forbidden("You may not create Jobs in races.")
    ran = stage.run("launch", *EMBEDDED)
    assert (ran.code, ran.stdout) == (4, b"")
    assert "You may not create Jobs in races." in ran.told


def test_every_mistake_is_told_at_once_and_nothing_is_sent(stage) -> None:
    wrong = ("--set", "submission.name=Mine!", "--set", "cluster.gpus=some")
    ran = stage.run("launch", "--profile", "embedded", *wrong)
    assert ran.code == 2
    assert jobs(stage) == []


@pytest.mark.parametrize(("resumes", "limit"), [("0", 1), ("2", 5)])
def test_resumes_are_what_the_backoff_limit_is_good_for(stage, resumes: str, limit: int) -> None:
    stage.run("launch", *EMBEDDED, "--resumes", resumes)
    stored = asyncio.run(stage.cluster.read(Kind.JOB, "races", "mine"))
    assert stored["spec"]["backoffLimit"] == limit


def test_resumes_below_zero_are_refused(stage) -> None:
    assert stage.run("launch", *EMBEDDED, "--resumes", "-1").code == 2


def test_a_rendered_launch_is_all_that_would_be_created(stage) -> None:
    listed = json.loads(stage.run("render", *EMBEDDED, "-o", "json").out)
    assert {each["kind"] for each in listed["items"]} >= {"ConfigMap", "Job"}
    assert listed["items"][-1]["kind"] == "Job"
    assert listed["items"][-1]["metadata"]["namespace"] == "races"
    assert jobs(stage) == []


def test_rendered_yaml_has_a_document_for_each_object(stage) -> None:
    text = stage.run("render", *EMBEDDED).out
    assert len(text.split("---\n")) == len(
        json.loads(stage.run("render", *EMBEDDED, "-o", "json").out)["items"]
    )


def test_values_of_a_file_stand_over_the_profile_and_set_over_both(stage, tmp_path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("submission:\n  name: from-file\n  team_id: from-file\n")
    ran = stage.run("launch", "--profile", "embedded", "-f", str(file), "-o", "name")
    assert ran.out == "job.batch/from-file\n"
    ran = stage.run("launch", *EMBEDDED[:2], "-f", str(file), *EMBEDDED[2:], "-o", "name")
    assert ran.out == "job.batch/mine\n"


IDS = ("submission.challenge_id=2098", "submission.track_id=4137")
NUMBERED = (*EMBEDDED, *(word for each in IDS for word in ("--set", each)))
PUBLISHED = "evalai: {challenges: [2098], token-file: token}\n"


def set_up(text: str = PUBLISHED) -> None:
    paths.settings().mkdir(parents=True, exist_ok=True)
    (paths.settings() / "publishing.yaml").write_text(text)


@pytest.mark.parametrize("dry_run", ["none", "client", "server"])
def test_a_launch_that_is_published_says_where_its_results_go(stage, dry_run: str) -> None:
    set_up()
    ran = stage.run("launch", *NUMBERED, "--dry-run", dry_run, "-o", "json")
    assert ran.code == 0
    assert "note: The recorder sends results to EvalAI's submission 1 of phase 4137" in ran.told
    marks = json.loads(ran.out)["metadata"]["annotations"]
    assert marks["leaderboard.carla.org/evalai"] == "https://eval.ai 2098/4137/1"


@pytest.mark.parametrize("words", [("launch",), ("launch", "--dry-run", "server")])
def test_a_launch_says_what_evalai_shows_of_its_submission(stage, there, words) -> None:
    publishes(there.url)
    there.rules.add(5, "failed", phase=9)
    numbers = ("--set", "submission.submission_id=5", "--set", "submission.team_id=7")
    ran = stage.run(*words, *EMBEDDED, *numbers)
    assert ran.code == 0
    assert "note: EvalAI shows submission 5: team 4 (The Team), phase 9, failed." in ran.told
    assert "warning: It is in phase 9 there, and this launch names phase 1" in ran.told
    assert "warning: It is of team 4 (The Team) there, and this launch names team 7." in ran.told
    assert "warning: It is failed there: the recorder will send nothing until it" in ran.told
    assert [each.method for each in there.asked] == ["GET"]


def test_a_dry_run_of_the_client_asks_nobody_and_says_which_one_does(stage, there) -> None:
    publishes(there.url)
    ran = stage.run("launch", *EMBEDDED, "--dry-run", "client")
    assert (ran.code, there.asked) == (0, [])
    assert "note: what EvalAI would say to it is not asked by --dry-run=client" in ran.told
    assert "--dry-run=server asks, and keeps nothing" in ran.told


def test_where_evalai_does_not_tell_that_is_said_and_the_launch_goes_on(stage, there) -> None:
    publishes(there.url, token="sEcReT")
    ran = stage.run("launch", *EMBEDDED)
    assert (ran.code, jobs(stage)) == (0, ["mine"])
    assert "note: EvalAI does not tell of submission 1: 401 Unauthorized" in ran.told
    assert "sEcReT" not in ran.told


def test_who_will_wait_in_vain_for_results_is_warned(stage) -> None:
    set_up()
    ran = stage.run("launch", *NUMBERED, "--set", "submission.submission_id=draft")
    assert ran.code == 0
    assert "warning: Nothing is published: its submission id is no number" in ran.told


@pytest.mark.parametrize("words", [(), ("--dry-run", "client")])
def test_settings_of_publishing_that_are_no_yaml_launch_nothing(stage, words) -> None:
    set_up("evalai: {")
    ran = stage.run("launch", *NUMBERED, *words)
    assert (ran.code, jobs(stage)) == (2, [])
    assert "publishing.yaml is no YAML" in ran.told


def test_a_challenge_that_is_not_published_needs_no_word(stage) -> None:
    set_up()
    assert "published" not in stage.run("launch", *EMBEDDED).told
