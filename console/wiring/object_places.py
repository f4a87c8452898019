"""Which place for published files is meant: `s3://bucket/prefix`, else a directory."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from console.errors import InvalidInput

if TYPE_CHECKING:
    from console.operations.ports.object_place import ObjectPlace

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")


def object_place(text: str, endpoint: str | None = None) -> ObjectPlace:
    """That place; nothing is asked of it yet. Raises InvalidInput."""
    scheme = _SCHEME.match(text)
    if scheme is None:
        if endpoint is not None:
            raise InvalidInput("--endpoint is the address of a bucket's server; this is a folder.")
        from console.publish.folder_place import FolderPlace

        return FolderPlace(Path(text).expanduser())
    raise InvalidInput(
        f"No place begins with {scheme[1]}://.", fix="Name s3://BUCKET/PREFIX or a directory."
    )
