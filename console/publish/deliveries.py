"""The ledger of what goes to places and tables, on disk: a file for each submission and target.

All files are this user's only, and nothing of a login is in any.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from console.operations.ports.deliveries import Delivery
from console.publish.kept_files import KeptFiles

SUFFIX = ".json"


class DeliveriesOnDisk:
    """See `operations.ports.deliveries`. One thread at a time."""

    def __init__(self, folder: Path) -> None:
        self._kept = KeptFiles(folder, "the place")

    def all(self) -> tuple[Delivery, ...]:
        return tuple(self._kept.all(SUFFIX, Delivery))

    def read(self, wanted: Delivery) -> Delivery | None:
        return self._kept.load(key_of(wanted) + SUFFIX, Delivery)

    def put(self, delivery: Delivery) -> None:
        self._kept.save(key_of(delivery) + SUFFIX, delivery)

    def claim(self, delivery: Delivery) -> bool:
        return self._kept.claim(key_of(delivery))

    def release(self, delivery: Delivery) -> None:
        self._kept.release(key_of(delivery))


def key_of(delivery: Delivery) -> str:
    """Of a submission and its target, where only plain characters may stand."""
    return sha256("\0".join(delivery.key).encode(errors="surrogatepass")).hexdigest()[:32]
