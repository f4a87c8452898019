"""logcopy at upstream: the bucket gets everything, the token goes nowhere else, nothing hangs."""

from __future__ import annotations

import http.server
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from fakes.measuring import measured

from console.workers import status_files
from console.workers.logcopy_settings import settings_from
from console.workers.upstream_logcopy import Duties, attend, upstream_from


class Places:
    """A logs volume and a bucket, with an `aws` that keeps what it was asked."""

    def __init__(self, folder: Path) -> None:
        self.status = folder / "logs" / "containers-status"
        self.status.mkdir(parents=True)
        (folder / "bin").mkdir()
        aws = folder / "bin" / "aws"
        aws.write_text(f'#!/bin/sh\necho "$*" >>"{folder}/calls"\n')
        aws.chmod(0o755)
        self.calls = folder / "calls"
        self.env = {
            "PATH": f"{folder / 'bin'}:{os.defpath}",
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "LOGS_DIR": str(folder / "logs"),
            "LOGS_PERIOD": "0.1",
            "ROUTES": str(folder / "none.xml"),
            "TERMINATION_MESSAGE": str(folder / "last"),
            "S3_BUCKET": "lb",
            "SUBMISSION_ID": "77",
        }

    def duties(self, **env: str) -> Duties:
        told = self.env | env
        return Duties(upstream_from(told), settings_from(told))


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    made = Places(tmp_path)
    monkeypatch.setenv("PATH", made.env["PATH"])
    return made


def test_the_status_files_of_an_earlier_pod_do_not_stay_in_the_bucket(places: Places) -> None:
    """A `.done` of a pod that is gone would be counted; logs of it may stay. No link is followed."""
    places.duties().copy()
    everything, status = places.calls.read_text().splitlines()
    assert everything.endswith("s3://lb/77 --no-follow-symlinks --no-progress --only-show-errors")
    assert "s3://lb/77/containers-status --delete --no-follow-symlinks" in status


def test_without_a_bucket_or_without_aws_logcopy_goes_on_and_says_so(
    places: Places, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    without = places.duties(S3_BUCKET="")
    without.copy()
    without.copy()
    assert capsys.readouterr().out.count("no S3_BUCKET") == 1
    monkeypatch.setenv("PATH", "/nowhere")
    places.duties().copy()
    assert "aws s3 sync cannot be run (FileNotFoundError)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("status", "body", "cancelled"),
    [
        (200, {"status": "cancelled"}, True),
        (200, {"status": "CANCELLED"}, True),
        (200, {"status": "running"}, False),
        (200, {"status": None}, False),
        (200, ["cancelled"], False),
        (302, {"status": "cancelled"}, False),
        (401, {"status": "cancelled"}, False),
    ],
)
def test_only_evalai_s_own_word_cancels(places: Places, status: int, body, cancelled: bool) -> None:
    """A redirect is not followed: the token would go with it."""
    asked = []

    class EvalAI(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append((self.path, self.headers["Authorization"]))
            self.send_response(status)
            self.send_header("Location", "/elsewhere")
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), EvalAI)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    api = f"http://127.0.0.1:{server.server_port}/"
    places.duties(EVALAI_API_SERVER=api, EVALAI_AUTH_TOKEN="t0ken").obey_evalai()
    server.shutdown()
    server.server_close()
    assert asked == [("/api/jobs/submission/77", "Bearer t0ken")]
    assert (places.status / "simulation.cancel").exists() == cancelled


def test_what_evalai_cannot_be_asked_is_no_cancel_and_is_told_without_the_token(
    places: Places, capsys: pytest.CaptureFixture[str]
) -> None:
    nobody = places.duties(EVALAI_API_SERVER="http://127.0.0.1:9/", EVALAI_AUTH_TOKEN="t0ken")
    nobody.obey_evalai()
    told = capsys.readouterr().out
    assert told == "[upstream] EvalAI does not say whether it is cancelled (URLError)\n"
    assert not (places.status / "simulation.cancel").exists()
    places.duties(EVALAI_API_SERVER="http://127.0.0.1:9/", EVALAI_AUTH_TOKEN="").obey_evalai()
    assert capsys.readouterr().out == ""


def test_the_table_says_running_with_the_place_of_the_results(places: Places) -> None:
    places.duties(DYNAMODB_SUBMISSIONS_TABLE="subs", TEAM_ID="9").mark_running()
    (update,) = places.calls.read_text().splitlines()
    assert update.startswith("dynamodb update-item --table-name subs --key ")
    assert '{"team_id": {"S": "9"}, "submission_id": {"S": "77"}}' in update
    assert '":s": {"S": "RUNNING"}, ":r": {"S": "s3://lb/77"}' in update


@pytest.mark.parametrize("missing", ["DYNAMODB_SUBMISSIONS_TABLE", "SUBMISSION_ID"])
def test_a_table_or_a_submission_without_a_name_is_not_written(
    places: Places, missing: str
) -> None:
    env = {"DYNAMODB_SUBMISSIONS_TABLE": "subs", "SUBMISSION_ID": "77"} | {missing: ""}
    places.duties(**env).mark_running()
    assert not places.calls.exists()


def test_an_aws_that_fails_is_told_with_its_status(
    places: Places, capsys: pytest.CaptureFixture[str]
) -> None:
    (places.calls.parent / "bin" / "aws").write_text("#!/bin/sh\nexit 3\n")
    places.duties().copy()
    assert capsys.readouterr().out == "[upstream] aws s3 sync failed with 3\n"


def test_a_cancel_that_cannot_be_written_is_told_and_ends_nothing(
    places: Places, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    duties = places.duties()
    monkeypatch.setattr(duties, "_is_cancelled", lambda: True)
    places.status.rmdir()
    duties.obey_evalai()
    assert "simulation.cancel cannot be written: No such file" in capsys.readouterr().out


class Logcopy:
    """One that has ended with a status after so many looks at it."""

    def __init__(self, looks: int, returncode: int) -> None:
        self._looks, self.returncode = looks, returncode

    def poll(self) -> int | None:
        self._looks -= 1
        return None if self._looks >= 0 else self.returncode


@pytest.mark.parametrize(("returncode", "status"), [(0, 0), (143, 143), (-9, 137)])
def test_the_bucket_gets_the_last_words_too_and_the_exit_status_is_logcopys(
    places: Places, returncode: int, status: int
) -> None:
    assert attend(places.duties(), Logcopy(1, returncode), period=0.01) == status
    assert len(places.calls.read_text().splitlines()) == 4


def test_a_cancel_is_looked_for_once_more_when_logcopy_was_ended_by_somebody(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cluster ends the pod of a cancelled one; then upstream counts the cancel, if there is one."""
    for returncode, cancelled in ((0, False), (143, True)):
        duties = places.duties()
        monkeypatch.setattr(duties, "_is_cancelled", lambda: True)
        attend(duties, Logcopy(0, returncode), period=0.01)
        assert status_files.read(str(places.status), 4).cancelled is cancelled


def test_asked_to_stop_it_lets_logcopy_finish_and_copies_its_last_words(places: Places) -> None:
    """The exit status is logcopy's own."""
    run = subprocess.Popen(
        [sys.executable, "-u", "-m", "console.workers.upstream_logcopy"],
        env=places.env | measured(),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert run.stdout is not None
    assert any("@leaderboard" in line for line in run.stdout)
    run.send_signal(signal.SIGTERM)
    told = run.communicate(timeout=20)[0]
    assert "stopped with 0 of" in told
    assert run.returncode == 128 + signal.SIGTERM
    assert places.calls.read_text().splitlines()[-1].startswith("s3 sync")
