"""The ledger of what goes to places and tables, on disk: a file for each submission and target."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from console.operations.ports.deliveries import BringNow, Delivery, DeliveryKey
from console.publish.kept_files import KeptFiles
from console.publish.kept_ledger import KeptLedger


class DeliveriesOnDisk(KeptLedger[DeliveryKey, Delivery, BringNow]):
    """See `operations.ports.deliveries`."""

    def __init__(self, folder: Path) -> None:
        super().__init__(KeptFiles(folder, "the place"), Delivery, BringNow, key_of)


def key_of(key: DeliveryKey) -> str:
    """Of a submission and its target, where only plain characters may stand."""
    return sha256("\0".join(key).encode(errors="surrogatepass")).hexdigest()[:32]
