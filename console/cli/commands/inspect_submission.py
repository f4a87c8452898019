"""`inspect`: why a submission or one of its pairs failed, whose it is, and what to do next."""

from __future__ import annotations

import argparse
import asyncio

from console import wiring
from console.cli import output
from console.cli.connection import submission_name, with_services
from console.cli.documents import origin_document
from console.cli.flags import add_connection_flags
from console.cli.inspections import inspection_document, inspection_markdown, inspection_text
from console.cli.recorded import add_recording_flags, say_all, wanted_of
from console.errors import InvalidInput
from console.operations.inspecting.inspection import Inspection, inspect
from console.operations.services import Services
from console.operations.watching.logs_at_hand import logs_at_hand
from console.operations.watching.lookup import Known, known


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("inspect")
    parser.add_argument("submission")
    parser.add_argument("--pair", type=int, metavar="N", help="of one pair alone")
    add_connection_flags(parser)
    add_recording_flags(parser)
    parser.add_argument("-o", "--output", choices=["text", "json", "md"], default="text")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    name = submission_name(options.submission)

    async def work(services: Services, namespace: str) -> tuple[Known, Inspection]:
        told = await known(services, wanted_of(options, namespace, name))
        _refuse_pair(told, options.pair)
        logs = await logs_at_hand(services, told)
        say_all((*told.remarks, *filter(None, [told.unread, logs.remark])))
        return told, await asyncio.to_thread(inspect, told.board, logs.of, wiring.now())

    told, found = with_services(options, work)
    if options.output == "json":
        output.as_json(inspection_document(found, options.pair) | origin_document(told))
    elif options.output == "md":
        output.text(inspection_markdown(found, options.pair))
    else:
        output.text(inspection_text(found, options.pair))
    return 0


def _refuse_pair(told: Known, pair: int | None) -> None:
    numbers = [each.number for each in told.board.pairs]
    if pair is not None and pair not in numbers:
        raise InvalidInput(
            f"--pair: {told.board.name} has no pair {pair}.",
            fix=f"Choose: {', '.join(map(str, numbers))}" if numbers else "",
        )
