"""What waits in EvalAI's queue: looked at, launched by a key, refused, or launched by itself.

To look is to take: a message is hidden from others until it comes back. So this screen takes when
it opens and when it is told to, and all that time while what comes is launched by itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime

from textual.widget import Widget

from console.errors import ConsoleError
from console.operations.intake.by_itself import PAUSE, PAUSE_EACH
from console.operations.intake.message_fate import NotLaunched, ToAcknowledge, ToLaunch
from console.operations.intake.orders import order_values
from console.presentation import row_filter
from console.presentation.intake_words import (
    FORGOTTEN,
    HIDDEN,
    by_itself_words,
    intake_cells,
    intake_columns,
    outcome_words,
    verdict_fix,
    verdict_words,
    waiting_row,
)
from console.presentation.tones import Line, Tone, text
from console.presentation.wrapping import wrapped
from console.tui.commands import Command, bindings
from console.tui.form_state import Filling
from console.tui.intake_rows import IntakeRow, merged, with_told
from console.tui.places import Destination, Place
from console.tui.screens.contexts import BACK
from console.tui.screens.dialogs import ConfirmDialog, Question
from console.tui.screens.filtered_list import FILTER, Detail, FilteredListScreen
from console.tui.screens.staying import may_leave
from console.tui.widgets.line_table import LineTable
from console.tui.widgets.ordered_input import OrderedInput

MOST_AT_A_TIME = 99
USUAL_AT_A_TIME = 2
BY_ITSELF = "by itself"


async def _take(screen: IntakeScreen) -> None:
    await screen.take()


async def _launch(screen: IntakeScreen) -> None:
    row = screen.table.selected
    if row is not None and await screen.sure(row):
        await screen.accept(row)


def _not_launchable(screen: IntakeScreen) -> str:
    row: IntakeRow | None = screen.table.selected
    if row is None:
        return "No message is selected."
    if row.done:
        return row.told
    found = row.waiting.verdict
    return f"{found.words} {found.fix}".strip() if isinstance(found, NotLaunched) else ""


def _form(screen: IntakeScreen) -> None:
    row = screen.table.selected
    assert row is not None
    order = row.waiting.verdict.order
    filling = Filling(order_values(order), order.rule.leaderboard, order.rule.profile)
    screen.go(Destination(Place.COMPOSE, filling=filling))


def _no_form(screen: IntakeScreen) -> str:
    row = screen.table.selected
    if row is None or row.done or not isinstance(row.waiting.verdict, ToLaunch):
        return _not_launchable(screen) or "Its Job is there: nothing is to be composed."
    old = row.waiting.verdict.goes_on_from
    return f"It goes on from {old}, as that was: nothing is to be composed." if old else ""


async def _refuse(screen: IntakeScreen) -> None:
    row = screen.table.selected
    if row is not None:
        await screen.refuse(row)


def _not_refusable(screen: IntakeScreen) -> str:
    row = screen.table.selected
    if row is None or row.done or not isinstance(row.waiting.verdict, NotLaunched):
        return "Only what cannot be launched is refused. Cancel it at EvalAI."
    return ""


def _by_itself(screen: IntakeScreen) -> None:
    screen.switch_by_itself()


def _more(screen: IntakeScreen) -> None:
    screen.at_most = min(screen.at_most + 1, MOST_AT_A_TIME)


def _fewer(screen: IntakeScreen) -> None:
    screen.at_most = max(screen.at_most - 1, 1)


async def _back(screen: IntakeScreen) -> None:
    if await may_leave(screen):
        screen.dismiss()


class IntakeScreen(FilteredListScreen):
    """A row for each message that this console has taken."""

    TITLE_WORD = "Intake"
    commands = (
        Command("launch", "ctrl+l", "Launch", "Launch the selected one, and acknowledge it",
                _launch, _not_launchable, dangerous=True),
        Command("compose_it", "enter", "Form", "The form, filled with it, before it is launched",
                _form, _no_form),
        Command("refuse", "x", "Refuse", "Acknowledge one for which nothing can be launched",
                _refuse, _not_refusable, dangerous=True),
        Command("by_itself", "b", "By itself", "Launch what comes, while this screen is open",
                _by_itself, dangerous=True),
        Command("more", "greater_than_sign", "More", "One more at a time, by itself", _more,
                key_display=">", show=False),
        Command("fewer", "less_than_sign", "Fewer", "One fewer at a time", _fewer,
                key_display="<", show=False),
        Command("take", "ctrl+r", "Take", "Take what waits now", _take, dangerous=True),
        FILTER,
        Command("back", BACK.key, BACK.label, "Messages come back by themselves", _back,
                key_display=BACK.key_display),
    )  # fmt: skip
    BINDINGS = bindings(commands)

    def __init__(self) -> None:
        super().__init__()
        self.rows: tuple[IntakeRow, ...] = ()
        self.at_most, self.by_itself = USUAL_AT_A_TIME, False
        self._note, self._doubt = "Taking what waits …", ""
        self._listed: tuple[object, ...] = ()

    def body(self) -> Iterable[Widget]:
        def cells(row: IntakeRow) -> tuple[Line, ...]:
            return intake_cells(row.waiting, self.size.width, told=row.told, done=row.done)

        yield LineTable(
            lambda _width: intake_columns(self.size.width), cells, key=lambda row: row.key
        )
        yield OrderedInput(placeholder="filter: part of a row", compact=True)
        yield Detail()

    def on_mount(self) -> None:
        if why := self.backend.connection().read_only:
            self._note = f"Who takes a message hides it from others, and here {_small(why)}"
        else:
            self.action_command("take")

    # --- what is done

    async def take(self) -> None:
        """Add what waits now."""
        try:
            found = await self.backend.waiting()
        except ConsoleError as error:
            self._note = f"✗ {error.what} {error.why} {error.fix}"
            return
        self.rows = merged(self.rows, found, datetime.now(UTC))
        self._note = "" if self.rows else "Nothing waits that nobody has taken."

    async def accept(self, row: IntakeRow, at_most: int = 0) -> None:
        """Launch it; what came of it stands in its row."""
        try:
            accepted = await self.backend.take_in(row.waiting, at_most)
        except ConsoleError as error:
            told = f"{error.what} {error.why} {error.fix}"
            self.rows = with_told(self.rows, row, told, done=False)
            return
        told = " ".join((outcome_words(accepted), *accepted.remarks))
        self.rows = with_told(self.rows, row, told, done=True)

    async def sure(self, row: IntakeRow) -> bool:
        """A launch is no loss, but one that drives again what was driven."""
        verdict = row.waiting.verdict
        if not isinstance(verdict, ToLaunch) or not verdict.from_zero:
            return True
        words = ("Nothing of it is recorded here: all is driven again.",)
        question = Question(f"Launch {verdict.order.name} from zero?", words, "", "Launch it")
        return await self.host.push_screen_wait(ConfirmDialog(question)) is True

    async def refuse(self, row: IntakeRow) -> None:
        """After a question: its message is lost."""
        words = (verdict_words(row.waiting.verdict), *FORGOTTEN)
        title = f"Acknowledge the message of submission {row.key}?"
        question = Question(title, words, "", "Acknowledge it")
        if await self.host.push_screen_wait(ConfirmDialog(question)) is not True:
            return
        why = await self.backend.refuse(row.waiting)
        told = f"Not acknowledged: {why} It comes back." if why else "Its message is acknowledged."
        self.rows = with_told(self.rows, row, told, done=not why)

    def switch_by_itself(self) -> None:
        self.by_itself = not self.by_itself
        if self.by_itself:
            self.run_worker(
                self._launch_what_comes(), name=BY_ITSELF, group=BY_ITSELF, exclusive=True,
                exit_on_error=False,
            )  # fmt: skip
        else:
            self.workers.cancel_group(self, BY_ITSELF)

    async def _launch_what_comes(self) -> None:
        """In the order in which they came. What is refused is left."""
        self._doubt = await self._doubted()
        while self.by_itself:
            await self.take()
            for row in self.rows:
                if _comes_by_itself(row) and self.by_itself:
                    await self.accept(row, self.at_most)
            waiting = sum(not row.done for row in self.rows)
            await asyncio.sleep(max(PAUSE, PAUSE_EACH * waiting))

    async def _doubted(self) -> str:
        try:
            return await self.backend.intake_doubt()
        except ConsoleError as error:
            return error.what

    # --- what is shown

    def unsaved(self) -> tuple[str, ...]:
        return ("What comes is no longer launched by itself.",) if self.by_itself else ()

    def tick(self) -> None:
        listed = (self.rows, self.wanted, self._note, self._doubt, self.by_itself, self.at_most)
        if listed != self._listed:
            self._listed = listed
            terms = row_filter.wanted(self.wanted, ())
            fits = [row for row in self.rows if terms.leaves(_words(row), {}, {})]
            self.table.show(fits)
            self.tell_selected()

    def tell_selected(self) -> None:
        row = self.table.selected
        lines = self._about(row) if row is not None else [text((self._note, Tone.MUTED))]
        own = text((by_itself_words(self.at_most, on=self.by_itself), _tone(self.by_itself)))
        if self.by_itself and self._doubt:
            lines.append(text((self._doubt, Tone.WARN)))
        self.query_one(Detail).show(
            lambda width: [each for line in (*lines, own) for each in wrapped(line, width)]
        )

    def _about(self, row: IntakeRow) -> list[Line]:
        if row.done:
            return [text((row.told, Tone.TEXT))]
        waiting = row.waiting
        told = row.told or f"{verdict_words(waiting.verdict)} {verdict_fix(waiting.verdict)}"
        taken = f"Taken at {waiting.at:%H:%M:%S} UTC: {HIDDEN}."
        return [text((told, Tone.TEXT)), text((self._note or taken, Tone.MUTED))]


def _comes_by_itself(row: IntakeRow) -> bool:
    """What would be driven again from zero waits for a person's word."""
    verdict = row.waiting.verdict
    good = isinstance(verdict, ToAcknowledge | ToLaunch)
    return good and not row.done and not (isinstance(verdict, ToLaunch) and verdict.from_zero)


def _words(row: IntakeRow) -> str:
    return "\n".join((*waiting_row(row.waiting), row.told)).lower()


def _small(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _tone(on: bool) -> Tone:
    return Tone.ACCENT if on else Tone.MUTED
