"""Makes faults happen: signals to processes, cuts into checkpoints, a disk that is full or stalls.

Knows where things are, not what should follow from a fault.
"""

from __future__ import annotations

import heapq
import json
import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from chaos_disk import Disk
from chaos_plan import Fault
from chaos_processes import Census, Process, role_of

_PATIENCE = 1.5
_LOOK = 0.03
_LONGEST_WATCH = 20.0


@dataclass
class Done:
    """A fault that happened, and what was measured of its consequences (None: not measured)."""

    fault: Fault
    t: float
    stopped_after: float | None = None


class Daemon:
    """The cluster's own process, shared by all submissions; `stalls`: when it stood still."""

    def __init__(self, pid: int) -> None:
        self.stalls: list[tuple[float, float]] = []
        self._pid, self._lock = pid, threading.Lock()

    def stop(self, seconds: float) -> bool:
        """False while it stands still already."""
        now = time.time()
        with self._lock:
            if self.stalls and now < self.stalls[-1][1] + 1.0:
                return False
            self.stalls.append((now, now + seconds + 0.5))
        os.kill(self._pid, signal.SIGSTOP)
        return True

    def go_on(self) -> None:
        os.kill(self._pid, signal.SIGCONT)
        with self._lock:
            self.stalls[-1] = (self.stalls[-1][0], time.time())

    def stood(self, since: float, until: float) -> float:
        """Seconds of a time in which it stood still."""
        return sum(max(0.0, min(b, until) - max(a, since)) for a, b in list(self.stalls))


@dataclass
class Faults:
    """Injects faults into one pod. `done`: those that found their victim; `absent`: the others."""

    census: Census
    pod: str
    logs: Path
    disk: Disk | None
    daemon: Daemon
    done: list[Done] = field(default_factory=list)
    absent: list[Fault] = field(default_factory=list)
    held: list[tuple[int, float, float]] = field(default_factory=list)
    """(pair, from, to) in which an agent's supervisor, or the disk, could make no copy."""

    def __post_init__(self) -> None:
        self._undo: list[tuple[float, int, Callable[[], object]]] = []
        self._lock = threading.Lock()
        self._count = 0
        self._disk_busy = 0.0
        self._over = threading.Event()
        self._undoer = threading.Thread(target=self._undo_in_time, daemon=True)
        self._undoer.start()
        self._watchers: list[threading.Thread] = []

    def inject(self, fault: Fault) -> None:
        """One fault now; waits a little for a victim that is not there."""
        apply = {
            "kill": self._kill,
            "stop": self._stop,
            "tear": self._tear,
            "late": self._late,
            "both": self._both,
            "pod": self._pod,
            "full": self._full,
            "slow": self._slow,
            "sandbox": self._sandbox,
            "node": self._node,
            "api": self._api,
        }[fault.kind]
        t = apply(fault)
        if t is None:
            self.absent.append(fault)

    def release(self) -> None:
        """Everything that was held goes on; nothing more is undone later."""
        self._over.set()
        self._undoer.join()
        for watcher in self._watchers:
            watcher.join(_LONGEST_WATCH)

    def relax(self) -> None:
        """Everything held goes on now."""
        with self._lock:
            waiting, self._undo = self._undo, []
        for _, _, undo in sorted(waiting, key=lambda entry: entry[:2]):
            undo()

    def _processes(self) -> list[Process]:
        return self.census.take(self.pod)

    def _await(self, role: str, pair: int, but: Process | None = None) -> Process | None:
        deadline = time.monotonic() + _PATIENCE
        while True:
            found = role_of(self._processes(), role, pair)
            if found is not None and found != but:
                return found
            if time.monotonic() > deadline:
                return None
            time.sleep(_LOOK)

    def _happened(self, fault: Fault) -> Done:
        done = Done(fault, time.time())
        self.done.append(done)
        return done

    def _kill(self, fault: Fault) -> float | None:
        victim = self._await(fault.victim, fault.pair)
        if victim is None:
            return None
        pair = [p for p in self._processes() if p.pair and p.pair == fault.pair]
        if not victim.send(signal.SIGKILL):
            return None
        done = self._happened(fault)
        if fault.victim in ("server", "evaluator", "simulator", "agent"):
            self._measure(done, [p for p in pair if p.role in ("server", "evaluator")])
        return done.t

    def _stop(self, fault: Fault) -> float | None:
        victim = self._await(fault.victim, fault.pair)
        if victim is None or not victim.send(signal.SIGSTOP):
            return None
        done = self._happened(fault)
        if fault.victim in ("agent", "copier"):
            self.held.append((fault.pair, done.t, done.t + fault.seconds + 1.0))
        self._later(fault.seconds, lambda: victim.send(signal.SIGCONT))
        return done.t

    def _tear(self, fault: Fault) -> float | None:
        """As a kill in the middle of a write; an evaluator that has written its end writes no
        more, so a complete file is left alone."""
        path = self.logs / f"agent/agent{fault.pair}/agent_results.json"
        victim = self._await("evaluator", fault.pair)
        if victim is None or not victim.send(signal.SIGSTOP):
            return None
        try:
            document = json.loads(path.read_bytes())
            size = path.stat().st_size
            if document["_checkpoint"]["global_record"]:
                victim.send(signal.SIGCONT)
                return None
            os.truncate(path, int(size * fault.share))
        except (OSError, ValueError, KeyError, TypeError):
            victim.send(signal.SIGCONT)
            return None
        victim.send(signal.SIGKILL)
        return self._happened(fault).t

    def _late(self, fault: Fault) -> float | None:
        victim = self._await(fault.victim, fault.pair)
        if victim is None or not victim.send(signal.SIGKILL):
            return None
        done = self._happened(fault)
        successor = self._await(fault.victim, fault.pair, but=victim)
        if successor is not None and successor.send(signal.SIGSTOP):
            self.held.append((fault.pair, done.t, time.time() + fault.seconds + 1.0))
            self._later(fault.seconds, lambda: successor.send(signal.SIGCONT))
        return done.t

    def _both(self, fault: Fault) -> float | None:
        halves = [p for p in self._processes() if p.pair == fault.pair]
        halves = [p for p in halves if p.role in ("simulator", "agent")]
        sent = [half.send(signal.SIGKILL) for half in halves]
        return self._happened(fault).t if any(sent) else None

    def _sandbox(self, fault: Fault) -> float | None:
        holder = self._await("sandbox", 0)
        if holder is None or not holder.send(signal.SIGKILL):
            return None
        return self._happened(fault).t

    def _node(self, fault: Fault) -> float | None:
        everybody = sorted(self._processes(), key=lambda process: process.role != "sandbox")
        sent = [process.send(signal.SIGKILL) for process in everybody]
        return self._happened(fault).t if any(sent) else None

    def _api(self, fault: Fault) -> float | None:
        if not self.daemon.stop(fault.seconds):
            return None
        self._later(fault.seconds, self.daemon.go_on)
        return self._happened(fault).t

    def _pod(self, fault: Fault) -> float | None:
        everybody = [process for process in self._processes() if process.role != "sandbox"]
        sent = [process.send(signal.SIGKILL) for process in everybody]
        return self._happened(fault).t if any(sent) else None

    def _full(self, fault: Fault) -> float | None:
        disk = self._idle_disk(fault)
        if disk is None:
            return None
        disk.fill()
        done = self._happened(fault)
        self.held.append((0, done.t, done.t + fault.seconds + 2.0))
        self._later(fault.seconds, disk.empty)
        return done.t

    def _slow(self, fault: Fault) -> float | None:
        disk = self._idle_disk(fault)
        if disk is None or not disk.freeze():
            return None
        done = self._happened(fault)
        self.held.append((0, done.t, done.t + fault.seconds + 2.0))
        self._later(fault.seconds, disk.thaw)
        return done.t

    def _idle_disk(self, fault: Fault) -> Disk | None:
        """The disk, now busy with this fault. One at a time: nothing can be undone on a frozen
        disk but its freeze."""
        now = time.monotonic()
        if self.disk is None or now < self._disk_busy or not self._processes():
            return None
        self._disk_busy = now + fault.seconds + 0.5
        return self.disk

    def _later(self, seconds: float, undo: Callable[[], object]) -> None:
        with self._lock:
            self._count += 1
            heapq.heappush(self._undo, (time.monotonic() + seconds, self._count, undo))

    def _undo_in_time(self) -> None:
        while not self._over.wait(_LOOK):
            with self._lock:
                due = []
                while self._undo and self._undo[0][0] <= time.monotonic():
                    due.append(heapq.heappop(self._undo)[2])
            for undo in due:
                undo()
        self.relax()

    def _measure(self, done: Done, workloads: list[Process]) -> None:
        """How long until the pair's server and evaluator of this attempt are both gone."""

        def watch() -> None:
            deadline = time.time() + _LONGEST_WATCH
            while any(process.alive for process in workloads):
                if time.time() > deadline:
                    return
                time.sleep(0.01)
            done.stopped_after = time.time() - done.t

        if len(workloads) == 2:
            thread = threading.Thread(target=watch, daemon=True)
            self._watchers.append(thread)
            thread.start()
