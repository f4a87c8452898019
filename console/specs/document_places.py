"""Where a value stands in a document, and how that is written. Knows no text of a document.

A place is a tuple of keys and indexes: `("spec", "containers", 0, "name")`.
"""

from __future__ import annotations

Place = tuple[str | int, ...]


def spell(place: Place) -> str:
    """A place as people write it: `spec.containers[0].name`."""
    text = ""
    for step in place:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text
