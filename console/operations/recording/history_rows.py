"""One list of all submissions: those that are recorded, and those that a cluster has now."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec
from msgspec.structs import replace

from console.domain.board import ENDED
from console.domain.fleet import SubmissionRow
from console.operations.ports.history_entries import HistoryEntry
from console.operations.ports.recorder import Recording


class HistoryRow(msgspec.Struct, frozen=True):
    """One submission of the list."""

    entry: HistoryEntry
    present: bool
    """The connected cluster has it, and tells its row."""
    recorded: bool
    text: str
    """All that a filter looks in, in small letters."""

    @property
    def recording(self) -> Recording:
        return self.entry.recording

    @property
    def row(self) -> SubmissionRow | None:
        return self.entry.row

    def seconds(self, now: datetime) -> float | None:
        """From its beginning to its end, or to now while the cluster has it; None where nobody
        knows one of them."""
        begun = self.row.begun_at if self.row else None
        ended = self.entry.ended_at or (now if self.present and not self.entry.ended else None)
        return None if begun is None or ended is None else (ended - begun).total_seconds()


def history_rows(
    entries: Iterable[HistoryEntry], present: Iterable[SubmissionRow], context: str
) -> tuple[HistoryRow, ...]:
    """All of both, each once, by uid. `present`: what the cluster of that context has."""
    now_there = {(context, row.uid): row for row in present}
    told = []
    for entry in entries:
        row = now_there.pop((entry.recording.cluster, entry.recording.uid), None)
        if row is not None:
            entry = replace(entry, row=row, ended=row.status in ENDED)
        told.append(_listed(entry, present=row is not None, recorded=True))
    for row in now_there.values():
        recording = Recording(context, row.namespace, row.name, row.uid)
        entry = HistoryEntry(recording, row, row.status in ENDED)
        told.append(_listed(entry, present=True, recorded=False))
    return tuple(sorted(told, key=lambda each: each.recording.uid))


def _listed(entry: HistoryEntry, *, present: bool, recorded: bool) -> HistoryRow:
    recording, row = entry.recording, entry.row
    words = (
        f"{recording.namespace}/{recording.name}",
        recording.uid,
        recording.cluster,
        row.status.value if row else "",
        row.reason if row else "",
        entry.agent_image,
        entry.track,
        entry.team or "",
        "pinned" if entry.pinned else "",
    )
    return HistoryRow(entry, present, recorded, " ".join(words).lower())
