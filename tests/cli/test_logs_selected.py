"""`logs -l`: the same log of each submission that has the labels, each line with its submission."""

from __future__ import annotations

import json

import pytest

from console.operations.ports.cluster import Kind
from console.operations.ports.recorder import Recording

TEAM = "leaderboard.carla.org/team"


@pytest.fixture
def three(stage):
    """Two of one team, of which the second has no pod any more, and one of another. Whoever follows
    them sees them end."""
    teams = {"heron": "birds", "raven": "birds", "wolf": "beasts"}
    launched = {name: stage.launch(name) for name in teams}
    for name, team in teams.items():
        labelled(stage, launched[name], team)
    stage.ends(*launched.values())
    return stage


def labelled(stage, recording: Recording, team: str) -> None:
    stored = stage.cluster.objects[Kind.JOB, "races", recording.name]
    labels = {**stored["metadata"]["labels"], TEAM: team}
    stage.cluster.put({**stored, "metadata": {**stored["metadata"], "labels": labels}})
    if recording.name == "raven":
        stage.record(recording, "logcopy", b"as recorded")
    else:
        own = f"of {recording.name}".encode()
        stage.pod(recording, logcopy=[own], agent_1=[own, b"an error"])


def test_each_line_begins_with_its_submission_and_the_first_begun_comes_first(three) -> None:
    ran = three.run("logs", "-l", f"{TEAM}=birds")
    assert ran.code == 0, ran.told
    assert ran.out.splitlines() == [
        "heron logcopy of heron",
        "raven logcopy as recorded",
    ]


@pytest.mark.parametrize(
    ("selector", "names"),
    [
        (f"{TEAM}!=birds", ["wolf"]),
        (f"{TEAM} in (birds, beasts)", ["heron", "raven", "wolf"]),
        (TEAM, ["heron", "raven", "wolf"]),
    ],
)
def test_labels_are_chosen_as_kubectl_chooses_them(three, selector: str, names: list[str]) -> None:
    ran = three.run("logs", "--selector", selector)
    assert [line.split()[0] for line in ran.out.splitlines()] == names


def test_what_lacks_such_a_log_is_named_and_the_others_are_told(three) -> None:
    ran = three.run("logs", "-l", TEAM, "-c", "agent-1", "-i", "error")
    assert ran.code == 0
    assert ran.out.splitlines() == ["heron agent-1 an error", "wolf agent-1 an error"]
    assert "raven" in ran.told


@pytest.mark.parametrize("more", [(), ("-f",)])
def test_a_container_that_one_of_them_lacks_stops_none_of_the_others(three, more) -> None:
    only = Recording(
        "fake", "races", "wolf", three.cluster.objects[Kind.JOB, "races", "wolf"]["metadata"]["uid"]
    )
    three.pod(only, agent_9=[b"of nine"])
    ran = three.run("logs", "-l", f"{TEAM}!=fish", "-c", "agent-9", *more)
    assert (ran.code, ran.out.splitlines()) == (0, ["wolf agent-9 of nine"])
    assert "note: heron: There is no container 'agent-9' in heron-abcde. Choose: " in ran.told


def test_a_container_that_none_has_is_not_found_and_each_names_its_own(three) -> None:
    ran = three.run("logs", "-l", TEAM, "-c", "agnt-1")
    assert (ran.code, ran.stdout) == (5, b"")
    assert "Choose: logcopy, agent-1" in ran.told


def test_in_json_each_line_tells_its_submission(three) -> None:
    ran = three.run("logs", "-l", TEAM, "-o", "json")
    told = [json.loads(line) for line in ran.out.splitlines()]
    assert [each["submission"] for each in told] == ["heron", "raven", "wolf"]


def test_followed_they_are_told_side_by_side_to_their_end(three) -> None:
    ran = three.run("logs", "-l", TEAM, "-f")
    assert ran.code == 0
    assert sorted(ran.out.splitlines()) == ["heron logcopy of heron", "wolf logcopy of wolf"]
    assert "3 submissions are followed; what is launched later is not" in ran.told
    assert "note: raven: it has no pod yet, which is waited for" in ran.told
    assert "note: wolf: its Job has completed" in ran.told


def test_more_logs_than_are_allowed_at_once_are_not_begun(three) -> None:
    ran = three.run("logs", "-l", TEAM, "-f", "--all-containers", "--max-log-requests", "3")
    assert (ran.code, ran.stdout) == (2, b"")
    assert "30 logs would be followed at once" in ran.told
    assert "--max-log-requests 30" in ran.told


def test_labels_that_none_has_are_not_found(three) -> None:
    ran = three.run("logs", "-l", f"{TEAM}=fish")
    assert (ran.code, ran.stdout) == (5, b"")
    assert "carla-console list -o jsonpath=" in ran.told


def test_where_none_has_such_a_log_it_is_not_found(three) -> None:
    ran = three.run("logs", "-l", f"{TEAM}=birds,!nothing", "-p", "-c", "logcopy")
    assert ran.code == 5


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "needs the name of a submission, or labels by -l"),
        (("heron", "-l", TEAM), "and not both"),
        (("-l", ""), "--selector is empty"),
        (("-l", "a b c"), "no requirement of labels"),
        (("-l", TEAM, "--merge"), "--merge"),
        (("-l", TEAM, "--recorded"), "--recorded"),
        (("-l", TEAM, "--uid", "u"), "--uid"),
        (("-l", TEAM, "--pair", "1"), "--pair"),
    ],
)
def test_what_says_nothing_beside_labels_is_refused(three, words, told: str) -> None:
    ran = three.run("logs", *words)
    assert (ran.code, ran.stdout) == (2, b"")
    assert told in ran.told


def test_a_list_of_labels_that_none_has_says_so_and_has_no_titles(stage, three) -> None:
    ran = stage.run("list", "-l", "app=none")
    assert (ran.code, ran.out) == (0, "")
    assert "No submission has these labels." in ran.told
