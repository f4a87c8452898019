"""A word of the `:` line with the name of a submission: `:logs raven`. Which one that is.

One of the list goes before one that is only recorded. Knows no screen.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual.app import App

from console.domain.hostile_text import neutralise
from console.errors import InvalidInput, NotFound
from console.kubernetes_grammar.names import bare_job_name
from console.tui.places import Destination, Place, Subject

if TYPE_CHECKING:
    from console.operations.ports.history_entries import HistoryEntry
    from console.tui.backend import Backend
    from console.tui.submission_source import Recordings


def meant(subjects: Iterable[Subject], typed: str) -> Subject | None:
    """The one of that name, or `namespace/name`. Raises InvalidInput where several have it."""
    name = bare_job_name(typed)
    found = list(dict.fromkeys(s for s in subjects if name in (s[1], "/".join(s))))
    if len(found) > 1:
        named = " or ".join("/".join(each) for each in found[:4])
        raise InvalidInput(f"Several are called {name}: type {named}.")
    return found[0] if found else None


def nowhere(subjects: Iterable[Subject], typed: str) -> NotFound:
    """What is said of a name that no submission has, with the nearest."""
    from console.specs.mistakes import nearest  # where somebody mistypes

    near = nearest(typed, {name for _, name in subjects})
    hint = f"Did you mean {near}?" if near else ":submissions and :history list what there is."
    return NotFound(f"There is no submission {typed!a}. {hint}")


class NamedSubmissions(App[None]):
    """An app that goes to a submission by its name."""

    backend: Backend
    recordings: Recordings | None

    def go(self, destination: Destination) -> None:
        """Show that place."""
        raise NotImplementedError

    def listed_subjects(self) -> list[Subject]:
        """Of the list as it is now."""
        return [(row.namespace, row.name) for row in self.backend.fleet().rows]

    def typed_names(self) -> list[str]:
        """What may be typed for them: the names, then the same with their namespaces."""
        known = self.listed_subjects()
        return [name for _, name in known] + ["/".join(each) for each in known]

    def go_to_named(self, place: Place, typed: str) -> None:
        """That place of that submission, or why there is none. Recordings are read elsewhere."""
        try:
            subject = meant(self.listed_subjects(), typed)
        except InvalidInput as error:
            self._refuse(error)
            return
        if subject is not None:
            self.go(Destination(place, subject))
        else:
            seek = self._go_to_recorded(place, typed)
            self.run_worker(seek, name="named", group="named", exclusive=True, exit_on_error=False)

    async def _go_to_recorded(self, place: Place, typed: str) -> None:
        """The newest of that name."""
        entries = await self.recordings.entries() if self.recordings else ()
        recorded = {_subject(entry): entry.recording for entry in sorted(entries, key=_last_seen)}
        try:
            subject = meant(recorded, typed)
            if subject is None:
                raise nowhere([*self.listed_subjects(), *recorded], typed)
        except (InvalidInput, NotFound) as error:
            self._refuse(error)
            return
        assert self.recordings is not None
        self.go(Destination(place, subject, self.recordings.open(recorded[subject])))

    def _refuse(self, error: InvalidInput | NotFound) -> None:
        self.notify(neutralise(error.what), severity="warning", markup=False)


def _subject(entry: HistoryEntry) -> Subject:
    return entry.recording.namespace, entry.recording.name


def _last_seen(entry: HistoryEntry) -> float:
    return entry.seen_at.timestamp() if entry.seen_at else 0.0
