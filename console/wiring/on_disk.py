"""What this user's console keeps on disk: recordings, calls that are to be sent, the last list."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from console import paths
from console.wiring.wanted import WantedCluster

if TYPE_CHECKING:
    from pathlib import Path

    from console.domain.fleet import SubmissionRow
    from console.operations.ports.deliveries import DeliveryEdges, TableMark
    from console.operations.ports.evalai_queue import EvalAiQueue
    from console.operations.ports.object_place import ObjectPlace, PlaceWriter
    from console.operations.ports.publishing_settings import SecretReader
    from console.operations.recording.archive import Archive
    from console.operations.services import Services
    from console.operations.watching.unattended import BesideFleets
    from console.publish.deliveries import DeliveriesOnDisk
    from console.publish.ledger import LedgerOnDisk
    from console.publish.ledger_view import PublishedView
    from console.publish.outbox import Outbox
    from console.publish.own_name import OwnName
    from console.publish.publishing_file import PublishingOnDisk
    from console.publish.publishing_rules import RulesAsSet
    from console.publish.targets import TargetsAsSet
    from console.recorder.recorder import Recorder
    from console.recorder.recording_store import StoreOnDisk


def call_outbox() -> Outbox:
    """Calls for this user's webhooks, and what is set of them. Reads no file yet."""
    from console.publish.outbox import Outbox

    return Outbox(paths.calls(), paths.settings(), now)


def publishing_file() -> PublishingOnDisk:
    """Where results are to be published, as the user sets it. Reads no file yet."""
    from console.publish.publishing_file import PublishingOnDisk

    return PublishingOnDisk(paths.settings())


def publishing_rules(secrets: SecretReader | None = None) -> RulesAsSet:
    """What is published of that, and by whose token. Reads no file yet.

    `secrets`: the cluster that the token may be kept in; None where none is asked.
    """
    from console.publish.publishing_rules import RulesAsSet

    return RulesAsSet(publishing_file(), paths.publishing() / "budget", secrets)


def publications_folder() -> Path:
    return paths.publishing() / "submissions"


def evalai_queue(server: str, secrets: SecretReader | None = None) -> EvalAiQueue:
    """That server by the user's token. Raises NotFound where none is set, or another one is."""
    from console.errors import NotFound

    found = publishing_rules(secrets).evalai(server)
    if found is None:
        raise NotFound(f"{publishing_file().file} does not name {server} any more.")
    return found


def publications() -> LedgerOnDisk:
    """What went to EvalAI and is to go there, by this user's recorders. Reads no file yet."""
    from console.publish.ledger import LedgerOnDisk

    return LedgerOnDisk(publications_folder())


def publications_seen() -> PublishedView:
    """That, and what went elsewhere, for who only looks. Reads no file yet."""
    from console.publish.ledger_view import PublishedView

    return PublishedView(publications_folder(), deliveries_folder())


def publications_if_any() -> PublishedView | None:
    """For one look: most publish nothing, and theirs brings nothing that reads a ledger."""
    there = publications_folder().is_dir() or deliveries_folder().is_dir()
    return publications_seen() if there else None


def deliveries_folder() -> Path:
    return paths.publishing() / "deliveries"


def deliveries() -> DeliveriesOnDisk:
    """What went to places and tables by itself and is to go there. Reads no file yet."""
    from console.publish.deliveries import DeliveriesOnDisk

    return DeliveriesOnDisk(deliveries_folder())


def delivery_edges() -> DeliveryEdges:
    """Places and tables by the user's settings, and what went there. Reads no file yet."""
    from console.operations.ports.deliveries import DeliveryEdges

    return DeliveryEdges(targets(), deliveries())


def object_place(text: str, endpoint: str | None = None) -> ObjectPlace:
    """That place; nothing is asked of it yet. Raises InvalidInput."""
    from console.publish.object_places import object_place, place_named

    return object_place(place_named(text, endpoint))


def place_target(text: str, endpoint: str | None = None) -> str:
    """That place, as the settings name it. Raises InvalidInput."""
    from pathlib import Path

    from console.publish.object_places import place_named

    return place_named(text, endpoint, within=Path.cwd()).to


def publisher(services: Services) -> BesideFleets:
    """What a recorder does beside recording: results to EvalAI, files to places."""
    from console.operations.delivering.both import Both
    from console.operations.delivering.deliverer import Deliverer
    from console.operations.publishing.publisher import Publisher
    from console.operations.publishing.sole_sender import SoleSender

    sole = SoleSender(services, place_writer)
    return Both(
        Publisher(services, publishing_rules(services.cluster), publications(), sole),
        Deliverer(services, targets(), deliveries()),
    )


def update_item(table: str, mark: TableMark) -> dict[str, Any]:
    """What DynamoDB is sent with that mark."""
    from console.publish.dynamodb_requests import update_item

    return update_item(table, mark)


def targets() -> TargetsAsSet:
    """Places and tables to which the user lets submissions go. Reads no file yet."""
    from console.publish.targets import TargetsAsSet

    return TargetsAsSet(publishing_file(), _own_name())


def place_writer() -> PlaceWriter:
    """Who we are to others that write to a place. Reads or makes a file."""
    return _own_name().writer


def _own_name() -> OwnName:
    from console.publish.own_name import OwnName

    return OwnName(paths.publishing(), recordings().owner())


def recordings(*, unattended: bool = False) -> Recorder:
    """All of this user, of whichever cluster. Reads no file yet."""
    from console.recorder.recorder import Recorder

    return Recorder(paths.recordings(), unattended=unattended)


def store_of_recordings() -> StoreOnDisk:
    from console.recorder.recording_store import StoreOnDisk

    return StoreOnDisk(paths.recordings(), paths.settings(), os.environ)


def archive() -> Archive:
    """All recordings of this user; no cluster is asked, and none has to be there."""
    from console.operations.ports.cluster import ClusterDescription
    from console.operations.recording.archive import Archive
    from console.operations.services import Services, unasked

    nowhere = unasked(ClusterDescription("", "", ""))
    store = store_of_recordings()
    return Archive(Services(nowhere, recordings(), now, store=store), store)


def remember_list(asked: WantedCluster, rows: tuple[SubmissionRow, ...]) -> None:
    """The list of that cluster as it was last told. Raises OSError."""
    from console.tui.remembered import renew

    renew(asked, rows, now())


def now() -> datetime:
    """The present, aware UTC."""
    return datetime.now(UTC)
