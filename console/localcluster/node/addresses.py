"""Loopback addresses for pods: distinct inside a cluster, very probably between clusters."""

from __future__ import annotations

import random

_FIRST_FREE, _LAST_FREE = 2, 254


class PodAddresses:
    """Hands out 127.a.b.c with a and b drawn once, and takes them back."""

    def __init__(self) -> None:
        draw = random.SystemRandom()
        self._network = f"127.{draw.randint(16, 254)}.{draw.randint(0, 255)}"
        self._used: set[int] = set()
        self._next = _FIRST_FREE

    @property
    def host(self) -> str:
        """The node's own address."""
        return f"{self._network}.1"

    def take(self) -> str:
        """An address no living pod has; the one given back longest ago comes last."""
        for _ in range(_FIRST_FREE, _LAST_FREE + 1):
            number = self._next
            self._next = number + 1 if number < _LAST_FREE else _FIRST_FREE
            if number not in self._used:
                self._used.add(number)
                return f"{self._network}.{number}"
        raise RuntimeError("more pods on the node than it allows")

    def give_back(self, address: str) -> None:
        """The pod is gone."""
        self._used.discard(int(address.rpartition(".")[2]))
