"""Compose a submission: the form of the spec's values, the manifest, what is wrong, the launch."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING

from msgspec.structs import replace
from textual import work
from textual.binding import Binding
from textual.containers import Container, Horizontal
from textual.widget import Widget
from textual.widgets import Button
from textual.worker import get_current_worker

from console.errors import ConsoleError
from console.presentation.tones import Tone, text
from console.presentation.yaml_lines import commented, highlighted
from console.tui.commands import bindings
from console.tui.drafts import Composition, Draft, DraftFinding, LaunchReport
from console.tui.filled_form import FilledForm
from console.tui.form_state import LEADERBOARD, NO_PRESET, PRESET, PROFILE, Filling
from console.tui.screens.compose_keys import COMPOSE_KEYS, LAUNCH
from console.tui.screens.launch_beside import LaunchBeside
from console.tui.screens.queues_beside import offer_queues
from console.tui.screens.screen import ConsoleScreen
from console.tui.widgets.draft_verdict import DraftVerdict
from console.tui.widgets.form import Form
from console.tui.widgets.line_pane import LinePane

if TYPE_CHECKING:
    from console.tui.submission_source import SubmissionSource

SETTLE_SECONDS = 0.15
"""Pause in typing after which the manifest is composed again."""


class ComposeScreen(ConsoleScreen):
    """The defaults launch at once; every edit is judged before it is sent."""

    TITLE_WORD = "Compose"
    DEFAULT_CSS = """
    ComposeScreen #split { layout: horizontal; height: 1fr; width: 100%; }
    ComposeScreen Form { width: 1fr; }
    ComposeScreen LinePane { width: 1fr; padding: 0 1; border-left: vkey $border-blurred; }
    ComposeScreen.-narrow LinePane { display: none; border-left: none; }
    ComposeScreen.-narrow.preview LinePane { display: block; }
    ComposeScreen.-narrow.preview Form { display: none; }
    ComposeScreen #bar { height: 1; dock: bottom; margin-bottom: 1; background: $surface; }
    ComposeScreen #bar Button { min-width: 19; }
    """
    commands = COMPOSE_KEYS
    # With priority the focus has moved before a field gets the next key: who types faster than the
    # screen paints would else write into the field that was left.
    BINDINGS = [  # noqa: RUF012
        *bindings(commands),
        Binding("tab", "app.focus_next", show=False, priority=True),
        Binding("shift+tab", "app.focus_previous", show=False, priority=True),
    ]

    def __init__(self, source: SubmissionSource | Filling | None = None) -> None:
        """`source`: what it begins with: a submission that is launched again; None: a new one."""
        super().__init__()
        self.composition: Composition | None = None
        self.launched = False
        self._source = source
        self._filled: FilledForm
        self._building = True
        """The fields are not all there."""
        self._edits = 0
        self._beside = LaunchBeside(self, self._judge)

    def body(self) -> Iterable[Widget]:
        yield Container(Form(), LinePane(), id="split")
        yield Horizontal(
            DraftVerdict(), Button("Launch (ctrl+l)", variant="success", compact=True), id="bar"
        )

    def on_mount(self) -> None:
        self.run_worker(self._begin(), exit_on_error=False)

    async def _begin(self) -> None:
        self._filled = FilledForm(self.backend)
        try:
            if self._source is not None and not await self._filled.copy(self._source):
                self.notify("Its Job belongs to no Leaderboard known here.", severity="warning")
            await self._filled.look_back(self.host.recordings)
        except ConsoleError as error:
            self.host.show_error(error)
        await self._fill(*self._filled.first_form, "field-submission-name")
        asked = offer_queues(self, self._filled, self._compose_soon)
        self.run_worker(asked, exit_on_error=False)

    async def _fill(self, leaderboard: str, profile: str, focused: str | None) -> None:
        """Show another form. It is complete, focused and only then judged."""
        self._building = True
        try:
            texts = self._filled.make(leaderboard, profile)
        except ConsoleError as error:
            # The preset is another one on disk by now; the form goes on without it.
            self.host.show_error(error)
            self._filled.preset = NO_PRESET
            texts = self._filled.make(leaderboard, profile)
        # Laid out and painted once, when all of it is there.
        with self.app.batch_update():
            await self.query_one(Form).show(self._filled.fields, texts)
            # Nothing of it is there any more if the screen was left meanwhile.
            if focused and (aim := self.query(f"#{focused} Input, #{focused} Choice")):
                self.set_focus(aim.first(Widget))
        self.check_idle()  # the end of a batch wakes the app alone
        self._building = False
        self._compose_soon()

    async def choose_preset(self, name: str) -> None:
        """Fill the form with that preset; what was typed stays."""
        shown, form = self._shown, self._filled.form
        if shown is None or form is None:
            return
        version, profile = form.leaderboard, form.profile
        try:
            version, profile = self._filled.choose_preset(name)
        except ConsoleError as error:
            self.host.show_error(error)
        await self._change(shown, version, profile)

    async def _change(self, shown: Form, leaderboard: str, profile: str) -> None:
        self._filled.keep_typed(shown.values)
        focused = self.focused.parent.id if self.focused and self.focused.parent else None
        await self._fill(leaderboard, profile, focused)

    def unsaved(self) -> tuple[str, ...]:
        shown = self._shown
        return () if self.launched or shown is None else self._filled.lost(shown.values)

    @property
    def _shown(self) -> Form | None:
        """None while it is being built, or taken down: its fields go before the screen does."""
        return None if self._building else self.query_one_optional(Form)

    def draft(self) -> Draft | None:
        """What the form says now; None while it is being built or a resume count is no number."""
        shown = self._shown
        return None if shown is None else self._filled.draft(shown.values)

    @property
    def why_not(self) -> str:
        """Why the form cannot be sent as it stands."""
        shown = self._shown
        if shown is None:
            return "The form is being filled in."
        wrong = next((each for each in shown.fields if each.has_class("wrong")), None)
        if wrong:
            return wrong.field.check(wrong.value) or f"{wrong.field.label}: see beneath the field"
        found = self.composition
        if found is None or found.draft != self.draft():
            return "" if self.draft() else "The form is not complete."
        errors = [each.text for each in found.findings if not each.warning]
        return errors[0] if errors else ""

    async def on_field_edited(self) -> None:
        form, shown = self._filled.form, self._shown
        if form is None or shown is None:
            return
        values = shown.values
        version, profile = values.get(LEADERBOARD), values.get(PROFILE)
        if values.get(PRESET, self._filled.preset) != self._filled.preset:
            await self.choose_preset(values[PRESET])
        elif version and profile and (version, profile) != (form.leaderboard, form.profile):
            await self._change(shown, version, profile)
        else:
            self._compose_soon()

    def tick(self) -> None:
        self.query_one(Button).disabled = bool(self.reason_against(LAUNCH))
        if not self._building and self._filled.may_look_back and not self.unsaved():
            # It was opened before there was a cluster: what was launched there was not known.
            self._building = True
            self.run_worker(self._begin(), exit_on_error=False)

    def _compose_soon(self) -> None:
        self._edits += 1
        edit = self._edits
        self.set_timer(SETTLE_SECONDS, lambda: self._settled(edit))

    def _settled(self, edit: int) -> None:
        if edit != self._edits or not self.is_mounted:
            return
        if (draft := self.draft()) is not None:
            self._compose_in_thread(draft)

    @work(thread=True, exclusive=True, group="compose", exit_on_error=False)
    def _compose_in_thread(self, draft: Draft) -> None:
        found, worker = self.backend.compose(draft), get_current_worker()
        if not worker.is_cancelled:
            self.app.call_from_thread(self._show, found)

    def _show(self, found: Composition) -> None:
        before, self.composition = self.composition, found
        shown = self._shown
        if shown is None:
            return
        self._beside.look(found)
        self._judge()
        if found.manifest:
            self.query_one(LinePane).show(highlighted(found.manifest + commented(found.notes)))
        verdict = self.query_one(DraftVerdict)
        # What the server said stands while the form says the same: the last look at a form comes
        # some time after its last edit, and may come after the server's answer.
        if before is None or before.draft != found.draft:
            verdict.server = ()
            verdict.redraw()

    def _judge(self) -> None:
        """What is found of the form, and what EvalAI shows of where its results go."""
        found, shown = self.composition, self._shown
        if found is None or shown is None:
            return
        told = self._beside.told(found)
        doubts = tuple(DraftFinding(each.text, each.at, warning=True) for each in told.mismatches)
        found = replace(found, findings=found.findings + doubts)
        wrong = {f.path: f.text for f in found.findings if not f.warning}
        shown.complain(wrong, {f.path: f.text for f in found.findings if f.warning})
        shown.tell(found.publishing, told.line)
        verdict = self.query_one(DraftVerdict)
        verdict.composition = found
        verdict.redraw()

    async def send(self, *, dry_run: bool) -> LaunchReport | None:
        """Send what the form says at this moment; None when it turns out to be wrong."""
        draft = self.draft()
        if draft is None:
            return None
        found = self.composition
        if found is None or found.draft != draft:
            found = await asyncio.to_thread(self.backend.compose, draft)
            self._show(found)
        if self.why_not or not found.ready:
            self.notify(self.why_not or "The form is not complete.", severity="warning")
            return None
        report = await self.backend.launch(found, dry_run=dry_run)
        self._told(report)
        return report

    def _told(self, report: LaunchReport) -> None:
        for warning in report.warnings:
            self.notify(warning, title="The server warns", severity="warning")
        if report.dry_run and self.is_mounted:
            verdict = self.query_one(DraftVerdict)
            verdict.server = text(("the server accepts it", Tone.OK))
            verdict.redraw()
            unseen = "What it cannot see stands at the manifest's end."
            self.notify(f"The server accepts {report.name}; nothing was created. {unseen}")

    def on_button_pressed(self) -> None:
        self.action_command("launch")
