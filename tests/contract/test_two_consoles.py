"""Two consoles on one submission: real processes, one recording, each line in it once."""

from __future__ import annotations

import asyncio
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fakes.embedded import Embedded, embedded_cluster

from console.domain.board import BoardSnapshot, SubmissionStatus
from console.domain.events import StreamState
from console.operations.outcome.view import results
from console.operations.ports.cluster import LogRequest
from console.operations.ports.recorder import Holder
from console.operations.recording.draining import drained
from console.operations.services import Services
from console.operations.submitting.launch import launch
from console.operations.watching.follower import Follower
from console.recorder.recorder import Recorder
from console.specs.compose import Composed, compose
from console.specs.template import load_template
from console.specs.validation import Judged
from console.specs.values import load_profile

CONSOLE = """
import asyncio, sys
from datetime import UTC, datetime
from pathlib import Path
from console.cluster.connecting import connect
from console.operations.watching.follower import Follower
from console.operations.services import Services
from console.recorder.recorder import Recorder

async def main():
    cluster = await connect(sys.argv[1])
    services = Services(cluster, Recorder(Path(sys.argv[2])), lambda: datetime.now(UTC))
    follower = Follower(services, "default", "shared")
    try:
        await follower.run()
    finally:
        await cluster.close()
    print(follower.board.status.value, follower.board.done)

asyncio.run(main())
"""


def submission(name: str) -> Composed:
    template = load_template("2.0")
    values = (
        load_profile("embedded")
        .values("2.0")
        .override(
            {
                "submission.name": name,
                "submission.submitted_image_uri": "console.local/team-agent:quick",
            },
            origin="test",
            known=template.paths,
        )
    )
    composed = compose(template, values, namespace="default", repetitions=1)
    logcopy = composed.manifest["spec"]["template"]["spec"]["containers"][-1]
    logcopy["env"] = [each for each in logcopy["env"] if each["name"] != "LOGS_PERIOD"]
    logcopy["env"].append({"name": "LOGS_PERIOD", "value": "0.3"})
    return composed


async def another_console(embedded: Embedded, recordings: Path) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", CONSOLE, str(embedded.kubeconfig), str(recordings),
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip


async def as_recorded_as_told(services: Services, board: BoardSnapshot) -> None:
    """Every container's spool is the cluster's log, line by line."""
    assert board.job is not None
    assert board.pod is not None
    for container in board.pod.containers:
        request = LogRequest("default", board.pod.name, container.name)
        told = b"".join([lines async for lines in drained(services, request)])
        view = services.recorder.log(services.recording_of(board.job), container.name)
        shown = [f"{each.at} {each.text}" for each in view.lines(0, view.line_count())]
        assert shown == told.decode().split("\n")[:-1], container.name


def recording_stream(board: BoardSnapshot) -> tuple[StreamState, str] | None:
    return next(((state, why) for name, state, why in board.streams if name == "recording"), None)


@pytest.mark.slow
@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGINT], ids=["killed", "left"])
async def test_the_second_console_shows_the_firsts_lines_and_takes_over_when_it_ends(
    tmp_path: Path, ending: signal.Signals
) -> None:
    """No line of the nine containers is lost or doubled by the change of writer."""
    async with embedded_cluster(tmp_path / "cluster") as embedded:
        recorder = Recorder(tmp_path / "recordings")
        services = Services(embedded.cluster, recorder, lambda: datetime.now(UTC))
        job = (await launch(services, Judged(submission("shared")).valid)).job
        assert job is not None
        first = await another_console(embedded, tmp_path / "recordings")
        async with asyncio.timeout(120):
            while recorder.writer_of(services.recording_of(job)) != Holder(first.pid):  # noqa: ASYNC110 - another process has no event
                await asyncio.sleep(0.02)
            follower = Follower(services, "default", "shared")
            following = asyncio.create_task(follower.run())
            while (follower.board.done or 0) < 4:
                follower.changed.clear()
                await follower.changed.wait()
            stream = recording_stream(follower.board)
            assert stream is not None
            assert stream[0] is StreamState.WAITING
            assert f"(process {first.pid})" in stream[1]
            first.send_signal(ending)
            await first.wait()
            await following
        board = follower.board
        assert recording_stream(board) == (StreamState.LIVE, "")
        assert board.status is SubmissionStatus.COMPLETE
        assert results(board).final
        assert recorder.merged_text(services.recording_of(job)) == board.merged.text
        await as_recorded_as_told(services, board)
        journal = [type(event).__name__ for event in recorder.history(services.recording_of(job))]
        assert journal.count("PlanReported") == 1
        assert journal.count("MergedReported") == 1


@pytest.mark.slow
async def test_two_consoles_to_the_end_record_once_and_show_the_same(tmp_path: Path) -> None:
    async with embedded_cluster(tmp_path / "cluster") as embedded:
        services = Services(
            embedded.cluster, Recorder(tmp_path / "recordings"), lambda: datetime.now(UTC)
        )
        await launch(services, Judged(submission("shared")).valid)
        processes = [await another_console(embedded, tmp_path / "recordings") for _ in range(2)]
        follower = Follower(services, "default", "shared")
        async with asyncio.timeout(120):
            await follower.run()
            told = [(await each.communicate())[0].decode().strip() for each in processes]
        assert told == ["Complete 20", "Complete 20"]
        assert results(follower.board).final
        await as_recorded_as_told(services, follower.board)
