"""Where a recorder may bring files by itself: what the user's settings name now, and no more."""

from __future__ import annotations

import logging
from datetime import timedelta

from console.errors import ConsoleError
from console.operations.ports.object_place import ObjectPlace
from console.operations.ports.publishing import (
    EVERY_SECONDS,
    PublishingFile,
    PublishingSettings,
    StorageSettings,
)

log = logging.getLogger(__name__)


class TargetsAsSet:
    """See `operations.ports.deliveries`; may be asked from any thread."""

    def __init__(self, file: PublishingFile) -> None:
        self._file = file
        self._settings = PublishingSettings()
        self._misread = ""
        self._made: tuple[StorageSettings, ObjectPlace] | None = None

    @property
    def period(self) -> timedelta:
        storage = self._renewed().storage
        return timedelta(seconds=storage.seconds if storage else EVERY_SECONDS)

    @property
    def storage(self) -> str:
        storage = self._renewed().storage
        return storage.to if storage else ""

    def place(self, target: str) -> ObjectPlace | None:
        storage = self._renewed().storage
        if storage is None or storage.to != target:
            return None
        made = self._made
        if made is None or made[0] != storage:
            from console.publish.object_places import object_place

            made = self._made = storage, object_place(storage)
        return made[1]

    def _renewed(self) -> PublishingSettings:
        """As they are now; while they cannot be read, as they were."""
        try:
            self._settings, self._misread = self._file.settings(), ""
        except ConsoleError as error:
            if self._misread != str(error):
                self._misread = str(error)
                log.warning("The settings of publishing: %s", error)
        return self._settings
