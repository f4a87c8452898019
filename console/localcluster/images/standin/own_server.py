"""The server of an evaluator that starts one itself: by CARLA_ROOT, at a port that is free.

Ends it with the evaluator, as Bench2Drive's does.
"""

import argparse
import atexit
import os
import signal
import socket
import subprocess

from .narration import say


def start(flags: argparse.Namespace) -> None:
    """Start it and leave its port in the flags. Raises KeyError without CARLA_ROOT."""
    program = os.path.join(os.environ["CARLA_ROOT"], "CarlaUE4.sh")
    flags.port = _free(flags.port)
    command = [program, "-RenderOffScreen", "-nosound", f"-carla-rpc-port={flags.port}"]
    server = subprocess.Popen(
        [*command, f"-graphicsadapter={flags.gpu_rank}"], start_new_session=True
    )
    say(" ".join(server.args) if isinstance(server.args, list) else program)
    atexit.register(_end, server.pid)


def _free(port: int) -> int:
    while True:
        try:
            with socket.socket() as asked:
                asked.bind(("localhost", port))
                return port
        except OSError:
            port += 1


def _end(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return
