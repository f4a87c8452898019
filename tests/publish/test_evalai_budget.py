"""How many requests a minute EvalAI gets of one user, however many ask, and who waits for whom."""

from __future__ import annotations

import asyncio
import fcntl
import os
import random
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from console.operations.ports.evalai import EvalAiBusy
from console.publish.evalai_budget import (
    HASTE,
    PATIENCE,
    QUESTIONS,
    REQUESTS,
    WINDOW,
    RequestBudget,
    Spent,
)

TOKEN = "s3cr3t"
START = 1_790_000_000.0


class VirtualTime:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.seconds = START

    def __call__(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        until = self.seconds + seconds
        await asyncio.sleep(0)
        self.seconds = max(self.seconds, until)


@pytest.fixture
def at() -> VirtualTime:
    return VirtualTime()


@pytest.fixture
def budget(tmp_path: Path, at: VirtualTime) -> RequestBudget:
    return RequestBudget(tmp_path / "budget", at, at.sleep)


def _file(folder: Path) -> Path:
    (found,) = (folder / "budget").iterdir()
    return found


async def test_a_minute_has_60_requests_and_the_next_waits_until_the_first_is_old(
    budget: RequestBudget, at: VirtualTime
) -> None:
    for _ in range(REQUESTS):
        await budget.take(TOKEN, question=False)
        at.seconds += 1.0
    began = at.seconds
    await budget.take(TOKEN, question=False)
    assert at.seconds == pytest.approx(START + WINDOW)
    assert at.seconds - began < HASTE


async def test_a_question_waits_longer_than_an_update_which_may_undo_a_cancel(
    budget: RequestBudget, at: VirtualTime
) -> None:
    for _ in range(REQUESTS):
        await budget.take(TOKEN, question=False)
    at.seconds += WINDOW - 5
    with pytest.raises(EvalAiBusy) as raised:
        await budget.take(TOKEN, question=False)
    assert raised.value.not_taken
    await budget.take(TOKEN, question=True)
    assert at.seconds == pytest.approx(START + WINDOW)
    assert HASTE < 5 < PATIENCE


async def test_who_would_wait_long_is_told_how_long_instead(
    budget: RequestBudget, at: VirtualTime
) -> None:
    for _ in range(REQUESTS):
        await budget.take(TOKEN, question=False)
    at.seconds += 20
    with pytest.raises(EvalAiBusy, match="as often as it allows") as raised:
        await budget.take(TOKEN, question=False)
    assert raised.value.seconds == pytest.approx(WINDOW - 20)
    assert at.seconds == START + 20


async def test_what_was_refused_is_not_counted(budget: RequestBudget, at: VirtualTime) -> None:
    for _ in range(REQUESTS):
        await budget.take(TOKEN, question=False)
    for _ in range(5):
        with pytest.raises(EvalAiBusy):
            await budget.take(TOKEN, question=False)
    at.seconds += WINDOW
    for _ in range(REQUESTS):
        await budget.take(TOKEN, question=False)
    assert at.seconds == START + WINDOW


async def test_many_questions_leave_room_for_results(
    budget: RequestBudget, at: VirtualTime
) -> None:
    for _ in range(QUESTIONS):
        await budget.take(TOKEN, question=True)
    with pytest.raises(EvalAiBusy):
        await budget.take(TOKEN, question=True)
    for _ in range(REQUESTS - QUESTIONS):
        await budget.take(TOKEN, question=False)
    with pytest.raises(EvalAiBusy):
        await budget.take(TOKEN, question=False)
    assert at.seconds == START


async def test_many_results_leave_no_room_for_questions(budget: RequestBudget) -> None:
    for _ in range(REQUESTS):
        await budget.take(TOKEN, question=False)
    with pytest.raises(EvalAiBusy):
        await budget.take(TOKEN, question=True)


async def test_each_token_has_its_own(budget: RequestBudget) -> None:
    for _ in range(REQUESTS):
        await budget.take(TOKEN, question=False)
    await budget.take("another", question=False)


async def test_while_it_is_closed_nobody_asks_and_a_shorter_word_opens_nothing(
    budget: RequestBudget, at: VirtualTime
) -> None:
    await budget.close(TOKEN, 40.0)
    await budget.close(TOKEN, 5.0)
    for question in (True, False):
        with pytest.raises(EvalAiBusy) as raised:
            await budget.take(TOKEN, question=question)
        assert raised.value.seconds == pytest.approx(40.0)
    at.seconds += 35.0
    await budget.take(TOKEN, question=True)
    assert at.seconds == pytest.approx(START + 40)


async def test_no_minute_of_a_busy_hour_has_more_than_60(
    budget: RequestBudget, at: VirtualTime
) -> None:
    dice, made, updates = random.Random(7), list[float](), 0
    for _ in range(1500):
        question = dice.random() < 0.7
        try:
            await budget.take(TOKEN, question=question)
            made.append(at.seconds)
            updates += not question
        except EvalAiBusy as busy:
            at.seconds += dice.random() * (busy.seconds or 0.0)
    assert len(made) > 1000
    assert updates > 300
    for first, last in zip(made, made[REQUESTS:], strict=False):
        assert last - first >= WINDOW - 1e-6


@pytest.mark.parametrize("moved", [-3600.0, 3600.0])
async def test_a_clock_that_is_set_costs_no_hour(
    budget: RequestBudget, at: VirtualTime, moved: float
) -> None:
    for _ in range(QUESTIONS):
        await budget.take(TOKEN, question=True)
    await budget.close(TOKEN, 30.0)
    at.seconds += moved
    await budget.take(TOKEN, question=True)
    assert at.seconds == START + moved


@pytest.mark.parametrize(
    "text", [b"", b"nonsense", b'{"questions": 3}', b"\xff" * 100, b"[" * 9999]
)
async def test_a_damaged_file_is_made_anew(
    budget: RequestBudget, tmp_path: Path, text: bytes
) -> None:
    await budget.take(TOKEN, question=True)
    _file(tmp_path).write_bytes(text)
    await budget.take(TOKEN, question=False)
    assert b'"updates":[' in _file(tmp_path).read_bytes()
    assert b"nonsense" not in _file(tmp_path).read_bytes()


async def test_the_file_is_its_users_only_and_tells_no_token(
    budget: RequestBudget, tmp_path: Path
) -> None:
    await budget.take(TOKEN, question=True)
    file = _file(tmp_path)
    assert [stat.S_IMODE(each.stat().st_mode) for each in (file.parent, file)] == [0o700, 0o600]
    assert TOKEN not in file.name + file.read_text()


async def test_a_disk_that_takes_nothing_is_said(tmp_path: Path, at: VirtualTime) -> None:
    (tmp_path / "budget").write_text("a file where a folder should be")
    budget = RequestBudget(tmp_path / "budget", at, at.sleep)
    with pytest.raises(EvalAiBusy, match="budget of requests cannot be kept"):
        await budget.take(TOKEN, question=True)


async def test_a_link_in_its_place_is_not_followed(budget: RequestBudget, tmp_path: Path) -> None:
    await budget.take(TOKEN, question=True)
    file, other = _file(tmp_path), tmp_path / "precious"
    other.write_text("precious")
    file.unlink()
    file.symlink_to(other)
    with pytest.raises(EvalAiBusy):
        await budget.take(TOKEN, question=True)
    assert other.read_text() == "precious"


async def test_who_holds_it_for_long_is_said_and_who_holds_it_shortly_is_waited_for(
    budget: RequestBudget, tmp_path: Path, at: VirtualTime
) -> None:
    await budget.take(TOKEN, question=True)
    held = os.open(_file(tmp_path), os.O_RDWR)
    fcntl.flock(held, fcntl.LOCK_EX)
    with pytest.raises(EvalAiBusy, match="Another process"):
        await budget.take(TOKEN, question=True)
    waiting = asyncio.create_task(budget.take(TOKEN, question=True))
    os.close(held)
    await waiting
    assert at.seconds < START + 10


def test_what_is_older_than_a_minute_is_forgotten() -> None:
    now = START + 100
    spent = Spent((START, now - 1, now + 5), (START + 50, now - WINDOW), now + 9999)
    assert spent.since(now) == Spent((now - 1,), (START + 50,), 0.0)


_ASKER = """
import asyncio, sys
from pathlib import Path
from console.operations.ports.evalai import EvalAiBusy
from console.publish import evalai_budget
evalai_budget.PATIENCE = 0.0
async def ask():
    budget, taken = evalai_budget.RequestBudget(Path(sys.argv[1])), 0
    for _ in range(40):
        try:
            await budget.take("s3cr3t", question=False)
            taken += 1
        except EvalAiBusy:
            pass
    print(taken)
asyncio.run(ask())
"""


def test_processes_that_ask_at_once_have_one_budget_together(tmp_path: Path) -> None:
    began = time.monotonic()
    command = [sys.executable, "-c", _ASKER, str(tmp_path / "budget")]
    askers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    taken = [int(asker.communicate()[0]) for asker in askers]
    if time.monotonic() - began < WINDOW:
        assert sum(taken) == REQUESTS
