"""`RecorderPort` over a directory: who may write a recording, and what is in each."""

from __future__ import annotations

import contextlib
import json
import os
import pwd
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from console.domain.events import ConsoleActed, Event
from console.domain.facts import UID_SHOWN
from console.errors import Conflict, NotFound
from console.operations.ports.recorder import (
    BundleHeader,
    Holder,
    KeptManifest,
    RecorderFailed,
    Recording,
)
from console.recorder import claiming, identity, journal, keeping, run_files, settling
from console.recorder.damage import damage
from console.recorder.identity import IDENTITY, found_in, identified
from console.recorder.recording_files import folder_of, leaf_of, names_in, safe
from console.recorder.spooling import failed
from console.recorder.viewing import Stitched
from console.recorder.writing import JOURNAL, MANIFEST, MERGED, Writer, append_line

ACTIONS = "actions.jsonl"


class Recorder:
    """All recordings below `root` (`<state>/recordings`)."""

    def __init__(self, root: Path, *, unattended: bool = False) -> None:
        """`unattended`: this process records though nobody looks, and its recordings say so."""
        self._root = root
        self._unattended = unattended

    def claim(self, recording: Recording) -> Writer | None:
        """The one writer; None while another console, or another part of this one, is it."""
        folder = folder_of(self._root, recording)
        try:
            lock = claiming.take(folder, unattended=self._unattended)
        except OSError as error:
            raise failed(folder / claiming.LOCK, error) from error
        if lock is None:
            return None
        try:
            identity.write(folder, recording)
        except RecorderFailed:
            lock.release()
            raise
        return Writer(folder, lock)

    def writer_of(self, recording: Recording) -> Holder | None:
        """Who claimed it last, None where that is not known."""
        return claiming.holder(folder_of(self._root, recording))

    def history(self, recording: Recording) -> Iterator[Event]:
        """The journal's events, and among them what consoles did."""
        path = folder_of(self._root, recording) / JOURNAL
        actions = self.actions(recording)
        from heapq import merge  # for histories alone

        return merge(_journalled(path), actions, key=lambda each: each.at)

    def note_action(self, recording: Recording, action: ConsoleActed) -> bool:
        """In a file of its own: the journal is its writer's, and a cancel waits for none."""
        folder = folder_of(self._root, recording)
        if not (folder / IDENTITY).exists():
            return False
        append_line(folder / ACTIONS, journal.encode(action))
        return True

    def actions(self, recording: Recording) -> tuple[ConsoleActed, ...]:
        found = _journalled(folder_of(self._root, recording) / ACTIONS)
        return tuple(each for each in found if isinstance(each, ConsoleActed))

    def log(self, recording: Recording, container: str) -> Stitched:
        """The view of a container's spools; runs that appear later are part of it."""
        folder = folder_of(self._root, recording) / safe(container)
        return Stitched(run_files.KnownRuns(folder))

    def containers(self, recording: Recording) -> tuple[str, ...]:
        """By name, with something in a spool."""
        folder = folder_of(self._root, recording)
        found = sorted(each for each in folder.iterdir()) if folder.is_dir() else []
        return tuple(each.name for each in found if each.is_dir() and run_files.something(each))

    def merged_text(self, recording: Recording) -> str | None:
        try:
            return (folder_of(self._root, recording) / MERGED).read_text()
        except (OSError, UnicodeDecodeError):
            return None

    def damage(self, recording: Recording) -> tuple[str, ...]:
        folder = folder_of(self._root, recording)
        manifest, merged = self.manifest(recording), self.merged_text(recording)
        found = damage(folder, manifest=manifest is not None, merged=merged is not None)
        return tuple(found)

    def manifest(self, recording: Recording) -> KeptManifest | None:
        """The Job as it was recorded; None where none was, or what is there is not readable."""
        try:
            told: Any = json.loads((folder_of(self._root, recording) / MANIFEST).read_bytes())
            manifest, server = dict(told["manifest"]), str(told["server"])
            return KeptManifest(manifest, server, str(told.get("version", "")))
        except (ValueError, KeyError, TypeError, OSError, RecursionError):
            return None

    def size(self, recording: Recording) -> int:
        """Bytes of all its files."""
        return keeping.size(folder_of(self._root, recording))

    def pinned(self, recording: Recording) -> bool:
        return keeping.pinned(folder_of(self._root, recording))

    def pin(self, recording: Recording, *, on: bool) -> None:
        """Keep it whatever its age, or no longer; the second time changes nothing."""
        folder = self._present(recording)
        try:
            keeping.pin(folder, on=on)
        except OSError as error:
            raise failed(folder / keeping.PIN, error) from error

    def remove(self, recording: Recording) -> None:
        """All of it, under its lock, so that nobody begins to write it meanwhile."""
        folder = self._present(recording)
        if self.pinned(recording):
            raise Conflict(
                f"The recording of {_named(recording)} is pinned.",
                why="A pinned recording is not removed.",
                fix=f"Unpin it first: carla-console history unpin {recording.uid}",
            )
        try:
            lock = claiming.take(folder, unattended=self._unattended)
        except OSError as error:
            raise failed(folder, error) from error
        if lock is None:
            raise self._in_use(recording)
        try:
            keeping.remove(self._root, folder)
        except OSError as error:
            raise failed(folder, error) from error
        finally:
            lock.release()

    def settle(self, recording: Recording, before: datetime, stop: Callable[[], bool]) -> int:
        """Compress its logs, if nobody writes it nor has since `before`; how many were compressed.

        `stop` is asked again and again whether to leave the rest.
        """
        folder = folder_of(self._root, recording)
        try:
            logs = run_files.growing(folder)
            if not logs or run_files.written_at(folder, logs) > before.timestamp():
                return 0
            lock = claiming.take(folder, unattended=self._unattended)
        except OSError as error:
            raise failed(folder, error) from error
        if lock is None:
            return 0
        try:
            compressed = settling.compress_all(logs, stop)
            if compressed:
                os.utime(folder)  # the history looks at it: the recording is smaller now
            return compressed
        except OSError as error:
            raise failed(folder, error) from error
        finally:
            lock.release()

    def _present(self, recording: Recording) -> Path:
        folder = folder_of(self._root, recording)
        if not folder.is_dir():
            raise NotFound(f"Nothing of {_named(recording)} is recorded here.")
        return folder

    def _in_use(self, recording: Recording) -> Conflict:
        who = self.writer_of(recording)
        process = f"Process {who.pid}" if who else "Another process"
        what = "the recorder" if who and who.unattended else "a console"
        return Conflict(
            f"The recording of {_named(recording)} is being written.",
            why=f"{process}, {what}, has it.",
            fix="Wait until the submission has ended and its logs are read.",
        )

    def recordings(self) -> tuple[Recording, ...]:
        """Everything on disk, newest last."""
        folders = sorted(self._root.glob("*/*/*"), key=_begun)
        told = (found_in(self._root, each) for each in folders)
        return tuple(each for each in told if each is not None)

    def recorded(self, asked: Collection[Recording]) -> frozenset[Recording]:
        there = {
            place: frozenset(names_in(self._root.joinpath(*map(safe, place))))
            for place in {(each.cluster, each.namespace) for each in asked}
        }
        return frozenset(
            each
            for each in asked
            if (names := there[each.cluster, each.namespace]) and leaf_of(each) in names
        )

    @contextlib.contextmanager
    def beside(self) -> Iterator[Recorder]:
        """Below the same root, for its disk has the room; no list of recordings shows it."""
        from console.recorder.staging import staged

        with contextlib.ExitStack() as open_folder:
            try:
                folder = open_folder.enter_context(staged(self._root))
            except OSError as error:
                raise failed(self._root, error) from error
            yield Recorder(folder)

    def pack(
        self, header: BundleHeader, documents: Mapping[str, str], file: str, *, exactly: bool
    ) -> str:
        from console.recorder import packing

        folder = folder_of(self._root, header.recording)
        return packing.pack(folder, header, documents, file, exactly=exactly)

    def unpack(
        self, file: str, check: Callable[[Iterator[Event]], Iterator[Event]]
    ) -> BundleHeader:
        """Into its place below this root."""
        from console.recorder import importing

        return importing.import_bundle(
            self._root,
            file,
            check,
            identified=lambda folder: identified(folder / IDENTITY),
            recordings=self.recordings(),
        )

    def owner(self) -> str:
        """Of this process: nobody else reads the folder."""
        try:
            user = pwd.getpwuid(os.getuid()).pw_name
        except KeyError:  # in a container users have numbers only
            user = str(os.getuid())
        return f"{user}@{os.uname().nodename}"

    def imported(self, recording: Recording) -> BundleHeader | None:
        from console.recorder import importing

        return importing.imported(folder_of(self._root, recording))


def _journalled(path: Path) -> Iterator[Event]:
    """What can be read of it; nothing where there is none. Raises RecorderFailed."""
    try:
        with path.open("rb") as lines:
            yield from journal.decode_all(lines)
    except FileNotFoundError:
        return
    except OSError as error:
        raise failed(path, error) from error


def _named(recording: Recording) -> str:
    uid = recording.uid[:UID_SHOWN]
    return f"{recording.namespace}/{recording.name} (uid {uid}, context {recording.cluster})"


def _begun(folder: Path) -> float:
    """When its identity was written; what lacks one comes first."""
    try:
        return (folder / IDENTITY).stat().st_mtime
    except OSError:
        return 0.0
