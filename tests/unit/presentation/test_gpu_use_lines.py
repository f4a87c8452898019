"""A pair's GPU on a panel, in a row and in `status`: what is not known is `?`, and never 0."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fakes.boards import NOW, gpu, pair
from fakes.shown import all_said, said, toned
from msgspec.structs import replace

from console.domain.board import PairBoard, PairStatus
from console.domain.progress import GpuUse
from console.presentation import gpu_use, pairs
from console.presentation.ascii_letters import in_ascii
from console.presentation.tones import Tone, width_of

BUSY = GpuUse(NOW, 87, 9318, 23028, 64, 151, 0)
WHOLE = "87 % 9.1/22.5 GiB 64°C"


def driving(use: GpuUse | None = BUSY, **more: object) -> PairBoard:
    return pair(3, 2, gpu_use=use, **more)


@pytest.mark.parametrize(
    ("use", "words"),
    [
        (BUSY, f"{WHOLE} 151 W"),
        (GpuUse(NOW), "? % ? GiB ?°C ? W"),
        (replace(BUSY, util=None, temp=None), "? % 9.1/22.5 GiB ?°C 151 W"),
        (replace(BUSY, used=None), "87 % ? GiB 64°C 151 W"),
        (replace(BUSY, util=0, used=0), "0 % 0.0/22.5 GiB 64°C 151 W"),
        (replace(BUSY, at=NOW - timedelta(seconds=89)), f"{WHOLE} 151 W"),
        (replace(BUSY, at=NOW - timedelta(minutes=3)), f"{WHOLE} 151 W 3m ago"),
        (replace(BUSY, at=NOW + timedelta(minutes=3)), f"{WHOLE} 151 W"),
        (None, ""),
    ],
)
def test_a_look_is_told_with_what_it_could_not_tell_and_its_age(
    use: GpuUse | None, words: str
) -> None:
    assert gpu_use.words(driving(use), NOW) == words


@pytest.mark.parametrize(
    "status", [PairStatus.DONE, PairStatus.FAILED, PairStatus.STOPPED, PairStatus.UNKNOWN]
)
def test_a_pair_that_is_over_uses_no_gpu(status: PairStatus) -> None:
    over = driving(status=status)
    assert gpu_use.words(over, NOW) == ""
    assert gpu_use.line(over, NOW, 80) == ()
    assert not gpu_use.idles(over)


def test_the_load_outlasts_the_rest_where_there_is_little_room() -> None:
    def told(width: int) -> str:
        return said(gpu_use.line(driving(), NOW, width))

    assert [told(width) for width in (22, 21, 17, 16, 4, 3)] == [
        WHOLE,
        "87 % 9.1/22.5 GiB",
        "87 % 9.1/22.5 GiB",
        "87 %",
        "87 %",
        "",
    ]


def test_what_is_old_is_never_told_without_its_age() -> None:
    old = driving(replace(BUSY, at=NOW - timedelta(minutes=3)))
    told = {said(gpu_use.line(old, NOW, width)) for width in range(40)}
    assert told == {f"{WHOLE} 3m ago", "87 % 9.1/22.5 GiB 3m ago", "87 % 3m ago", ""}


def test_an_idle_card_is_a_warning_beside_a_pair_that_drives() -> None:
    idle = replace(BUSY, util=0, used=312, idle=190)
    (span,) = gpu_use.line(driving(idle), NOW, 60)
    assert span == ("idle 3m10s 0.3/22.5 GiB 64°C", Tone.WARN)
    assert gpu_use.line(driving(idle), NOW, 9) == (("idle", Tone.WARN),)
    for calm in (
        driving(idle, status=PairStatus.BOOTING),
        driving(replace(idle, idle=59)),
        driving(replace(idle, idle=None)),
    ):
        ((words, tone),) = gpu_use.line(calm, NOW, 60)
        assert (words, tone) == ("0 % 0.3/22.5 GiB 64°C", Tone.MUTED)


def test_a_panel_shows_it_at_the_edge_of_the_cards_line_where_it_fits() -> None:
    def second(width: int) -> str:
        return said(pairs.panel(driving(), width, 12, NOW)[1])

    assert second(56) == "GPU 2  port 2200  traffic 2210    87 % 9.1/22.5 GiB 64°C"
    assert second(40) == "GPU 2  port 2200  traffic 2210      87 %"
    assert second(34) == "GPU 2  port 2200  traffic 2210"


def test_a_row_of_a_small_terminal_has_it_beside_the_ports_where_it_fits() -> None:
    def second(width: int, use: GpuUse = BUSY) -> str:
        row = pairs.rows(driving(use), width, NOW)[1]
        assert width_of(row) <= width
        return said(row)

    assert second(120).endswith(f" GPU 2 ({WHOLE}) :2200/2210")
    assert second(70).endswith(" GPU 2 :2200/2210")
    idle = replace(BUSY, util=0, idle=190)
    assert second(70, use=idle).endswith(" GPU 2 idle :2200"), "as wide as the two ports"


def test_halves_on_different_gpus_stand_out() -> None:
    apart = driving(simulator_gpu=gpu(1), agent_gpu=gpu(2))
    assert toned(pairs.hardware(apart), Tone.WARN) == "1≠2"
    assert "GPU 1≠2" in all_said(pairs.rows(apart, 120, NOW))


def test_a_terminal_of_ascii_alone_reads_the_same_figures() -> None:
    assert in_ascii(WHOLE) == "87 % 9.1/22.5 GiB 64 C"
