"""`results`: the merged scores of a submission, and whether they are final."""

from __future__ import annotations

import argparse

from console.cli import narration, output
from console.cli.connection import add_connection_flags, submission_name, with_services
from console.cli.scores import results_document, results_text
from console.errors import SubmissionFailed
from console.operations.fleet import board_once
from console.operations.results import ResultsView, results
from console.operations.services import Services


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("results", help="show the merged scores, routes and infractions")
    parser.add_argument("submission")
    add_connection_flags(parser)
    parser.add_argument("-o", "--output", choices=["text", "json", "merged"], default="text")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    name = submission_name(options.submission)

    async def work(services: Services, namespace: str) -> tuple[ResultsView, str | None]:
        board = await board_once(services, namespace, name)
        return results(board), board.merged.text if board.merged else None

    view, merged = with_services(options, work)
    if options.output == "merged":
        if merged is None:
            raise SubmissionFailed(f"{name} has not published a merged result yet.")
        output.text(merged)
    elif options.output == "json":
        output.as_json(results_document(view))
    else:
        output.text(results_text(view))
    if not view.final:
        narration.say(f"not final: {view.why_not_final}")
        return SubmissionFailed.exit_code
    return 0
