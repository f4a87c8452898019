"""`results`: the merged scores of a submission, and whether they are final."""

from __future__ import annotations

import argparse

from console import wiring
from console.cli import narration, output
from console.cli.connection import submission_name, with_services
from console.cli.documents import gpu_document, origin_document
from console.cli.flags import DOCUMENTS, add_connection_flags, add_output_flag
from console.cli.recorded import add_recording_flags, say_all, wanted_of
from console.cli.scores import results_text
from console.domain.gpu_time import gpu_time
from console.errors import SubmissionFailed
from console.operations.outcome.view import results
from console.operations.services import Services
from console.operations.watching.lookup import Known, known
from console.presentation.gpu_hours import sentence
from console.results import command

FORMS = ("text", "plots", *DOCUMENTS, "csv", "markdown", "merged")


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("results")
    parser.add_argument("submission")
    add_connection_flags(parser)
    add_recording_flags(parser)
    add_output_flag(parser, *FORMS)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    name = submission_name(options.submission)

    async def work(services: Services, namespace: str) -> Known:
        return await known(services, wanted_of(options, namespace, name))

    told = with_services(options, work)
    say_all(told.remarks)
    view = results(told.board)
    gpu = gpu_time(told.board, None if told.recorded else wiring.now())
    if options.output == "text":
        output.text(f"{results_text(view)}\n\n{sentence(gpu)}")
    elif options.output == "plots":
        from console.presentation.plots import of_result

        output.lines(of_result(view, output.width()))
    elif options.output == "merged":
        if told.board.merged is None:
            raise SubmissionFailed(f"{name} has published no merged result.")
        output.as_it_is(told.board.merged.text)
    elif output.is_document(options.output):
        from console.presentation.result_documents import results_document

        document = results_document(view) | {"gpuHours": gpu_document(gpu)}
        output.document(document | origin_document(told), options.output)
    else:
        from console.presentation.result_tables import results_markdown, routes_csv

        csv = options.output == "csv"
        output.text(
            routes_csv(view.rows, final=view.final) if csv else results_markdown(name, view)
        )
    if not view.final:
        narration.say(f"not final: {view.why_not_final}")
        return SubmissionFailed.exit_code
    if not view.eligible:
        narration.say(f"final, but not eligible: {view.why_not_eligible}")
        return command.INELIGIBLE
    return 0
