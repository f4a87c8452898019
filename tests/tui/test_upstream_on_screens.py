"""A submission of upstream's Jobs on the screens: each worker, the monitor, and what is refused."""

from __future__ import annotations

import pytest
from fakes.pilots import opened, shows
from fakes.screens import FakeBackend
from fakes.upstream_jobs import TOKEN
from fakes.upstream_seen import all_running, stored, usual

from console.presentation.containers import all_containers, short_names
from console.presentation.description import description
from console.specs.credentials import without_credentials

BOARD = all_running().board


@pytest.fixture
def backend() -> FakeBackend:
    made = FakeBackend()
    made.shown_board = BOARD
    return made


async def test_each_worker_has_its_tile_and_the_monitor_stands_where_logcopy_does(
    backend: FakeBackend,
) -> None:
    async with opened(backend) as (_, pilot):
        await pilot.press("enter")
        await shows(pilot, "pair 1", "pair 4", "▸ running", "─ monitor ", "?/20")


@pytest.mark.parametrize(
    ("key", "what"),
    [("ctrl+k", "Cancel it at EvalAI"), ("ctrl+d", "Upstream deletes"), ("R", "Resume it at")],
)
async def test_a_key_that_would_change_it_says_what_to_do_instead(
    backend: FakeBackend, key: str, what: str
) -> None:
    async with opened(backend) as (_, pilot):
        await pilot.press("enter")
        await shows(pilot, "pair 4")
        await pilot.press(key)
        await shows(pilot, what)
    assert not {each[0] for each in backend.asked} & {"cancel", "delete", "resume"}


def test_every_container_of_every_pod_has_a_tab() -> None:
    names = all_containers(BOARD)
    assert len(names) == len(set(names)) == 4 * 4 + 2
    assert {"agent-1", "aws-uploader-3", "monitor", "private-contents-monitor"} <= set(names)
    assert set(short_names(BOARD).values()) >= {"sim1", "agt4", "up2", "mon", "init3"}


def test_all_its_jobs_are_described_without_the_token() -> None:
    meta = {"name": usual().name, "namespace": "default", "uid": "u"}
    jobs = [stored(each) for each in usual().jobs()]
    told = without_credentials({"kind": "List", "metadata": meta, "items": jobs})
    text = "\n".join("".join(span for span, _ in line) for line in description(told, BOARD, _now()))
    for each in (*(f"Job {usual().name}-worker{n}" for n in (1, 2, 3, 4)), "agent-2", "monitor"):
        assert each in text
    assert f"{usual().name}-worker3-abcde" in text
    assert TOKEN not in text


def _now():  # type: ignore[no-untyped-def]
    assert BOARD.updated_at is not None
    return BOARD.updated_at
