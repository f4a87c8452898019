"""Upstream's several Jobs against the embedded cluster: listed as one, followed, and let alone."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from fakes.embedded import Embedded, embedded_cluster
from fakes.following import recorded_texts, running, until
from fakes.upstream_jobs import BUCKET, TOKEN, Submission

from console.domain.board import BoardSnapshot, PairStatus, SubmissionStatus
from console.errors import NotFound, ReadOnly
from console.operations.ports.cluster import Kind
from console.operations.services import Services
from console.operations.submitting.ending import cancel, delete
from console.operations.submitting.last_words import cancel_and_keep
from console.operations.submitting.resume import resume
from console.operations.watching.fleet import Fleet
from console.operations.watching.fleet_once import fleet_once
from console.operations.watching.follower import Follower
from console.operations.watching.single_look import board_once
from console.recorder.recorder import Recorder

NAME = "blue-sensors-1234"
FOLDER = "/apis/batch/v1/namespaces/default/jobs"
HALF = """\
echo "{word} of $WORKER_ID"
while [ ! -e {folder}/done-$WORKER_ID ]; do
  [ -e {folder}/fail-$WORKER_ID ] && exit 1
  sleep 0.05
done
"""


class Stage(msgspec.Struct):
    """A cluster with upstream's Jobs in it, whose containers do as files in `folder` say."""

    embedded: Embedded
    services: Services
    folder: Path
    made: Submission

    def tell(self, word: str, *workers: object) -> None:
        for each in workers:
            (self.folder / f"{word}-{each}").touch()

    def forget(self, word: str, worker: int) -> None:
        (self.folder / f"{word}-{worker}").unlink()

    async def make(self, *jobs: object) -> None:
        for each in jobs:
            await self.embedded.ask("POST", FOLDER, each)

    async def take(self, job: str) -> None:
        """As the state machine deletes what has completed."""
        await self.embedded.ask("DELETE", f"{FOLDER}/{job}", {"propagationPolicy": "Foreground"})


@contextlib.asynccontextmanager
async def stage(at: Path, **said: object) -> AsyncIterator[Stage]:
    folder = at / "words"
    folder.mkdir()
    half = HALF.replace("{folder}", str(folder))
    names = ("private-contents", "simulator", "agent", "aws-uploader", "monitor")
    scripts = {name: half.replace("{word}", name) for name in names[1:]}
    scripts["private-contents"] = "echo prepared"
    scripts["monitor"] = scripts["monitor"].replace("$WORKER_ID", "monitor")
    made = Submission(
        team="Blue",
        number=1234,
        images=tuple((name, "busybox:1.36") for name in names),
        scripts=tuple(scripts.items()),
        **said,  # type: ignore[arg-type]
    )
    async with embedded_cluster(at / "cluster") as embedded:
        services = Services(embedded.cluster, Recorder(at / "kept"), lambda: datetime.now(UTC))
        yield Stage(embedded, services, folder, made)


def statuses(board: BoardSnapshot) -> dict[int, PairStatus]:
    return {pair.number: pair.status for pair in board.pairs}


def all_run(board: BoardSnapshot, pairs: int = 4) -> bool:
    return list(statuses(board).values()) == [PairStatus.RUNNING] * pairs


@pytest.mark.slow
async def test_its_life_is_followed_to_an_end_that_claims_no_result(tmp_path: Path) -> None:
    """A worker restarts, another fails for good, the others complete; every log is recorded."""
    async with stage(tmp_path) as there:
        await there.make(*there.made.jobs())
        follower = Follower(there.services, "default", NAME)
        async with running(follower):
            await until(lambda: all_run(follower.board))
            there.tell("fail", 2)
            await until(lambda: 2 - 1 in follower.board.job.indexes.failed)  # type: ignore[union-attr]
            assert follower.board.status is SubmissionStatus.RUNNING
            assert statuses(follower.board)[2] is PairStatus.FAILED
            assert follower.board.budget.tally.startswith("pair 2 ")
            there.tell("done", 1, 3, 4, "monitor")
            await until(lambda: follower.board.ended)
        board = follower.board
        assert board.status is SubmissionStatus.FAILED
        assert "worker 2: " in board.reason
        assert f"s3://{BUCKET}/1234" in board.reason
        assert (board.done, board.merged) == (None, None)
        assert board.job is not None
        for container in ("simulator-1", "agent-3", "aws-uploader-4", "private-contents-2"):
            word = "prepared" if container.startswith("private") else container.replace("-", " of ")
            word = word.replace("aws of uploader", "aws-uploader")
            assert word in recorded_texts(there.services, board.job, container), container
        assert "monitor of monitor" in recorded_texts(there.services, board.job, "monitor")


@pytest.mark.slow
async def test_a_list_has_one_line_of_it_beside_others_and_a_fleet_follows_it(
    tmp_path: Path,
) -> None:
    async with stage(tmp_path, workers=2, routes=4, by_state_machine=True) as there:
        other = Submission(number=7, images=there.made.images, scripts=there.made.scripts)
        fleet = Fleet(there.services, "default")
        async with running(fleet):
            await until(lambda: fleet.snapshot.live)
            await there.make(*there.made.jobs(), other.monitor())
            await until(lambda: len(fleet.snapshot.rows) == 2)
            await until(lambda: all_run(fleet.board("default", NAME), 2))
            look = await fleet_once(there.services, "default")
            assert sorted(each.name for each in look.boards) == [NAME, other.name]
            there.tell("done", 1)
            await until(lambda: 0 in fleet.board("default", NAME).job.indexes.completed)  # type: ignore[union-attr]
            await there.take(f"{NAME}-worker1")
            await until(lambda: fleet.board("default", NAME).parts[1].phase == "Deleted")
            board = fleet.board("default", NAME)
            assert statuses(board) == {1: PairStatus.DONE, 2: PairStatus.RUNNING}
        late = await board_once(there.services, "default", NAME)
        assert statuses(late) == {2: PairStatus.RUNNING}
        assert "No Job is here of worker 1" in late.reason


@pytest.mark.slow
async def test_a_resume_at_evalai_goes_on_in_the_same_submission_and_recording(
    tmp_path: Path,
) -> None:
    """Upstream makes new Jobs of the same names once the old ones are gone."""
    async with stage(tmp_path, workers=1, routes=1) as there:
        fleet = Fleet(there.services, "default")
        async with running(fleet):
            await until(lambda: fleet.snapshot.live)
            await there.make(*there.made.jobs())
            await until(lambda: all_run(fleet.board("default", NAME), 1))
            there.tell("done", 1, "monitor")
            await until(lambda: fleet.board("default", NAME).ended)
            first = fleet.board("default", NAME).job
            for part in ("worker1", "monitor"):
                await there.take(f"{NAME}-{part}")
            gone = SubmissionStatus.DELETED
            await until(lambda: fleet.board("default", NAME).status is gone)
            there.forget("done", 1)
            await there.make(*there.made.jobs())
            await until(lambda: all_run(fleet.board("default", NAME), 1))
            again = fleet.board("default", NAME).job
            assert first is not None
            assert again is not None
            assert first.uid == again.uid
            said = "agent of 1"
            await until(lambda: recorded_texts(there.services, again).count(said) == 2)


@pytest.mark.slow
async def test_nothing_of_it_is_changed_and_no_token_of_it_is_kept(tmp_path: Path) -> None:
    async with stage(tmp_path, workers=1, routes=1) as there:
        await there.make(*there.made.jobs())
        follower = Follower(there.services, "default", NAME)
        async with running(follower):
            await until(lambda: all_run(follower.board, 1))
            job = follower.board.job
            assert job is not None
            kept = there.services.recording_of(job)
            await until(lambda: there.services.recorder.manifest(kept) is not None)
        for change in (cancel, cancel_and_keep, delete, resume):
            with pytest.raises(ReadOnly, match=NAME):
                await change(there.services, "default", NAME)
        for part in ("worker1", "monitor"):
            with pytest.raises(ReadOnly):
                await cancel(there.services, "default", f"{NAME}-{part}")
            with pytest.raises(ReadOnly):
                await delete(there.services, "default", f"{NAME}-{part}")
        assert len(there.embedded.store.list("jobs")) == 2
        assert all("suspend" not in j["spec"] or not j["spec"]["suspend"]
                   for j in there.embedded.store.list("jobs"))  # fmt: skip
        manifest = await there.embedded.cluster.read(Kind.JOB, "default", NAME)
        assert TOKEN in str(manifest)
        files = [each.read_bytes() for each in (tmp_path / "kept").rglob("*") if each.is_file()]
        assert not any(TOKEN.encode() in each for each in files)


@pytest.mark.slow
async def test_a_name_that_is_like_one_of_upstreams_is_not_found_in_the_usual_words(
    tmp_path: Path,
) -> None:
    async with stage(tmp_path, workers=1, routes=1) as there:
        await there.make(there.made.worker(1))
        with pytest.raises(NotFound, match="submission-301234"):
            await there.embedded.cluster.job("default", "submission-301234")
        assert await there.embedded.cluster.pods("default", "submission-301234") == ()
        assert len(await there.embedded.cluster.pods("default", NAME)) == 1
