"""One page of a list: selection, limit and continue tokens, resourceVersion rules."""

from __future__ import annotations

import base64
import binascii
from bisect import bisect_right
from dataclasses import dataclass
from itertools import islice

import msgspec

from console.localcluster.api.options import ListOptions
from console.localcluster.api.refusals import ApiFailure, version_ahead, version_expired
from console.localcluster.api.resources import Resource
from console.localcluster.changes import JsonObject
from console.localcluster.store import Store
from console.struct_library import decoder_of


@dataclass(frozen=True, slots=True)
class ListPage:
    """The objects of one page and the list's metadata."""

    objects: list[JsonObject]
    metadata: JsonObject


class _Continue(msgspec.Struct):
    """What a continue token says: the list's version and the last key that was sent."""

    v: str
    rv: int
    start: str


def list_page(
    store: Store, resource: Resource, namespace: str | None, options: ListOptions
) -> ListPage:
    """The page asked for. Later pages show objects as they are now, under the first page's version.

    Raises ApiFailure 400 (token), 410 (version gone), 504 (version not reached yet).
    """
    check_version(store, options)
    version, rest = store.resource_version, store.list(resource.name, namespace)
    if options.continue_token:
        token = _decode(options.continue_token)
        version = token.rv
        rest = rest[bisect_right(rest, _place(token.start), key=_key) :]
    metadata: JsonObject = {"resourceVersion": str(version)}
    # A long list is read in many pages: none looks at what is before it, or far behind it.
    most = options.limit + 1 if options.limit else None
    objects = [*islice(filter(options.matches, rest), most)]
    if options.limit and len(objects) > options.limit:
        objects.pop()
        start = "/".join(_key(objects[-1]))
        metadata["continue"] = _encode(_Continue("meta.k8s.io/v1", version, start))
        # Of how many a selector would choose a real server says nothing either.
        if not options.selects:
            metadata["remainingItemCount"] = len(rest) - options.limit
    return ListPage(objects, metadata)


def check_version(store: Store, options: ListOptions) -> None:
    """Refuse versions from the future and exact ones from the past."""
    wanted = options.version
    if wanted is None or wanted == 0:
        return
    if wanted > store.resource_version:
        raise version_ahead(wanted, store.resource_version)
    if options.version_match == "Exact" and wanted != store.resource_version:
        message = "The resourceVersion for the provided list is too old."
        raise version_expired(message)


def _key(obj: JsonObject) -> tuple[str, str]:
    """By which the store has sorted it."""
    meta = obj["metadata"]
    return meta.get("namespace", ""), meta["name"]


def _place(start: str) -> tuple[str, str]:
    namespace, _, name = start.partition("/")
    return namespace, name


def _encode(token: _Continue) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(token)).decode().rstrip("=")


def _decode(text: str) -> _Continue:
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        return decoder_of(_Continue).decode(raw)
    except (binascii.Error, ValueError, msgspec.MsgspecError) as error:
        raise ApiFailure(400, "continue key is not valid: " + str(error)) from error
