"""`shell` and `port-forward`: into a running container, by the user's own kubectl."""

from __future__ import annotations

import argparse
import os
import shutil
import sys

from console import wiring
from console.cli import narration
from console.cli.connection import namespace_of, not_begun, submission_name, wanted, with_services
from console.cli.flags import add_connection_flags
from console.operations.services import Services
from console.operations.shell_commands import ProgramCall
from console.operations.watching.single_look import board_once
from console.presentation.ways_in import (
    WayInto,
    call_of,
    closed,
    forbidden,
    line_of,
    no_kubectl,
    place_of,
    usual,
)


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    shell = commands.add_parser("shell")
    shell.add_argument("submission")
    shell.add_argument("-c", "--container", metavar="NAME", help="default: an agent that runs")
    shell.add_argument(
        "--attach", action="store_true", help="what it says from now on, instead of a shell"
    )
    add_connection_flags(shell)
    shell.set_defaults(run=_shell)
    forward = commands.add_parser("port-forward")
    forward.add_argument("submission")
    forward.add_argument(
        "ports", nargs="+", metavar="PORT", help="the pod's; OURS:PORT, or :PORT for any of ours"
    )
    add_connection_flags(forward)
    forward.set_defaults(run=_forward, container=None)


def _shell(options: argparse.Namespace) -> int:
    return _enter(options, WayInto.ATTACH if options.attach else WayInto.SHELL, ())


def _forward(options: argparse.Namespace) -> int:
    return _enter(options, WayInto.FORWARD, options.ports)


def _enter(options: argparse.Namespace, way: WayInto, ports: tuple[str, ...]) -> int:
    name = submission_name(options.submission)
    _refuse_read_only(options, name, way, ports)

    async def looked_up(services: Services, namespace: str) -> ProgramCall:
        board, where = await board_once(services, namespace, name), services.cluster.description
        container = options.container or usual(board)
        pod, asked = place_of(board, container)
        call = call_of(where, pod, namespace, asked, way, ports=ports)
        if (why := closed(board, container, line_of(call))) is not None:
            raise why
        if not await services.cluster.allowed("create", way.right, namespace):
            raise forbidden(way, namespace, line_of(call))
        return call

    call = with_services(options, looked_up)
    if shutil.which(call.argv[0]) is None:
        raise no_kubectl(line_of(call))
    narration.say(line_of(call))
    sys.stdout.flush()
    # In our place: its signals, its terminal and its exit code are the user's.
    os.execvpe(call.argv[0], call.argv, {**os.environ, **call.environment})


def _refuse_read_only(
    options: argparse.Namespace, name: str, way: WayInto, ports: tuple[str, ...]
) -> None:
    """A process in a container can change anything there. Raises ReadOnly."""
    if not (why := wiring.read_only_there(wanted(options))):
        return
    where, container = wiring.describe(wanted(options)), options.container or "agent-1"
    namespace = namespace_of(options, where.namespace)
    line = line_of(call_of(where, f"job/{name}", namespace, container, way, ports=ports))
    fix = f"With --write, or without the console: {line}"
    raise not_begun(f"kubectl {way.value}", why, fix)
