"""Which place for published files is meant: `s3://bucket/prefix`, else a directory."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from console.errors import ConsoleError, InvalidInput

if TYPE_CHECKING:
    from console.operations.ports.object_place import ObjectPlace

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://(.*)", re.DOTALL)
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PREFIX = re.compile(r"[A-Za-z0-9!_.*'()-]+(?:/[A-Za-z0-9!_.*'()-]+)*")
"""What Amazon calls safe in a key."""
_WRITE = "Write s3://BUCKET/PREFIX, or a directory."


def object_place(text: str, endpoint: str | None = None) -> ObjectPlace:
    """That place; nothing is asked of it yet. Raises InvalidInput."""
    scheme = _SCHEME.match(text)
    if scheme is None:
        if endpoint is not None:
            raise InvalidInput("--endpoint is the address of a bucket's server; this is a folder.")
        from console.publish.folder_place import FolderPlace

        return FolderPlace(Path(text).expanduser())
    if scheme[1] != "s3":
        raise InvalidInput(f"No place begins with {scheme[1]}://.", fix=_WRITE)
    bucket, _, prefix = scheme[2].partition("/")
    prefix = prefix.rstrip("/")
    # Not repeated: somebody may have written a login into it.
    if not _BUCKET.fullmatch(bucket):
        raise InvalidInput("No bucket can be called so.", fix=_WRITE)
    if prefix and (not _PREFIX.fullmatch(prefix) or {".", ".."} & {*prefix.split("/")}):
        raise InvalidInput(
            "No prefix can be called so.",
            why="It has letters, digits and !_.*'()- between single slashes.",
        )
    return _bucket_place(bucket, prefix, None if endpoint is None else _address(endpoint))


def _bucket_place(bucket: str, prefix: str, endpoint: str | None) -> ObjectPlace:
    try:
        from console.publish.bucket_place import BucketPlace
    except ModuleNotFoundError as missing:
        raise ConsoleError(
            "Nothing can be published to a bucket here.",
            why=f"The package {missing.name} is not installed.",
            fix="pip install 'carla-leaderboard-console[s3]'",
        ) from missing
    return BucketPlace(bucket, prefix, endpoint)


def _address(endpoint: str) -> str:
    try:
        parts = urlsplit(endpoint)
        told = parts.hostname and parts.port != 0
    except ValueError:
        told = None
    if not told or parts.scheme not in ("http", "https") or parts.query or parts.fragment:
        raise InvalidInput("--endpoint is no address.", fix="Write https://HOST:PORT.")
    if parts.username is not None:
        raise InvalidInput(
            "--endpoint holds no login.",
            why="Other users of this machine see the arguments of a command.",
            fix="Keep it where the aws command does: the environment, or a profile.",
        )
    return endpoint
