"""Which GPU a tile, a status and its JSON name: what the halves said, never the pair's number."""

from __future__ import annotations

import pytest
from fakes.screens import board, gpu, pair
from msgspec.structs import replace

from console.cli.documents import board_document
from console.domain.board import PairBoard
from console.domain.progress import SeenGpu
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
