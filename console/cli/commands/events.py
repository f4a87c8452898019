"""`events`: what the cluster said of a submission, and why its attempts ended."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from console.cli import output
from console.cli.boards import events_text
from console.cli.connection import submission_name, with_services
from console.cli.documents import happenings_document, origin_document
from console.cli.flags import DOCUMENTS, add_connection_flags, add_output_flag
from console.cli.recorded import add_recording_flags, say_all, wanted_of
from console.operations.services import Services
from console.operations.watching.inspected import inspected
from console.operations.watching.lookup import Known, known
from console.presentation.verdicts import answers


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("events")
    parser.add_argument("submission")
    add_connection_flags(parser)
    add_recording_flags(parser)
    add_output_flag(parser, "text", *DOCUMENTS, "csv")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    name = submission_name(options.submission)

    async def work(services: Services, namespace: str) -> tuple[Known, tuple[str, ...]]:
        told = await known(services, wanted_of(options, namespace, name))
        if not told.recorded:
            # A board stands without its events; this command does not.
            await services.cluster.events(namespace, name)
        return told, answers(await inspected(services, told))

    told, why = with_services(options, work)
    say_all(told.remarks)
    if options.output == "text":
        output.text(events_text(told.board, datetime.now(UTC), why))
        return 0
    document = happenings_document(told.board) | {"why": list(why)} | origin_document(told)
    csv = options.output == "csv"
    output.document(document["events"] if csv else document, options.output)
    return 0
