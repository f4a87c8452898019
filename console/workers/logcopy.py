"""logcopy: joins the pairs' results while they drive, and tells the outside what is finished.

Runs as `python3 -m console.workers.logcopy` in a stock Python image. Ends with status 0 when all
halves are done or the submission is cancelled; with 143 when it is asked to stop with work left,
so that a pod that lives on (its sandbox was lost) starts it again. Beside a pair that has a pod of
its own it tells of that pair alone, under its number, and ends with status 0 when the pod does. A
fault of its own is told in a line, and the next round starts afresh.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import sys
import time
from typing import Any, Callable

from console.results import evalai_files, files, routes_file, trustworthy
from console.results.plan import PairRoutes, Plan, PlanError, launched
from console.results.quoting import LONGEST_PROBLEM, printable
from console.results.report import MergeReport, Problem
from console.workers import announcing, snapshots, status_files
from console.workers.announcing import Announcer
from console.workers.evaluator_check import EvaluatorCheck
from console.workers.logcopy_settings import LogcopySettings, settings_from
from console.workers.partial_watch import PartialWatch, WatchPaths
from console.workers.status_files import PairsStatus

Clock = Callable[[], float]
Sleep = Callable[[float], None]

_GLANCE = 1.0
_FAREWELL = 5.0
_GLANCE_IN_FAREWELL = 0.1
_HALVES_A_PAIR = 2
_ASKED_TO_STOP = 128 + signal.SIGTERM
_MOST_SLEEP = 3600.0
_LIVES = 5
"""Failed lives after which logcopy ends once nothing drives any more."""


class Stop:
    """Whether the process was asked to stop; `sleep` ends early when that happens."""

    def __init__(self) -> None:
        self.asked = False
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)

    def listen(self) -> None:
        """Take SIGTERM and SIGINT from now on."""
        signal.set_wakeup_fd(self._writer.fileno())
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._asked)

    def sleep(self, seconds: float) -> None:
        """Sleep, but not past a request to stop."""
        # A signal's handler alone ends no sleep: Python goes on with what was left of it.
        select.select([self._reader], [], [], max(seconds, 0.0))
        try:
            self._reader.recv(64)
        except BlockingIOError:
            return

    def _asked(self, number: int, frame: object) -> None:
        self.asked = True


class Logcopy:
    """One life of the loop. Everything that must survive it is in files."""

    def __init__(self, settings: LogcopySettings, announcer: Announcer, clock: Clock, sleep: Sleep):
        self.settings = settings
        self.announcer = announcer
        self._clock = clock
        self.plan, self._noted = plan_of(settings)
        self._watches = [
            PartialWatch(
                self.plan,
                pair.pair,
                WatchPaths(settings.checkpoint(pair.pair), settings.store),
                clock=clock,
                sleep=sleep,
            )
            for pair in self.plan.pairs
        ]
        kept, last = os.path.exists(settings.kept), settings.last_pair
        self._check = EvaluatorCheck(settings.sources, settings.status, last, kept=kept)
        if not self._check.possible:
            announcer.say(
                "what the evaluators run cannot be checked: no private contents are named"
            )
        self._doubts = self._check.problems(None)
        self.report = self._merge()
        self._text = self.report.text
        self._unpublished = True
        announcer.plan(snapshots.plan_payload(self.plan))

    def status(self) -> PairsStatus:
        """The status files as they are now."""
        return status_files.read(self.settings.status, self.settings.last_pair)

    def all_done(self, status: PairsStatus) -> bool:
        """Every half is finished for good."""
        return _over(self.settings, status)

    def round(self, status: PairsStatus, word: str) -> None:
        """Look at every partial, merge, write what has changed, tell what is new.

        A disk that takes nothing does not stop the telling; the writes are tried again.
        """
        changed = [watch.look() for watch in self._watches]
        doubts = self._check.problems(self.report)
        if any(changed) or doubts != self._doubts:
            self._doubts = doubts
            self.report = self._merge()
            self._text = self.report.text
            self._unpublished = True
        if self._unpublished:
            self._unpublished = not self._published()
            self.announcer.records(self.report)
        now = self._clock()
        part = bool(self.settings.alone)
        payload = snapshots.snapshot_payload(self.plan, self.report, status, word, now, part=part)
        if self.announcer.snapshot(payload):
            self.announcer.say(_in_words(payload, status))
        if self.report.complete:
            self.announcer.merged(self._text)

    def farewell(self, status: PairsStatus, word: str) -> None:
        """The last round: the whole merged document and the termination message."""
        self.round(status, word)
        self.announcer.merged(self._text)
        announcing.last_message(self.settings.termination_log, self.report, word)

    def _merge(self) -> MergeReport:
        partials = [watch.partial() for watch in self._watches]
        return trustworthy.merge(self.plan, partials, noted=self._noted + self._doubts)

    def _published(self) -> bool:
        """Put on disk what is new; False (and told) when the disk does not take it."""
        folder = self.settings.evalai
        wanted = {self.settings.merged: self._text}
        leaderboard = self.plan.leaderboard
        for name, content in evalai_files.files(
            self.report.document, self._text, leaderboard
        ).items():
            wanted[os.path.join(folder, name)] = content
        try:
            for watch in self._watches:
                watch.save()
            for path, content in wanted.items():
                os.makedirs(os.path.dirname(path), exist_ok=True)
                files.write_text(path, content)
        except OSError as failed:
            self.announcer.say(f"results cannot be written: {failed.strerror}; trying again")
            return False
        return True


def plan_of(settings: LogcopySettings) -> tuple[Plan, tuple[Problem, ...]]:
    """The launched plan, or the part of it that is this pod's pair; what is known of it already."""
    plan, noted = _planned(settings)
    if settings.chosen:
        noted += (Problem("chosen", 0, printable(settings.chosen, LONGEST_PROBLEM)),)
    if settings.alone:
        plan = plan._replace(pairs=tuple(p._replace(pair=settings.alone) for p in plan.pairs))
    return plan, noted


def _planned(settings: LogcopySettings) -> tuple[Plan, tuple[Problem, ...]]:
    """The launched plan; by the numbers alone, with a problem, where the routes file is no help.

    Subsets that cannot be read at all give pairs without routes: nothing is ever complete then.
    """
    name = f"the routes file {files.shown(settings.routes)}"
    found = files.read_content(settings.routes, limit=routes_file.SIZE_LIMIT)
    reason = f"{name} {found.reason}"
    if found.content is not None:
        try:
            return launched(settings.drives, found.content, name), ()
        except PlanError as unusable:
            reason = str(unusable)
    noted = Problem("plan", 0, f"{reason}; subsets are read as numbers")
    try:
        return launched(settings.drives), (noted,)
    except PlanError as unusable:
        pairs = tuple(PairRoutes(number, ()) for number, _ in enumerate(settings.drives.subsets, 1))
        noted = Problem("plan", 0, f"{reason}; {unusable}")
        return Plan(settings.drives, pairs, certain=False), (noted,)


def run(
    settings: LogcopySettings, announcer: Announcer, stop: Stop, clock: Clock = time.time
) -> int:
    """Work until nothing is left to do. Never raises: a failed life is followed by another."""
    failures = 0
    while True:
        try:
            return live(Logcopy(settings, announcer, clock, stop.sleep), stop)
        except Exception as failure:  # noqa: BLE001 - logcopy must not fail the pod
            where = _line_of(failure)
            announcer.say(f"logcopy failed ({type(failure).__name__} {where}); it starts again")
        failures += 1
        over = _nothing_drives(settings)
        if stop.asked or (failures >= _LIVES and over):
            return 0 if over else _ASKED_TO_STOP
        stop.sleep(min(settings.period, _GLANCE))


def live(logcopy: Logcopy, stop: Stop) -> int:
    """Rounds every period; between them a glance each second at who is done or has cancelled.

    An attempt that has ended is told at once: what ends all pairs soon ends the Job too.
    """
    settings = logcopy.settings
    left = 0.0
    ends = 0
    while True:
        status = logcopy.status()
        if status.ends != ends:
            ends, left = status.ends, 0.0
        if logcopy.all_done(status):
            return _end_done(logcopy, status)
        if status.cancelled or stop.asked:
            return _end_early(logcopy)
        if left <= 0:
            logcopy.round(status, "running")
            left = settings.period
        pause = min(left, _GLANCE)
        stop.sleep(pause)
        left -= pause


def main() -> int:
    """The process: settings from the environment, SIGTERM and SIGINT as requests to stop."""
    settings = settings_from(os.environ)
    stop = Stop()
    stop.listen()
    life = announcing.next_life(os.path.join(settings.store, "lives"), time.time())
    status = run(settings, Announcer(settings.nonce, announcing.standard_output, life), stop)
    while settings.alone and not stop.asked:
        # A sidecar that ended would be started again while the agent still ends.
        stop.sleep(_MOST_SLEEP)
    return 0 if settings.alone else status


def _end_done(logcopy: Logcopy, status: PairsStatus) -> int:
    """Nine marks are a finished submission to upstream; one that could not drive is none."""
    logcopy.round(status, "running")
    word = "complete" if logcopy.report.complete else "incomplete"
    logcopy.farewell(status, word)
    if logcopy.report.complete or not logcopy.status().stopped:
        _mark(logcopy, status_files.LOGCOPY_DONE)
    logcopy.announcer.say(f"all halves are done; the result is {word}")
    return 0


def _end_early(logcopy: Logcopy) -> int:
    """Cancelled, or asked to stop as every half is: wait a little for them, keep what they have."""
    for _ in range(int(_FAREWELL / _GLANCE_IN_FAREWELL)):
        status = logcopy.status()
        if _at_rest(logcopy.settings, status):
            break
        time.sleep(_GLANCE_IN_FAREWELL)
    else:
        status = _with_vanished(logcopy, status)
    logcopy.round(status, "running")
    word = "cancelled" if status.cancelled else "incomplete"
    logcopy.farewell(status, "complete" if logcopy.report.complete else word)
    total = logcopy.report.total if logcopy.plan.certain else "?"
    logcopy.announcer.say(f"stopped with {logcopy.report.done} of {total} drives")
    return 0 if status.cancelled or logcopy.all_done(status) else _ASKED_TO_STOP


def _at_rest(settings: LogcopySettings, status: PairsStatus) -> bool:
    """In a pod of one pair the simulator is ended after logcopy, and not waited for."""
    if settings.alone:
        return status.half(settings.alone, "agent").at_rest
    return status.at_rest


def _with_vanished(logcopy: Logcopy, status: PairsStatus) -> PairsStatus:
    """Its pod ends, so that no next life of an agent that was killed can say so."""
    settings = logcopy.settings
    if not settings.alone:
        return status
    route = snapshots.current_drive(logcopy.plan, logcopy.plan.pairs[0], logcopy.report)
    attempt = status.half(settings.alone, "agent").attempt
    try:
        status_files.mark_vanished(settings.status, settings.alone, attempt, route, time.time())
    except OSError as failed:
        logcopy.announcer.say(f"the agent's end cannot be written: {failed.strerror}")
    return logcopy.status()


def _mark(logcopy: Logcopy, name: str) -> None:
    try:
        status_files.mark(logcopy.settings.status, name)
    except OSError as failed:
        logcopy.announcer.say(f"{name} cannot be written: {failed.strerror}")


def _nothing_drives(settings: LogcopySettings) -> bool:
    """All halves are done or the submission is cancelled: failing on would only hold the Job."""
    status = status_files.read(settings.status, settings.last_pair)
    return status.cancelled or _over(settings, status)


def _over(settings: LogcopySettings, status: PairsStatus) -> bool:
    if settings.alone:
        return status.half(settings.alone, "agent").done
    return status.done >= _HALVES_A_PAIR * settings.last_pair


def _in_words(payload: dict[str, Any], status: PairsStatus) -> str:
    """A snapshot in one line; a total that nobody knows is `?`."""
    parts = [f"pair {pair['pair']} {_tally(pair, '/')}" for pair in payload["pairs"]]
    drives = f"{_tally(payload, ' of ')} drives ({', '.join(parts)})"
    return f"{payload['status']}: {drives}, {status.done} halves done"


def _tally(told: dict[str, Any], between: str) -> str:
    return f"{told['done']}{between}{'?' if told['total'] is None else told['total']}"


def _line_of(failure: BaseException) -> str:
    """Module and line of a failure; its text may quote hostile content, so it is not shown."""
    trace = failure.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "at an unknown place"
    return f"at {os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}"


if __name__ == "__main__":
    sys.exit(main())
