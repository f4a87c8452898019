"""`-o` as kubectl's users write it: the same answer as YAML, CSV, names, a path, a wider table."""

from __future__ import annotations

import csv
import io
import json

import pytest
import yaml
from fakes.publications import PLACE, published
from msgspec.structs import replace

from console import wiring
from console.operations.ports.publications import PublicationStage


@pytest.fixture
def two(stage):
    for name in ("raven", "heron"):
        stage.launch(name)
    return stage


@pytest.mark.parametrize("command", [("list",), ("status", "raven"), ("events", "raven")])
def test_yaml_and_json_tell_the_same(two, command: tuple[str, ...]) -> None:
    now = two.services.clock()
    two.services = replace(two.services, clock=lambda: now)
    plain, other = two.run(*command, "-o", "json"), two.run(*command, "-o", "yaml")
    assert (plain.code, other.code) == (0, 0)
    assert yaml.safe_load(other.out) == json.loads(plain.out)


@pytest.mark.parametrize("flag", [["-o", "jsonpath={.items[*].name}"], ["-o=jsonpath=[*].name"]])
def test_a_path_finds_names_in_the_list(two, flag: list[str]) -> None:
    assert sorted(two.run("list", *flag).out.split()) == ["heron", "raven"]


def test_a_path_that_leads_nowhere_is_wrong_input(two) -> None:
    ran = two.run("list", "-o", "jsonpath={[*].nmae}")
    assert (ran.code, ran.out) == (2, "")
    assert "There is no key 'nmae'" in ran.told


def test_a_sheet_has_a_line_a_submission(two) -> None:
    rows = [*csv.DictReader(io.StringIO(two.run("list", "-o", "csv").out))]
    assert {row["name"] for row in rows} == {"raven", "heron"}
    assert {row["routes.total"] for row in rows} == {"20"}


def test_a_sheet_of_one_has_a_line_a_pair(two) -> None:
    rows = [*csv.DictReader(io.StringIO(two.run("status", "raven", "-o", "csv").out))]
    assert [row["pair"] for row in rows] == ["1", "2", "3", "4"]


def test_a_name_is_what_every_command_takes(two) -> None:
    (name,) = two.run("status", "job/raven", "-o", "name").out.split()
    assert name == "job.batch/raven"
    assert two.run("status", name, "-o", "name").code == 0


def test_the_list_tells_what_has_become_of_results_at_evalai(stage) -> None:
    refused = replace(published(), stage=PublicationStage.REFUSED, words="No such split.")
    for number, each in enumerate((published(), refused)):
        recording = stage.launch(f"raven-{number}")
        place = replace(PLACE, submission=1 + number)
        wiring.publications().put(replace(each, place=place, recording=recording))
    stage.launch("heron")
    told = {each["name"]: each["published"] for each in json.loads(stage.run("list", "-ojson").out)}
    assert told == {
        "heron": {"state": "nowhere", "at": None, "what": None},
        "raven-0": {
            "state": "finished",
            "at": "2026-11-30T12:03:09Z",
            "what": "EvalAI shows it as finished.",
        },
        "raven-1": {"state": "refused", "at": "2026-11-30T12:03:09Z", "what": "No such split."},
    }
    ran = stage.run("list", "-o", "wide", "--sort-by", "PUBLISHED", "--no-headers")
    assert [row.split()[1] for row in ran.out.splitlines()] == ["raven-0", "heron", "raven-1"]
    assert "finished 2026-11-30 12:03" in ran.out


def test_a_wide_table_has_more_and_none_has_titles_where_none_are_wanted(two) -> None:
    head, *rows = two.run("list", "-o", "wide").out.splitlines()
    assert head.split()[-2:] == ["REASON", "UID"]
    assert len(rows) == 2
    assert len(two.run("list", "--no-headers").out.splitlines()) == 2


@pytest.mark.parametrize("key", ["NAME", "name", ".name", "{.name}"])
def test_the_list_is_sorted_by_what_kubectl_takes_too(two, key: str) -> None:
    ran = two.run("list", "--no-headers", "--sort-by", key)
    assert [line.split()[1] for line in ran.out.splitlines()] == ["heron", "raven"]


def test_columns_of_ones_own_are_those_of_kubectl(two) -> None:
    ran = two.run("list", "--sort-by", "NAME", "-o", "custom-columns=WHO:.name,SCORE:.drivingScore")
    assert [line.split() for line in ran.out.splitlines()] == [
        ["WHO", "SCORE"],
        ["heron", "<none>"],
        ["raven", "<none>"],
    ]
    assert two.run("list", "--no-headers", "-o", "custom-columns=A:.uid").out.count("\n") == 2


def test_an_empty_list_is_no_line_at_all_for_a_script(stage) -> None:
    for form in ("name", "csv", "jsonpath={.items[*].name}"):
        assert stage.run("list", "-o", form).stdout == b""
    for more in ((), ("--no-headers",), ("-o", "wide")):
        ran = stage.run("list", *more)
        assert (ran.stdout, ran.told.strip()) == (b"", "There is no submission.")
    assert stage.run("history").stdout == b""
    assert stage.run("list", "-o", "custom-columns=WHO:.name").out.strip() == "WHO"


def test_a_form_that_there_is_not_is_refused_with_those_that_there_are(two) -> None:
    ran = two.run("list", "-o", "xml")
    assert ran.code == 2
    assert "wide" in ran.told
    assert "jsonpath=" in ran.told


def test_the_history_comes_in_the_same_forms(two) -> None:
    rows = yaml.safe_load(two.command("history", "-o", "yaml").out)
    assert isinstance(rows, list)
    assert two.command("history", "--sort-by", "nonsense").code == (2 if rows else 0)


def test_a_sheet_of_events_has_a_line_an_event_and_none_where_there_are_none(two) -> None:
    assert two.run("events", "raven", "-o", "csv").stdout == b""


def test_a_verdict_comes_as_yaml_too(two) -> None:
    ran = two.run("inspect", "raven", "-o", "yaml")
    assert ran.code == 0
    assert yaml.safe_load(ran.out) == json.loads(two.run("inspect", "raven", "-o", "json").out)


def test_a_checked_launch_is_shown_as_yaml_for_kubectl(stage) -> None:
    words = ("--profile", "embedded", "--set", "submission.name=mine", "--dry-run", "client")
    manifest = yaml.safe_load(stage.run("launch", *words, "-o", "yaml").out)
    assert (manifest["kind"], manifest["metadata"]["name"]) == ("Job", "mine")
    assert manifest.keys() == json.loads(stage.run("launch", *words, "-o", "json").out).keys()


def test_what_changes_something_takes_no_path_that_may_fail_afterwards(stage) -> None:
    for command in ("launch", "resume"):
        ran = stage.run(command, "demo", "-o", "jsonpath={.name}")
        assert ran.code == 2
        assert "invalid choice" in ran.told


@pytest.mark.parametrize(
    "command", [("record", "status"), ("calls",), ("local", "status")], ids=lambda each: each[0]
)
def test_what_needs_no_cluster_comes_as_yaml_too(two, command: tuple[str, ...]) -> None:
    plain, other = two.command(*command, "-o", "json"), two.command(*command, "-o", "yaml")
    told, same = json.loads(plain.out), yaml.safe_load(other.out)
    assert list(told) == list(same)
    # A disk has another room in each moment.
    assert (told.pop("recordings", {}) or {}).keys() == (same.pop("recordings", {}) or {}).keys()
    assert told == same


def test_one_key_of_a_status_needs_no_other_program(two) -> None:
    ran = two.run("status", "raven", "-o", "jsonpath={.routes.total} {.pairs[*].pair}")
    assert (ran.code, ran.out) == (0, "20 1 2 3 4\n")


@pytest.mark.parametrize("word", ["raven", "job/raven", "job.batch/raven", "jobs/raven"])
def test_a_name_may_have_its_kind_wherever_one_is_taken(stage, word: str) -> None:
    stage.record(stage.launch("raven"), "logcopy", b"said")
    assert stage.command("history", word, "-o", "name").out == "job.batch/raven\n"
    assert "is pinned" in stage.command("history", "pin", word).told
    for command in (("status",), ("events",), ("inspect",), ("logs", "--recorded"), ("results",)):
        ran = stage.run(*command, word)
        assert ran.code in (0, 7), ran.told
    assert stage.run("cancel", word, "--yes").code == 0


def test_a_result_comes_as_yaml_and_by_a_path_and_says_that_it_is_not_final(two) -> None:
    plain, other = (
        two.run("results", "raven", "-o", "json"),
        two.run("results", "raven", "-o", "yaml"),
    )
    assert plain.code == other.code == 7
    assert yaml.safe_load(other.out) == json.loads(plain.out)
    assert two.run("results", "raven", "-o", "jsonpath={.final}").out == "false\n"


def test_a_history_is_sorted_wide_and_without_titles(stage) -> None:
    for name in ("raven", "heron"):
        stage.claim(stage.launch(name)).release()
    ran = stage.command("history", "-o", "wide", "--no-headers", "--sort-by", "NAME")
    assert [line.split()[2] for line in ran.out.splitlines()] == ["heron", "raven"]
    head = stage.command("history", "-o", "wide").out.splitlines()[0]
    assert head.endswith("TRACK   ENDED   FULL UID") or "FULL UID" in head
    assert stage.command("history", "--sort-by", "nonsense").code == 2
    path = "jsonpath={range .items[*]}{.name}={.track}{'\\n'}{end}"
    told = stage.command("history", "--sort-by", "name", "-o", path).out.split()
    assert told == ["heron=SENSORS", "raven=SENSORS"]
