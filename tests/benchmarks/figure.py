"""A row of `make bench`: what was measured and, where an aim was set, whether it was reached."""

from __future__ import annotations

from typing import NamedTuple


class Figure(NamedTuple):
    """`kept` is None where there is no aim, or nothing to hold it against on this machine."""

    what: str
    told: str
    aim: str = ""
    kept: bool | None = None

    def line(self) -> str:
        reached = {None: "", True: "yes", False: "NO"}[self.kept]
        return f"{self.what:<56} {self.told:<26} {self.aim:<42} {reached}".rstrip()


def at_most(what: str, figure: float, aim: float, unit: str, *, of: str = "") -> Figure:
    """`of`: what the aim is made of, where it is no number of its own."""
    words = f"<= {aim:,.0f} {unit}" + (f" ({of})" if of else "")
    number = f"{figure:,.0f}" if figure >= 10 else f"{figure:,.1f}"
    return Figure(what, f"{number} {unit}", words, figure <= aim)
