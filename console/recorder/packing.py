"""A recording's folder as a bundle: a tar archive of gzip, whole or not at all.

The same folder gives the same bytes: nothing of the machine, its users or the time is in it.
"""

from __future__ import annotations

import os
import tarfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from console.errors import Conflict, ConsoleError
from console.operations.ports.recorder import BundleHeader
from console.recorder import bundle_header, claiming
from console.results import files

RECORDING = "recording/"
"""What is before the names of the recording's own files."""
_BLOCK = 1024 * 1024
_GZIP = 16 + zlib.MAX_WBITS


def pack(
    folder: Path, header: BundleHeader, documents: Mapping[str, str], file: str, *, exactly: bool
) -> str:
    """Write it; the file that it is. See `RecorderPort.pack`."""
    try:
        file = os.path.abspath(file)
        written = files.write_new(
            file,
            _compressed(_archive(folder, header, documents)),
            permissions=files.PRIVATE,
        )
    except OSError as error:
        raise ConsoleError(
            f"The bundle {files.shown(file)} cannot be written.",
            why=files.why(error),
            fix="Make room there, or name another file with -O.",
        ) from error
    if exactly and written != file:
        os.unlink(written)
        raise Conflict(
            f"There is a file {files.shown(file)} already.",
            why="An export writes over nothing.",
            fix="Name another one with -O, or move that one away.",
        )
    return written


def _archive(folder: Path, header: BundleHeader, documents: Mapping[str, str]) -> Iterator[bytes]:
    yield from _member(bundle_header.HEADER, [bundle_header.encode(header).encode()])
    for name, text in sorted(documents.items()):
        yield from _member(name, [text.encode(errors="surrogatepass")])
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        name = path.relative_to(folder).as_posix()
        if name != claiming.LOCK:
            yield from _member(RECORDING + name, _blocks(path), path.stat().st_size)
    yield bytes(2 * tarfile.BLOCKSIZE)


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as opened:
        while block := opened.read(_BLOCK):
            yield block


def _member(name: str, blocks: Iterable[bytes], size: int | None = None) -> Iterator[bytes]:
    """One file with its header; user, group and time are nobody's."""
    blocks = blocks if size is not None else list(blocks)
    told = tarfile.TarInfo(name)
    told.size = size if size is not None else sum(map(len, blocks))
    told.mode = files.PRIVATE
    yield told.tobuf(tarfile.GNU_FORMAT, "utf-8", "strict")
    yield from blocks
    yield bytes(-told.size % tarfile.BLOCKSIZE)


def _compressed(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Not by `gzip`: that writes the time and a file's name into its header."""
    stream = zlib.compressobj(wbits=_GZIP)
    for block in blocks:
        yield stream.compress(block)
    yield stream.flush()
