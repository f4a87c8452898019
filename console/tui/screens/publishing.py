"""Publishing from a screen: the line that says how it stands, and the key that sends by hand."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace

from console.domain.facts import Targets
from console.domain.hostile_text import neutralise
from console.errors import ConsoleError
from console.presentation.published_words import line, sentence
from console.presentation.tones import Line
from console.tui.commands import Command
from console.tui.screens.about import without_cluster

if TYPE_CHECKING:
    from console.domain.publication import Published
    from console.operations.publishing.shown_by_hand import PublicationLook
    from console.tui.screens.about import SubmissionScreen


async def _ask(screen: SubmissionScreen) -> None:
    from console.presentation.publication_rows import points, target_points
    from console.tui.screens.dialogs import ConfirmDialog, Question
    from console.tui.screens.publication_dialog import PublicationDialog

    subject, backend = screen.subject(), screen.backend
    screen.notify("What is known of it is being read.")
    look = await backend.publication(*subject)
    refusal = _why_not_sent(screen)
    look = replace(look, why_not=refusal, targets=()) if refusal else look
    if not await screen.host.push_screen_wait(PublicationDialog(look)):
        return
    told = ((*points(look),) if look.to_evalai else ()) + target_points(look)
    question = Question(f"Publish {look.name}?", told, "", "Publish", "Not now")
    if await screen.host.push_screen_wait(ConfirmDialog(question)):
        await _send(screen, look)


async def _send(screen: SubmissionScreen, look: PublicationLook) -> None:
    """To EvalAI first, and then to each other target. What fails keeps nothing from the others."""
    subject, backend = screen.subject(), screen.backend
    ways: list[tuple[str, Callable[[], Awaitable[Published]]]] = []
    if look.to_evalai:
        ways.append(("EvalAI", partial(backend.publish, *subject)))
    ways += [(to[1], partial(backend.bring, *subject, to)) for to in look.targets]
    for where, send in ways:
        screen.notify(neutralise(f"{look.name} is being sent to {where}."), markup=False)
        try:
            told = await send()
        except ConsoleError as error:
            screen.host.show_error(error)
            continue
        said = neutralise(f"{look.name}: {sentence(told, datetime.now(UTC))}")
        screen.notify(said, severity="information" if told.final else "warning", markup=False)


def published_line(screen: SubmissionScreen) -> Line:
    """What has become of its results; nothing where none are to go anywhere."""
    board = screen.board()
    if board.job is None or screen.source().origin is not None:
        return ()
    told, job = screen.backend.published(board), board.job
    nowhere = job.evalai is None and job.goes_to == Targets()
    return () if told is None and nowhere else line(told, datetime.now(UTC))


def _why_not_sent(screen: SubmissionScreen) -> str:
    why = screen.backend.connection().read_only
    return f"Nothing is sent from here: {why}" if why else ""


def _not_published(screen: SubmissionScreen) -> str:
    """A recording may be another one's, or of another cluster: a command says which is meant."""
    if screen.source().origin is not None:
        name = screen.subject()[1]
        return f"This is a recording: carla-console publish {name} sends it, if it is yours."
    return without_cluster(screen)


PUBLISH = Command(
    "publish",
    "P",
    "Publish",
    "How it stands at EvalAI and elsewhere; sends it by hand, after a question",
    _ask,
    _not_published,
)
