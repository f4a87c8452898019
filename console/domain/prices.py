"""What an hour of a GPU costs, as a user wrote it. Pure; knows no currency and no rate."""

from __future__ import annotations

import re

import msgspec

from console.errors import InvalidInput

_WRITTEN = re.compile(r"(\d{1,6}(?:\.\d{1,6})?)(?:\s*([A-Za-z]{1,4}|[€$£¥]))?")
_HOUR = 3600.0


class GpuPrice(msgspec.Struct, frozen=True, gc=False):
    """Of one GPU for an hour, in whatever unit."""

    amount: float
    unit: str = ""

    def of(self, seconds: float | None) -> float | None:
        """To hundredths; None of what nobody knows."""
        return None if seconds is None else round(self.amount * seconds / _HOUR, 2)


def gpu_price(written: str) -> GpuPrice | None:
    """Of `1.62 USD` or `1.62`; None of nothing."""
    if not written.strip():
        return None
    found = _WRITTEN.fullmatch(written.strip())
    if found is None:
        raise InvalidInput(
            "What an hour of a GPU costs cannot be read.",
            why=f"{written.strip()[:40]!r} is no amount.",
            fix="Write CARLA_CONSOLE_GPU_HOUR='1.62 USD', or unset it.",
        )
    return GpuPrice(float(found[1]), found[2] or "")
