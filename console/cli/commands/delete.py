"""`delete`: remove a submission's Job, pod and logs from the cluster."""

from __future__ import annotations

import argparse

from console.cli import narration
from console.cli.commands.confirmation import add_yes_flag, confirm
from console.cli.connection import add_connection_flags, submission_name, with_services
from console.operations import ending
from console.operations.fleet import board_once
from console.operations.services import Services


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("delete", help="delete a submission with its pod and logs")
    parser.add_argument("submission")
    add_connection_flags(parser)
    add_yes_flag(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    name = submission_name(options.submission)

    async def work(services: Services, namespace: str) -> None:
        board = await board_once(services, namespace, name)
        confirm(options, ending.consequences(board, "delete"), f"Delete {namespace}/{name}?")
        await ending.delete(services, namespace, name)

    with_services(options, work)
    narration.say(f"{name} deleted")
    return 0
