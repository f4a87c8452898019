"""`cancel` and `delete`: both say what will be lost, and ask, before anything happens."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Literal

from console.cli import narration
from console.cli.commands.confirmation import add_yes_flag, confirm
from console.cli.connection import refuse_read_only, submission_name, with_services
from console.cli.flags import add_connection_flags
from console.cli.interruptions import telling
from console.domain.upstream_refusals import refuse_upstreams
from console.operations.ports.cluster import ClusterDescription
from console.operations.services import Services
from console.operations.shell_commands import carla_console
from console.operations.submitting import ending
from console.operations.submitting.last_words import Stopped, cancel_and_keep
from console.operations.watching.single_look import board_once

Verb = Literal["cancel", "delete"]
End = Callable[[Services, str, str], Awaitable[Any]]
Done = Callable[[ClusterDescription, str, Any], str]


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    _add(commands, "cancel", _cancel)
    _add(commands, "delete", _delete)


def _add(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    verb: Verb,
    run: Callable[[argparse.Namespace], int],
) -> None:
    parser = commands.add_parser(verb)
    parser.add_argument("submission")
    add_connection_flags(parser)
    add_yes_flag(parser)
    parser.set_defaults(run=run)


def _cancel(options: argparse.Namespace) -> int:
    return _end(options, "cancel", cancel_and_keep, _cancelled)


def _delete(options: argparse.Namespace) -> int:
    return _end(options, "delete", ending.delete, lambda _where, name, _: f"{name} deleted")


def _cancelled(where: ClusterDescription, name: str, stopped: Stopped) -> str:
    when = (
        "its containers are still stopping"
        if stopped.seconds is None
        else f"nothing of it runs after {stopped.seconds:.1f} s"
    )
    if not stopped.kept:
        return f"{name} cancelled: {when}"
    kept = f"{stopped.kept} finished drives are kept here"
    return f"{name} cancelled: {when}; {kept}: {carla_console(where, 'resume', name)}"


def _end(options: argparse.Namespace, verb: Verb, end: End, done: Done) -> int:
    name = submission_name(options.submission)
    refuse_read_only(options, f"To {verb} {name}")

    async def told(services: Services, namespace: str) -> tuple[str, tuple[str, ...]]:
        board = await board_once(services, namespace, name)
        refuse_upstreams(board.job, verb)
        kept = await asyncio.to_thread(ending.kept_here, services, board)
        where = services.cluster.description
        return namespace, ending.consequences(board, verb, where, kept)

    async def ended(services: Services, namespace: str) -> str:
        where = services.cluster.description
        look = carla_console(where, "status", name)
        with telling(lambda: f"whether {verb} of {name} was begun, the cluster knows: {look}"):
            return done(where, name, await end(services, namespace, name))

    namespace, consequences = with_services(options, told)
    # Asked with no connection open: a question may stand for hours, and a signal ends it at once.
    confirm(options, consequences, f"{verb.capitalize()} {namespace}/{name}?")
    narration.say(with_services(options, ended))
    return 0
