"""`launch`: compose a submission, validate it, send it; with --wait follow it to its result.

A file of many submissions is the business of `console.cli.many`.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from console import wiring
from console.cli import narration, output
from console.cli.composing import add_composing_flags, composed, usual_namespace
from console.cli.connection import namespace_of, refuse_read_only, with_services
from console.cli.documents import board_document
from console.cli.findings import refuse_faulty, tell_needs
from console.cli.flags import add_connection_flags, add_output_flag
from console.cli.following import Followed, follow_to_the_end
from console.cli.interruptions import telling
from console.cli.publication_words import (
    tell_before,
    tell_publishing,
    tell_taken,
    tell_unasked,
)
from console.cli.queue_flags import add_queue_flags, check_queue, queued
from console.cli.queue_words import demand_queues, tell_queue
from console.cli.refusing import refuse_all
from console.cli.routes_flag import tell_left_out
from console.cli.scores import results_text
from console.cli.unattended import recorder_for, tell_recorded
from console.domain.board import SubmissionStatus
from console.errors import InvalidInput, SubmissionFailed
from console.operations.outcome.view import results
from console.operations.ports.cluster import JsonObject
from console.operations.services import Services
from console.operations.shell_commands import carla_console
from console.operations.submitting.launch import DryRun, Launched, launch
from console.operations.submitting.publishing_plan import with_place
from console.results import command

if TYPE_CHECKING:
    from console.cli.from_evalai import FromEvalAi
    from console.specs.compose import Composed
    from console.specs.many.reading import FileRow
    from console.specs.validation import Validated

MANY_FLAGS = ("--at-most", "--skip-faulty")
"""What only a file of submissions has a use for."""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("launch")
    add_connection_flags(parser)
    add_composing_flags(parser)
    parser.add_argument(
        "--dry-run",
        choices=list(DryRun),
        default=DryRun.NONE,
        help="client: validate here, ask nobody; server: let the API server check it, keep nothing",
    )
    parser.add_argument("--wait", action="store_true", help="follow it to its merged results")
    add_queue_flags(parser, "default: its preset's, if any")
    parser.add_argument(
        "--from-evalai",
        metavar="MESSAGE",
        help="a message of EvalAI's queue, as JSON (- reads it): its image, team and phase",
    )
    many = parser.add_argument_group("many submissions (-f FILE.csv)")
    many.add_argument(
        "--at-most",
        type=int,
        metavar="N",
        help="run at once, in the file's order; the others wait in the cluster",
    )
    many.add_argument(
        "--skip-faulty", action="store_true", help="launch the others where some have errors"
    )
    add_output_flag(parser, "text", "json", "yaml", "name")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    _check(options)
    _refuse_to_change(options)
    if (rows := _rows(options)) is not None:
        from console.cli.many import run_many

        return run_many(options, rows)
    refuse_all(options, MANY_FLAGS, beside="the launch of one submission")
    message = _message(options)
    if options.dry_run == DryRun.CLIENT:
        return _checked_here(options, message)

    async def work(services: Services, namespace: str) -> tuple[Launched, Followed | None]:
        ready, valid = await _ready(options, services, namespace, message)
        await demand_queues(services, namespace, (ready,))
        name = str(ready.manifest["metadata"]["name"])
        real = options.dry_run == DryRun.NONE
        recorder = await recorder_for(options, namespace) if real else None
        only = message.only(services, namespace, name) if message is not None and real else None
        sure = only.demand if only is not None else None
        with telling(lambda: unsure(services, namespace, name)):
            launched = await launch(services, valid, dry_run=DryRun(options.dry_run), sure=sure)
        for warning in (*launched.warnings, *(only.remarks if only is not None else ())):
            narration.say(f"warning: {warning}")
        tell_queue(launched)
        tell_publishing(services.publishing, launched.manifest)
        await tell_recorded(recorder, namespace, name, launched.manifest["metadata"]["uid"])
        if options.dry_run == DryRun.SERVER or not options.wait:
            return launched, None
        return launched, await follow_to_the_end(services, namespace, name)

    launched, followed = with_services(options, work)
    if followed is not None:
        return conclude(followed, options.output)
    done = "would be accepted" if options.dry_run == DryRun.SERVER else "created"
    _announce(launched.manifest, done, options)
    return 0


async def _ready(
    options: argparse.Namespace, services: Services, namespace: str, message: FromEvalAi | None
) -> tuple[Composed, Validated]:
    """What is launched, and what must be known of it before it is."""
    local = getattr(options, "local", False)
    if message is None:
        ready = composed(options, namespace, local=local)
    else:
        # What goes on from another one has that one's queue until a flag says otherwise.
        ready = await message.composed(services, namespace, local=local)
        ready = queued(options, ready)
    valid = refuse_faulty(ready)
    if options.dry_run == DryRun.SERVER:
        tell_needs(ready)
    tell_left_out(ready, options)
    # What came with a message was just told by EvalAI.
    await (tell_before if message is None else tell_taken)(services, ready.manifest)
    return ready, valid


def _refuse_to_change(options: argparse.Namespace) -> None:
    """A dry run changes nothing anywhere, and has nothing to wait for."""
    if options.dry_run == DryRun.NONE:
        refuse_read_only(options, "The launch")
    elif not options.values:
        refuse_all(options, ("--wait",), beside=f"--dry-run {options.dry_run}")


def _check(options: argparse.Namespace) -> None:
    check_queue(options)
    if options.from_evalai == "-" in options.values:
        raise InvalidInput("Both --from-evalai and -f read what is typed: name a file for one.")


def _rows(options: argparse.Namespace) -> tuple[FileRow, ...] | None:
    """Those of a file of submissions, where one is given."""
    if not options.values:
        return None
    from console.cli.many import rows_of

    return rows_of(options)


def _message(options: argparse.Namespace) -> FromEvalAi | None:
    """Of EvalAI's queue, where one is given."""
    if options.from_evalai is None:
        return None
    from console.cli.from_evalai import read_from_evalai

    return read_from_evalai(options)


def _checked_here(options: argparse.Namespace, message: FromEvalAi | None) -> int:
    local = getattr(options, "local", False)
    options = message.here() if message else options
    ready = composed(options, namespace_of(options, usual_namespace(local=local)), local=local)
    refuse_faulty(ready)
    tell_needs(ready)
    tell_left_out(ready, options)
    publishing = wiring.publishing_file()
    ready = with_place(ready, publishing.settings())
    tell_publishing(publishing, ready.manifest)
    tell_unasked(publishing, (ready.manifest,), asked_evalai=message is not None)
    narration.say(f"{ready.manifest['metadata']['name']} is valid; nothing was sent")
    _announce(ready.manifest, "is valid", options)
    return 0


def unsure(services: Services, namespace: str, name: str) -> str:
    """Cut short between the question and its answer."""
    look = carla_console(services.cluster.description, "status", name, namespace=namespace)
    return f"whether {name} was created, only the cluster knows: {look}"


def _announce(manifest: JsonObject, done: str, options: argparse.Namespace) -> None:
    name = manifest["metadata"]["name"]
    if output.is_document(options.output):
        output.document(manifest, options.output)
    elif options.output == "name":
        output.text(f"job.batch/{name}")
    else:
        output.text(f"job.batch/{name} {done}")


def conclude(followed: Followed, form: str) -> int:
    """Print the outcome of a followed run; its exit code."""
    board, view = followed.board, results(followed.board)
    if output.is_document(form):
        from console.presentation.result_documents import results_document

        told = {"submission": board_document(board), "results": results_document(view)}
        output.document(told, form)
    elif form == "name":
        output.text(f"job.batch/{board.name}")
    else:
        output.text(results_text(view))
    if board.status is SubmissionStatus.COMPLETE and view.final:
        return 0 if view.eligible else command.INELIGIBLE
    raise SubmissionFailed(
        f"{board.name} ended as {board.status.value}.",
        why=board.reason or view.why_not_final,
        fix=f"What was recorded: {followed.logs_command}",
    )
