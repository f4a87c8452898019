"""`shell` and `port-forward`: kubectl takes our place, as the same user on the same cluster."""

from __future__ import annotations

import pytest

from console.cli.commands import entering
from console.errors import Forbidden, InvalidInput, NotFound


class Replaced(Exception):
    """kubectl is there instead of us."""


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was started, once it was."""
    found: list[str] = []

    def execute(file: str, argv: tuple[str, ...], env: dict[str, str]) -> None:
        found.append(" ".join(argv))
        assert "PATH" in env
        raise SystemExit(0)

    monkeypatch.setattr(entering.os, "execvpe", execute)
    monkeypatch.setattr(entering.shutil, "which", lambda name: f"/usr/bin/{name}")
    return found


def pod(stage) -> None:
    recording = stage.launch()
    stage.pod(recording, agent_1=[], simulator_1=[], logcopy=[])


def test_a_shell_opens_in_an_agent_that_runs_and_the_command_is_told(stage, line) -> None:
    pod(stage)
    ran = stage.run("shell", "demo")
    assert line[0].startswith("kubectl exec -it demo-abcde -c agent-1 -n races --context fake -- ")
    assert ran.told.startswith("kubectl exec -it demo-abcde -c agent-1 -n races --context fake -- ")


def test_another_container_is_named_as_in_logs(stage, line) -> None:
    pod(stage)
    stage.run("shell", "job/demo", "-c", "logcopy")
    assert " -c logcopy " in line[0]


def test_an_output_is_attached_to_and_ports_are_forwarded(stage, line) -> None:
    pod(stage)
    stage.run("shell", "demo", "--attach", "-c", "simulator-1")
    stage.run("port-forward", "demo", ":2000", "9000:2100")
    assert line == [
        "kubectl attach demo-abcde -c simulator-1 -n races --context fake",
        "kubectl port-forward pod/demo-abcde :2000 9000:2100 -n races --context fake",
    ]


def test_what_does_not_run_is_told_with_the_command_for_later(stage, line) -> None:
    pod(stage)
    ran = stage.run("shell", "demo", "-c", "agent-2")
    assert ran.code == NotFound.exit_code
    assert "There is no way into agent-2 of demo" in ran.told
    assert "next: Once it runs: kubectl exec -it demo-abcde -c agent-2" in ran.told
    assert line == []


def test_a_submission_without_a_pod_says_so(stage, line) -> None:
    stage.launch()
    ran = stage.run("shell", "demo")
    assert ran.code == NotFound.exit_code
    assert "it has no pod now" in ran.told


def test_one_that_is_not_there_is_named(stage, line) -> None:
    ran = stage.run("shell", "nobody")
    assert ran.code == NotFound.exit_code
    assert "nobody" in ran.told


@pytest.mark.parametrize(
    ("words", "right"),
    [(("shell", "demo"), "pods/exec"), (("shell", "demo", "--attach"), "pods/attach"),
     (("port-forward", "demo", "2000"), "pods/portforward")],
)  # fmt: skip
def test_a_login_without_the_right_is_told_so_before_kubectl_begins(
    stage, line, words: tuple[str, ...], right: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pod(stage)
    asked: list[tuple[str, str, str]] = []

    async def allowed(verb: str, resource: str, namespace: str) -> bool:
        asked.append((verb, resource, namespace))
        return False

    monkeypatch.setattr(stage.cluster, "allowed", allowed)
    ran = stage.run(*words)
    assert ran.code == Forbidden.exit_code
    assert asked == [("create", right, "races")]
    assert f"may not create {right} in races" in ran.told
    assert line == []


def test_a_read_only_console_starts_none_and_says_how_else(
    stage, line, monkeypatch: pytest.MonkeyPatch
) -> None:
    pod(stage)
    where = stage.cluster.description
    monkeypatch.setattr("console.wiring.describe", lambda _: where)
    ran = stage.run("shell", "demo", "--readonly")
    assert ran.code == Forbidden.exit_code
    assert "kubectl exec was not begun: this console is read-only." in ran.told
    assert "With --write, or without the console: kubectl exec -it job/demo" in ran.told
    assert line == []


def test_without_kubectl_it_is_named(stage, line, monkeypatch: pytest.MonkeyPatch) -> None:
    pod(stage)
    monkeypatch.setattr(entering.shutil, "which", lambda _: None)
    ran = stage.run("shell", "demo")
    assert ran.code == NotFound.exit_code
    assert "There is no kubectl on the PATH" in ran.told


def test_a_port_has_to_be_named(stage, line) -> None:
    assert stage.run("port-forward", "demo").code == InvalidInput.exit_code
