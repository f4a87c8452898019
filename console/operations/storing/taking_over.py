"""A folder passes from a run of an EvalAI submission to a later run of the same number.

EvalAI gives the number, and a host who has it evaluated again from the start keeps it: who reads
the folder looks for the newest run. What the one before has left is put beside, in a folder of its
own, before anything of it goes; so it may be ended between any two steps and be begun anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from console.domain.facts import UID_SHOWN, EvalAiPlace
from console.operations.ports.object_place import ObjectPlace, PlaceFailed, StoredObject, measured
from console.operations.storing import folder_owner, writer_claims
from console.operations.storing.folder_owner import FolderOwner
from console.results.jsontext import SIZE_LIMIT
from console.specs.publishing_annotations import place_of

_UID = re.compile(r"[0-9A-Za-z-]{1,64}", re.ASCII)


def is_of(owner: FolderOwner, place: EvalAiPlace | None) -> bool:
    """It is a run of that EvalAI submission."""
    return place is not None and _place(owner) == place


def follows(later: FolderOwner, earlier: FolderOwner) -> bool:
    """Both are runs of one EvalAI submission, and that one was launched after the other."""
    first, second = _launched(earlier), _launched(later)
    if first is None or second is None or not _UID.fullmatch(earlier.uid):
        return False
    return is_of(earlier, _place(later)) and first < second


def beside(folder: str, earlier: FolderOwner) -> str:
    """Where the files of the earlier run are kept."""
    return f"{folder}-{earlier.uid[:UID_SHOWN]}"


def demand_left(place: ObjectPlace, folder: str, earlier: FolderOwner, now: datetime) -> None:
    """Raises PlaceFailed while somebody brings the earlier run, on whichever machine."""
    content = place.read(f"{folder}/{writer_claims.KEY}", writer_claims.LIMIT)
    claim = writer_claims.from_content(content)
    if claim is not None and claim.uid == earlier.uid and not claim.over and now < claim.until:
        raise PlaceFailed(
            f"{place.where}/{folder} still gets the files of the run before.",
            why="A later run of that EvalAI submission has the folder when that one is over.",
            fix=f"At the latest it is free at {claim.until:%Y-%m-%d %H:%M} UTC.",
        )


def too_large(there: Mapping[str, StoredObject]) -> bool:
    """Something of it cannot be put beside."""
    return any(each.size > SIZE_LIMIT for each in there.values())


def to_beside(
    folder: str, earlier: FolderOwner, there: Mapping[str, StoredObject]
) -> dict[str, StoredObject]:
    """What is to be kept, by its keys beside: whose it is comes last."""
    new, claim, owner = beside(folder, earlier), f"{folder}/{writer_claims.KEY}", folder_owner.KEY
    keys = sorted(there.keys() - {claim}, key=lambda key: (key == f"{folder}/{owner}", key))
    return {new + key.removeprefix(folder): there[key] for key in keys}


def put_beside(
    place: ObjectPlace, folder: str, earlier: FolderOwner, there: Mapping[str, StoredObject]
) -> Iterator[tuple[str, StoredObject]]:
    """All of it, each told when it is there; then it goes from the folder, but for whose that is:
    who begins anew finds the same one to be kept."""
    kept, found = place.listed(beside(folder, earlier)), to_beside(folder, earlier, there)
    for key, each in found.items():
        _copy(place, each, key, kept)
        yield key, each
    for each in list(found.values())[:-1]:
        place.remove(each.key)


def _copy(
    place: ObjectPlace, stored: StoredObject, key: str, kept: Mapping[str, StoredObject]
) -> None:
    content = place.read(stored.key, SIZE_LIMIT) if stored.size else b""
    if content is None:
        return  # somebody has removed it meanwhile

    def blocks() -> Iterator[bytes]:
        yield content

    measure, before = measured(blocks), kept.get(key)
    if before is None or before.size != measure.size or not place.same(before, measure):
        place.put(key, blocks, measure)


def _place(owner: FolderOwner) -> EvalAiPlace | None:
    told = _metadata(owner).get("annotations")
    found = told.items() if isinstance(told, dict) else ()
    return place_of({key: text for key, text in found if isinstance(text, str)})


def _launched(owner: FolderOwner) -> datetime | None:
    """When the cluster made its Job; None where the file does not tell it."""
    try:
        found = datetime.fromisoformat(str(_metadata(owner).get("creationTimestamp")))
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def _metadata(owner: FolderOwner) -> Mapping[str, Any]:
    told = owner.manifest.get("metadata")
    return told if isinstance(told, dict) else {}
