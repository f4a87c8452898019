"""A bundle becomes a recording of its own: whole, under its own name, and marked as imported.

It is made aside and moved into its place at the end. What is recorded here already stays: nothing
is written over.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from console.domain.events import Event
from console.domain.facts import UID_SHOWN
from console.errors import Conflict, ConsoleError, InvalidInput
from console.operations.ports.recorder import BundleHeader, Recording
from console.recorder import bundle_header, claiming, journal
from console.recorder.recording_files import folder_of, private_folder
from console.recorder.staging import staged
from console.recorder.unpacking import Bounds, unpack
from console.recorder.writing import JOURNAL, MERGED, Writer, replace
from console.results import files

IMPORTED = "imported.json"
"""In the folder of a recording that came in a bundle: that one's header."""
BOUNDS = Bounds()
_AS_SENT = "journal.sent"
Check = Callable[[Iterator[Event]], Iterator[Event]]


def import_bundle(
    root: Path,
    file: str,
    check: Check,
    *,
    identified: Callable[[Path], Recording | None],
    recordings: tuple[Recording, ...],
    bounds: Bounds = BOUNDS,
) -> BundleHeader:
    """See `RecorderPort.unpack`. `identified` reads whose recording a folder is."""
    try:
        with staged(root) as folder:
            made = folder / "recording"
            made.mkdir(mode=0o700)
            header = unpack(file, made, bounds)
            _refuse_known(header.recording, recordings)
            if identified(made) != header.recording:
                raise InvalidInput(
                    "The file is no incident bundle that can be trusted; nothing of it was taken.",
                    why="What it says of itself is not what it holds.",
                    fix="Give the file as `carla-console export` has written it.",
                )
            _check_journal(made, check)
            replace(made / IMPORTED, bundle_header.encode(header).encode())
            _place(made, root, header)
            return header
    except OSError as error:
        raise ConsoleError(
            "The bundle could not be taken in; nothing of it was kept.",
            why=files.why(error),
            fix="Make room on the disk of the recordings, or see to its permissions.",
        ) from error


def imported(folder: Path) -> BundleHeader | None:
    """The header of the bundle that this recording came in; None for one that was made here."""
    try:
        return bundle_header.decode((folder / IMPORTED).read_bytes())
    except (OSError, InvalidInput):
        return None


def _refuse_known(recording: Recording, recordings: tuple[Recording, ...]) -> None:
    uid = recording.uid[:UID_SHOWN]
    for known in recordings:
        if known.uid == recording.uid:
            raise _known(known.namespace, known.name, known.cluster, uid)


def _known(namespace: str, name: str, cluster: str, uid: str) -> Conflict:
    return Conflict(
        f"{namespace}/{name} (uid {uid}) is recorded here already, in the context {cluster}.",
        why="An import writes over no recording, and one submission has one recording.",
        fix=f"Look at it: carla-console status {name} --recorded -n {namespace} --uid {uid}; "
        f"only `carla-console history delete {uid}` makes room for another one.",
    )


def _check_journal(folder: Path, check: Check) -> None:
    """Written anew with what is believed of it; the merged result too, for it is told there."""
    # What stands in it was never checked; the journal's own event is, and writes it again.
    (folder / MERGED).unlink(missing_ok=True)
    sent = folder / _AS_SENT
    if not (folder / JOURNAL).exists():
        return
    (folder / JOURNAL).rename(sent)
    lock = claiming.take(folder)
    assert lock is not None, "nobody else knows of a folder that is being made"
    writer = Writer(folder, lock)
    try:
        with sent.open("rb") as lines:
            for event in check(journal.decode_all(lines)):
                writer.note(event)
    finally:
        writer.release()
    sent.unlink()
    (folder / claiming.LOCK).unlink()


def _place(made: Path, root: Path, header: BundleHeader) -> None:
    """Where the recording belongs, as old as it is: the newest of a name is looked at first."""
    recording = header.recording
    place = folder_of(root, recording)
    private_folder(place.parent)
    if header.newest is not None:
        newest = header.newest.timestamp()
        os.utime(made / "recording.json", (newest, newest))
    # Looked at last: another import may have come first.
    if place.exists():
        uid = recording.uid[:UID_SHOWN]
        raise _known(recording.namespace, recording.name, recording.cluster, uid)
    made.rename(place)
