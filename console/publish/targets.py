"""Where a recorder may bring files by itself: what the user's settings name now, and no more."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from console.errors import ConsoleError
from console.operations.ports.object_place import ObjectPlace, PlaceWriter
from console.operations.ports.publishing_settings import (
    EVERY_SECONDS,
    PublishingFile,
    PublishingSettings,
    StorageSettings,
)
from console.publish.own_name import OwnName

# Most tell no table, and boto3 takes its time.
if TYPE_CHECKING:
    from console.publish.dynamodb_table import DynamoTable

log = logging.getLogger(__name__)


class TargetsAsSet:
    """See `operations.ports.deliveries`; may be asked from any thread."""

    def __init__(self, file: PublishingFile, own: OwnName) -> None:
        self._file, self._own = file, own
        self._settings = PublishingSettings()
        self._misread = ""
        self._table: DynamoTable | None = None
        self._made: tuple[StorageSettings, ObjectPlace] | None = None

    @property
    def period(self) -> timedelta:
        storage = self._renewed().storage
        return timedelta(seconds=storage.seconds if storage else EVERY_SECONDS)

    @property
    def writer(self) -> PlaceWriter:
        return self._own.writer

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

    @property
    def table(self) -> str:
        return self._renewed().table

    def open_table(self, target: str) -> DynamoTable | None:
        if self._renewed().table != target:
            return None
        try:
            from console.publish.dynamodb_table import DynamoTable
        except ModuleNotFoundError as missing:
            raise ConsoleError(
                "DynamoDB can be told nothing here.",
                why=f"The package {missing.name} is not installed.",
                fix="pip install 'carla-leaderboard-console[s3]'",
            ) from missing
        if self._table is None or self._table.name != target:
            self._table = DynamoTable(target)
        return self._table

    def _renewed(self) -> PublishingSettings:
        """As they are now; while they cannot be read, as they were."""
        try:
            self._settings, self._misread = self._file.settings(), ""
        except ConsoleError as error:
            if self._misread != str(error):
                self._misread = str(error)
                log.warning("The settings of publishing: %s", error)
        return self._settings
