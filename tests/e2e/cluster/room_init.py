"""Process 1 of the cluster's room: a mount and process namespace that ends with it.

    python3 room_init.py HOME        (inside `unshare --mount --pid --fork`)

Hides the machine's /run, /var/lib, /var/log and /tmp behind folders of HOME, so that the
node's programs leave nothing there, then starts and signals programs as told over HOME/room.sock:
one JSON object a line. When it dies the kernel kills every process of the room, containers too,
and its mounts are gone. Standard library only; knows no Kubernetes.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

HIDDEN = ("/run", "/var/lib", "/var/log", "/tmp")
ENDED_LIMIT = 1000


def main() -> None:
    home = Path(sys.argv[1])
    _furnish(home)
    programs: dict[str, subprocess.Popen[bytes]] = {}
    signal.signal(signal.SIGCHLD, lambda *_: None)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        # Whoever sees it may ask at once, and between the two steps nobody would answer.
        unheard = home / "room.sock.new"
        listener.bind(str(unheard))
        listener.listen(8)
        unheard.rename(home / "room.sock")
        listener.settimeout(0.5)
        while True:
            _reap(programs)
            try:
                client, _ = listener.accept()
            except TimeoutError:
                continue
            with client, contextlib.suppress(OSError):
                client.settimeout(5)
                line = client.makefile("rb").readline()
                client.sendall(json.dumps(_answer(programs, home, line)).encode() + b"\n")


def _furnish(home: Path) -> None:
    _mount("--make-rprivate", "/")
    _mount("-t", "proc", "proc", "/proc")
    for place in HIDDEN:
        inside = home / "room" / place.strip("/").replace("/", "-")
        inside.mkdir(parents=True)
        if place == "/tmp":
            inside.chmod(0o1777)
        _mount("--bind", str(inside), place)


def _mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True)


def _reap(programs: dict[str, subprocess.Popen[bytes]]) -> None:
    """Collect our programs, then the orphans that process 1 inherits."""
    for program in programs.values():
        program.poll()
    ours = {program.pid for program in programs.values() if program.returncode is None}
    for _ in range(ENDED_LIMIT):
        with contextlib.suppress(ChildProcessError):
            found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            if found is None or found.si_pid in ours:
                return
            os.waitpid(found.si_pid, 0)
            continue
        return


def _answer(programs: dict[str, Any], home: Path, line: bytes) -> dict[str, Any]:
    request = json.loads(line)
    name = request.get("name", "")
    if request["do"] == "start":
        with (home / "logs" / f"{name}.log").open("ab") as log:
            programs[name] = subprocess.Popen(
                request["command"],
                executable=request["program"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=home,
                start_new_session=True,
            )
    elif request["do"] == "signal" and programs[name].poll() is None:
        programs[name].send_signal(request["signal"])
    return {each: program.poll() for each, program in programs.items()}


if __name__ == "__main__":
    main()
