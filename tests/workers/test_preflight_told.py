"""What logcopy's and the agent's part of a preflight tell, line by line; what cannot be told is `-`."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from console.domain.preflight.facts import ToldByContainers, told_by
from console.workers import evaluator_loading, preflight_agent, preflight_node, preflight_reach
from console.workers.loaded_files import Report

WAY = "<waypoints><waypoint x='0' y='0' z='0'/><waypoint x='9' y='0' z='0'/></waypoints>"
Tell = Callable[[], ToldByContainers]


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Tell:
    """What was printed since, as the console reads it."""
    return lambda: told_by("it", capsys.readouterr().out.splitlines())


@pytest.fixture
def node(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A node with its logs; nothing of the private contents is there."""
    for name in ("ROUTES", "ROUTES_SUBSETS", "LEADERBOARD_ROOT", "CARLA_API_ROOT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LOGS_DIR", str(tmp_path))
    return tmp_path


def routes(folder: Path, *towns: str) -> str:
    listed = "".join(f"<route id='{n}' town='{town}'>{WAY}</route>" for n, town in enumerate(towns))
    path = folder / "routes.xml"
    path.write_text(f"<routes>{listed}</routes>")
    return str(path)


def test_the_node_tells_its_clock_its_disk_and_its_end(node: Path, told: Tell) -> None:
    preflight_node.main()
    seen = told()
    assert seen.complete
    assert float(seen.value("clock", "epoch")) > 1_700_000_000
    assert int(seen.value("disk", "free")) <= int(seen.value("disk", "total"))


def test_private_contents_that_are_not_there_are_told_as_missing(node: Path, told: Tell) -> None:
    preflight_node.main()
    assert told().value("contents", "evaluator") == "no"


def test_an_evaluator_that_is_there_is_told(
    node: Path, told: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = node / "leaderboard/leaderboard/leaderboard_evaluator.py"
    program.parent.mkdir(parents=True)
    program.touch()
    monkeypatch.setenv("LEADERBOARD_ROOT", str(node / "leaderboard"))
    preflight_node.main()
    assert told().value("contents", "evaluator") == "yes"


def test_routes_are_counted_in_the_file_and_towns_in_what_is_launched(
    node: Path, told: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROUTES", routes(node, "Town12", "Town12", "Town13", "Town15"))
    monkeypatch.setenv("ROUTES_SUBSETS", "0-1;2-2")
    preflight_node.main()
    seen = told()
    assert seen.value("routes", "number") == "4"
    assert seen.value("routes", "towns") == "Town12:2,Town13:1"


@pytest.mark.parametrize("content", [None, b"", b"<routes>", b"\xff"])
def test_a_routes_file_that_cannot_be_read_is_unknown_and_why_is_noted(
    node: Path, told: Tell, monkeypatch: pytest.MonkeyPatch, content: bytes | None
) -> None:
    path = node / "routes.xml"
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setenv("ROUTES", str(path))
    monkeypatch.setenv("ROUTES_SUBSETS", "0-1")
    preflight_node.main()
    seen = told()
    assert seen.value("routes", "towns") is None
    assert any(each.topic == "note" for each in seen.facts)


@pytest.fixture
def half(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The agent's half of pair 1, whose server's port is closed."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        monkeypatch.setenv("CARLA_PORT", str(probe.getsockname()[1]))
    monkeypatch.setenv("CARLA_HOST", "127.0.0.1")
    monkeypatch.setenv("STATUS_DIR", str(tmp_path))
    monkeypatch.setenv("PAIR", "1")
    monkeypatch.setattr(preflight_reach, "PAUSE", 0.001)
    return tmp_path


def test_a_server_that_listens_is_reached(
    half: Path, told: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("CARLA_PORT", str(server.getsockname()[1]))
        preflight_reach.main()
    assert told().value("reach", "state") == "open"
    assert (half / "preflight-1.reached").exists()


def test_a_port_on_which_no_traffic_manager_could_listen_is_told(
    half: Path, told: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    (half / "preflight-1.over").touch()
    with socket.create_server(("127.0.0.1", 0)) as other:
        monkeypatch.setenv("TRAFFIC_MANAGER_PORT", str(other.getsockname()[1]))
        preflight_reach.main()
    assert told().value("manager", "state") == "taken"


def test_a_free_port_of_the_traffic_manager_is_told(
    half: Path, told: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    (half / "preflight-1.over").touch()
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
    monkeypatch.setenv("TRAFFIC_MANAGER_PORT", str(port))
    preflight_reach.main()
    assert told().value("manager", "state") == "free"


def test_a_server_that_is_over_is_told_as_closed(half: Path, told: Tell) -> None:
    (half / "preflight-1.over").touch()
    preflight_reach.main()
    assert told().value("reach", "state") == "closed"
    assert (half / "preflight-1.reached").exists()


def test_who_never_answers_is_not_waited_for_without_end(
    half: Path, told: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preflight_reach, "LONGEST", 0.01)
    preflight_reach.main()
    assert told().value("reach", "state") == "closed"


@pytest.fixture
def agent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., None]:
    """`agent(text)` writes the team's module and looks at it; the evaluator is another test's."""
    monkeypatch.setattr(sys, "path", ["ours", *sys.path])
    monkeypatch.setattr(sys, "argv", ["preflight_agent.py", "evaluator.py"])
    monkeypatch.delenv("TEAM_CONFIG", raising=False)
    monkeypatch.setattr(evaluator_loading, "load", lambda _name, _sources, told: told.loaded())
    name = f"team_module_{tmp_path.name}"

    def look(text: str | None = None, **env: str) -> None:
        if text is not None:
            (tmp_path / f"{name}.py").write_text(text)
        monkeypatch.setenv("TEAM_AGENT", str(tmp_path / f"{name}.py"))
        for key, value in env.items():
            monkeypatch.setenv(key, value)
        preflight_agent.main("ours")

    yield look
    sys.modules.pop(name, None)


ENTRY = "def get_entry_point():\n    return 'Driver'\n"


def test_an_agent_that_can_be_loaded_is_told_with_its_class(agent, told: Tell) -> None:
    agent(f"{ENTRY}class Driver:\n    pass\n")
    seen = told()
    assert (seen.value("agent", "state"), seen.value("agent", "entry")) == ("loaded", "Driver")
    assert seen.value("evaluator", "state") == "loaded"
    assert seen.value("python", "version").startswith("3.")


def test_an_agent_that_is_not_there_is_missing(agent, told: Tell) -> None:
    agent()
    assert told().value("agent", "state") == "missing"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("import no_such_module_of_theirs", "ModuleNotFoundError"),
        ("x = 1", "has no get_entry_point()"),
        (ENTRY, "no such class"),
        ("this is no Python", "SyntaxError"),
    ],
)
def test_whatever_a_teams_module_raises_is_told_in_words(
    agent, told: Tell, text: str, words: str
) -> None:
    agent(text)
    seen = told()
    assert seen.value("agent", "state") == "failed"
    assert words in next(each.get("text") for each in seen.facts if each.topic == "agent")


@pytest.mark.parametrize(("name", "there"), [("", None), (os.devnull, "yes"), ("/nowhere", "no")])
def test_a_teams_configuration_is_looked_for(
    agent, told: Tell, name: str, there: str | None
) -> None:
    agent(ENTRY, TEAM_CONFIG=name)
    assert told().value("config", "exists") == there


def test_why_an_evaluator_cannot_be_loaded_is_told(
    agent, told: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_name: str, _sources: object, report: Report) -> None:
        report.failed(ImportError("libcarla is missing"))

    monkeypatch.setattr(evaluator_loading, "load", fails)
    agent(ENTRY)
    seen = told()
    assert seen.value("evaluator", "state") == "failed"
    assert any("libcarla is missing" in (each.get("text") or "") for each in seen.facts)
