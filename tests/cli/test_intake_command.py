"""`intake`, asked of EvalAI's queue over HTTP: what is shown, launched, refused and acknowledged."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from fakes.evalai_rules import HOST
from fakes.evalai_server import NONE, UNANSWERED, EvalAiServer, evalai_server, html
from fakes.intake_files import IMAGE, set_up_intake

from console import paths
from console.operations.ports.cluster import Kind


@pytest.fixture
def there() -> Iterator[EvalAiServer]:
    """Submissions 1 and 2 wait; the second one was cancelled meanwhile."""
    with evalai_server() as server:
        for number in (1, 2):
            server.rules.add(number)
            server.rules.wait_for_host(number, IMAGE)
        server.rules.cancel(2)
        set_up_intake(server.url)
        yield server


def jobs(stage) -> list[str]:
    return [name for kind, _, name in stage.cluster.objects if kind is Kind.JOB]


def come_back(server: EvalAiServer) -> None:
    """The visibility time has passed."""
    for message in server.rules.messages:
        message.hidden_until = 0.0


def test_what_waits_is_shown_with_what_would_become_of_it_and_comes_back(stage, there) -> None:
    ran = stage.run("intake")
    lines = ran.out.splitlines()
    assert lines[0].split() == ["SUBMISSION", "PHASE", "TEAM", "AT", "EVALAI", "IMAGE", "WHAT"]
    assert re.split(" {3,}", lines[1]) == [
        *("1", "70", "The Team", "submitted", IMAGE),
        "Launches submission-1: Leaderboard 2.0, SENSORS",
    ]
    assert "Refused: EvalAI shows it as cancelled" in lines[2]
    assert "each comes back by itself" in ran.told
    assert (jobs(stage), len(there.rules.messages)) == ([], 2)
    assert HOST not in ran.out + ran.told
    hidden = stage.run("intake")
    assert (hidden.out, "no message waits" in hidden.told) == ("", True)


def test_as_a_document_each_message_says_what_becomes_of_it(stage, there) -> None:
    first, second = json.loads(stage.run("intake", "-o", "json").out)
    assert (first["evalaiSubmission"], first["becomes"], first["name"]) == (
        *(1, "launched"),
        "submission-1",
    )
    assert (first["teamName"], first["shownThere"], first["image"]) == (
        *("The Team", "submitted"),
        IMAGE,
    )
    assert (second["becomes"], second["name"]) == ("refused", None)


def test_one_that_is_named_is_launched_after_a_yes_and_acknowledged(stage, there) -> None:
    asked = stage.run("intake", "1")
    assert asked.code == 2
    assert "1: Launches submission-1: Leaderboard 2.0, SENSORS" in asked.told
    assert jobs(stage) == []
    come_back(there)
    ran = stage.run("intake", "1", "--yes")
    assert (ran.code, ran.out) == (0, "job.batch/submission-1\n")
    assert "Its message is acknowledged." in ran.told
    assert jobs(stage) == ["submission-1"]
    assert [each.body["submission_pk"] for each in there.rules.messages] == [2]


def test_an_acknowledgement_without_an_answer_is_told_and_the_next_one_launches_nothing(
    stage, there
) -> None:
    # Take, its status, that it runs and who else says so; the acknowledgement is not even taken.
    there.faults += [NONE, NONE, NONE, NONE, NONE, html(502)]
    ran = stage.run("intake", "1", "--yes", "-o", "json")
    assert json.loads(ran.out)[0]["acknowledged"] is False
    assert "it comes back, and is only acknowledged then" in ran.told
    come_back(there)
    again = json.loads(stage.run("intake", "1", "--yes", "-o", "json").out)
    assert (again[0]["launched"], again[0]["acknowledged"]) == (False, True)
    assert jobs(stage) == ["submission-1"]


def test_evalai_is_told_that_it_runs_before_the_job_is_started(stage, there) -> None:
    assert stage.run("intake", "1", "--yes").code == 0
    kept = there.rules.kept[1]
    assert kept.status == "running"
    [told] = kept.job_names
    uid = stage.cluster.objects[(Kind.JOB, "races", "submission-1")]["metadata"]["uid"]
    assert told.startswith("submission-1.")
    assert told.endswith(f".{uid}")


def test_what_another_cluster_runs_already_is_not_launched(stage, there) -> None:
    there.rules.kept[1].status = "running"
    there.rules.kept[1].job_names.append("submission-1.0f0f0f0f.some-uid")
    ran = stage.run("intake", "1", "--yes")
    assert (ran.code, jobs(stage)) == (1, [])
    assert "EvalAI shows it as running, as submission-1.0f0f0f0f.some-uid" in ran.told
    assert "let its host run it again at EvalAI" in ran.told


def test_a_launch_that_another_cluster_was_first_with_is_taken_back(stage, there) -> None:
    def overtake(*_: object) -> None:
        there.rules.kept[1].job_names.append("submission-1.0f0f0f0f.some-uid")

    rules, runs = there.rules, there.rules._runs
    rules._runs = lambda *asked: (overtake(), runs(*asked))[1]
    ran = stage.run("intake", "1", "--yes")
    assert ran.code == 6
    assert "was launched elsewhere, as submission-1.0f0f0f0f.some-uid" in ran.told
    assert jobs(stage) == []


def test_what_is_refused_is_acknowledged_only_by_its_users_word(stage, there) -> None:
    ran = stage.run("intake", "2", "--yes")
    assert ran.code == 1
    assert "EvalAI shows it as cancelled" in ran.told
    assert "--refuse" in ran.told
    come_back(there)
    refused = stage.run("intake", "2", "--refuse", "--yes")
    assert refused.code == 0
    assert "EvalAI's queue forgets the message" in refused.told
    assert [each.body["submission_pk"] for each in there.rules.messages] == [1]
    come_back(there)
    good = stage.run("intake", "1", "--refuse", "--yes")
    assert good.code == 6
    assert "it can be launched" in good.told
    assert len(there.rules.messages) == 1


def test_by_itself_all_that_come_are_launched_and_what_is_refused_stays(stage, there) -> None:
    there.rules.add(3)
    there.rules.wait_for_host(3, IMAGE)
    ran = stage.run("intake", "--at-most", "1", "--once")
    assert ran.code == 0
    assert ran.out.splitlines() == [
        f"submission {number}: The Job submission-{number} is launched. Its message is acknowledged."
        for number in (1, 3)
    ]
    assert "submission 2: EvalAI shows it as cancelled" in ran.told
    assert [each.body["submission_pk"] for each in there.rules.messages] == [2]
    stored = stage.cluster.objects[Kind.JOB, "races", "submission-3"]
    assert stored["spec"]["suspend"] is True, "one runs at a time"


def test_once_by_itself_fails_where_the_queue_cannot_be_asked(stage, there) -> None:
    there.faults.append(html(502))
    ran = stage.run("intake", "--at-most", "1", "--once")
    assert (ran.code, ran.out) == (1, "")
    assert "error: EvalAI gave no answer that settles it" in ran.told


def test_an_answer_that_is_lost_is_told_and_the_message_comes_back(stage, there) -> None:
    there.faults.append(UNANSWERED)
    ran = stage.run("intake")
    assert ran.code == 1
    assert "EvalAI gave no answer that settles it" in ran.told
    come_back(there)
    assert stage.run("intake").out.count("\n") == 3


def test_one_that_does_not_wait_is_said_to_be_not_there(stage, there) -> None:
    ran = stage.run("intake", "9", "--yes")
    assert ran.code == 5
    assert "No message for submission 9 could be taken" in ran.told
    assert jobs(stage) == []


def test_a_read_only_console_takes_no_message(stage, there) -> None:
    ran = stage.run("intake", "--readonly")
    assert (ran.code, there.asked) == (4, [])
    assert "read-only" in ran.told


def test_nothing_is_asked_until_it_is_set_up(stage, there) -> None:
    set_up_intake(there.url, queue="")
    ran = stage.run("intake")
    assert (ran.code, there.asked) == (5, [])
    assert "does not set evalai.queue" in ran.told
    (paths.settings() / "publishing.yaml").unlink()
    assert "does not set evalai." in stage.run("intake").told


@pytest.mark.parametrize(
    "words",
    [
        ("--once",),
        ("--refuse",),
        ("1", "--at-most", "2"),
        ("--at-most", "0"),
        ("--at-most", "2", "--refuse"),
        ("--at-most", "2", "-o", "json"),
    ],
)
def test_flags_that_mean_nothing_together_are_refused(stage, there, words) -> None:
    ran = stage.run("intake", *words)
    assert (ran.code, there.asked) == (2, [])
