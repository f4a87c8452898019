"""GPU time in hours, as screens and commands say it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.domain.gpu_time import GpuTime, hours
from console.presentation.tones import Line, Tone, spread, text

if TYPE_CHECKING:
    from console.domain.prices import GpuPrice

UNKNOWN = "?"
Parts = tuple[tuple[str, float | None], ...]


def in_hours(seconds: float | None) -> str:
    """`1.25`, `140.5`, `1204`: three figures and more; `?` where nobody can tell."""
    told = hours(seconds)
    if told is None:
        return UNKNOWN
    return f"{told:.2f}" if told < 100 else f"{told:.1f}" if told < 1000 else f"{told:.0f}"


def share(gpu: GpuTime) -> str:
    """Of what was used, how much was wasted: ` (14 %)`; nothing where one is not known, or zero."""
    if gpu.wasted is None or not gpu.used:
        return ""
    return f" ({100 * gpu.wasted / gpu.used:.0f} %)"


def cost(gpu: GpuTime, price: GpuPrice | None) -> str:
    """`6.48 USD, 1.62 of it wasted`; empty without a price."""
    if price is None:
        return ""
    return f"{amount(gpu, price)}, {_amount(price.of(gpu.wasted))} of it wasted"


def _amount(told: float | None) -> str:
    return UNKNOWN if told is None else f"{told:.2f}"


def sentence(gpu: GpuTime, price: GpuPrice | None = None) -> str:
    """The same in one line of a command; a second one says what that cost."""
    told = cost(gpu, price)
    return f"{_hours_told(gpu)}\nGPU cost: {told}" if told else _hours_told(gpu)


def _hours_told(gpu: GpuTime) -> str:
    wasted = in_hours(gpu.wasted) + share(gpu)
    used, driving = in_hours(gpu.used), in_hours(gpu.driving)
    return (
        f"GPU hours: {used} used, {driving} driving ({_listed(gpu.parts_of_driving)}), "
        f"{wasted} wasted: {_listed(gpu.parts)}"
    )


def _listed(parts: Parts) -> str:
    return ", ".join(f"{name} {in_hours(seconds)}" for name, seconds in parts)


def brief(gpu: GpuTime, price: GpuPrice | None = None) -> str:
    """What a row of many has room for."""
    if gpu.used is None:
        return UNKNOWN
    told = f"{in_hours(gpu.used)}, {in_hours(gpu.wasted)} wasted, {_listed(gpu.parts_of_driving)}"
    return f"{told}  cost {cost(gpu, price)}" if price else told


def amount(gpu: GpuTime, price: GpuPrice) -> str:
    """`6.48 USD`: what it cost in all."""
    return f"{_amount(price.of(gpu.used))} {price.unit}".rstrip()


def rows(gpu: GpuTime, width: int, price: GpuPrice | None = None) -> list[Line]:
    """Used, driven with, wasted, and what for, one a line."""
    wasted = Tone.WARN if gpu.wasted else Tone.STRONG
    lines = [
        spread(text("used"), text((in_hours(gpu.used), Tone.STRONG)), width),
        spread(text("driving"), text((in_hours(gpu.driving), Tone.STRONG)), width),
        *_rows(gpu.parts_of_driving, width),
        spread(text("wasted"), text((in_hours(gpu.wasted) + share(gpu), wasted)), width),
        *_rows(gpu.parts, width),
    ]
    if price is not None:
        lines.append(spread(text("cost"), text((cost(gpu, price), Tone.STRONG)), width))
    return lines


def _rows(parts: Parts, width: int) -> list[Line]:
    return [
        spread(text((f"  {name}", Tone.MUTED)), text((in_hours(seconds), Tone.MUTED)), width)
        for name, seconds in parts
    ]
