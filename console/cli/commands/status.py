"""`status`: one submission's board, once or as it changes."""

from __future__ import annotations

import argparse
import asyncio

from console.cli import output
from console.cli.boards import board_text
from console.cli.connection import add_connection_flags, submission_name, with_services
from console.cli.documents import board_document
from console.domain.board import BoardSnapshot
from console.operations.fleet import board_once
from console.operations.following import Follower
from console.operations.services import Services


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("status", help="show pairs, routes, restarts and the budget")
    parser.add_argument("submission")
    add_connection_flags(parser)
    parser.add_argument("-w", "--watch", action="store_true", help="again at every change")
    parser.add_argument("-o", "--output", choices=["text", "json"], default="text")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    name = submission_name(options.submission)

    async def work(services: Services, namespace: str) -> None:
        board = await board_once(services, namespace, name)
        if not options.watch:
            _show(board, options.output, stream=False)
            return
        await _watch(Follower(services, namespace, name), options.output)

    with_services(options, work)
    return 0


async def _watch(follower: Follower, form: str) -> None:
    """One document or block of text a change, at most two a second, until the run has ended."""
    task = asyncio.create_task(follower.run(), name="follow the submission")
    try:
        while not task.done():
            changed = asyncio.ensure_future(follower.changed.wait())
            await asyncio.wait({task, changed}, return_when=asyncio.FIRST_COMPLETED)
            changed.cancel()
            follower.changed.clear()
            if follower.board.job is not None:
                _show(follower.board, form, stream=True)
            await asyncio.sleep(0.5)
        task.result()
    finally:
        task.cancel()


def _show(board: BoardSnapshot, form: str, *, stream: bool) -> None:
    if form == "json":
        (output.as_json_line if stream else output.as_json)(board_document(board))
    else:
        output.text(board_text(board) + ("\n" if stream else ""))
