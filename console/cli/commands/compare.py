"""`compare`: two or more results against each other, route by route."""

from __future__ import annotations

import argparse

from console.cli import narration, output
from console.cli.compared import compared_results
from console.cli.comparisons import comparison_text, route_table, route_titles
from console.cli.flags import DOCUMENTS, add_connection_flags, add_output_flag
from console.operations.outcome.comparison import ResultComparison, compare


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("compare")
    parser.add_argument(
        "results",
        nargs="+",
        metavar="A B",
        help="the others are held against the first: submissions, uids of recorded ones, "
        "or result files (a / in it, or .json at its end)",
    )
    add_connection_flags(parser)
    parser.add_argument(
        "--recorded", action="store_true", help="as this console has recorded them; of any cluster"
    )
    add_output_flag(parser, "table", "plots", *DOCUMENTS, "csv", "markdown")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    compared = compare(compared_results(options))
    if options.output == "table":
        output.text(f"{comparison_text(compared)}\n\n")
        output.columns(route_titles(compared), route_table(compared))
    else:
        _print(compared, options.output)
    for each in compared.results:
        if not each.view.final:
            narration.say(f"{each.name} is not final: {each.view.why_not_final}")
    return 0


def _print(compared: ResultComparison, form: str) -> None:
    if form == "plots":
        from console.presentation.plots import of_comparison

        output.lines(of_comparison(compared, output.width()))
        return
    from console.presentation import comparison_documents as documents

    if output.is_document(form):
        output.document(documents.comparison_document(compared), form)
    elif form == "csv":
        output.text(documents.comparison_csv(compared))
    else:
        output.text(documents.comparison_markdown(compared))
