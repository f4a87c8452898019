"""`preflight`: what a submission would meet on its node, before it is launched."""

from __future__ import annotations

import argparse
import asyncio

from console import wiring
from console.cli import narration, output
from console.cli.composing import add_composing_flags, composed
from console.cli.connection import refuse_read_only, with_services
from console.cli.documents import preflight_document
from console.cli.findings import refuse_faulty
from console.cli.flags import add_connection_flags, add_output_flag
from console.cli.publication_words import tell_before
from console.cli.queue_flags import add_queue_flags, check_queue
from console.cli.routes_flag import tell_left_out
from console.errors import ConsoleError, InvalidInput
from console.operations.services import Services
from console.operations.submitting.preflight import USUAL_LIMIT, Outcome, preflight
from console.presentation.checklist_lines import checklist_lines, summary


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "preflight",
        description="Sends a short Job with the submission's images, node and GPUs, says what it"
        " found and takes it away. Exit code 1 when a launch would fail.",
    )
    add_connection_flags(parser)
    add_composing_flags(parser)
    parser.add_argument(
        "--limit", type=int, default=USUAL_LIMIT, metavar="SECONDS",
        help=f"until it is given up; pulling images takes most (default {USUAL_LIMIT})",
    )  # fmt: skip
    add_queue_flags(parser, "default: its preset's, if any")
    add_output_flag(parser, "text", "json", "yaml")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    if options.limit < 1:
        raise InvalidInput("--limit counts seconds: 1 or more.")
    check_queue(options)
    refuse_read_only(options, "The preflight, which sends a Job,")
    local = getattr(options, "local", False)

    async def work(services: Services, namespace: str) -> Outcome:
        ready = composed(options, namespace, local=local)
        valid = refuse_faulty(ready)
        tell_left_out(ready, options)
        await tell_before(services, ready.manifest)
        context = services.cluster.description.context
        jobs = await asyncio.to_thread(wiring.archive().launched, context)
        return await preflight(
            services, valid, seconds=options.limit, tell=narration.say, launched=jobs
        )

    outcome = with_services(options, work)
    if output.is_document(options.output):
        output.document(preflight_document(outcome), options.output)
    else:
        for line in checklist_lines(outcome.findings):
            output.text("".join(part for part, _ in line))
    narration.say(summary(outcome.findings))
    return ConsoleError.exit_code if outcome.fails else 0
