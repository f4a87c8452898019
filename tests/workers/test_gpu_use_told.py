"""What logcopy makes of a half's word on its GPU's use: one part of a snapshot, and none of its own."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fakes.documents import AT, plan_for
from logcopy_pod import NONCE, partial

from console.domain.board import BoardSnapshot
from console.domain.events import JobSeen
from console.domain.facts import JobFacts
from console.domain.folding import fold
from console.operations.recording.progress import ProgressReader
from console.results.collecting import Partial
from console.results.drives import Drives
from console.results.leaderboard import V2_0
from console.results.plan import launched
from console.results.trustworthy import merge
from console.workers import protocol, status_files
from console.workers.announcing import Announcer
from console.workers.gpu_faults import gpu_faults
from console.workers.gpu_use import GpuReading, gpu_reading
from console.workers.snapshots import snapshot_payload

PLAN = launched(Drives.of(V2_0, "0-4;5-9;10-14;15-19", 1))
USE = "util=87 used=9318 total=23028 temp=64 power=151 idle=0"
WORDS = f"attempt=1 t=1700000000 {USE} elsewhere=-\n"
GPU = "attempt=1 gpus=2 index=0 uuid=GPU-5b driver=- told=- shared=no name=-"


def say(folder: Path, use: str = WORDS, pair: int = 1, attempt: int = 1) -> None:
    start = folder / f"pair-{pair}.simulator"
    Path(f"{start}.attempt-{attempt}").write_text("1700000000\n")
    Path(f"{start}.gpu-use").write_text(use)
    Path(f"{start}.gpu").write_text(GPU)


def snapshot(folder: Path, now: float = 1.7e9) -> dict[str, Any]:
    partials = [Partial(pair, json.dumps(partial(pair, 2))) for pair in range(1, 5)]
    status = status_files.read(str(folder), 4)
    return snapshot_payload(PLAN, merge(PLAN, partials), status, "running", now)


def test_a_whole_word_is_read_figure_by_figure() -> None:
    assert gpu_reading(WORDS, 1) == GpuReading(1_700_000_000, 87, 9318, 23028, 64, 151, 0)
    sparse = "attempt=2 t=17 util=- used=- total=- temp=64 power=- idle=- elsewhere=GPU-0a\n"
    assert gpu_reading(sparse, 2) == GpuReading(17, None, None, None, 64, None, None, "GPU-0a")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "attempt=1",
        WORDS.replace("util=87", "util=-87"),
        WORDS.replace("util=87", "util=87%"),
        WORDS.replace("used=9318", "used=99999999"),
        WORDS.replace("t=1700000000", "t=999999999999"),
        WORDS.replace("elsewhere=-", "elsewhere=GPU-\x1b[31m"),
        WORDS.replace("elsewhere=-", f"elsewhere={'G' * 61}"),
        WORDS * 2,
    ],
)
def test_a_word_that_an_agent_may_have_written_is_whole_or_none(text: str) -> None:
    assert gpu_reading(text, 1) is None


def test_figures_that_contradict_each_other_are_not_told() -> None:
    told = gpu_reading(WORDS.replace("used=9318", "used=23029").replace("util=87", "util=101"), 1)
    assert told is not None
    assert (told.util, told.idle, told.used, told.total, told.temp) == (None, None, None, None, 64)


def test_a_snapshot_tells_it_of_each_simulator_that_runs(tmp_path: Path) -> None:
    assert "gpu_use" not in snapshot(tmp_path), "nobody can tell: nothing is said"
    say(tmp_path)
    say(tmp_path, pair=3)
    (tmp_path / "pair-3.simulator.done").touch()
    (told,) = snapshot(tmp_path)["gpu_use"]
    assert told == {
        "pair": 1,
        "t": 1_700_000_000,
        "util": 87,
        "used": 9318,
        "total": 23028,
        "temp": 64,
        "power": 151,
        "idle": 0,
    }


def test_what_an_earlier_attempt_saw_is_not_told_of_this_one(tmp_path: Path) -> None:
    say(tmp_path, attempt=2)
    assert "gpu_use" not in snapshot(tmp_path)


def test_another_load_alone_is_no_news_but_goes_with_the_next_snapshot(tmp_path: Path) -> None:
    """A log that grows with every look would be most of what is recorded of a submission."""
    written: list[str] = []
    announcer = Announcer(NONCE, lambda line: written.append(line.decode()), 0)
    say(tmp_path)
    assert announcer.snapshot(snapshot(tmp_path))
    say(tmp_path, WORDS.replace("util=87", "util=3"))
    assert not announcer.snapshot(snapshot(tmp_path, 1.7e9 + 10))
    assert len(written) == 1
    assert not announcer.snapshot(snapshot(tmp_path, 1.7e9 + 31))
    told = protocol.parse_line(written[-1], NONCE)
    assert isinstance(told, protocol.ProgressLine)
    assert told.payload["gpu_use"][0]["util"] == 3


def test_a_simulator_on_another_gpu_is_one_problem_while_it_runs_and_of_its_result(
    tmp_path: Path,
) -> None:
    def problems() -> list[str]:
        return [each.text for each in gpu_faults(status_files.read(str(tmp_path), 4))]

    say(tmp_path, WORDS.replace("elsewhere=-", "elsewhere=GPU-0a"))
    assert problems() == [
        "pair 1: its simulator draws on another GPU than its own, GPU-0a instead of GPU-5b"
    ]
    (tmp_path / "pair-1.simulator.ended-1").write_text("reason=crashed exit=1 signal=0 route=- t=1")
    assert problems() == []
    (tmp_path / "pair-1.simulator.done").touch()
    assert problems() == [
        "pair 1: its simulator drew on another GPU than its own, GPU-0a instead of GPU-5b"
    ], "its result was driven so"


def read(lines: list[dict[str, Any]]) -> BoardSnapshot:
    """The board of a console that reads these snapshots."""
    job = JobFacts("demo", "x", "u", AT, 8, plan=plan_for("2.0"), leaderboard="2.0")
    board = fold(BoardSnapshot("x", "demo"), JobSeen(AT, job))
    reader = ProgressReader(job.plan)
    for sequence, payload in enumerate(lines):
        line = protocol.format_line(
            job.plan.nonce if job.plan else "", sequence, "snapshot", payload
        )
        for event in reader.line(line, AT):
            board = fold(board, event)
    assert reader.refused == 0
    return board


def test_the_board_keeps_the_last_look_of_each_pair(tmp_path: Path) -> None:
    say(tmp_path)
    first = snapshot(tmp_path)
    say(tmp_path, WORDS.replace("util=87", "util=-").replace("t=1700000000", "t=1700000030"))
    one, two, *_ = read([first, snapshot(tmp_path, 1.7e9 + 31)]).pairs
    assert one.gpu_use is not None
    assert one.gpu_use.at == datetime.fromtimestamp(1_700_000_030, UTC)
    assert (one.gpu_use.util, one.gpu_use.used, one.gpu_use.total) == (None, 9318, 23028)
    assert two.gpu_use is None


def test_an_older_logcopy_that_tells_none_loses_nothing_else(tmp_path: Path) -> None:
    board = read([snapshot(tmp_path)])
    assert board.report is not None
    assert board.report.done == 8
    assert [pair.gpu_use for pair in board.pairs] == [None] * len(board.pairs)


def test_a_payload_of_another_shape_is_refused_and_the_rest_goes_on(tmp_path: Path) -> None:
    say(tmp_path)
    reader = ProgressReader(plan_for("2.0"))
    for broken in ({"pair": "x", "t": 1}, {"pair": 1}, {"pair": 1, "t": 1, "util": "87"}, 7):
        payload = {**snapshot(tmp_path), "gpu_use": [broken]}
        nonce = plan_for("2.0").nonce
        assert list(reader.line(protocol.format_line(nonce, 1, "snapshot", payload), AT)) == []
    assert reader.refused == 4
