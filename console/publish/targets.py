"""Where a recorder may bring files by itself: what the user's settings name now, and no more."""

from __future__ import annotations

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
from console.publish.settings_in_force import SettingsInForce

# Most tell no table, and boto3 takes its time.
if TYPE_CHECKING:
    from console.publish.dynamodb_table import DynamoTable


class TargetsAsSet:
    """See `operations.ports.deliveries`; may be asked from any thread."""

    def __init__(self, file: PublishingFile, own: OwnName) -> None:
        self._own = own
        self._settings = SettingsInForce(file.settings, PublishingSettings(), "publishing")
        self._table: DynamoTable | None = None
        self._made: tuple[StorageSettings, ObjectPlace] | None = None

    @property
    def period(self) -> timedelta:
        storage = self._settings.now().storage
        return timedelta(seconds=storage.seconds if storage else EVERY_SECONDS)

    @property
    def writer(self) -> PlaceWriter:
        return self._own.writer

    @property
    def storage(self) -> str:
        storage = self._settings.now().storage
        return storage.to if storage else ""

    def place(self, target: str) -> ObjectPlace | None:
        storage = self._settings.now().storage
        if storage is None or storage.to != target:
            return None
        made = self._made
        if made is None or made[0] != storage:
            from console.publish.object_places import object_place

            made = self._made = storage, object_place(storage)
        return made[1]

    @property
    def table(self) -> str:
        return self._settings.now().table

    def open_table(self, target: str) -> DynamoTable | None:
        if self._settings.now().table != target:
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
