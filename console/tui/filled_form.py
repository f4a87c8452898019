"""One compose form through its life: what fills it, which version it is of, what is typed in it.

Asks the backend for forms and the recordings for launches of before; knows no widget.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING

from console.domain.queues import QueuesOffered
from console.errors import ConsoleError
from console.specs.presets import preset_names
from console.tui import fillings, form_state
from console.tui.form_state import NO_PRESET, QUEUE, Filling

if TYPE_CHECKING:
    from console.tui.backend import Backend
    from console.tui.drafts import ComposeForm, Draft, FormField, Jobs
    from console.tui.submission_source import Recordings, SubmissionSource


async def launched_before(backend: Backend, recordings: Recordings | None) -> Jobs:
    """The Jobs that were launched last on the present cluster, the newest first."""
    where = backend.connection().description
    if where is None or recordings is None:
        return ()
    return await recordings.launched(where.context)


class FilledForm:
    """`form` is what `fields` were made of; None before `make`."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._start: tuple[Filling, ...] = ()
        """What it is filled with, whatever its version."""
        self._looked_at: str | None = None
        """The context of which it is known what was launched there."""
        self._used: Mapping[str, tuple[str, ...]] = {}
        self._typed: Mapping[str, str] = {}
        """What had been typed when the fields were made."""
        self._queues = QueuesOffered()
        self._queue = ""
        """Of Kueue, that what it is filled with names."""
        self.preset = NO_PRESET
        self.form: ComposeForm | None = None
        self._first: ComposeForm | None = None
        self.fields: tuple[FormField, ...] = ()

    async def look_back(self, recordings: Recordings | None) -> None:
        """What is offered, and what a new form begins with. Raises ConsoleError."""
        self._looked_at = self._context
        jobs = await launched_before(self._backend, recordings)
        self._used = await asyncio.to_thread(fillings.used_before, jobs)
        if not self._start and (last := fillings.of_last_launch(jobs)):
            self._start = (last,)

    @property
    def _context(self) -> str | None:
        where = self._backend.connection().description
        return where.context if where else None

    @property
    def may_look_back(self) -> bool:
        """Only by now it is known on which cluster it would be launched, and no other version,
        profile or preset was chosen meanwhile."""
        return self._looked_at is None and self._context is not None and self.form is self._first

    async def copy(self, source: SubmissionSource | Filling) -> bool:
        """Begin with that submission; False where it is none that a form can say."""
        copied = (
            source if isinstance(source, Filling) else fillings.of_manifest(await source.manifest())
        )
        self._start = (copied,) if copied else ()
        return copied is not None

    @property
    def first_form(self) -> tuple[str, str]:
        """Version and profile of what it begins with, else the usual ones; an empty profile is the
        one that suits the cluster."""
        versions = (each.leaderboard for each in self._start if each.leaderboard)
        profiles = (each.profile for each in self._start if each.profile)
        return next(versions, self._backend.leaderboards()[0]), next(profiles, "")

    def make(self, leaderboard: str, profile: str = "") -> dict[str, str]:
        """Other fields, and the texts that stand in them. What was typed stays."""
        layers = (*self._start, *self._of_preset(leaderboard, profile))
        form = self._backend.form(leaderboard, profile, form_state.name_of(layers))
        self.form = form_state.filled(form, layers, self._used)
        self._first = self._first or self.form
        above = form_state.run_fields(
            self.form,
            leaderboards=self._backend.leaderboards(),
            profiles=self._backend.profiles(),
            presets=preset_names(),
            preset=self.preset,
        )
        self._queue = next((each.queue for each in reversed(layers) if each.queue), "")
        fields = (*above, *self.form.fields)
        self.fields = form_state.with_queue(fields, self._queues, self._queue)
        return {each.path: form_state.text_of(each, self._typed) for each in self.fields}

    def offer(self, queues: QueuesOffered, shown: str) -> tuple[FormField, str] | None:
        """The field for the queues that there are, and what stands in it after `shown` did; None
        where there is none to choose."""
        self._queues = queues
        self.fields = form_state.with_queue(self.fields, queues, self._queue)
        for each in self.fields:
            if each.path == QUEUE:
                return each, form_state.text_of(each, {QUEUE: shown} if shown else self._typed)
        return None

    def _of_preset(self, leaderboard: str, profile: str) -> tuple[Filling, ...]:
        if self.preset == NO_PRESET:
            return ()
        usual = profile or self._backend.form(leaderboard).profile
        return (fillings.of_preset(self.preset, leaderboard, usual),)

    def choose_preset(self, name: str) -> tuple[str, str]:
        """The version and the profile that go with it. Raises ConsoleError, and changes nothing."""
        before, self.preset = self.preset, name
        version, profile = (self.form.leaderboard, self.form.profile) if self.form else ("", "")
        try:
            said = self._of_preset(version, profile)
        except ConsoleError:
            self.preset = before
            raise
        for each in said:
            version, profile = each.leaderboard or version, each.profile or profile
        return version, profile

    def typed(self, shown: Mapping[str, str]) -> Mapping[str, str]:
        """What the user wants, where the fields show these texts."""
        return form_state.typed(self.fields, shown, self._typed)

    def keep_typed(self, shown: Mapping[str, str]) -> None:
        """Remember it: other fields are about to be made."""
        self._typed = self.typed(shown)

    def lost(self, shown: Mapping[str, str]) -> tuple[str, ...]:
        """What would be lost with it, in plain sentences."""
        return form_state.left_behind(self.fields, self.typed(shown))

    def draft(self, shown: Mapping[str, str]) -> Draft | None:
        """What it says with these texts."""
        return form_state.draft_of(self.form, shown) if self.form else None
