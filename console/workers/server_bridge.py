"""The way from an evaluator that starts its server itself to the one that its pair has already.

`server_bridge.py --install FOLDER` puts a CarlaUE4.sh there. Started by it in the evaluator's name,
this forwards the port that the evaluator has chosen to the pair's server, and ends with whoever
started it. Sensor data takes no such way: a server tells its client the port of those itself.
Environment: CARLA_HOST, CARLA_PORT. Standard-library Python 3.7.
"""

from __future__ import annotations

import contextlib
import os
import re
import socket
import sys
import threading
import time
from typing import Sequence

_ASKED = re.compile(r"-carla-rpc-port=([0-9]{1,5})")
_START = """#!/bin/sh
exec "{python}" -I -S -u "{program}" "$@"
"""
_LARGEST_PIECE = 65536
_LOOKS_EVERY = 1.0
_OWN_HOST = "127.0.0.1"


def main(arguments: Sequence[str]) -> int:
    """0 installed, or ended with the evaluator; 2 without a port to answer at."""
    if list(arguments[:1]) == ["--install"]:
        install(arguments[1])
        return 0
    asked = next(filter(None, map(_ASKED.fullmatch, arguments)), None)
    if asked is None:
        print("server bridge: no -carla-rpc-port= among", " ".join(arguments))
        return 2
    where = (os.environ.get("CARLA_HOST") or _OWN_HOST, int(os.environ.get("CARLA_PORT") or 2000))
    starter = os.getppid()
    with listening(int(asked[1])) as door:
        threading.Thread(target=serve, args=(door, where), daemon=True).start()
        print(f"server bridge: port {asked[1]} is the pair's server at {where[0]}:{where[1]}")
        while os.getppid() == starter:
            time.sleep(_LOOKS_EVERY)
    return 0


def install(folder: str) -> None:
    """The program that an evaluator starts, with this Python."""
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, "CarlaUE4.sh")
    with open(path, "w") as program:
        program.write(_START.format(python=sys.executable, program=os.path.abspath(__file__)))
    os.chmod(path, 0o755)


def listening(port: int) -> socket.socket:
    """A door on this container's own address."""
    door = socket.socket()
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    door.bind((_OWN_HOST, port))
    door.listen(16)
    return door


def serve(door: socket.socket, where: tuple[str, int]) -> None:
    """Each connection goes on to the server. Whoever comes before it is there has to come again."""
    while True:
        try:
            client, _ = door.accept()
        except OSError:
            return
        try:
            server = socket.create_connection(where, timeout=5)
            server.settimeout(None)
        except OSError:
            client.close()
            continue
        threading.Thread(target=_join, args=(client, server), daemon=True).start()


def _join(client: socket.socket, server: socket.socket) -> None:
    """Both ways, until one of them ends."""
    with client, server:
        back = threading.Thread(target=_pour, args=(server, client), daemon=True)
        back.start()
        _pour(client, server)
        back.join()


def _pour(source: socket.socket, goal: socket.socket) -> None:
    with contextlib.suppress(OSError):  # the other direction ends in the same way
        while True:
            piece = source.recv(_LARGEST_PIECE)
            if not piece:
                break
            goal.sendall(piece)
    for each in (source, goal):
        with contextlib.suppress(OSError):  # it is closed already
            each.shutdown(socket.SHUT_RDWR)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
