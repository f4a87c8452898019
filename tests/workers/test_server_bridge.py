"""The bridge from an evaluator that starts its server itself to the server of its pair."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

from console.workers import server_bridge


def _answering() -> socket.socket:
    """A server that says back what it is told, in capitals, once."""
    door = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        while True:
            try:
                line, _ = door.accept()
            except OSError:
                return
            with line:
                line.sendall(line.recv(100).upper())

    threading.Thread(target=answer, daemon=True).start()
    return door


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        return int(door.getsockname()[1])


def test_what_is_said_to_the_chosen_port_reaches_the_pairs_server_and_comes_back() -> None:
    with _answering() as server, server_bridge.listening(0) as door:
        threading.Thread(
            target=server_bridge.serve, args=(door, server.getsockname()), daemon=True
        ).start()
        for said in (b"version", b"tick"):
            with socket.create_connection(door.getsockname(), timeout=5) as line:
                line.sendall(said)
                assert line.recv(100) == said.upper()


def test_it_is_started_as_a_server_and_ends_with_whoever_started_it(tmp_path: Path) -> None:
    assert server_bridge.main(["--install", str(tmp_path / "server")]) == 0
    program = tmp_path / "server" / "CarlaUE4.sh"
    port = _free()
    with _answering() as server:
        host, there = server.getsockname()[:2]
        evaluator = subprocess.Popen(
            ["sh", "-c", f'"{program}" -RenderOffScreen -carla-rpc-port={port} & read -r line'],
            env={**os.environ, "CARLA_HOST": host, "CARLA_PORT": str(there)},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert evaluator.stdout is not None
        assert evaluator.stdin is not None
        assert evaluator.stdout.readline().startswith(f"server bridge: port {port} is the pair's")
        with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
            line.sendall(b"map")
            assert line.recv(100) == b"MAP"
        evaluator.stdin.close()
        # The pipe ends only when the bridge is gone too.
        assert evaluator.stdout.read() == ""
        evaluator.wait()
        evaluator.stdout.close()


def test_without_a_port_to_answer_at_it_says_so(capsys) -> None:
    assert server_bridge.main(["-nosound"]) == 2
    assert "no -carla-rpc-port=" in capsys.readouterr().out
    assert sys.version_info >= (3, 7)
