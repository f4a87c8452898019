"""Which errand is a delivery's."""

from __future__ import annotations

from console.operations.delivering.files_errand import FilesErrand
from console.operations.delivering.standing import Standing
from console.operations.ports.deliveries import Delivery, DeliveryTargets
from console.operations.services import Services


class Errands:
    """Of one recorder, or one command."""

    def __init__(self, services: Services, targets: DeliveryTargets) -> None:
        self._files = FilesErrand(services, targets)

    def advance(self, known: Delivery, here: Standing) -> Delivery:
        """As far as it goes now. Blocks; what a target does is in the value that comes back."""
        return self._files.advance(known, here)
