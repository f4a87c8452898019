"""One submission from its launch to its verdict, and a whole seed of them."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chaos_cluster import Cluster
from chaos_disk import Disk
from chaos_faults import Done, Faults
from chaos_judge import Outcome, Verdict, judge
from chaos_plan import Fault, Submission, World
from chaos_processes import Census, Process, cpu_seconds, peak_kilobytes
from chaos_witness import Evidence, Records, Witness, records_of

_BUDGET = "100000"
_START_SECONDS = 60.0
_END_SECONDS = 180.0
_AFTER_END_SECONDS = 8.0
_OUTCOMES = ["perfect", "completed", "blocked", "deviated", "timed_out", "never_moved", "failed"]


@dataclass
class Life:
    """What one run of logcopy used."""

    seconds: float = 0.0
    cpu: float = 0.0
    peak_kilobytes: int = 0


@dataclass
class Trial:
    """A submission, what was done to it, and what came of it."""

    plan: Submission
    verdict: Verdict = field(default_factory=Verdict)
    done: list[Done] = field(default_factory=list)
    absent: list[Fault] = field(default_factory=list)
    lives: dict[str, Life] = field(default_factory=dict)
    restarts: int = 0
    seconds: float = 0.0
    complete: bool = False
    finished: bool = False
    """It has its final result: a cancel can come when the last drive has just ended."""
    stop_seconds: float | None = None
    final: dict[str, Any] | None = None
    resumes: Trial | None = None
    """The cancelled submission from which this one goes on."""

    @property
    def name(self) -> str:
        return f"chaos-{self.plan.number}" + "-resumed" * (self.resumes is not None)

    @property
    def faults(self) -> tuple[Fault, ...]:
        return self.plan.faults if self.resumes is None else self.plan.second

    @property
    def is_cancelled(self) -> bool:
        return self.plan.cancelled and self.resumes is None

    @property
    def inherited(self) -> Records:
        """What need not be driven any more."""
        if self.resumes is None or self.resumes.final is None:
            return {}
        return records_of(self.resumes.final, self.plan.world)


Reference = Future[dict[str, Any]]
"""The merged result of the same world without faults, driven beside the disturbed submission."""


class Range:
    """Where submissions are launched: a cluster, a folder for evidence, perhaps disks."""

    def __init__(self, cluster: Cluster, folder: Path, *, disks: bool) -> None:
        self.cluster, self.folder, self.disks = cluster, folder, disks
        self._references: dict[World, dict[str, Any]] = {}
        self._lock = threading.Lock()

    def reference(self, world: World) -> dict[str, Any]:
        """The merged result of the world without faults; driven at its first use."""
        with self._lock:
            if world not in self._references:
                number = 9000 + len(self._references)
                calm = Submission(number, world, 1.0, ())
                (trial,) = self.run(calm, lambda: False)
                if trial.final is None or trial.verdict.violations:
                    said = "; ".join(trial.verdict.violations)
                    raise RuntimeError(f"the undisturbed run of {world} failed: {said}")
                self._references[world] = trial.final
            return self._references[world]

    def run(self, plan: Submission, enough: Callable[[], bool]) -> list[Trial]:
        """Launch, disturb until the plan is used up or `enough`, await the end, judge; then the
        same with the submission that goes on from it, if it was cancelled."""
        calm = plan.number >= 9000
        trials: list[Trial] = []
        with ThreadPoolExecutor(1) as beside:
            reference = None if calm else beside.submit(self.reference, plan.world)
            try:
                trials.append(self._run(Trial(plan), enough, reference))
                if plan.second and not trials[0].finished and not trials[0].verdict.violations:
                    second = Trial(plan, resumes=trials[0])
                    trials.append(self._run(second, enough, reference))
            finally:
                for trial in trials:
                    self.cluster.console("--local", "delete", trial.name, "--yes", check=False)
        return trials

    def _run(self, trial: Trial, enough: Callable[[], bool], reference: Reference | None) -> Trial:
        plan, began, name = trial.plan, time.time(), trial.name
        folder = self.folder / name
        folder.mkdir(parents=True)
        wanted = self.disks and not plan.cancelled and reference is not None
        disk = Disk(folder / "disk") if wanted else None
        try:
            self._drive(trial, name, folder, disk, reference, enough)
        finally:
            if disk is not None:
                if trial.verdict.violations:
                    shutil.copytree(disk.place, folder / "logs", dirs_exist_ok=True)
                disk.remove()
        trial.seconds = time.time() - began
        return trial

    def _drive(
        self,
        trial: Trial,
        name: str,
        folder: Path,
        disk: Disk | None,
        reference: Reference | None,
        enough: Callable[[], bool],
    ) -> None:
        cluster = self.cluster
        console = cluster.follow(name, self._words(trial, name, folder, disk), folder)
        census = Census(cluster.folder)
        try:
            pod = self._await_pod(name, console, folder)
            uid, pod_name = pod["metadata"]["uid"], pod["metadata"]["name"]
            emptied = cluster.folder / "pods" / uid / "volumes" / "logs"
            logs = emptied if disk is None else disk.place
            log_folder = cluster.folder / "logs" / f"default_{pod_name}_{uid}"
            world = trial.plan.world
            witness = Witness(logs, log_folder, folder / "kept", world)
            witness.start()
            meter = _Meter(census, uid, trial.lives)
            faults = Faults(census, uid, logs, disk, cluster.daemon)
            ended = self._endure(trial, name, faults, enough, witness, meter)
            if trial.is_cancelled and not ended:
                trial.stop_seconds = self._cancel(name, uid, census, meter)
            stuck = self._await_end(name, meter)
            outcome = self._outcome(name, uid, census, trial.stop_seconds, console)
            evidence = self._evidence(trial, witness, faults)
            trial.complete = outcome.complete
            trial.finished = outcome.complete or bool(outcome.results.get("final"))
            calm = reference.result() if reference else None
            trial.verdict = judge(world, evidence, outcome, calm, faults.held)
            if stuck:
                trial.verdict.violations.append(stuck)
            self._keep(trial, evidence, outcome, logs, folder)
        finally:
            console.kill()
            console.wait()

    def _endure(
        self,
        trial: Trial,
        name: str,
        faults: Faults,
        enough: Callable[[], bool],
        witness: Witness,
        meter: _Meter,
    ) -> bool:
        """All that is done to it before its end, or its cancel. Whether it ended meanwhile."""
        try:
            ended = self._disturb(trial.faults, name, faults, enough, meter)
            if trial.is_cancelled and not ended:
                ended = self._await_first_drive(name, witness, meter)
                time.sleep(trial.plan.cancel_pause)
        finally:
            faults.release()
        trial.done, trial.absent = faults.done, faults.absent
        return ended

    def _evidence(self, trial: Trial, witness: Witness, faults: Faults) -> Evidence:
        """What was seen, without what was stopped meanwhile, and with what it went on from."""
        evidence = witness.stop()
        evidence.inherited = trial.inherited
        evidence.forgive([(0, a, b) for a, b in self.cluster.daemon.stalls] + faults.held)
        return evidence

    def _words(self, trial: Trial, name: str, folder: Path, disk: Disk | None) -> list[str]:
        if trial.resumes is None:
            return self._launch(trial.plan, name, folder, disk)
        return ["--local", "resume", trial.resumes.name, "--as", name, "--wait", "-o", "json"]

    def _launch(self, plan: Submission, name: str, folder: Path, disk: Disk | None) -> list[str]:
        world, cluster = plan.world, self.cluster
        crash = {"ending": "sim_run", "server": "crash", "at": 0.4}
        scenario = {
            "routes": dict.fromkeys(world.doomed, crash),
            "description": "chaos",
            "pair_seconds": plan.pair_seconds,
            "tick_seconds": 0.1,
            "seed": world.seed,
            "kinds": _OUTCOMES,
            "client_timeout": 4.0,
        }
        image = cluster.write_scenario(name, scenario)
        place = disk.place if disk else None
        spec = cluster.write_spec(folder / "spec.yaml", world, place)
        words = ["--local", "launch", "--wait", "-o", "json", "--spec", str(spec)]
        words += ["--leaderboard", world.leaderboard, "--repetitions", str(world.repetitions)]
        words += ["--pairs", str(world.pairs)]
        words += ["--backoff-limit", _BUDGET, "--set", f"submission.name={name}"]
        return [*words, "--set", f"submission.submitted_image_uri={image}"]

    def _await_pod(self, name: str, console: subprocess.Popen[bytes], folder: Path) -> Any:
        deadline = time.time() + _START_SECONDS
        while time.time() < deadline and console.poll() is None:
            pods = self.cluster.pods(name)
            if pods and pods[0].get("status", {}).get("podIP"):
                return pods[0]
            time.sleep(0.05)
        said = (folder / f"{name}.err").read_text()[-1000:]
        raise RuntimeError(f"{name} got no pod: {said}")

    def _disturb(
        self,
        planned: tuple[Fault, ...],
        name: str,
        faults: Faults,
        enough: Callable[[], bool],
        meter: _Meter,
    ) -> bool:
        """Whether the submission ended before the faults did."""
        for fault in planned:
            time.sleep(fault.pause)
            meter.look()
            if enough() or self._is_over(name):
                break
            faults.inject(fault)
        return self._is_over(name)

    def _await_first_drive(self, name: str, witness: Witness, meter: _Meter) -> bool:
        """Whether it ended meanwhile. One that is cancelled before anything has finished leaves
        nothing to go on from, and how soon that is depends on the machine."""
        deadline = time.time() + _END_SECONDS
        while not witness.has_seen_a_finished_drive() and not self._is_over(name):
            if time.time() > deadline:
                raise RuntimeError(f"{name} finished no drive within {_END_SECONDS:.0f} s")
            meter.look()
            time.sleep(0.1)
        return self._is_over(name)

    def _is_over(self, name: str) -> bool:
        conditions = self.cluster.job(name).get("status", {}).get("conditions", [])
        return any(
            c["type"] in ("Complete", "Failed", "Suspended") and c["status"] == "True"
            for c in conditions
        )

    def _cancel(self, name: str, uid: str, census: Census, meter: _Meter) -> float | None:
        """Seconds from the moment the cluster knows of it until the last process is gone; how
        long a busy machine needs to start the command is another matter. None: it ended first."""
        with ThreadPoolExecutor(1) as beside:
            asked = beside.submit(self._ask_to_cancel, name)
            while not asked.done() and self.cluster.job(name)["spec"].get("parallelism"):
                time.sleep(0.02)
            began = time.time()
            while census.take(uid) and time.time() < began + 60:
                meter.look()
                time.sleep(0.02)
            seconds = time.time() - began
            seconds -= self.cluster.daemon.stood(began, time.time())
            cancelled = asked.result()
        return seconds if cancelled else None

    def _ask_to_cancel(self, name: str) -> bool:
        done = self.cluster.console("--local", "cancel", name, "--yes", check=False)
        if done.returncode and not self._is_over(name):
            raise RuntimeError(f"{name} cannot be cancelled: {done.stderr[-1000:]}")
        return done.returncode == 0

    def _await_end(self, name: str, meter: _Meter) -> str:
        """Empty, or how it did not end."""
        deadline = time.time() + _END_SECONDS
        while not self._is_over(name):
            if time.time() > deadline:
                return f"it did not end within {_END_SECONDS:.0f} s after the last fault"
            meter.look()
            time.sleep(0.3)
        return ""

    def _outcome(
        self,
        name: str,
        uid: str,
        census: Census,
        stop_seconds: float | None,
        console: Any,
    ) -> Outcome:
        left: list[Process] = []
        deadline = time.time() + _AFTER_END_SECONDS
        while (left := census.take(uid)) and time.time() < deadline:
            time.sleep(0.05)
        conditions = self.cluster.job(name)["status"].get("conditions", [])
        complete = any(c["type"] == "Complete" and c["status"] == "True" for c in conditions)
        pods = [pod for pod in self.cluster.pods(name) if pod["metadata"]["uid"] == uid]
        with suppress(subprocess.TimeoutExpired):
            console.wait(30)
        return Outcome(
            complete=complete,
            pod=pods[0] if pods else {},
            status=self._answer("status", name),
            results=self._answer("results", name),
            left_over=tuple(f"{p.pid} {p.role or '?'} of {p.container}" for p in left),
            stop_seconds=stop_seconds,
        )

    def _answer(self, command: str, name: str) -> dict[str, Any]:
        done = self.cluster.console("--local", command, name, "-o", "json", check=False)
        try:
            found: dict[str, Any] = json.loads(done.stdout)
        except ValueError:
            return {}
        return found

    def _keep(
        self, trial: Trial, evidence: Evidence, outcome: Outcome, logs: Path, folder: Path
    ) -> None:
        documents = evidence.documents()
        trial.final = documents[-1][1] if documents else None
        found = outcome.pod.get("status", {})
        statuses = found.get("initContainerStatuses", []) + found.get("containerStatuses", [])
        trial.restarts = sum(entry["restartCount"] for entry in statuses)
        if trial.verdict.violations:
            lines = [f"{done.t:.3f} {done.fault}" for done in trial.done]
            (folder / "faults.txt").write_text("\n".join(lines) + "\n")
            (folder / "violations.txt").write_text("\n".join(trial.verdict.violations) + "\n")
            sights = [
                f"{sight.t:.3f} pair {pair} {kind} settled={sight.settled} repeated={sight.repeated} {' '.join(sight.finished)}"
                for (pair, kind), seen in evidence.sights.items()
                for sight in seen
            ]
            (folder / "sights.txt").write_text("\n".join(sorted(sights)) + "\n")
            if logs.is_dir():
                shutil.copytree(logs, folder / "logs", dirs_exist_ok=True)


class _Meter:
    """Reads logcopy's clock and memory now and then."""

    def __init__(self, census: Census, uid: str, lives: dict[str, Life]) -> None:
        self._census, self._uid, self._lives = census, uid, lives
        self._since: dict[str, float] = {}
        self._next = 0.0

    def look(self) -> None:
        now = time.time()
        if now < self._next:
            return
        self._next = now + 0.7
        for process in self._census.take(self._uid):
            if process.role != "logcopy":
                continue
            cpu, peak = cpu_seconds(process.pid), peak_kilobytes(process.pid)
            if cpu is None:
                continue
            began = self._since.setdefault(process.run, now)
            self._lives[process.run] = Life(now - began, cpu, peak)
