"""What a place tells of a submission, read back for who goes on from it. Asks a place; no cluster.

Whoever may write there may write anything: the Job is read as any Job is, a merged result is held
against what it launches, and of the records each one is, by whoever takes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec

from console.domain.board import BoardSnapshot
from console.domain.events import JobSeen, MergedReported
from console.domain.folding import fold
from console.errors import Conflict, NotFound
from console.operations.outcome.verify import checked
from console.operations.ports.cluster import JsonObject
from console.operations.ports.object_place import ObjectPlace
from console.operations.ports.recorder import Recording
from console.operations.recording.recorded import launched_job
from console.operations.storing import folder_owner
from console.operations.storing.folder_owner import FolderOwner
from console.operations.storing.result_files import MERGED
from console.results.jsontext import SIZE_LIMIT
from console.results.quoting import printable
from console.specs.plan import plan_of


class StoredSubmission(msgspec.Struct, frozen=True):
    """Of one folder, as it was read at one time."""

    board: BoardSnapshot
    uid: str
    manifest: JsonObject
    documents: tuple[str, ...]
    """The merged file, where it is there: it has every record."""
    where: str


def stored_submission(
    place: ObjectPlace, namespace: str, name: str, now: datetime, folder: str = ""
) -> StoredSubmission:
    """What is there of that submission, as one of that namespace.

    `folder`: its name at the place; else the place itself is one, or has one of that name. Raises
    NotFound where nothing is there, Conflict where it is of another.
    """
    at, whose = _found(place, name, folder)
    if whose.name != name:
        raise Conflict(
            f"{place.where}/{at}".rstrip("/") + f" holds another submission: "
            f"{printable(whose.name, 60)}.",
            fix="Name that one, or the folder of the one that is meant.",
        )
    manifest = {**whose.manifest, "metadata": _metadata(whose.manifest, namespace, name)}
    plan = plan_of(manifest)
    board = fold(
        BoardSnapshot(namespace, name),
        JobSeen(now, launched_job(Recording("", namespace, name, whose.uid), plan)),
    )
    routes = folder_owner.plan_reported(whose, now)
    board = fold(board, routes) if routes else board
    merged = _text(place, _key(at, MERGED))
    if merged is not None:
        board = fold(board, MergedReported(now, checked(plan, board.routes, merged)))
    documents = () if merged is None else (merged,)
    return StoredSubmission(
        board, whose.uid, manifest, documents, f"{place.where}/{at}".rstrip("/")
    )


def _found(place: ObjectPlace, name: str, folder: str) -> tuple[str, FolderOwner]:
    for at in (folder,) if folder else ("", name):
        content = place.read(_key(at, folder_owner.KEY), SIZE_LIMIT)
        if content is not None and (whose := folder_owner.from_content(content)):
            return at, whose
    raise NotFound(
        f"{place.where} holds nothing of a submission that could be resumed.",
        why=f"There is no {_key(folder or name, folder_owner.KEY)} that a console has published.",
        fix="Name its folder there, which publish has told: --from PLACE/FOLDER",
    )


def _key(at: str, key: str) -> str:
    return f"{at}/{key}" if at else key


def _text(place: ObjectPlace, key: str) -> str | None:
    content = place.read(key, SIZE_LIMIT)
    return None if content is None else content.decode("utf-8", "replace")


def _metadata(manifest: Mapping[str, object], namespace: str, name: str) -> JsonObject:
    found = manifest.get("metadata")
    told = found if isinstance(found, dict) else {}
    return {**told, "name": name, "namespace": namespace}
