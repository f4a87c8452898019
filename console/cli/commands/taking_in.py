"""What `intake` does: shows what waits, launches or refuses what is named, or all that come."""

from __future__ import annotations

import argparse
import asyncio
from functools import partial
from typing import Any

from console.cli import narration, output
from console.cli.commands.confirmation import confirm
from console.cli.connection import with_services
from console.cli.interruptions import telling
from console.cli.unattended import recorder_for, tell_all_recorded, tell_recorded
from console.domain.hostile_text import neutralise
from console.errors import ConsoleError, NotFound
from console.operations.intake.by_itself import ByItself, IntakeNews, some_at_a_time
from console.operations.intake.desk import (
    MOST_LOOKED_AT,
    Accepted,
    IntakeDesk,
    WaitingMessage,
    open_desk,
)
from console.operations.intake.launching import LaunchingFor
from console.operations.intake.message_fate import NotLaunched, ToAcknowledge, ToLaunch, Verdict
from console.operations.intake.set_up import demand_intake
from console.operations.services import Services
from console.presentation.intake_words import (
    FORGOTTEN,
    HIDDEN,
    NONE_WAITS,
    TITLES,
    accepted_words,
    verdict_fix,
    verdict_words,
    waiting_row,
)


def show_what_waits(options: argparse.Namespace) -> int:
    """Take all that wait, and let them come back."""

    async def work(services: Services, namespace: str) -> tuple[WaitingMessage, ...]:
        return await (await _desk(services, namespace)).look()

    waiting = with_services(options, work)
    if output.is_document(options.output):
        output.document([_document(each) for each in waiting], options.output)
    elif waiting:
        output.columns(TITLES, map(waiting_row, waiting))
        for fix in dict.fromkeys(filter(None, (verdict_fix(each.verdict) for each in waiting))):
            narration.say(f"- {fix}")
    if len(waiting) == MOST_LOOKED_AT:
        narration.say(f"more may wait: {MOST_LOOKED_AT} are taken at a time")
    narration.say(HIDDEN if waiting else NONE_WAITS)
    return 0


def treat_each(options: argparse.Namespace) -> int:
    """Launch, or refuse, those that are named; ask first."""

    async def found(services: Services, namespace: str) -> tuple[WaitingMessage, ...]:
        desk = await _desk(services, namespace)
        if not options.refuse:
            await desk.demand_launches()
        return await _look_for(desk, tuple(dict.fromkeys(options.number)))

    waiting = with_services(options, found)
    if options.refuse:
        return _refuse(options, waiting)
    _demand_launchable(waiting)
    words = (f"{each.submission}: {verdict_words(each.verdict)}" for each in waiting)
    confirm(options, words, f"Launch {_counted(waiting)}?")

    async def launched(services: Services, namespace: str) -> list[Accepted]:
        desk = await _desk(services, namespace)
        recorder = await recorder_for(options, namespace)
        done = []
        for each in waiting:
            with telling(lambda: "what is not acknowledged comes back to the queue"):
                done.append(await desk.accept(each, LaunchingFor()))
            _tell(done[-1])
        if len(created := _created(done)) == 1:
            await tell_recorded(recorder, namespace, *created[0])
        else:
            await tell_all_recorded(recorder, namespace, created)
        return done

    accepted = with_services(options, launched)
    _show_accepted(options, accepted)
    return 0


def launch_what_comes(options: argparse.Namespace) -> int:
    """By itself, until it is ended; with --once what waits now."""

    async def work(services: Services, namespace: str) -> None:
        desk = await _desk(services, namespace)
        assert services.publishing is not None
        queue = demand_intake(services.publishing).intake.queue
        ready = partial(recorder_for, options, namespace)
        # Who waits for a turn from before needs one, though nothing may ever come.
        await ready()
        by_itself = ByItself(desk, some_at_a_time(queue, options.at_most), _tell_news, ready)
        narration.say(f"from {queue}: what comes is launched, {options.at_most} run at a time")
        if doubt := await desk.doubt():
            narration.say(f"note: {doubt}")
        with telling(lambda: "what was launched goes on; nothing more is taken from the queue"):
            await (by_itself.once() if options.once else by_itself.run())

    with_services(options, work)
    return 0


async def _desk(services: Services, namespace: str) -> IntakeDesk:
    return await asyncio.to_thread(open_desk, services, namespace)


async def _look_for(desk: IntakeDesk, numbers: tuple[int, ...]) -> tuple[WaitingMessage, ...]:
    """In the order in which they are named. Raises NotFound where one does not come."""
    found: dict[int, WaitingMessage] = {}
    bodies: set[bytes] = set()
    while len(bodies) < MOST_LOOKED_AT and not found.keys() >= set(numbers):
        each = await desk.take()
        if each is None or each.taken.body in bodies:
            break
        bodies.add(each.taken.body)
        if each.submission is not None:
            found.setdefault(each.submission, each)
    if missing := [number for number in numbers if number not in found]:
        raise NotFound(
            f"No message for submission {missing[0]} could be taken: nothing was launched.",
            why="It does not wait in the queue, or somebody has taken it a moment ago.",
            fix="Try it again in half a minute.",
        )
    return tuple(found[number] for number in numbers)


def _demand_launchable(waiting: tuple[WaitingMessage, ...]) -> None:
    """All of them, before the first one is launched."""
    for each in waiting:
        if isinstance(each.verdict, NotLaunched):
            raise ConsoleError(
                f"Submission {each.submission} is not launched.",
                why=each.verdict.words,
                fix=each.verdict.fix or "Its message is acknowledged with --refuse.",
            )


def _refuse(options: argparse.Namespace, waiting: tuple[WaitingMessage, ...]) -> int:
    words = [f"{each.submission}: {verdict_words(each.verdict)}" for each in waiting]
    confirm(options, (*words, *FORGOTTEN), f"Acknowledge {_counted(waiting)}?")

    async def refused(services: Services, namespace: str) -> None:
        desk = await _desk(services, namespace)
        for each in waiting:
            if why := await desk.refuse(each):
                raise ConsoleError(
                    f"The message of submission {each.submission} is not acknowledged.",
                    why=why,
                    fix="It comes back: try it again in half a minute.",
                )
            narration.say(f"the message of submission {each.submission} is acknowledged")

    with_services(options, refused)
    return 0


def _counted(waiting: tuple[WaitingMessage, ...]) -> str:
    return f"submission {waiting[0].submission}" if len(waiting) == 1 else f"these {len(waiting)}"


def _tell(accepted: Accepted) -> None:
    for remark in accepted.remarks:
        narration.say(f"note: {remark}")
    narration.say(accepted_words(accepted))


def _tell_news(news: IntakeNews) -> None:
    """One line as it happens, on stdout; the rest beside it."""
    if news.accepted is not None:
        for remark in news.accepted.remarks:
            narration.say(f"note: {remark}")
        output.text(accepted_words(news.accepted))
        return
    what = f"submission {news.submission}" if news.submission else "the queue"
    narration.say(neutralise(" ".join(f"{what}: {news.words} {news.fix}".split())))


def _created(accepted: list[Accepted]) -> list[tuple[str, str]]:
    """Name and uid of those that were launched now."""
    metas: list[Any] = [each.manifest["metadata"] for each in accepted if each.manifest]
    return [(str(meta["name"]), str(meta["uid"])) for meta in metas]


def _show_accepted(options: argparse.Namespace, accepted: list[Accepted]) -> None:
    if output.is_document(options.output):
        told = [
            {
                "evalaiSubmission": each.submission,
                "name": each.job,
                "launched": each.launched,
                "acknowledged": not each.unacknowledged,
            }
            for each in accepted
        ]
        output.document(told, options.output)
    else:
        output.text("\n".join(f"job.batch/{each.job}" for each in accepted))


def _document(waiting: WaitingMessage) -> dict[str, Any]:
    message, there, verdict = waiting.message, waiting.there, waiting.verdict
    return {
        "evalaiSubmission": message.submission if message else None,
        "challenge": message.challenge if message else None,
        "phase": message.phase if message else None,
        "image": (message.image or None) if message else None,
        "team": there.team if there else None,
        "teamName": there.team_name if there else None,
        "shownThere": there.said if there else None,
        "becomes": _becomes(verdict),
        "name": verdict.order.name if isinstance(verdict, ToLaunch) else None,
        "goesOnFrom": (verdict.goes_on_from or None) if isinstance(verdict, ToLaunch) else None,
        "what": verdict_words(verdict),
        "fix": verdict_fix(verdict) or None,
    }


def _becomes(verdict: Verdict) -> str:
    if isinstance(verdict, ToLaunch):
        return "launched"
    if isinstance(verdict, ToAcknowledge):
        return "acknowledged"
    return "refused" if verdict.for_good else "waiting"
