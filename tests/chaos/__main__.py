"""Chaos on the embedded cluster: `python -m tests.chaos --seed N --faults 500`.

Starts a cluster of its own, launches accelerated submissions and breaks their processes, files
and disks in the order that the seed says. Exit: 0 every invariant held; 1 one did not (with
the seed, the faults and a command that repeats them); 2 wrong arguments.
"""

from __future__ import annotations

import argparse
import itertools
import shutil
import signal
import sys
import tempfile
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import chaos_disk
import chaos_plan
import chaos_report
from chaos_cluster import Cluster
from chaos_processes import Census
from chaos_run import Range, Trial


def main() -> int:
    options = _options()
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    folder = Path(tempfile.mkdtemp(prefix="chaos-")) if not options.keep else Path(options.keep)
    folder.mkdir(parents=True, exist_ok=True)
    no_disk = "not wanted" if options.no_disk else chaos_disk.why_not(folder)
    if no_disk:
        print(f"faults full and slow are skipped: {no_disk}")
    print(f"seed {options.seed}, evidence in {folder}", flush=True)
    cluster = Cluster(folder / "state", options.time_factor, real_pace=options.real_pace)
    try:
        run = Run(options, Range(cluster, folder, disks=not no_disk))
        run.go()
    finally:
        cluster.down()
    left = Census(cluster.folder).take()
    print(chaos_report.summary(run.trials))
    for process in left:
        print(f"left over after the end of the cluster: {process}")
    failed = [trial for trial in run.trials if trial.verdict.violations]
    for trial in failed:
        place = str(folder / trial.name)
        print(chaos_report.failure(trial, run.command(trial.plan.number), place))
    bad = bool(failed or run.errors or left)
    if not bad and not options.keep:
        shutil.rmtree(folder)
    print("a violation was found" if bad else "every invariant held")
    return 1 if bad else 0


class Run:
    """Submissions of a seed in their order, a few at a time, until enough faults have happened."""

    def __init__(self, options: argparse.Namespace, where: Range) -> None:
        self.trials: list[Trial] = []
        self.errors = 0
        self._options, self._where = options, where
        self._end = time.monotonic() + options.minutes * 60
        self._numbers = itertools.count()
        self._lock = threading.Lock()
        self._happened = 0

    def go(self) -> None:
        """Returns when all is done; after an interrupt, once what runs has ended."""
        only, lanes = self._options.only, self._options.parallel
        with ThreadPoolExecutor(lanes) as pool:
            if only is not None:
                running = [pool.submit(self._one, only)]
            else:
                running = [pool.submit(self._many) for _ in range(lanes)]
            try:
                wait(running)
            except KeyboardInterrupt:
                self._end = 0.0
                print("interrupted: waiting for the submissions that run", flush=True)

    def command(self, number: int) -> str:
        """What repeats one submission of this run."""
        options = self._options
        words = f"python -m tests.chaos --seed {options.seed} --faults {options.faults}"
        words += f" --per-submission {options.per_submission} --time-factor {options.time_factor}"
        words += f" --pairs {options.pairs}"
        return f"{words} --only {number}{' --real-pace' if options.real_pace else ''}"

    def _many(self) -> None:
        while not self._enough():
            with self._lock:
                number = next(self._numbers)
            self._one(number)

    def _one(self, number: int) -> None:
        options = self._options
        plan = chaos_plan.submission(options.seed, number, options.per_submission, options.pairs)
        try:
            trials = self._where.run(plan, self._enough)
        except Exception:  # noqa: BLE001  a fault of the suite itself is told and counted
            traceback.print_exc()
            self.errors += 1
            return
        with self._lock:
            self.trials += trials
            self._happened += sum(len(trial.done) for trial in trials)
        for trial in trials:
            print(chaos_report.line_of(trial), flush=True)

    def _enough(self) -> bool:
        late = time.monotonic() > self._end
        return late or self.errors > 1 or self._happened >= self._options.faults


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m tests.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faults", type=int, default=500, help="stop after so many")
    parser.add_argument("--minutes", type=float, default=60.0, help="or after so long")
    parser.add_argument("--parallel", type=int, default=3, help="submissions at once")
    parser.add_argument("--per-submission", type=int, default=40, help="faults at most")
    parser.add_argument("--time-factor", type=float, default=0.02, help="of kubelet's back-off")
    parser.add_argument("--pairs", type=int, default=4, help="of each submission, 1 to 16")
    parser.add_argument("--only", type=int, help="only the submission of this number")
    parser.add_argument("--real-pace", action="store_true", help="the shipped Jobs' own limits")
    parser.add_argument("--no-disk", action="store_true", help="no faults full and slow")
    parser.add_argument("--keep", help="folder for the evidence, kept")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
