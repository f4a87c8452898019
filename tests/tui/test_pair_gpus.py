"""Which GPU a tile, a status and its JSON name: what the halves said, never the pair's number."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from fakes.boards import board, gpu, pair
from fakes.pilots import opened, seen, shows
from fakes.screens import FakeBackend
from fakes.sweeps import sweep_rows
from msgspec.structs import replace

from console.cli.documents import board_document
from console.domain.board import PairBoard
from console.domain.progress import GpuUse, SeenGpu
from console.presentation import pairs


def on(simulator: SeenGpu | None, agent: SeenGpu | None) -> PairBoard:
    """Pair 3, which the Job tells GPU 2."""
    return replace(pair(3, 1), simulator_gpu=simulator, agent_gpu=agent)


NONE, BLIND = SeenGpu(0, told="2"), SeenGpu(told="void")
SHOWN = {
    "both on one": (gpu(6), gpu(6), "6", 6),
    "the agent is still to come": (gpu(6), None, "6", 6),
    "one cannot tell": (BLIND, gpu(6), "6", 6),
    "none can tell": (BLIND, BLIND, "?", None),
    "none has told": (None, None, "?", None),
    "different": (gpu(6), gpu(5), "6≠5", None),
    "one has none": (gpu(6), NONE, "none", 6),
    "an index that cannot be told": (replace(gpu(1), index=None), None, "?", None),
}


@pytest.mark.parametrize("case", SHOWN)
def test_a_tile_names_the_gpu_that_was_seen(case: str) -> None:
    simulator, agent, words, index = SHOWN[case]
    told = on(simulator, agent)
    assert pairs.gpu(told) == words
    assert told.gpu == index
    line = "".join(text for text, _ in pairs.hardware(told))
    assert line.startswith(f"GPU {words}  port 2200")


def test_json_keeps_index_request_and_what_each_half_saw_apart() -> None:
    shown = replace(board(), pairs=(on(gpu(6), None),))
    (told,) = board_document(shown)["pairs"]
    assert (told["gpu"], told["gpuAsked"]) == (6, 2)
    assert told["gpus"] == {
        "simulator": {
            "count": 1,
            "index": 6,
            "uuid": "GPU-00000006",
            "name": "NVIDIA A10G",
            "driver": "535.104.05",
            "told": "6",
            "shared": False,
        },
        "agent": None,
    }


@pytest.mark.parametrize(
    ("size", "words"),
    sweep_rows(
        [
            ((80, 24), ("GPU 0 (87 %) :2000/2010", "GPU 1 idle :2100")),
            ((120, 40), ("87 % 9.1/22.5 GiB 64°C", "idle 3m10s 0.3/22.5 GiB")),
            ((200, 60), ("87 % 9.1/22.5 GiB 64°C", "idle 3m10s 0.3/22.5 GiB 41°C")),
        ],
        ((80, 24), ("GPU 0 (87 %) :2000/2010", "GPU 1 idle :2100")),
    ),
)
async def test_the_monitor_tells_each_cards_load_and_calls_an_idle_one_idle(
    backend: FakeBackend, size: tuple[int, int], words: tuple[str, str]
) -> None:
    # A look has its age beside it soon, and NOW is when the tests began.
    just_now = datetime.now(UTC)
    busy = replace(pair(1, 2), gpu_use=GpuUse(just_now, 87, 9318, 23028, 64, 151, 0))
    idle = replace(pair(2, 2), gpu_use=GpuUse(just_now, 0, 312, 23028, 41, 24, 190))
    blind = pair(3, 2)
    backend.shown_board = board(pairs=(busy, idle, blind))
    async with opened(backend, size) as (app, pilot):
        await pilot.press("enter")
        await shows(pilot, *words)
        assert seen(app).count("GiB") <= 2
        assert "GPU 2 (" not in seen(app), "of a card that nobody can look at nothing is said"
