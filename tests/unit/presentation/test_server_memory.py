"""What a pair's server holds, as it is shown."""

from __future__ import annotations

from fakes.boards import NOW, pair
from fakes.shown import said

from console.domain.board import PairStatus
from console.domain.progress import MemoryUse
from console.presentation import pairs, server_memory
from console.presentation.tones import Tone

CALM, GROWN = MemoryUse(NOW, 6144, 3072), MemoryUse(NOW, 29184, 3072)


def test_what_a_server_holds_stands_with_what_it_began_with() -> None:
    assert server_memory.words(pair(3, 2, memory=GROWN)) == (
        "server holds 28.5 GiB, 3.0 GiB when it began"
    )
    small = server_memory.words(pair(3, 2, memory=MemoryUse(NOW, 31, 22)))
    assert small == "server holds 31 MiB, 22 MiB when it began"
    assert server_memory.words(pair(3, 2)) == ""
    assert server_memory.words(pair(3, 2, memory=GROWN, status=PairStatus.DONE)) == ""


def test_only_what_no_town_explains_is_a_warning() -> None:
    assert server_memory.short(pair(3, 2, memory=CALM)) == (("6.0 GiB", Tone.MUTED),)
    assert server_memory.short(pair(3, 2, memory=GROWN)) == (("28.5 GiB", Tone.WARN),)


def test_a_pairs_panel_tells_it_beside_its_simulator() -> None:
    shown = [said(line) for line in pairs.panel(pair(3, 2, memory=GROWN), 40, 12, NOW)]
    (told,) = [line for line in shown if "28.5 GiB" in line]
    assert told.startswith("simulator")
