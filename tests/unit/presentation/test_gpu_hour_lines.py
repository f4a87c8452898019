"""GPU hours in words: what nobody can tell is `?`, never a zero."""

from __future__ import annotations

import pytest

from console.cli.documents import gpu_document
from console.domain.gpu_time import NOTHING, UNKNOWN, GpuTime
from console.domain.prices import GpuPrice, gpu_price
from console.errors import InvalidInput
from console.presentation.gpu_hours import brief, in_hours, rows, sentence, share

HOUR = 3600.0
KNOWN = GpuTime(
    *(part * HOUR for part in (4, 0.5, 0.25, 0.05, 0.2)), loading=0.4 * HOUR, set_up=0.1 * HOUR
)


def lines(gpu: GpuTime, price: GpuPrice | None = None) -> list[str]:
    told = ("".join(span for span, _ in line) for line in rows(gpu, 40, price))
    return [" ".join(each.split()) for each in told]


def test_used_and_wasted_are_told_with_the_share_and_its_reasons() -> None:
    assert lines(KNOWN) == [
        "used 4.00",
        "driving 3.00",
        "routes 2.50",
        "world load 0.40",
        "agent set-up 0.10",
        "wasted 1.00 (25 %)",
        "boot 0.50",
        "repeated drives 0.25",
        "back-off 0.05",
        "idle 0.20",
    ]


def test_a_command_says_all_of_it_in_one_line() -> None:
    told = (
        "GPU hours: 4.00 used, 3.00 driving (routes 2.50, world load 0.40, agent set-up 0.10), "
        "1.00 (25 %) wasted: "
    )
    assert sentence(KNOWN) == f"{told}boot 0.50, repeated drives 0.25, back-off 0.05, idle 0.20"
    assert sentence(UNKNOWN).startswith(
        "GPU hours: ? used, ? driving (routes ?, world load ?, agent set-up ?), ? wasted: boot ?"
    )


def test_what_is_not_known_is_a_question_mark_and_so_is_every_sum_with_it() -> None:
    assert lines(UNKNOWN) == [
        "used ?", "driving ?", "routes ?", "world load ?", "agent set-up ?", "wasted ?", "boot ?", "repeated drives ?", "back-off ?", "idle ?",
    ]  # fmt: skip
    partly = GpuTime(4 * HOUR, None, None, 0.0, 360.0)
    assert lines(partly)[:2] == ["used 4.00", "driving ?"]
    assert "wasted ?" in lines(partly)
    assert lines(partly)[-1] == "idle 0.10"


def test_driving_whose_stages_nobody_heard_is_told_and_its_parts_are_not() -> None:
    unheard = GpuTime(4 * HOUR, 0.5 * HOUR, 0.25 * HOUR, 0.05 * HOUR, 0.2 * HOUR)
    assert lines(unheard)[1:5] == ["driving 3.00", "routes ?", "world load ?", "agent set-up ?"]


def test_a_row_of_many_says_it_in_short_with_what_it_cost() -> None:
    told = "4.00, 1.00 wasted, routes 2.50, world load 0.40, agent set-up 0.10"
    assert brief(KNOWN) == told
    assert brief(KNOWN, GpuPrice(2.0, "USD")) == f"{told}  cost 8.00 USD, 2.00 of it wasted"
    assert brief(UNKNOWN, GpuPrice(2.0, "USD")) == "?"


def test_nothing_used_has_no_share() -> None:
    assert (share(NOTHING), lines(NOTHING)[5]) == ("", "wasted 0.00")


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(None, "?"), (0.0, "0.00"), (36.0, "0.01"), (99.5 * HOUR, "99.50"), (140.52 * HOUR, "140.5")],
)
def test_hours_have_three_figures_or_more(seconds: float | None, told: str) -> None:
    assert in_hours(seconds) == told
    assert in_hours(12040 * HOUR) == "12040"


def test_with_a_price_it_is_told_what_that_cost_and_of_the_unknown_a_question_mark() -> None:
    price = gpu_price(" 1.62 USD ")
    assert sentence(KNOWN, price).endswith("\nGPU cost: 6.48 USD, 1.62 of it wasted")
    assert lines(KNOWN, price)[-1] == "cost 6.48 USD, 1.62 of it wasted"
    assert sentence(UNKNOWN, gpu_price("2")).endswith("\nGPU cost: ?, ? of it wasted")
    assert gpu_price("") is None


@pytest.mark.parametrize("written", ["a lot", "-1", "1,62 USD", "1 USD each", "1e9", "9" * 400])
def test_a_price_that_is_none_is_named_with_where_it_stands(written: str) -> None:
    with pytest.raises(InvalidInput, match="cannot be read") as told:
        gpu_price(written)
    assert "CARLA_CONSOLE_GPU_HOUR" in told.value.fix


def test_in_json_the_unknown_is_null() -> None:
    assert gpu_document(GpuTime(2 * HOUR)) == {
        "used": 2.0, "driving": None, "routes": None, "worldLoad": None, "agentSetUp": None, "wasted": None, "boot": None, "repeatedDrives": None, "backOff": None,
        "idle": None,
    }  # fmt: skip
