"""Kills supervisors, workloads and watchers at random from outside, and judges what was kept.

    python tests/workers/outside_killer.py SEED FAULTS [dash|bash|busybox]

Knows of the pair only its processes, its checkpoint and what the evaluator told a second file. The
container runtime's part, starting again whoever did not exit with 0, is played here too.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from pair_bench import HALVES, PROGRAMS, SHELLS, Bench, is_alive

KINDS = {"kill": 40, "container": 20, "both": 8, "stop": 16, "term": 8, "children": 8}


class Killer:
    """One pair under fire until it is done, or the faults are used up and it ends in peace."""

    def __init__(
        self, folder: Path, shell: list[str], seed: int, routes: int, *, repeats: bool = False
    ) -> None:
        self.bench = Bench(folder, shell)
        self.repeats = repeats
        self.dice = random.Random(f"killer/{seed}")
        self.routes = routes
        self.witness = self.bench.root / "witness"
        self.halves: dict[str, subprocess.Popen[bytes]] = {}
        self.done: Counter[str] = Counter()

    def start(self, half: str) -> None:
        env = {"POLL": "0.4", "HEARTBEAT_LIMIT": "4", "ROUTE_ATTEMPTS": "0"}
        if half == "simulator":
            self.halves[half] = self.bench.start(half, env=env, boot="0")
            return
        text = (
            f'exec "{sys.executable}" -S -u "{PROGRAMS}/recording_evaluator.py" '
            f'routes={self.routes} "witness=$WITNESS" pace=0.06 stall=0.001'
            + " repeats=last"
            * self.repeats
        )
        env["WITNESS"] = str(self.witness)
        self.halves[half] = self.bench.start(half, env=env, text=text)

    def run(self, faults: int, seconds: float) -> None:
        """Raises AssertionError when the pair does not end in time."""
        deadline = time.monotonic() + seconds
        for half in HALVES:
            self.start(half)
        while any(process.poll() != 0 for process in self.halves.values()):
            assert time.monotonic() < deadline, f"the pair does not end: {self.tail()}"
            for half, process in self.halves.items():
                if process.poll() not in (None, 0):
                    self.start(half)
            if sum(self.done.values()) < faults:
                self.await_drive()
                time.sleep(self.dice.uniform(0.0, 0.25))
                self.hit()
            else:
                time.sleep(0.02)

    def await_drive(self) -> None:
        """Most faults meet a pair that drives; the others meet it on its way there."""
        if self.dice.random() < 0.2:
            return
        deadline, before = time.monotonic() + 4, self.told()
        while self.told() == before and time.monotonic() < deadline:
            if any(process.poll() is not None for process in self.halves.values()):
                return
            time.sleep(0.005)

    def told(self) -> int:
        """How much the evaluator has told so far."""
        return self.witness.stat().st_size if self.witness.exists() else 0

    def hit(self) -> None:
        """One fault, at whatever is there."""
        kind = self.dice.choices(list(KINDS), list(KINDS.values()))[0]
        half = self.dice.choice(HALVES)
        chosen = HALVES if kind == "both" else (half,)
        process = self.halves[half]
        family = [pid for each in chosen for pid in descendants(self.halves[each].pid)]
        if kind in ("container", "both"):
            send(signal.SIGKILL, *[self.halves[each].pid for each in chosen], *family)
        elif kind == "children" and family:
            send(signal.SIGKILL, self.dice.choice(family))
        elif kind == "term":
            send(signal.SIGTERM, process.pid)
        elif kind == "stop":
            victim = self.dice.choice([process.pid, *family])
            send(signal.SIGSTOP, victim)
            time.sleep(self.dice.uniform(0.0, 0.4))
            send(signal.SIGCONT, victim)
        else:
            send(signal.SIGKILL, process.pid)
        self.done[kind] += 1

    def violations(self) -> list[str]:
        """What was finished and then lost, driven again or doubled, in sentences."""
        said = []
        finished: list[str] = []
        for line in self.witness.read_text().splitlines():
            word, route = line.split()
            # The commit of the 2.0 image repeats the last finished drive, and never another one.
            if word == "begin" and route in (finished[:-1] if self.repeats else finished):
                said.append(f"route {route} was driven again after it was finished")
            if word == "finish" and route not in finished:
                finished.append(route)
        records = [record["index"] for record in self.bench.document()["_checkpoint"]["records"]]
        if records != list(range(self.routes)):
            said.append(f"the checkpoint holds {records}")
        return said

    def tail(self) -> str:
        return self.bench.output("agent")[-1500:] + self.bench.output("simulator")[-500:]


def descendants(pid: int) -> list[int]:
    """The live processes below one, whatever their session."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(") ")[2].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(path.parent.name))
    found, queue = [], [pid]
    while queue:
        for child in children.get(queue.pop(), []):
            found.append(child)
            queue.append(child)
    return [child for child in found if is_alive(child)]


def send(number: signal.Signals, *pids: int) -> None:
    """To those that are still there."""
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


def main() -> int:
    """Pairs one after the other until the faults are used up; 1 when anything was violated."""
    seed, faults = int(sys.argv[1]), int(sys.argv[2])
    shells = sys.argv[3:] or list(SHELLS)
    done: Counter[str] = Counter()
    bad = number = 0
    while sum(done.values()) < faults:
        with tempfile.TemporaryDirectory() as folder:
            shell = shells[number % len(shells)]
            killer = Killer(Path(folder), SHELLS[shell], seed * 1000 + number, 20)
            try:
                killer.run(40, 120)
                violations = killer.violations()
            finally:
                killer.bench.clean_up()
            done += killer.done
            bad += len(violations)
            print(f"{shell} pair {number}: {dict(killer.done)} {violations or 'as it should be'}")
            number += 1
    print(f"{sum(done.values())} faults, {number} pairs, {bad} violations")
    return min(bad, 1)


if __name__ == "__main__":
    sys.exit(main())
