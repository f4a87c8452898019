"""`inspect`: why a submission or one of its pairs failed, whose it is, and what to do next."""

from __future__ import annotations

import argparse
import asyncio

from console import wiring
from console.cli import output
from console.cli.connection import submission_name, with_services
from console.cli.documents import origin_document
from console.cli.flags import DOCUMENTS, add_connection_flags, add_output_flag
from console.cli.inspections import (
    inspection_document,
    inspection_markdown,
    inspection_text,
    neutralise_lines,
)
from console.cli.recorded import add_recording_flags, say_all, wanted_of
from console.errors import InvalidInput, NotFound
from console.operations.inspecting.inspection import Inspection, inspect
from console.operations.services import Services
from console.operations.watching.logs_at_hand import logs_at_hand
from console.operations.watching.lookup import Known, known
from console.presentation.verdicts import nothing_failed


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("inspect")
    parser.add_argument("submission")
    parser.add_argument("--pair", type=int, metavar="N", help="of one pair alone")
    add_connection_flags(parser)
    add_recording_flags(parser)
    add_output_flag(parser, "text", *DOCUMENTS, "md", "team")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    name = submission_name(options.submission)

    async def work(services: Services, namespace: str) -> tuple[Known, Inspection, str]:
        told = await known(services, wanted_of(options, namespace, name))
        _refuse_pair(told, options.pair)
        logs = await logs_at_hand(services, told)
        say_all((*told.remarks, *filter(None, [told.unread, logs.remark])))
        found = await asyncio.to_thread(inspect, told.board, logs.of, wiring.now())
        wanted = options.output == "team"
        message = _message(services, told, found, options.pair) if wanted else ""
        return told, found, message

    told, found, message = with_services(options, work)
    if options.output == "md":
        output.text(inspection_markdown(found, options.pair))
    elif options.output in ("text", "team"):
        output.text(message or inspection_text(found, options.pair))
    else:
        document = inspection_document(found, options.pair) | origin_document(told)
        output.document(document, options.output)
    return 0


def _message(services: Services, told: Known, found: Inspection, pair: int | None) -> str:
    """What the team is told. Raises NotFound where nothing of it is recorded: what the platform's
    names are stands in the recording."""
    # What a bundle leaves out is needed for this alone.
    from console.operations.bundling.recorded_message import recorded_message

    verdict = found.pair(pair).verdict if pair is not None else found.answer
    if verdict is None:
        return nothing_failed(found, pair)
    recording = told.found.recording if told.found else None
    if recording is None and told.board.job is not None:
        recording = services.recording_of(told.board.job)
    if recording is None or services.recorder.manifest(recording) is None:
        raise NotFound(
            f"Of {told.board.name} nothing is recorded here: the platform's names are not known.",
            why="A message to a team must hold none of them.",
            fix="Inspect it where it is recorded, or write the message by hand from -o md.",
        )
    return neutralise_lines(
        recorded_message(services.recorder, recording, told.board, verdict).text.splitlines()
    )


def _refuse_pair(told: Known, pair: int | None) -> None:
    numbers = [each.number for each in told.board.pairs]
    if pair is not None and pair not in numbers:
        raise InvalidInput(
            f"--pair: {told.board.name} has no pair {pair}.",
            fix=f"Choose: {', '.join(map(str, numbers))}" if numbers else "",
        )
