"""The files that a pair's next pod begins from, as its workers read them. Pure."""

from __future__ import annotations

from console.domain.progress import EndedAttempt
from console.specs.kept_for_pods import kept_file
from console.workers import earlier_ends
from console.workers.status_files import HalfEnd


def kept_files(pair: int, partial: str, ends: tuple[EndedAttempt, ...]) -> dict[str, str]:
    """Name -> text; without those of which nothing is known."""
    told = earlier_ends.written(_half_end(each) for each in ends)
    files = {kept_file(pair): partial, earlier_ends.name_of(pair): told}
    return {name: text for name, text in files.items() if text}


def _half_end(end: EndedAttempt) -> HalfEnd:
    status = -1 if end.exit_code is None else end.exit_code
    moment = int(end.at.timestamp()) if end.at else 0
    return HalfEnd(
        end.attempt, end.half, end.reason, status, end.signal or 0, end.route or None, moment
    )
