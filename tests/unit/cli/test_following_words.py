"""What is said of a run that goes on, or ends, without the command that followed it."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes.boards import board
from fakes.demo_recording import services_of
from msgspec.structs import replace

from console.cli import following
from console.cli.following import Followed
from console.domain.board import SubmissionStatus
from console.operations.ports.cluster import ClusterDescription, WayIn

LAB = ClusterDescription("lab", "https://lab", "leaderboard", way=WayIn())
LOCAL = ClusterDescription("local", "https://127.0.0.1", "default", way=WayIn(local=True))


def test_one_that_goes_on_can_be_come_back_to() -> None:
    told = following._left(LAB, board())
    assert told.startswith("demo goes on without this command; come back to it: carla-console ")
    assert "status demo --watch" in told
    assert "-n leaderboard" in told


def test_one_that_has_ended_meanwhile_is_said_to_have() -> None:
    told = following._left(LAB, board(status=SubmissionStatus.FAILED))
    assert told.startswith("demo has ended as Failed; come back to it: ")


def test_one_that_ends_with_its_cluster_is_left_in_its_recording() -> None:
    told = following._lost(LOCAL, board())
    assert told.startswith("demo ends with the embedded cluster; what is recorded of it: ")
    assert "logs demo --recorded --all-containers" in told


@pytest.mark.parametrize(("where", "flag"), [(LAB, "--context lab"), (LOCAL, "--local")])
def test_the_command_for_the_logs_names_the_same_cluster(
    where: ClusterDescription, flag: str
) -> None:
    command = Followed(board(), where).logs_command
    assert "carla-console logs demo --recorded -c CONTAINER" in command
    assert flag in command


class Lab:
    """A cluster of which only the name is asked."""

    description = LAB


class Quick:
    """A run whose board changes once and which has then ended."""

    def __init__(self) -> None:
        self.board = board(status=SubmissionStatus.PENDING)

    async def run(self) -> None:
        self.board = board(status=SubmissionStatus.COMPLETE, done=20)


async def test_news_are_told_until_the_run_has_ended(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    services = replace(services_of(tmp_path), cluster=Lab())
    await following._tell_all(services, Quick())  # type: ignore[arg-type]
    told = capsys.readouterr().err
    assert "submission complete" in told
    assert "routes 20/20" in told
