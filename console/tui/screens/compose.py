"""Compose a submission: the form of the spec's values, the manifest, what is wrong, the launch."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from textwrap import wrap

from textual import work
from textual.binding import Binding
from textual.containers import Container, Horizontal
from textual.widget import Widget
from textual.widgets import Button
from textual.worker import get_current_worker

from console.domain.budget import backoff_limit_for
from console.presentation.tones import Line, Tone, joined, spread, text
from console.presentation.yaml_lines import highlighted
from console.tui.backend import ROUTES, ComposeForm, Composition, Draft, FormField, LaunchReport
from console.tui.commands import Command, bindings
from console.tui.places import Destination, Place
from console.tui.screens.screen import ConsoleScreen
from console.tui.widgets.canvas import Canvas
from console.tui.widgets.form import Field, Form
from console.tui.widgets.line_pane import LinePane

SETTLE_SECONDS = 0.15
"""Pause in typing after which the manifest is composed again."""
_NOTE_WIDTH = 60
"""Characters: they have to be read beside the form too."""
_ROUTES_HELP = "A copy of the image's file, here: tells what of it is not launched. May stay empty."
_LEADERBOARD, _PROFILE, _RESUMES = "run.leaderboard", "run.profile", "run.resumes"


def _not_ready(screen: ComposeScreen) -> str:
    return screen.why_not


async def _launch(screen: ComposeScreen) -> None:
    report = await screen.send(dry_run=False)
    if report:
        screen.go(Destination(Place.MONITOR, (report.namespace, report.name), from_list=True))


async def _dry_run(screen: ComposeScreen) -> None:
    await screen.send(dry_run=True)


def _preflight(screen: ComposeScreen) -> None:
    if screen.composition is not None:
        screen.go(Destination(Place.PREFLIGHT, composition=screen.composition))


def _not_composed(screen: ComposeScreen) -> str:
    """A look needs the manifest of what the form says now."""
    found = screen.composition
    if found is None or found.draft != screen.draft():
        return screen.why_not or "The form is being composed; try again in a moment."
    return screen.why_not


def _preview(screen: ComposeScreen) -> None:
    screen.toggle_class("preview")
    if screen.has_class("preview"):
        screen.query_one(LinePane).focus()
    else:
        screen.query_one(Form).query(Field).first().query("Input, Choice").first().focus()


def _back(screen: ComposeScreen) -> None:
    if screen.has_class("preview") and screen.has_class("-narrow"):
        _preview(screen)
    else:
        screen.dismiss()


class DraftVerdict(Canvas):
    """Ready, or what is wrong; at the right what the server said."""

    DEFAULT_CSS = "DraftVerdict { height: 1; background: $surface; width: 1fr; }"
    composition: Composition | None = None
    server: Line = ()

    def draw(self, width: int, height: int) -> list[Line]:
        found = self.composition
        if found is None:
            return [text((" composing …", Tone.MUTED))]
        errors = [each for each in found.findings if not each.warning]
        warnings = len(found.findings) - len(errors)
        if errors:
            more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
            return [text((f" ✗ {errors[0].text}{more}", Tone.FAIL))]
        many = "s" if warnings > 1 else ""
        noted = text((f"{warnings} warning{many}", Tone.WARN)) if warnings else ()
        ready = joined([text((" ✓ ready", Tone.OK)), text((found.summary, Tone.MUTED)), noted])
        return [spread(ready, (*self.server, (" ", Tone.TEXT)), width)]


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
    commands = (
        Command(
            "launch", "ctrl+l", "Launch", "Create the Job now", _launch, _not_ready, priority=True
        ),
        Command(
            "dry_run",
            "ctrl+t",
            "Server dry run",
            "Let the server judge it; nothing is created",
            _dry_run,
            _not_ready,
            priority=True,
        ),
        Command(
            "preflight",
            "ctrl+k",
            "Preflight",
            "Look at the node with these images: GPUs, graphics, ports, towns, the team's image",
            _preflight,
            _not_composed,
            priority=True,
        ),
        Command(
            "preview", "ctrl+y", "Manifest", "To the manifest and back", _preview, priority=True
        ),
        Command("back", "escape", "Back", "Leave without launching", _back, key_display="esc"),
    )
    # With priority the focus has moved before a field gets the next key: who types faster than the
    # screen paints would else write into the field that was left.
    BINDINGS = [  # noqa: RUF012
        *bindings(commands),
        Binding("tab", "app.focus_next", show=False, priority=True),
        Binding("shift+tab", "app.focus_previous", show=False, priority=True),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.composition: Composition | None = None
        self._form: ComposeForm | None = None
        self._edits = 0

    def body(self) -> Iterable[Widget]:
        yield Container(Form(), LinePane(), id="split")
        yield Horizontal(
            DraftVerdict(), Button("Launch (ctrl+l)", variant="success", compact=True), id="bar"
        )

    def on_mount(self) -> None:
        self.run_worker(self._begin(), exit_on_error=False)

    async def _begin(self) -> None:
        await self._fill(self.backend.form(self.backend.leaderboards()[0]), "field-submission-name")

    async def _fill(self, form: ComposeForm, focused: str | None) -> None:
        """Show another form. It is complete, focused and only then judged."""
        self._form = None
        chosen = (
            FormField(
                _LEADERBOARD, "Leaderboard", form.leaderboard, choices=self.backend.leaderboards()
            ),
            FormField(_PROFILE, "Profile", form.profile, choices=self.backend.profiles()),
            FormField(
                _RESUMES,
                "Resumes allowed",
                str(form.resumes),
                self._budget_help(form),
                check=_whole,
            ),
            FormField(ROUTES, "Routes file", help=_ROUTES_HELP),
        )
        await self.query_one(Form).show((*chosen, *form.fields))
        # Nothing of it is there any more if the screen was left meanwhile.
        if focused and (aim := self.query(f"#{focused} Input, #{focused} Choice")):
            self.set_focus(aim.first(Widget))
        self._form = form
        self._compose_soon()

    @staticmethod
    def _budget_help(form: ComposeForm) -> str:
        limit = f"{form.resumes} is backoffLimit {form.backoff_limit}"
        return f"Of crashed pairs, over all of them. {limit}; each resume restarts two containers."

    @property
    def _shown(self) -> Form | None:
        """None in a screen that is taken down: its fields go before it is unmounted itself."""
        return next(iter(self.query(Form)), None)

    def draft(self) -> Draft | None:
        """What the form says now; None while it is being built or a resume count is no number."""
        form, shown = self._form, self._shown
        if form is None or shown is None:
            return None
        values = shown.values
        if _RESUMES not in values or _whole(values[_RESUMES]):
            return None
        resumes = int(values[_RESUMES])
        limit = form.backoff_limit if resumes == form.resumes else backoff_limit_for(resumes)
        own = {path: value for path, value in values.items() if not path.startswith("run.")}
        return Draft(form.leaderboard, form.profile, own, limit, values.get(ROUTES, "").strip())

    @property
    def why_not(self) -> str:
        """Why the form cannot be sent as it stands."""
        shown = self._shown
        if self._form is None or shown is None:
            return "The form is being filled in."
        wrong = next((each for each in shown.fields if each.has_class("wrong")), None)
        if wrong:
            return (
                f"{wrong.field.label}: {wrong.field.check(wrong.value) or 'see beneath the field'}"
            )
        found = self.composition
        if found is None or found.draft != self.draft():
            return "" if self.draft() else "The form is not complete."
        errors = [each.text for each in found.findings if not each.warning]
        return errors[0] if errors else ""

    async def on_field_edited(self) -> None:
        form, shown = self._form, self._shown
        if form is None or shown is None:
            return
        values = shown.values
        version, profile = values.get(_LEADERBOARD), values.get(_PROFILE)
        if version and profile and (version, profile) != (form.leaderboard, form.profile):
            focused = self.focused.parent.id if self.focused and self.focused.parent else None
            await self._fill(self.backend.form(version, profile), focused)
            return
        self._compose_soon()

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
        wrong = {f.path: f.text for f in found.findings if not f.warning}
        warned = {f.path: f.text for f in found.findings if f.warning}
        shown.complain(wrong, warned)
        if found.manifest:
            self.query_one(LinePane).show(highlighted(found.manifest + _commented(found.notes)))
        verdict = self.query_one(DraftVerdict)
        verdict.composition = found
        # What the server said stands while the form says the same: the last look at a form comes
        # some time after its last edit, and may come after the server's answer.
        if before is None or before.draft != found.draft:
            verdict.server = ()
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


def _commented(notes: Iterable[str]) -> str:
    """What nobody can see from here, as comments beneath the manifest."""
    lines = (line for note in notes for line in ("", *wrap(note, _NOTE_WIDTH)))
    return "".join(f"# {line}".rstrip() + "\n" for line in lines)


def _whole(text: str) -> str:
    return (
        "" if text.isascii() and text.isdigit() and len(text) < 5 else "A whole number is wanted."
    )
