"""`results`: the merged scores of a submission, and whether they are final."""

from __future__ import annotations

import argparse
import asyncio
from typing import Any

from console import paths
from console.cli import narration, output
from console.cli.connection import is_file, submission_name, with_services
from console.cli.documents import cost_document, gpu_document, origin_document
from console.cli.flags import CLUSTER_FLAGS, DOCUMENTS, add_connection_flags, add_output_flag
from console.cli.recorded import add_recording_flags, say_all, wanted_of
from console.cli.scores import results_text
from console.domain.gpu_time import GpuTime
from console.domain.prices import gpu_price
from console.errors import InvalidInput, SubmissionFailed
from console.operations.outcome.view import ResultsView, results
from console.operations.recording.spent_gpu_time import spent
from console.operations.services import Services
from console.operations.watching.lookup import Known, known
from console.presentation.again_words import hint
from console.presentation.gpu_hours import sentence
from console.results import command

FORMS = ("text", "plots", *DOCUMENTS, "csv", "markdown", "merged")


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("results")
    parser.add_argument(
        "submission", help="its name, or a result file (a / in it, or .json at its end)"
    )
    add_connection_flags(parser)
    add_recording_flags(parser)
    add_output_flag(parser, *FORMS)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    if is_file(options.submission):
        return _of_file(options)
    name, price = submission_name(options.submission), gpu_price(paths.gpu_hour())

    async def work(services: Services, namespace: str) -> tuple[Known, GpuTime]:
        told = await known(services, wanted_of(options, namespace, name))
        now = None if told.recorded else services.clock()
        return told, await asyncio.to_thread(spent, services, told.board, now)

    told, gpu = with_services(options, work)
    say_all(told.remarks)
    view = results(told.board)
    if options.output == "merged":
        if told.board.merged is None:
            raise SubmissionFailed(f"{name} has published no merged result.")
        output.as_it_is(told.board.merged.text)
    else:
        more = {"gpuHours": gpu_document(gpu), "gpuCost": cost_document(gpu, price)}
        more |= origin_document(told)
        again = hint(told.board, f"`carla-console rerun {name}`", view.rows)
        below = "\n".join(filter(None, (sentence(gpu, price), again)))
        _print(name, view, options.output, f"\n\n{below}", more)
    if view.remark:
        narration.say(view.remark)
        return command.INELIGIBLE if view.final else SubmissionFailed.exit_code
    return 0


def _of_file(options: argparse.Namespace) -> int:
    """What a file tells, of which nobody can say that it is all of a launch."""
    from console.cli.refusing import refuse_all
    from console.operations.outcome.result_file import result_file

    refuse_all(options, (*CLUSTER_FLAGS, "--local"), beside="a result file")
    found = result_file(options.submission)
    if options.output == "merged":
        raise InvalidInput("A result file is not merged here.", fix="Use `carla-console merge`.")
    _print(found.name, found.view, options.output, "", {})
    narration.say(found.view.why_not_final)
    return 0


def _print(name: str, view: ResultsView, form: str, below: str, more: dict[str, Any]) -> None:
    """`below`: what stands under the text; `more`: what a document has beside the results."""
    if form == "text":
        output.text(f"{results_text(view)}{below}")
    elif form == "plots":
        from console.presentation.plots import of_result

        output.lines(of_result(view, output.width()))
    elif output.is_document(form):
        from console.presentation.result_documents import results_document

        output.document(results_document(view) | more, form)
    else:
        from console.presentation.result_tables import results_markdown, routes_csv

        csv = form == "csv"
        output.text(
            routes_csv(view.rows, final=view.final) if csv else results_markdown(name, view)
        )
