"""The console as an operator has it: its commands as programs, on an embedded cluster of its own."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PROGRAM = [sys.executable, "-m", "console"]
SEVERAL = """
import contextlib, io, json, sys
from console.cli.main import main
told = []
for arguments in json.load(sys.stdin):
    out = io.TextIOWrapper(io.BytesIO(), write_through=True)
    with contextlib.redirect_stdout(out):
        code = main(arguments)
    told.append([code, out.buffer.getvalue().decode()])
json.dump(told, sys.stdout)
"""
"""Many commands in one process, one after the other: most of a short one is its start."""


class RealConsole:
    """Its cluster is up; what it keeps lies below `place`."""

    def __init__(self, place: Path) -> None:
        self.state = place / "state"
        plain = {k: v for k, v in os.environ.items() if not k.startswith(("KUBE", "CARLA_CONSOLE"))}
        own = {"HOME": str(place), "CARLA_CONSOLE_STATE_DIR": str(self.state)}
        self.env = plain | own

    def call(self, *arguments: str, codes: tuple[int, ...] = (0,)) -> str:
        """What it writes to stdout."""
        ran = subprocess.run(
            [*PROGRAM, *arguments], capture_output=True, text=True, env=self.env, check=False
        )
        assert ran.returncode in codes, ran.stderr
        return ran.stdout

    def several(self, commands: list[list[str]]) -> list[str]:
        """The same of each; none may fail."""
        ran = subprocess.run(
            [sys.executable, "-c", SEVERAL],
            input=json.dumps(commands),
            capture_output=True,
            text=True,
            env=self.env,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
        told = json.loads(ran.stdout)
        failed = [command for command, (code, _) in zip(commands, told, strict=True) if code]
        assert not failed, (failed, ran.stderr)
        return [out for _, out in told]

    def scenario(self, name: str, text: str) -> None:
        """What the stand-in agent of that tag does."""
        folder = self.state / "scenarios"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.yaml").write_text(text)

    def ask(self, method: str, path: str, body: Any = None, content: str = "json") -> Any:
        """What another client than ours asks of the cluster, such as kubectl."""
        config = json.loads((self.state / "local/cluster/kubeconfig").read_text())
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        authority = base64.b64decode(cluster["certificate-authority-data"]).decode()
        request = urllib.request.Request(
            f"{cluster['server']}{path}",
            None if body is None else json.dumps(body).encode(),
            {
                "Authorization": f"Bearer {user['token']}",
                "Content-Type": f"application/{content}",
            },
            method=method,
        )
        trusted = ssl.create_default_context(cadata=authority)
        with urllib.request.urlopen(request, context=trusted) as answer:
            return json.load(answer)

    def patch(self, path: str, body: Any) -> None:
        """As `kubectl patch --type merge` does it."""
        self.ask("PATCH", path, body, "merge-patch+json")


@contextlib.contextmanager
def real_console(place: Path, *, factor: str = "0.1") -> Iterator[RealConsole]:
    """A kubelet's pauses last that part of their time; recorder and cluster end with it."""
    console = RealConsole(place)
    console.call("local", "up", "--time-factor", factor)
    try:
        yield console
    finally:
        console.call("record", "stop", "--local", codes=(0, 1, 5))
        console.call("local", "down")
