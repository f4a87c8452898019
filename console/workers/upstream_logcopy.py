"""logcopy in a Job that upstream's state machine started: with what that machine waits for.

Beside logcopy, which does what it always does, the logs go to the bucket in which the machine's
last step counts `.done` and `.cancel` files, and a cancel at EvalAI becomes `simulation.cancel`.
A console's cancel does not: it ends the pod as an eviction does, without a word that could be told
from it, so that the machine counts it as failed.
Uses the `aws` of upstream's image. Follows no link: the agents write into the same volume.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from typing import Any, Mapping

from console.workers import status_files
from console.workers.logcopy_settings import LogcopySettings, settings_from

_COPY_LIMIT = 600
_ASK_LIMIT = 10
_LONGEST_ANSWER = 1024 * 1024
_SYNC = ("--no-follow-symlinks", "--no-progress", "--only-show-errors")
_GLANCE = 0.2


@dataclass(frozen=True)
class Upstream:
    """Where upstream's pipeline looks; an empty text is a place that nobody named."""

    bucket: str
    table: str
    server: str
    token: str
    submission: str
    team: str

    @property
    def folder(self) -> str:
        """The submission's folder of the bucket."""
        return f"s3://{self.bucket}/{self.submission}"


def upstream_from(env: Mapping[str, str]) -> Upstream:
    """What an environment names."""
    names = ("S3_BUCKET", "DYNAMODB_SUBMISSIONS_TABLE", "EVALAI_API_SERVER", "EVALAI_AUTH_TOKEN")
    return Upstream(*(env.get(name, "") for name in (*names, "SUBMISSION_ID", "TEAM_ID")))


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """The token goes where it was meant to go, and nowhere else."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class Duties:
    """What upstream's pipeline expects, done again each time; no failure of it ends anything."""

    def __init__(self, upstream: Upstream, settings: LogcopySettings):
        self._upstream, self._settings = upstream, settings
        self._said = ""

    def copy(self) -> None:
        """Bring the bucket up to date; the status files there are those of this pod alone."""
        logs, status, there = self._settings.logs, self._settings.status, self._upstream.folder
        if not (self._upstream.bucket and self._upstream.submission):
            self._say("no S3_BUCKET: nothing is copied, so the state machine counts no file")
            return
        self._aws("s3", "sync", logs, there, *_SYNC)
        self._aws("s3", "sync", status, f"{there}/{os.path.basename(status)}", "--delete", *_SYNC)

    def mark_running(self) -> None:
        """What upstream's table says of a submission while it runs."""
        upstream = self._upstream
        if not (upstream.table and upstream.submission):
            return
        key = {"team_id": {"S": upstream.team}, "submission_id": {"S": upstream.submission}}
        begun = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime())
        values = {":s": {"S": "RUNNING"}, ":r": {"S": upstream.folder}, ":t": {"S": begun}}
        change = "SET submission_status = :s, results = :r, start_time = :t"
        named = ("--table-name", upstream.table, "--key", json.dumps(key))
        what = ("--update-expression", change, "--expression-attribute-values", json.dumps(values))
        self._aws("dynamodb", "update-item", *named, *what)

    def obey_evalai(self) -> None:
        """A cancel there ends all halves here: each of them looks for the mark."""
        if not self._is_cancelled():
            return
        self._say("the submission is cancelled at EvalAI")
        try:
            status_files.mark(self._settings.status, status_files.CANCEL)
        except OSError as failed:
            self._say(f"{status_files.CANCEL} cannot be written: {failed.strerror}")

    def _is_cancelled(self) -> bool:
        """Whether EvalAI says so; what cannot be read is no cancel, and is told."""
        upstream = self._upstream
        if not (upstream.server and upstream.token and upstream.submission):
            return False
        place = f"/api/jobs/submission/{urllib.parse.quote(upstream.submission, safe='')}"
        try:
            asked = urllib.request.Request(upstream.server.rstrip("/") + place)
            asked.add_unredirected_header("Authorization", f"Bearer {upstream.token}")
            opener = urllib.request.build_opener(_NoRedirect)
            with opener.open(asked, timeout=_ASK_LIMIT) as answer:
                told = json.loads(answer.read(_LONGEST_ANSWER))
        except (OSError, ValueError, RecursionError) as failed:
            self._say(f"EvalAI does not say whether it is cancelled ({type(failed).__name__})")
            return False
        status = told.get("status") if isinstance(told, dict) else None
        return isinstance(status, str) and status.lower() == "cancelled"

    def _aws(self, *words: str) -> None:
        named = " ".join(words[:2])
        try:
            run = subprocess.run(("aws", *words), timeout=_COPY_LIMIT, check=False)
        except (OSError, subprocess.TimeoutExpired) as failed:
            self._say(f"aws {named} cannot be run ({type(failed).__name__})")
            return
        if run.returncode:
            self._say(f"aws {named} failed with {run.returncode}")

    def _say(self, text: str) -> None:
        """What would be told twice in a row is told once."""
        if text != self._said:
            print(f"[upstream] {text}", flush=True)
        self._said = text


def attend(duties: Duties, child: subprocess.Popen[bytes], period: float) -> int:
    """Do the duties each period until logcopy ends, and once more; its exit status."""
    duties.mark_running()
    due = time.monotonic()
    while child.poll() is None:
        if time.monotonic() >= due:
            duties.obey_evalai()
            duties.copy()
            due = time.monotonic() + period
        time.sleep(min(_GLANCE, period))
    if child.returncode:
        duties.obey_evalai()
    duties.copy()
    return child.returncode if child.returncode >= 0 else 128 - child.returncode


def main() -> int:
    """The process; what asks it to stop is handed on to logcopy, whose last words are copied."""
    child = subprocess.Popen([sys.executable, "-m", "console.workers.logcopy"])
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda received, _: child.send_signal(received))
    settings = settings_from(os.environ)
    return attend(Duties(upstream_from(os.environ), settings), child, settings.period)


if __name__ == "__main__":
    sys.exit(main())
