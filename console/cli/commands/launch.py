"""`launch`: compose a submission, validate it, send it; with --wait follow it to its result."""

from __future__ import annotations

import argparse

from console.cli import narration, output
from console.cli.composing import add_composing_flags, composed
from console.cli.connection import add_connection_flags, with_services
from console.cli.documents import board_document
from console.cli.findings import refuse_faulty
from console.cli.following import Followed, follow_to_the_end
from console.cli.scores import results_document, results_text
from console.domain.board import SubmissionStatus
from console.errors import SubmissionFailed
from console.operations.launching import DryRun, Launched, launch
from console.operations.results import results
from console.operations.services import Services


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("launch", help="launch a submission")
    add_connection_flags(parser)
    add_composing_flags(parser)
    parser.add_argument(
        "--dry-run",
        choices=list(DryRun),
        default=DryRun.NONE,
        help="client: validate here; server: let the API server check it, keep nothing",
    )
    parser.add_argument("--wait", action="store_true", help="follow it to its merged results")
    parser.add_argument("-o", "--output", choices=["text", "json", "name"], default="text")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    local = getattr(options, "local", False)
    if options.dry_run == DryRun.CLIENT:
        namespace = getattr(options, "namespace", None) or "default"
        ready = composed(options, namespace, local=local)
        refuse_faulty(ready)
        narration.say(f"{ready.manifest['metadata']['name']} is valid; nothing was sent")
        return 0

    async def work(services: Services, namespace: str) -> tuple[Launched, Followed | None]:
        ready = composed(options, namespace, local=local)
        refuse_faulty(ready)
        launched = await launch(services, ready, dry_run=DryRun(options.dry_run))
        for warning in launched.warnings:
            narration.say(f"warning: {warning}")
        if options.dry_run == DryRun.SERVER or not options.wait:
            return launched, None
        name = str(launched.manifest["metadata"]["name"])
        return launched, await follow_to_the_end(services, namespace, name)

    launched, followed = with_services(options, work)
    if followed is None:
        _announce(launched, options)
        return 0
    return conclude(followed, options.output)


def _announce(launched: Launched, options: argparse.Namespace) -> None:
    name = launched.manifest["metadata"]["name"]
    done = "would be accepted" if options.dry_run == DryRun.SERVER else "created"
    if options.output == "json":
        output.as_json(launched.manifest)
    elif options.output == "name":
        output.text(f"job.batch/{name}")
    else:
        output.text(f"job.batch/{name} {done}")


def conclude(followed: Followed, form: str) -> int:
    """Print the outcome of a followed run; its exit code."""
    board, view = followed.board, results(followed.board)
    if form == "json":
        output.as_json({"submission": board_document(board), "results": results_document(view)})
    elif form == "name":
        output.text(f"job.batch/{board.name}")
    else:
        output.text(results_text(view))
    if board.status is SubmissionStatus.COMPLETE and view.final:
        return 0
    raise SubmissionFailed(
        f"{board.name} ended as {board.status.value}.",
        why=board.reason or view.why_not_final,
        fix=f"What was recorded: {followed.logs_command}",
    )
