"""Which errand is a delivery's."""

from __future__ import annotations

from console.operations.delivering.files_errand import FilesErrand
from console.operations.delivering.standing import Standing
from console.operations.delivering.table_errand import TableErrand
from console.operations.ports.deliveries import (
    Delivery,
    DeliveryKind,
    DeliveryTargets,
    TableMark,
)
from console.operations.services import Services


class Errands:
    """Of one recorder, or one command."""

    def __init__(self, services: Services, targets: DeliveryTargets) -> None:
        self._files = FilesErrand(services, targets)
        self._table = TableErrand(services, targets)

    def advance(self, known: Delivery, here: Standing) -> Delivery:
        """As far as it goes now. Blocks; what a target does is in the value that comes back."""
        if known.kind is DeliveryKind.TABLE:
            return self._table.advance(known, here)
        return self._files.advance(known, here)

    def marks(self, known: Delivery, here: Standing) -> tuple[TableMark, ...]:
        """All that a table would be told by now. Sends nothing."""
        return self._table.marks(known, here)
