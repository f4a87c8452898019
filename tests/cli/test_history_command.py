"""`history`: every recorded submission, with no cluster anywhere."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from console import wiring
from console.cli.main import main
from console.operations.ports.recorder import Recording
from console.workers import protocol

UNASKED = wiring.unasked
"""As it is, without a stage's cluster."""
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def snapshot(done: int) -> bytes:
    payload = {"v": 1, "t": 1, "status": "running", "done": done, "total": 20, "pairs": []}
    return protocol.format_line("n0nce", 1, "snapshot", payload).encode()


@pytest.fixture
def run(capfdbinary: pytest.CaptureFixture[bytes]):
    """`run("history")`, of a user who has no kubeconfig."""

    def call(*words: str) -> tuple[int, str, str]:
        capfdbinary.readouterr()
        code = main(list(words))
        return code, *(each.decode() for each in capfdbinary.readouterr())

    return call


@pytest.fixture
def two(stage) -> tuple[Recording, Recording]:
    """Two namesakes: the first was deleted and launched again."""
    first = stage.launch()
    stage.record(first, "logcopy", snapshot(3))
    stage.forget()
    second = stage.launch()
    stage.record(second, "logcopy", snapshot(9))
    return first, second


def test_namesakes_are_two_lines_told_apart_by_their_uid(run, two) -> None:
    code, out, told = run("history")
    assert (code, told) == (0, "")
    head, *lines = out.splitlines()
    assert head.split()[:6] == ["CONTEXT", "NAMESPACE", "NAME", "UID", "STATUS", "ROUTES"]
    assert {line.split()[3] for line in lines} == {each.uid[:8] for each in two}
    assert all(line.startswith("fake") and "console.local/team-agent" in line for line in lines)
    assert sorted(word for line in lines for word in line.split() if "/20" in word) == [
        *("3/20", "9/20")
    ]


def test_what_has_not_ended_says_of_when_it_is(run, two) -> None:
    """Nobody knows from here what became of it since: it is no status of now."""
    _, out, _ = run("history")
    assert all("Pending, seen " in line for line in out.splitlines()[1:])
    told = json.loads(run("history", "-o", "json")[1])
    assert [each["ended"] for each in told] == [False, False]


def test_a_document_has_the_keys_of_the_list_and_where_it_was_recorded(run, two) -> None:
    told = json.loads(run("history", "-o", "json")[1])
    assert {each["uid"] for each in told} == {each.uid for each in two}
    assert {each["context"] for each in told} == {"fake"}
    assert sorted(each["routes"]["done"] for each in told) == [3, 9]
    assert {each["track"] for each in told} == {"SENSORS"}


def test_a_search_that_finds_nothing_is_an_empty_list_and_no_error(run, two) -> None:
    assert json.loads(run("history", "nobody", "-o", "json")[1]) == []
    assert run("history", "nobody", "-o", "name")[:2] == (0, "")
    assert run("history", "dem*", "-o", "name")[1] == "job.batch/demo\njob.batch/demo\n"


def test_a_recording_without_its_job_is_shown_as_unknown(run, stage) -> None:
    stage.recorder.claim(Recording("fake", "races", "torn", "uid-torn")).release()
    line = run("history")[1].splitlines()[1]
    assert line.split()[2:6] == ["torn", "uid-torn", "?", "?"]
    told = json.loads(run("history", "-o", "json")[1])[0]
    assert (told["name"], told["ended"], told["endedAt"]) == ("torn", None, None)


def test_a_recorded_submission_is_looked_at_with_no_kubeconfig_at_all(
    run, two, monkeypatch
) -> None:
    monkeypatch.setattr(wiring, "unasked", UNASKED)
    code, out, told = run("status", "demo", "--recorded", "-n", "races", "-o", "json")
    assert (code, json.loads(out)["routes"]["done"]) == (0, 9)
    assert "this is what this console recorded of races/demo" in told
    code, out, _ = run("logs", "demo", "--recorded", "-n", "races", "-c", "logcopy")
    assert (code, "snapshot" in out) == (0, True)


@pytest.mark.parametrize("verb", ["pin", "unpin", "delete"])
def test_a_read_only_console_leaves_recordings_as_they_are(run, two, verb: str) -> None:
    uid = two[0].uid
    for said in (("history", verb, uid, "--readonly"), ("--readonly", "history", verb, uid)):
        code, _, told = run(*said)
        assert (code != 0, "this console is read-only" in told) == (True, True)
    assert uid in run("history", "-o", "json")[1]


def test_a_pinned_one_is_shown_so_and_is_not_deleted(run, two, stage) -> None:
    first, second = two
    code, out, told = run("history", "pin", first.uid)
    assert (code, out) == (0, "")
    assert f"races/demo (uid {first.uid}) is pinned" in told
    lines = {line.split()[3]: line for line in run("history")[1].splitlines()[1:]}
    assert " pinned " in lines[first.uid[:8]]
    assert " - " in lines[second.uid[:8]]
    told = json.loads(run("history", "-o", "json")[1])
    assert {each["uid"]: each["pinned"] for each in told} == {first.uid: True, second.uid: False}
    assert all(each["bytes"] > 0 for each in told)

    code, _, told = run("history", "delete", first.uid, "--yes")
    assert (code, "is pinned" in told) == (6, True)
    assert run("history", "unpin", first.uid)[0] == 0
    assert run("history", "delete", first.uid, "--yes")[0] == 0
    assert stage.recorder.recordings() == (second,)


def test_a_deletion_says_what_goes_and_asks(run, two, stage) -> None:
    code, _, told = run("history", "delete", two[0].uid)
    assert (code, "there is no terminal to ask on" in told) == (2, True)
    assert "All that is recorded of fake: races/demo" in told
    assert "Whether its cluster still has any of it is not known here" in told
    assert set(stage.recorder.recordings()) == set(two)


def test_namesakes_are_not_deleted_by_their_name(run, two, stage) -> None:
    code, _, told = run("history", "delete", "demo", "--yes")
    assert (code, "2 recorded submissions are meant by demo" in told) == (6, True)
    assert all(each.uid in told for each in two)
    assert len(stage.recorder.recordings()) == 2


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (("pin",), 2, "Which recording is meant by history pin is missing"),
        (("demo", "delete"), 2, "there is one name at most"),
        (("pin", "demo", "--status", "Failed"), 2, "history pin has no use for --status"),
        (("delete", "demo", "-o", "json"), 2, "history delete has no use for --output"),
        (("unpin", "demo", "--yes"), 2, "history unpin has no use for --yes"),
        (("--yes",), 2, "a list has no use for --yes"),
        (("pin", "nobody"), 5, "Nothing is recorded here of nobody"),
        (("pin", "demo", "-n", "elsewhere"), 5, "Nothing is recorded here of demo"),
    ],
)
def test_what_is_asked_for_wrongly_is_refused_by_name(run, stage, words, code, why) -> None:
    stage.record(stage.launch(), "logcopy", snapshot(3))
    told = run("history", *words)
    assert told[0] == code
    assert why in told[2]
    assert len(stage.recorder.recordings()) == 1


def test_a_word_of_an_action_is_looked_for_with_a_pattern(run, two) -> None:
    assert run("history", "*pin*", "-o", "name")[:2] == (0, "")


def test_with_a_price_each_form_tells_what_a_submission_cost(run, two, monkeypatch) -> None:
    assert "COST" not in run("history")[1]
    assert json.loads(run("history", "-o", "json")[1])[0]["gpuCost"] is None
    monkeypatch.setenv("CARLA_CONSOLE_GPU_HOUR", "1.62 USD")
    for form in ("table", "wide"):
        head, first, _ = run("history", "-o", form, "--sort-by", "cost")[1].splitlines()
        assert head.split()[11:14] == ["GPU-H", "WASTED", "COST"]
        assert "0.00 USD" in first
    told = json.loads(run("history", "-o", "json")[1])[0]["gpuCost"]
    assert told == {"used": 0.0, "wasted": 0.0, "unit": "USD"}
    assert "gpuCost" in run("history", "-o", "csv")[1].splitlines()[0]
    monkeypatch.setenv("CARLA_CONSOLE_GPU_HOUR", "a lot")
    code, out, told = run("history")
    assert (code, out) == (2, "")
    assert "CARLA_CONSOLE_GPU_HOUR" in told
