"""`demo` and the console itself: which cluster they take, and what they leave behind."""

from __future__ import annotations

import dataclasses
import json
import sys
from typing import Any

import pytest
from fakes.documents import merged_lines, whole_document
from fakes.quick_node import FAILED, QuickNode
from fakes.reading import job_facts

from console import wiring
from console.cli.main import main
from console.operations.ports.cluster import Kind


@dataclasses.dataclass
class Embedded:
    """The embedded cluster as `demo` sees it: its comings and goings."""

    runs: bool = False
    calls: list[str] = dataclasses.field(default_factory=list)
    server: str = "https://127.0.0.1:6443"

    @property
    def cluster(self) -> Embedded | None:
        return self if self.runs else None

    def up(self, *, owned: bool) -> Embedded:
        self.calls.append(f"up owned={owned}")
        return self

    def down(self) -> bool:
        self.calls.append("down")
        return True


def published(container: str, job: dict[str, Any]) -> list[str]:
    plan = job_facts(job).plan
    assert plan is not None
    lines = merged_lines(json.dumps(whole_document()), nonce=plan.nonce)
    return lines if container == "logcopy" else []


@pytest.fixture
def embedded(stage, monkeypatch: pytest.MonkeyPatch) -> Embedded:
    made = Embedded()
    monkeypatch.setattr(wiring, "local_up", made.up)
    monkeypatch.setattr(wiring, "local_down", made.down)
    monkeypatch.setattr(wiring, "local_status", lambda: made)
    return made


@pytest.fixture
def node(stage) -> QuickNode:
    return QuickNode(stage.cluster, published)


def jobs(stage) -> list[str]:
    return [name for kind, _, name in stage.cluster.objects if kind is Kind.JOB]


@pytest.fixture
def run_demo(stage, embedded: Embedded, node: QuickNode):
    """Not as the stage runs commands: it gives each a namespace, which demo refuses."""

    def run(*flags: str, before: tuple[str, ...] = ()) -> tuple[int, str, str]:
        stage._captured.readouterr()
        code = main([*before, "demo", *flags])
        out, told = stage._captured.readouterr()
        return code, out.decode(), told.decode()

    return run


def test_a_demo_starts_a_cluster_prints_the_results_and_takes_it_away(run_demo, embedded) -> None:
    code, out, told = run_demo()
    assert code == 0
    assert out.startswith("Leaderboard 2.0  20/20 routes  FINAL\n")
    assert embedded.calls == ["up owned=True", "down"]
    said = told.splitlines()
    assert "embedded cluster running at https://127.0.0.1:6443" in said[0]
    assert "for Leaderboard 2.0" in said[1]
    assert "embedded cluster stopped" in said[-1]


def test_a_demo_shared_out_by_duration_asks_the_recordings_as_a_launch_does(run_demo) -> None:
    code, _, told = run_demo("--split", "duration")
    assert code == 0
    assert "No drive of these routes is recorded: they are shared out by count." in told


def test_a_cluster_that_ran_before_stays(run_demo, embedded) -> None:
    embedded.runs = True
    code, _, told = run_demo()
    assert (code, embedded.calls) == (0, ["up owned=True"])
    assert "stopped" not in told


def test_a_demo_that_fails_takes_its_cluster_with_it_too(run_demo, embedded, node) -> None:
    node.ends = FAILED
    code, _, told = run_demo()
    assert code == 7
    assert embedded.calls[-1] == "down"
    assert "ended as Failed." in told


def test_each_demo_has_a_name_that_is_free(run_demo, stage) -> None:
    run_demo()
    run_demo()
    first, second = jobs(stage)
    assert second == f"{first}-2"


def test_a_demo_of_1_0_as_json_is_one_document(run_demo) -> None:
    _, out, told = run_demo("--leaderboard", "1.0", "-o", "json")
    assert json.loads(out)["submission"]["leaderboard"] == "1.0"
    assert "for Leaderboard 1.0" in told


@pytest.mark.parametrize("flag", [("--context", "x"), ("-n", "races")])
def test_a_demo_has_its_own_cluster_and_refuses_another(run_demo, embedded, flag) -> None:
    code, _, told = run_demo(before=flag)
    assert code == 2
    assert "demo, which runs on the embedded cluster," in told
    assert embedded.calls == []


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, dict[str, Any]]]:
    """What the console was opened with, where all three streams are a terminal."""
    seen: list[tuple[Any, dict[str, Any]]] = []

    def open_console(connection: Any, **more: Any) -> int:
        seen.append((connection, more))
        return 0

    monkeypatch.setattr(wiring, "open_console", open_console)
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(getattr(sys, name), "isatty", lambda: True, raising=False)
    return seen


def test_without_a_command_the_console_opens_on_the_cluster_of_the_flags(opened) -> None:
    assert main(["-n", "races", "--context", "lab", "--no-mouse", "--theme", "light"]) == 0
    assert opened == [
        (
            wiring.WantedCluster(context="lab", namespace="races"),
            {"theme": "light", "mouse": False, "ascii_alone": False, "first_line": ""},
        )
    ]


def test_usually_the_console_has_the_mouse_and_the_theme_of_last_time(opened) -> None:
    main([])
    assert opened == [
        (
            wiring.WantedCluster(),
            {"theme": None, "mouse": True, "ascii_alone": False, "first_line": ""},
        )
    ]


@pytest.mark.parametrize("name", ["stdin", "stdout", "stderr"])
def test_where_one_stream_is_no_terminal_the_console_says_what_to_run(
    opened, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    monkeypatch.setattr(getattr(sys, name), "isatty", lambda: False)
    assert main([]) == 1
    assert opened == []
    assert "carla-console --help" in capsys.readouterr().err


def test_flags_that_say_nothing_together_open_nothing(opened) -> None:
    assert main(["--local", "--context", "lab"]) == 2
    assert opened == []


def test_the_console_opens_as_whom_and_for_what_the_flags_say(opened) -> None:
    assert main(["--as", "bob", "--as-group", "ops", "-A", "--readonly"]) == 0
    ((asked, _),) = opened
    assert asked == wiring.WantedCluster(
        all_namespaces=True, acts_as="bob", acts_as_groups=("ops",), read_only=True
    )
    assert main(["-A", "-n", "races"]) == 2
    assert len(opened) == 1
