"""`logs` as users of stern and kubectl write it: times, zones, forms, colours, several patterns."""

from __future__ import annotations

import copy
import json
from collections.abc import AsyncIterator

import pytest

from console.errors import ClusterUnreachable
from console.operations.ports.cluster import Kind, LogBlock, LogRequest

HOSTILE = b"\x1b]0;owned\x07an \x1b[2Jerror \xe2\x80\xae!"


@pytest.fixture
def living(stage):
    """A pod with two containers that talk. Whoever follows them sees them end."""
    recording = stage.launch()
    stage.pod(recording, logcopy=[b"one", b"an Error", b"two"], agent_1=[b"x", HOSTILE])
    stage.ends(recording)
    return stage


@pytest.fixture
def gone(stage):
    """What is recorded of one whose agent ran twice."""
    recording = stage.launch()
    stage.record(recording, "agent-1", b"first", b"tick", pod="p")
    stage.record(recording, "agent-1", b"again", b"tock", run=1, pod="p")
    stage.forget()
    return stage


@pytest.mark.parametrize(
    ("flags", "shown"),
    [
        (("-i", "error"), ["an Error"]),
        (("-i", "(?-i:error)"), []),
        (("--include", "one", "--include", "two"), ["one", "two"]),
        (("-i", "o", "-e", "two"), ["one", "an Error"]),
        (("-e", "one", "-e", "two"), ["an Error"]),
        (("--exclude", "error"), ["one", "two"]),
        (("-H", "one"), ["one", "an Error", "two"]),
        (("--tail", "-1"), ["one", "an Error", "two"]),
        (("--timezone", "Asia/Tokyo", "-i", "two"), ["2026-11-22T19:00:02.000000000+09:00 two"]),
        (("-t", "--timezone", "UTC", "-i", "two"), ["2026-11-22T10:00:02.000000000+00:00 two"]),
        (("-t=short", "-i", "two"), ["11-22 10:00:02 two"]),
        (("--timestamps=short", "--timezone", "Asia/Tokyo", "-i", "two"), ["11-22 19:00:02 two"]),
        (("-i", "two", "-t=absolute"), ["2026-11-22T10:00:02.000000000Z two"]),
        (("--template", "{{.Submission}}/{{.ContainerName}} {{.Message}}", "-i", "two"),
         ["demo/logcopy two"]),
        (("--template", '{{.PodName}} {{.NodeName}}{{"\\n"}}', "-i", "two"), ["demo-abcde n"]),
        (("--color", "always", "-H", "one", "-i", "one"), ["\x1b[1;7mone\x1b[0m"]),
        (("--color", "always", "--prefix", "-e", "one|err"), ["\x1b[36mlogcopy \x1b[0mtwo"]),
        (("--color", "never", "-H", "one", "-i", "one"), ["one"]),
        (("--prefix=true", "-i", "two"), ["logcopy two"]),
        (("--prefix=false", "-t=false", "-f=false", "-i", "two"), ["two"]),
        (("--timestamps=true", "-i", "two"), ["2026-11-22T10:00:02.000000000Z two"]),
    ],
)  # fmt: skip
def test_a_flag_of_stern_or_kubectl_does_the_same_here(living, flags, shown) -> None:
    ran = living.run("logs", "demo", *flags)
    assert (ran.code, ran.out.splitlines()) == (0, shown)


@pytest.mark.parametrize(("flags", "follows"), [(("-f", "--no-follow"), False), (("-f",), True)])
def test_who_writes_no_follow_is_not_kept_waiting(living, flags, follows) -> None:
    assert living.run("logs", "demo", *flags).code == 0
    assert any(each.follow for each in living.cluster.requests) is follows


@pytest.mark.parametrize(
    ("flags", "containers"),
    [
        (("-E", "agent"), ["logcopy"] * 3),
        (("-E", "^log"), ["agent-1"] * 2),
        (
            ("--exclude-container", "simulator", "--all-containers"),
            ["logcopy"] * 3 + ["agent-1"] * 2,
        ),
    ],
)
def test_containers_are_left_out_by_a_pattern_of_their_names(living, flags, containers) -> None:
    ran = living.run("logs", "demo", *flags, "-o", "json")
    assert [json.loads(line)["containerName"] for line in ran.out.splitlines()] == containers


def test_containers_of_a_state_are_all_of_those_that_are_in_it(stage) -> None:
    stage.pod(stage.launch(), logcopy=[b"one"], agent_1=[b"x"])
    pod = copy.deepcopy(stage.cluster.objects[Kind.POD, "races", "demo-abcde"])
    over = {"terminated": {"exitCode": 0, "finishedAt": "2026-11-22T10:01:00Z"}}
    pod["status"]["containerStatuses"][0]["state"] = over
    stage.cluster.put(pod)

    def told(state: str) -> list[str]:
        ran = stage.run("logs", "demo", "--container-state", state, "-o", "json")
        return [json.loads(line)["containerName"] for line in ran.out.splitlines()] or [ran.told]

    assert told("running") == ["agent-1"]
    assert told("terminated") == ["logcopy"]
    assert told("all") == ["logcopy", "agent-1"]
    assert told("waiting,terminated") == ["logcopy"]
    assert told("waiting") == ["error: No container of demo-abcde is waiting.\n"]


def test_one_log_that_fails_ends_the_others_only_where_errors_count(living, monkeypatch) -> None:
    honest = living.cluster.log

    async def log(request: LogRequest) -> AsyncIterator[LogBlock]:
        if request.container == "agent-1":
            raise ClusterUnreachable("The node does not answer.")
        async for block in honest(request):
            yield block

    monkeypatch.setattr(living.cluster, "log", log)
    assert living.run("logs", "demo", "--all-containers").code == 3
    ran = living.run("logs", "demo", "--all-containers", "--ignore-errors", "--only-log-lines")
    assert (ran.code, ran.out.splitlines()) == (
        0,
        [f"logcopy {e}" for e in ("one", "an Error", "two")],
    )
    assert ran.told == "agent-1: The node does not answer.\n"


def test_containers_are_left_out_of_a_merged_recording_too(gone) -> None:
    ran = gone.run("logs", "demo", "--merge", "-E", "simulator|logcopy", "--tail", "1")
    assert ran.out == "agent-1 tock\n"


@pytest.mark.parametrize("time", ["2026-11-22T10:01:01Z", "2026-11-22T12:01:01.000+02:00"])
def test_the_recording_is_read_from_a_time_on(gone, time: str) -> None:
    ran = gone.run("logs", "demo", "-c", "agent-1", "--since-time", time)
    assert ran.out == "tock\n"


def test_json_is_an_object_a_line_with_sterns_keys(living) -> None:
    ran = living.run("logs", "demo", "-o", "json", "--all-containers", "-e", "one|two")
    first, *_ = told = [json.loads(line) for line in ran.out.splitlines()]
    assert [each["containerName"] for each in told] == ["logcopy", "agent-1", "agent-1"]
    assert first == {
        "message": "an Error",
        "timestamp": "2026-11-22T10:00:01.000000000Z",
        "namespace": "races",
        "submission": "demo",
        "podName": "demo-abcde",
        "nodeName": "n",
        "containerName": "logcopy",
        "attempt": None,
        "missing": False,
    }


def test_json_of_a_recording_knows_the_attempt_and_marks_what_is_no_line(gone) -> None:
    ran = gone.run("logs", "demo", "-c", "agent-1", "-o", "json")
    told = [json.loads(line) for line in ran.out.splitlines()]
    assert [(each["attempt"], each["missing"]) for each in told if each["missing"]] == [(2, True)]
    assert [each["attempt"] for each in told if not each["missing"]] == [1, 1, 2, 2]
    assert {each["nodeName"] for each in told} == {None}


def test_raw_is_the_containers_bytes_alone_and_what_is_missing_is_told_beside(gone) -> None:
    both = gone.run("logs", "demo", "-o", "raw", "-c", "agent-1")
    assert both.out.splitlines() == ["first", "tick", "again", "tock"]
    assert "agent-1: ── the container started again" in both.told


def test_raw_leaves_every_byte_to_who_reads_the_pipe(living) -> None:
    assert (
        living.run("logs", "demo", "-o", "raw", "-c", "agent-1").stdout == b"x\n" + HOSTILE + b"\n"
    )


@pytest.mark.parametrize("flags", [(), ("--highlight", "err"), ("--template", "{{.Message}}")])
def test_what_is_made_for_eyes_controls_no_terminal_in_a_pipe_either(living, flags) -> None:
    out = living.run("logs", "demo", "-c", "agent-1", "--color", "always", *flags).out
    assert "error" in out.replace("\x1b[1;7m", "").replace("\x1b[0m", "")
    assert not {"\x07", "\u202e"} & set(out)
    assert "\x1b]" not in out
    assert "\x1b[2J" not in out


@pytest.mark.parametrize(
    ("flags", "word"),
    [
        (("--since", "5m", "--since-time", "2026-11-22T10:00:00Z"), "--since-time"),
        (("--since-time", "yesterday"), "2026-11-22T10:00:00Z"),
        (("--timezone", "Mars/Olympus"), "Asia/Tokyo"),
        (("--timezone", "../../etc/passwd"), "Asia/Tokyo"),
        (("--timezone", "UTC", "--times", "relative"), "--timezone"),
        (("-t=long",), "'absolute', 'relative', 'attempt', 'short'"),
        (("-t=short", "-t"), "--timestamps"),
        (("-o", "raw", "-t=short"), "--times"),
        (("-o", "raw", "--prefix"), "--prefix"),
        (("-o", "json", "--template", "{{.Message}}"), "--template"),
        (("--template", "{{.Massage}}"), "{{.Message}}"),
        (("--template", ""), "{{.Message}}"),
        (("-i", "("), "no regular expression"),
        (("-E", "("), "no regular expression"),
        (("-E", "a", "-c", "logcopy"), "--exclude-container"),
        (("-E", "agent|logcopy"), "leaves no container"),
        (("-i", "a", "-i", "(?s)b"), "Several patterns"),
        (("-i", r"(a)\1", "-i", r"(b)\1"), "Name the group"),
        (("--color", "sometimes"), "always"),
        (("--container-state", "running,asleep"), "'waiting', 'running', 'terminated', 'all'"),
        (("--limit-bytes", "9"), "--tail N"),
        (("--init-containers",), "--all-containers has these too"),
        (("--pod-running-timeout=5s",), "logs -f waits"),
        (("-A",), "-n NAME"),
        (("--max-log-requests", "0"), "no number"),
        (("-f", "--all-containers", "--max-log-requests", "1"), "--max-log-requests 10"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_words(living, flags, word: str) -> None:
    ran = living.run("logs", "demo", *flags)
    assert (ran.code, ran.stdout) == (2, b"")
    assert word in ran.told
