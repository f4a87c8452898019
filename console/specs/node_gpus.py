"""How many GPUs a node has, and how many pairs have room on it: facts of instance types, and what a
profile says over them.

A node that is not known has room for as many as are asked. Knows no Job and no cluster.
"""

from __future__ import annotations

from typing import Any

import msgspec

from console.specs import gpu_ways
from console.specs.adjustments import whole_number
from console.specs.node_choice import INSTANCE_TYPE
from console.specs.values import Values

GPUS_PER_NODE, SHARES = "cluster.gpus_per_node", "cluster.gpu_shares"
DEFAULTS: dict[str, str] = {GPUS_PER_NODE: "", SHARES: ""}
"""Empty: what is known of the instance type; nothing is known of the shares."""
_MOST = 1024
_KNOWN = {
    **dict.fromkeys((f"g4dn.{size}xlarge" for size in ("", 2, 4, 8, 16)), 1),
    "g4dn.12xlarge": 4,
    "g4dn.metal": 8,
    **dict.fromkeys((f"g5.{size}xlarge" for size in ("", 2, 4, 8, 16)), 1),
    "g5.12xlarge": 4,
    "g5.24xlarge": 4,
    "g5.48xlarge": 8,
    **dict.fromkeys((f"g6.{size}xlarge" for size in ("", 2, 4, 8, 16)), 1),
    "g6.12xlarge": 4,
    "g6.24xlarge": 4,
    "g6.48xlarge": 8,
    **dict.fromkeys((f"g6e.{size}xlarge" for size in ("", 2, 4, 8, 16)), 1),
    "g6e.12xlarge": 4,
    "g6e.24xlarge": 4,
    "g6e.48xlarge": 8,
    "p3.2xlarge": 1,
    "p3.8xlarge": 4,
    "p3.16xlarge": 8,
    "p3dn.24xlarge": 8,
    "p4d.24xlarge": 8,
    "p4de.24xlarge": 8,
    "p5.48xlarge": 8,
}
"""GPUs of Amazon's instance types, as its tables have them."""


class NodeRoom(msgspec.Struct, frozen=True):
    """What a node has."""

    gpus: int | None
    """None where nobody knows."""
    pairs: int | None
    """That can be on it at once, each with a GPU, or two shares, of its own."""
    usual: int | None
    """Pairs where nobody says a number: no more than an instance of that type has GPUs, though
    this node may have more."""
    kind: str
    """The instance type; empty where none is named."""
    shared: bool = False
    """Each GPU is cut into shares, two a pair."""


def value_mistake(path: str, value: Any) -> str:
    """The sentence after the path's name; empty where the value is sound."""
    if path not in DEFAULTS or value in (None, ""):
        return ""
    number = whole_number(value, least=1)
    sound = number is not None and number <= _MOST
    return "" if sound else f"is {value!r}, but a whole number from 1 is wanted, or nothing"


def room(values: Values) -> NodeRoom:
    """The room of the nodes that these values name."""
    kind = values.get(INSTANCE_TYPE)
    kind = kind if isinstance(kind, str) else ""
    told, known = whole_number(values.get(GPUS_PER_NODE), least=1), _KNOWN.get(kind)
    have = known if told is None else told
    pairs, shared = have, values.get(gpu_ways.WAY) == gpu_ways.Way.SHARED
    if have is not None and shared:
        shares = whole_number(values.get(SHARES), least=1)
        pairs = None if shares is None else have * shares // 2
    usual = min((each for each in (known, pairs) if each is not None), default=None)
    return NodeRoom(have, pairs, usual, kind, shared)


def with_room_for(pairs: int, kind: str) -> tuple[str, ...]:
    """The smallest instance types with a GPU for each of so many pairs; of that family if any."""
    enough = sorted({count for count in _KNOWN.values() if count >= pairs})
    found = tuple(each for each, count in _KNOWN.items() if enough and count == enough[0])
    family = kind.partition(".")[0]
    return tuple(each for each in found if each.startswith(f"{family}.")) or found
