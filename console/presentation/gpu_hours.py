"""GPU time in hours, as screens and commands say it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.domain.gpu_time import GpuTime, hours
from console.presentation.tones import Line, Tone, spread, text

if TYPE_CHECKING:
    from console.domain.prices import GpuPrice

UNKNOWN = "?"


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
    used, wasted = (_amount(price.of(seconds)) for seconds in (gpu.used, gpu.wasted))
    return f"{used}{f' {price.unit}' if price.unit else ''}, {wasted} of it wasted"


def _amount(told: float | None) -> str:
    return UNKNOWN if told is None else f"{told:.2f}"


def sentence(gpu: GpuTime, price: GpuPrice | None = None) -> str:
    """The same in one line of a command; a second one says what that cost."""
    told = cost(gpu, price)
    return f"{_hours_told(gpu)}\nGPU cost: {told}" if told else _hours_told(gpu)


def _hours_told(gpu: GpuTime) -> str:
    parts = ", ".join(f"{name} {in_hours(seconds)}" for name, seconds in gpu.parts)
    wasted = in_hours(gpu.wasted) + share(gpu)
    used, driving = in_hours(gpu.used), in_hours(gpu.driving)
    return f"GPU hours: {used} used, {driving} driving, {wasted} wasted: {parts}"


def rows(gpu: GpuTime, width: int, price: GpuPrice | None = None) -> list[Line]:
    """Used, driven with, wasted, and what it was wasted on, one a line."""
    wasted = Tone.WARN if gpu.wasted else Tone.STRONG
    lines = [
        spread(text("used"), text((in_hours(gpu.used), Tone.STRONG)), width),
        spread(text("driving"), text((in_hours(gpu.driving), Tone.STRONG)), width),
        spread(text("wasted"), text((in_hours(gpu.wasted) + share(gpu), wasted)), width),
    ]
    for name, seconds in gpu.parts:
        told = text((in_hours(seconds), Tone.MUTED))
        lines.append(spread(text((f"  {name}", Tone.MUTED)), told, width))
    if price is not None:
        lines.append(spread(text("cost"), text((cost(gpu, price), Tone.STRONG)), width))
    return lines
