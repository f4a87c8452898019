"""Which towns an image of the CARLA server has.

Additional maps are a download of their own: no public image has them, and 0.9.14 has no Town13
even with them. What an operator's own image holds, and where private routes lie, is not known here.
"""

from __future__ import annotations

import re

_PUBLIC = re.compile(r"(?:(?:docker\.io|index\.docker\.io)/)?carlasim/carla:0\.9\.(\d+)(?:\.\d+)?")
_FIRST_FIVE = tuple(f"Town0{number}" for number in range(1, 6))
_KNOWN_VERSIONS = range(10, 16)


def towns_of_image(image: str) -> tuple[str, ...] | None:
    """The towns of a public image; None for any other, which may hold any."""
    public = _PUBLIC.fullmatch(image)
    if public is None or int(public[1]) not in _KNOWN_VERSIONS:
        return None
    return (*_FIRST_FIVE, "Town10HD") if int(public[1]) >= 12 else _FIRST_FIVE
