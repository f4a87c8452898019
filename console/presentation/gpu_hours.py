"""GPU time in hours, as screens and commands say it. Pure."""

from __future__ import annotations

from console.domain.gpu_time import GpuTime, hours
from console.presentation.tones import Line, Tone, spread, text

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


def sentence(gpu: GpuTime) -> str:
    """The same in one line of a command."""
    parts = ", ".join(f"{name} {in_hours(seconds)}" for name, seconds in gpu.parts)
    wasted = in_hours(gpu.wasted) + share(gpu)
    return f"GPU hours: {in_hours(gpu.used)} used, {wasted} wasted: {parts}"


def rows(gpu: GpuTime, width: int) -> list[Line]:
    """Used, wasted, and what it was wasted on, one a line."""
    wasted = Tone.WARN if gpu.wasted else Tone.STRONG
    lines = [
        spread(text("used"), text((in_hours(gpu.used), Tone.STRONG)), width),
        spread(text("wasted"), text((in_hours(gpu.wasted) + share(gpu), wasted)), width),
    ]
    for name, seconds in gpu.parts:
        told = text((in_hours(seconds), Tone.MUTED))
        lines.append(spread(text((f"  {name}", Tone.MUTED)), told, width))
    return lines
