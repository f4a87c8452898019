"""Other submissions on the same node: told where pairs share a GPU, and never at the cost of the
submission itself."""

from __future__ import annotations

from typing import Any

import pytest
from fakes.boards import NOW, board, gpu, pair
from fakes.cluster import FakeCluster

from console.domain.board import BoardSnapshot, SubmissionStatus
from console.domain.facts import PodFacts
from console.errors import Forbidden
from console.operations.services import Services
from console.operations.watching import neighbours
from console.operations.watching.neighbours import Neighbourhood


def on_node(name: str, node: str = "gpu-1", phase: str = "Running", **facts: object) -> Any:
    pod = PodFacts(f"{name}-x", "leaderboard", f"{name}-pod", name, phase, node=node)
    mine = pair(1, 2, simulator_gpu=gpu(0), agent_gpu=gpu(0))
    return board(**{"name": name, "pod": pod, "pairs": (mine,), "problems": (), **facts})


class Node(FakeCluster):
    """Submissions by name, with what each one's board would be."""

    def __init__(self, *boards: BoardSnapshot) -> None:
        super().__init__()
        self.boards = {each.name: each for each in boards}
        self.looks = 0

    async def jobs(self, namespace: str | None) -> Any:
        self.looks += 1
        from console.domain.facts import JobFacts

        return tuple(JobFacts(name, "leaderboard", name, NOW, 8) for name in self.boards)

    async def pods(self, namespace: str | None, job: str | None) -> Any:
        pod = self.boards[str(job)].pod
        return (pod,) if pod else ()


@pytest.fixture
def look(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The neighbourhood on that node, and its cluster."""

    def build(*boards: BoardSnapshot) -> tuple[Neighbourhood, Node]:
        cluster = Node(*boards)

        async def once(_services: Services, _namespace: str, name: str) -> BoardSnapshot:
            return cluster.boards[name]

        monkeypatch.setattr(neighbours, "board_once", once)
        services = Services(cluster, None, lambda: NOW)  # type: ignore[arg-type]
        return Neighbourhood(services), cluster

    return build


async def test_a_pair_that_shares_its_gpu_is_told_with_whom(look: Any) -> None:
    mine, other = on_node("mine"), on_node("other")
    neighbourhood, _ = look(mine, other)
    (problem,) = (await neighbourhood.beside(mine)).problems
    assert problem.pair == 1
    assert problem.text == "pair 1 is on one GPU with pair 1 of other: GPU-00000000"


@pytest.mark.parametrize(
    "other",
    [
        on_node("other", node="gpu-2"),
        on_node("other", phase="Succeeded"),
        on_node("other", status=SubmissionStatus.CANCELLED),
        on_node("other", pairs=(pair(1, 2, simulator_gpu=gpu(3), agent_gpu=gpu(3)),)),
        on_node("other", pairs=(pair(1, 2, simulator_gpu=None, agent_gpu=None),)),
    ],
    ids=["another node", "its pod has ended", "it has ended", "another gpu", "nothing told"],
)
async def test_who_is_not_on_the_same_gpu_now_is_no_neighbour(look: Any, other: Any) -> None:
    mine = on_node("mine")
    neighbourhood, _ = look(mine, other)
    assert (await neighbourhood.beside(mine)).problems == ()


async def test_before_any_pair_has_told_its_gpu_nobody_is_asked(look: Any) -> None:
    mine = on_node("mine", pairs=(pair(1, 0, simulator_gpu=None, agent_gpu=None),))
    neighbourhood, cluster = look(mine, on_node("other"))
    assert await neighbourhood.beside(mine) is mine
    assert cluster.looks == 0


async def test_the_same_gpus_are_not_looked_for_again_at_each_change(look: Any) -> None:
    mine = on_node("mine")
    neighbourhood, cluster = look(mine, on_node("other"))
    for _ in range(3):
        assert len((await neighbourhood.beside(mine)).problems) == 1
    assert cluster.looks == 1


async def test_what_may_not_be_read_of_others_costs_nothing_of_ones_own(look: Any) -> None:
    mine = on_node("mine")
    neighbourhood, cluster = look(mine, on_node("other"))

    async def refused(_: object) -> None:
        raise Forbidden("You may not list Jobs.")

    cluster.jobs = refused
    assert await neighbourhood.beside(mine) is mine
