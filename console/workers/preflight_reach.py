"""Tells of the ports of an agent's half: `python3 -I -S preflight_reach.py`.

Whether it reaches its server's, and whether that of its traffic manager is free.

Tries until the simulator's half has ended its server. Leaves `preflight-PAIR.reached` in STATUS_DIR
when it is through, so that the server need not be kept any longer.
"""

import errno
import os
import socket
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))

from console.workers.preflight_lines import tell  # found beside this file

PAUSE, LONGEST = 0.2, 120.0


def main() -> None:
    """Two lines: `preflight: reach state=open|closed ...`, `preflight: manager state=free ...`."""
    host, port = (
        os.environ.get("CARLA_HOST", "127.0.0.1"),
        int(os.environ.get("CARLA_PORT", "2000")),
    )
    marks = os.path.join(os.environ.get("STATUS_DIR", "/tmp"), f"preflight-{os.environ['PAIR']}")
    state = "open" if _reached(host, port, marks + ".over") else "closed"
    with open(marks + ".reached", "w", encoding="ascii"):
        pass
    tell("reach", f"state={state} port={port} host={host}")
    manager = int(os.environ.get("TRAFFIC_MANAGER_PORT", "0"))
    if manager:
        tell("manager", f"state={_state_of(manager)} port={manager}")


def _state_of(port: int) -> str:
    """As a traffic manager finds it, which listens on every address: `free`, `taken`, or `-`."""
    with socket.socket() as own:
        own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            own.bind(("", port))
        except OSError as error:
            return "taken" if error.errno == errno.EADDRINUSE else "-"
    return "free"


def _reached(host: str, port: int, over: str) -> bool:
    end = time.monotonic() + LONGEST
    while time.monotonic() < end:
        last = os.path.exists(over)
        try:
            socket.create_connection((host, port), 5).close()
        except OSError:
            if last:
                return False
            time.sleep(PAUSE)
        else:
            return True
    return False


if __name__ == "__main__":
    main()
