"""The keys that write an incident bundle of the submission that a screen is about."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from console.domain.hostile_text import neutralise
from console.errors import NotFound
from console.tui.commands import Command, Screen

if TYPE_CHECKING:
    from console.operations.ports.recorder import Recording
    from console.tui.places import Subject
    from console.tui.submission_source import SubmissionSource

NO_RECORDINGS = "This console is not told where recordings are."
NOT_SEEN = "The Job has not been seen yet: nothing is recorded."
PLAYED = "A replay is not exported: its recording is."


def recording_of(screen: Screen, source: SubmissionSource) -> Recording | None:
    """Where it is recorded, by its name in the cluster; None while nobody knows its Job."""
    if source.recorded is not None:
        return source.recorded
    job, where = source.board().job, screen.backend.connection().description
    if job is None or where is None or source.origin is not None:
        return None
    from console.operations.ports.recorder import Recording

    return Recording(where.context, job.namespace, job.name, job.uid)


def not_recorded(screen: Screen) -> str:
    """Why nothing can be made of its recording from here."""
    if screen.host.recordings is None:
        return NO_RECORDINGS
    source = screen.source()
    if source.origin is not None and source.recorded is None:
        return PLAYED
    return "" if recording_of(screen, source) else NOT_SEEN


def _writing(*, team: bool) -> Callable[[Screen], Awaitable[None]]:
    async def run(screen: Screen) -> None:
        recording = recording_of(screen, screen.source())
        assert recording is not None
        await _write(screen, recording, team=team)

    return run


async def _write(screen: Screen, recording: Recording, *, team: bool) -> None:
    screen.notify("The bundle is being written.")
    exported = await screen.host.recordings.export(recording, team=team)
    count = sum(each.count for each in exported.left_out)
    left_out = f"; {count} times something was left out, which it lists" if count else ""
    going = "" if exported.ended else "; the submission had not ended"
    screen.notify(neutralise(f"Saved to {exported.file}{left_out}{going}"), markup=False)


def _listed(screen: Screen, namespace: str, name: str) -> Recording | None:
    """Where a row of the list is recorded; it is not followed for the asking."""
    job, where = screen.backend.listed_board(namespace, name).job, screen.backend.connection()
    if job is None or where.description is None:
        return None
    from console.operations.ports.recorder import Recording

    return Recording(where.description.context, namespace, name, job.uid)


def _not_listed(screen: Screen) -> str:
    if screen.host.recordings is None:
        return NO_RECORDINGS
    if screen.has_marks:
        return str(screen.marks_gone())
    chosen = screen.candidate()
    if chosen is None:
        return str(screen.NO_CANDIDATE)
    return "" if _listed(screen, *chosen) else NOT_SEEN


def _writing_listed(*, team: bool) -> Callable[[Screen], Awaitable[None]]:
    """Of all that are marked, each its own file; else of the selected one."""

    async def run(screen: Screen) -> None:
        marked = screen.still_marked()
        if not marked:
            recording = _listed(screen, *screen.candidate())
            assert recording is not None
            await _write(screen, recording, team=team)
            return
        from console.tui.screens.marked import done_to_each, tell

        async def write(subject: Subject) -> None:
            recording = _listed(screen, *subject)
            if recording is None:
                raise NotFound(NOT_SEEN)
            await screen.host.recordings.export(recording, team=team)

        screen.notify(f"{len(marked)} bundles are being written.")
        fared = await done_to_each(marked, write)
        tell(screen, fared, "Without a bundle", "Bundles in the working folder")

    return run


EXPORTING = (
    Command(
        "bundle",
        "x",
        "Bundle",
        "Save all that is recorded of it into one file, for another machine; no credentials",
        _writing(team=False),
        not_recorded,
        show=False,
    ),
    Command(
        "team_bundle",
        "X",
        "Team's bundle",
        "The same for the team: without names and addresses of the platform",
        _writing(team=True),
        not_recorded,
        show=False,
    ),
)
EXPORTING_LISTED = tuple(
    replace(each, run=_writing_listed(team=each.name == "team_bundle"), reason=_not_listed)
    for each in EXPORTING
)
"""The same of a list: of all that are marked in it."""
