"""Which place for published files is meant: `s3://bucket/prefix`, else a directory."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

from console.errors import ConsoleError, InvalidInput
from console.operations.ports.object_place import ObjectPlace
from console.operations.ports.publishing_settings import StorageSettings

S3 = "s3://"
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://(.*)", re.DOTALL)
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PREFIX = re.compile(r"[A-Za-z0-9!_.*'()-]+(?:/[A-Za-z0-9!_.*'()-]+)*")
"""What Amazon calls safe in a key."""
_WRITE = "Write s3://BUCKET/PREFIX, or a directory."


def place_named(text: str, endpoint: str | None, *, within: Path | None = None) -> StorageSettings:
    """The place that a text names, written in one way only. Raises InvalidInput.

    `within`: a directory's path begins there; else it stays as it is.
    """
    scheme = _SCHEME.match(text)
    if scheme is None:
        if endpoint is not None:
            raise InvalidInput("--endpoint is the address of a bucket's server; this is a folder.")
        return StorageSettings(str(_folder(text, within)))
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
    named = f"{S3}{bucket}/{prefix}".rstrip("/")
    return StorageSettings(named, endpoint=None if endpoint is None else _address(endpoint))


def object_place(named: StorageSettings) -> ObjectPlace:
    """That place; nothing is asked of it yet. Raises ConsoleError where its client is missing."""
    if not named.to.startswith(S3):
        from console.publish.folder_place import FolderPlace

        return FolderPlace(Path(named.to))
    try:
        from console.publish.bucket_place import BucketPlace
    except ModuleNotFoundError as missing:
        raise ConsoleError(
            "Nothing can be published to a bucket here.",
            why=f"The package {missing.name} is not installed.",
            fix="pip install 'carla-leaderboard-console[s3]'",
        ) from missing
    bucket, _, prefix = named.to.removeprefix(S3).partition("/")
    return BucketPlace(bucket, prefix, named.endpoint)


def _folder(text: str, within: Path | None) -> Path:
    try:
        path = Path(text).expanduser()
    except RuntimeError as error:  # a home of nobody
        raise InvalidInput("No directory is called so.", why=str(error), fix=_WRITE) from error
    return path if within is None else (within / path).absolute()


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
