"""A logs volume with a real logcopy process on it, and the evaluators' part played by the test."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fakes.measuring import measured

from console.workers import protocol
from console.workers.protocol import ProgressLine

CHECKOUT = Path(__file__).resolve().parents[2]
VECTORS = CHECKOUT / "tests" / "data" / "vectors"
OLD_PYTHON = "/root/.pyenv/versions/3.7.16/bin/python3.7"
HALVES = [f"pair-{pair}.{role}" for pair in range(1, 5) for role in ("simulator", "agent")]
NONCE = "n0nce"


def partial(pair: int, done: int = 5, *, finished: bool = True, version: str = "lb20") -> Any:
    """Pair's checkpoint after `done` of 5 routes; with 5 also its end, unless not `finished`."""
    path = VECTORS / version / "complete_r1_01" / f"partial_{pair}.json"
    document = json.loads(path.read_text())
    if done == 5 and finished:
        return document
    inner = document["_checkpoint"]
    inner["records"] = inner["records"][:done]
    inner["progress"] = [done, 5]
    inner["global_record"] = {}
    document.update(entry_status="Started", eligible=False, values=[], labels=[])
    return document


class Pod:
    def __init__(self, folder: Path, python: str = sys.executable, **env: str) -> None:
        self.logs = folder / "logs"
        self.status = self.logs / "containers-status"
        self.termination = folder / "termination"
        self.out = folder / "stdout"
        self.python = python
        self.env = env
        self.process: subprocess.Popen[bytes] | None = None
        self.status.mkdir(parents=True)
        for pair in range(1, 5):
            (self.logs / "agent" / f"agent{pair}").mkdir(parents=True)

    def __enter__(self) -> Pod:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def start(self) -> None:
        env = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(CHECKOUT),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONUNBUFFERED": "1",
            "LEADERBOARD": "2.0",
            "LOGS_DIR": str(self.logs),
            "STATUS_DIR": str(self.status),
            "LOGS_PERIOD": "0.1",
            "REPETITIONS": "1",
            "ROUTES_SUBSETS": "0-4;5-9;10-14;15-19",
            "ROUTES": str(self.routes()),
            "PROGRESS_NONCE": NONCE,
            "TERMINATION_MESSAGE": str(self.termination),
            **(measured() if self.python == sys.executable else {}),
            **self.env,
        }
        with self.out.open("ab") as out:
            self.process = subprocess.Popen(
                [self.python, "-m", "console.workers.logcopy"], env=env, stdout=out, stderr=out
            )

    def routes(self) -> Path:
        path = self.logs.parent / "routes.xml"
        rows = "".join(f'<route id="{number}" town="T"/>' for number in range(20))
        path.write_text(f"<routes>{rows}</routes>")
        return path

    def result(self, pair: int) -> Path:
        return self.logs / "agent" / f"agent{pair}" / "agent_results.json"

    def write(self, pair: int, document: Any) -> None:
        text = document if isinstance(document, str) else json.dumps(document, indent=4)
        self.result(pair).write_text(text)

    def mark(self, name: str, text: str = "") -> None:
        (self.status / name).write_text(text)

    def finish_halves(self) -> None:
        for half in HALVES:
            self.mark(f"{half}.done")

    def kill(self, number: int = signal.SIGKILL) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def wait(self, seconds: float = 20) -> int:
        assert self.process is not None
        return self.process.wait(seconds)

    def text(self) -> str:
        return self.out.read_text() if self.out.exists() else ""

    def lines(self, kind: str) -> list[ProgressLine]:
        whole = self.text().rpartition("\n")[0]
        parsed = [protocol.parse_line(line, NONCE) for line in whole.split("\n")]
        assert not [one for one in parsed if isinstance(one, protocol.Refusal)]
        return [one for one in parsed if isinstance(one, ProgressLine) and one.kind == kind]

    def snapshot(self) -> dict[str, Any]:
        found = self.lines("snapshot")
        return found[-1].payload if found else {"done": -1, "problems": [], "pairs": []}

    def kinds(self) -> set[tuple[str, int]]:
        return {(problem["kind"], problem["pair"]) for problem in self.snapshot()["problems"]}

    def until(self, true: Callable[[], bool], seconds: float = 15) -> None:
        end = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < end, f"not within {seconds} s; stdout:\n{self.text()[-3000:]}"
            time.sleep(0.02)

    def merged(self) -> Any:
        return json.loads((self.logs / "agent" / "agent_results.json").read_text())

    def told_ids(self) -> list[str]:
        return [line.payload["record"]["route_id"] for line in self.lines("record")]
