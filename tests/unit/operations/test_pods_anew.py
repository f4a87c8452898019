"""One list of a Job's pods answers all who asked before it began."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest

from console.errors import ConsoleError
from console.operations.ports.cluster import ClusterPort
from console.operations.recording.pods_anew import PodsAnew

Answer = asyncio.Future[Any]


class Lists:
    """Each list is answered by the test; `began` holds their answers."""

    def __init__(self) -> None:
        self.began: list[Answer] = []
        self.anew = PodsAnew(cast("ClusterPort", self), "team", "job")

    async def pods(self, namespace: str, job: str) -> Any:
        assert (namespace, job) == ("team", "job")
        self.began.append(asyncio.get_running_loop().create_future())
        return await self.began[-1]

    async def asked(self, times: int) -> list[asyncio.Task[Any]]:
        tasks = [asyncio.create_task(self.anew.listed()) for _ in range(times)]
        await settled()
        return tasks


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_nine_who_ask_at_once_cost_two_lists() -> None:
    lists = Lists()
    asking = await lists.asked(9)
    lists.began[0].set_result(("first",))
    await settled()
    lists.began[1].set_result(("second",))
    assert await asyncio.gather(*asking) == [("first",)] + [("second",)] * 8
    assert len(lists.began) == 2


async def test_a_list_that_began_before_the_question_does_not_answer_it() -> None:
    lists = Lists()
    (early,) = await lists.asked(1)
    (late,) = await lists.asked(1)
    lists.began[0].set_result(("before the restart",))
    assert await early == ("before the restart",)
    await settled()
    assert not late.done()
    lists.began[1].set_result(("after it",))
    assert await late == ("after it",)
    (later,) = await lists.asked(1)
    lists.began[2].set_result(("later",))
    assert await later == ("later",)


async def test_a_list_that_fails_fails_all_whom_it_should_have_answered_and_no_later_one() -> None:
    lists = Lists()
    first, *others = await lists.asked(3)
    lists.began[0].set_result(())
    await first
    await settled()
    lists.began[1].set_exception(ConsoleError("no list"))
    for each in others:
        with pytest.raises(ConsoleError, match="no list"):
            await each
    assert len(lists.began) == 2
    (later,) = await lists.asked(1)
    lists.began[2].set_result(("back",))
    assert await later == ("back",)


async def test_who_is_stopped_while_the_list_is_under_way_stops_no_other() -> None:
    lists = Lists()
    stopped, *others = await lists.asked(3)
    stopped.cancel()
    await settled()
    lists.began[1].set_result(("there",))
    assert await asyncio.gather(*others) == [("there",)] * 2
    assert len(lists.began) == 2
