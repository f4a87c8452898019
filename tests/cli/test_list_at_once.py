"""`list` asks a plain server without a loop and without an HTTP library, and any other as usual."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes.exact_server import ExactServer, answer, exact_server
from fakes.loaded_modules import loaded_modules
from fakes.wild_server import kubeconfig

from console.cli.main import main

SCRIPT = """
import sys
from console.cli.main import main
assert main(sys.argv[1:]) == 0
"""
NOTHING = answer(b'{"gitVersion": "v1.36.2", "metadata": {}, "items": []}')
"""Of whatever is asked for."""
ACTING = "{token: tok-1, as: ci}"


@pytest.fixture(autouse=True)
def _own_state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CARLA_CONSOLE_STATE_DIR", str(tmp_path / "state"))


def paths(server: ExactServer) -> list[str]:
    return [
        each.split()[1].partition(b"?")[0].rpartition(b"/")[2].decode() for each in server.requests
    ]


def test_it_brings_no_loop_no_http_library_and_no_tls(tmp_path: Path) -> None:
    with exact_server(NOTHING, NOTHING, NOTHING) as server:
        where = ("--kubeconfig", kubeconfig(tmp_path, server.url))
        loaded = loaded_modules(SCRIPT, *where, "list")
        assert sorted(paths(server)) == ["jobs", "jobs", "pods"]
    assert not loaded & {"asyncio", "aiohttp", "ssl", "http.client", "email", "tarfile"}
    assert not loaded & {"dataclasses", "inspect", "typing_extensions"}


def test_it_says_once_as_whom_it_asks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with exact_server(NOTHING, NOTHING, NOTHING) as server:
        assert main(["--kubeconfig", kubeconfig(tmp_path, server.url, ACTING), "list"]) == 0
    assert capsys.readouterr().err.count("acting as ci") == 1


def test_a_busy_server_is_waited_for_as_usual(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    busy = answer(b"{}", "Retry-After: 0", status=503)
    with exact_server(*[busy] * 4, *[NOTHING] * 8, hold=True) as server:
        assert main(["--kubeconfig", kubeconfig(tmp_path, server.url, ACTING), "list"]) == 0
        asked = paths(server)
    # All three lists without a loop, and once more as usual, behind a version that was busy too.
    assert asked.count("jobs") >= 4
    assert set(asked) == {"jobs", "pods", "version"}
    assert asked.count("version") >= 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "There is no submission." in told.err
    assert told.err.count("acting as ci") == 1


def test_a_login_that_is_refused_is_told_in_the_usual_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    refused = answer(b'{"kind": "Status", "message": "Unauthorized"}', status=401)
    with exact_server(*[refused] * 9) as server:
        assert main(["--kubeconfig", kubeconfig(tmp_path, server.url), "list"]) == 4
    assert "does not accept these credentials" in capsys.readouterr().err
