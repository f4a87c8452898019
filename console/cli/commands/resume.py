"""`resume`: go on from a submission that was cancelled or failed; finished routes stay."""

from __future__ import annotations

import argparse
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from console import wiring
from console.cli import narration, output
from console.cli.commands.confirmation import add_yes_flag, confirm
from console.cli.commands.launch import conclude, unsure
from console.cli.connection import refuse_read_only, submission_name, with_services
from console.cli.findings import refuse_faulty
from console.cli.flags import add_connection_flags, add_output_flag, add_place_flags
from console.cli.following import Followed, follow_to_the_end
from console.cli.interruptions import blocking, telling
from console.cli.publication_words import tell_before, tell_publishing
from console.cli.queue_flags import add_queue_flags, check_queue, queued
from console.cli.queue_words import demand_queues, tell_queue
from console.cli.refusing import refuse_all, refuse_bad_resumes, refuse_empty
from console.cli.unattended import recorder_for, tell_recorded
from console.domain.budget import backoff_limit_for
from console.operations.services import Services
from console.operations.storing.stored import StoredSubmission, stored_submission
from console.operations.submitting.launch import launch
from console.operations.submitting.resume import Resumption, resume

_NAMED = 4
"""Drives that a line names, of however many."""


Find = Callable[[Services, str, StoredSubmission | None], Awaitable[Resumption]]
"""The submission that goes on, from what is known in a namespace and stored at a place."""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("resume")
    add_flags(parser)
    parser.set_defaults(run=run)


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Of whatever goes on from a submission."""
    parser.add_argument("submission")
    add_connection_flags(parser, names_itself_as=True)
    parser.add_argument("--as", dest="new_name", metavar="NAME", help="the new name")
    parser.add_argument(
        "--resumes", type=int, metavar="N", help="allow N pair resumes (default: as before)"
    )
    add_queue_flags(parser, "default: the old one's, if any")
    parser.add_argument(
        "--from",
        metavar="PLACE",
        help="as it was published there: s3://BUCKET/PREFIX/FOLDER, or a directory",
    )
    add_place_flags(parser)
    add_yes_flag(parser)
    parser.add_argument("--wait", action="store_true", help="follow it to its merged results")
    add_output_flag(parser, "text", "json", "yaml", "name")


def run(options: argparse.Namespace) -> int:
    old, new_name, limit = asked(options, "resume")

    async def find(
        services: Services, namespace: str, stored: StoredSubmission | None
    ) -> Resumption:
        return await resume(
            services, namespace, old, new_name=new_name, backoff_limit=limit, stored=stored
        )

    return go_on(options, find)


def asked(options: argparse.Namespace, verb: str) -> tuple[str, str, int | None]:
    """The old name, the new one or nothing, and the restarts or None, once they are sound."""
    old = submission_name(options.submission)
    _check(options)
    new_name = "" if options.new_name is None else submission_name(options.new_name)
    refuse_read_only(options, f"To {verb} {old}")
    return old, new_name, None if options.resumes is None else backoff_limit_for(options.resumes)


def go_on(options: argparse.Namespace, find: Find, more: dict[str, Any] | None = None) -> int:
    """Launch what is found, and follow it where that is wanted; `more`: for programs, beside the
    names."""
    old = submission_name(options.submission)
    read = published(options, old)

    async def work(services: Services, namespace: str) -> tuple[str, Followed | None]:
        with blocking():
            stored = read(namespace)
        found = await find(services, namespace, stored)
        composed = queued(options, found.composed)
        valid = refuse_faulty(composed)
        _agree(options, found)
        await demand_queues(services, namespace, (composed,))
        await tell_before(services, found.composed.manifest)
        name = str(found.composed.manifest["metadata"]["name"])
        recorder = await recorder_for(options, namespace)
        with telling(lambda: unsure(services, namespace, name)):
            launched = await launch(services, valid)
        tell_queue(launched)
        tell_publishing(services.publishing, launched.manifest)
        await tell_recorded(recorder, namespace, name, launched.manifest["metadata"]["uid"])
        narration.say(f"{name} goes on from {old}: {found.kept} of {found.total} drives stay")
        if not options.wait:
            return name, None
        return name, await follow_to_the_end(services, namespace, name)

    name, followed = with_services(options, work)
    if followed is not None:
        return conclude(followed, options.output)
    if output.is_document(options.output):
        output.document({"name": name, "resumes": old} | (more or {}), options.output)
    else:
        output.text(f"job.batch/{name}" + ("" if options.output == "name" else " created"))
    return 0


def _check(options: argparse.Namespace) -> None:
    check_queue(options)
    refuse_bad_resumes(options)


def _agree(options: argparse.Namespace, found: Resumption) -> None:
    """Tell what must be known of it before it is sent; ask where it is not ours."""
    if found.outlook:
        narration.say(f"warning: {found.outlook}")
    for remark in found.remarks:
        narration.say(f"note: {remark}")
    if found.repeated:
        narration.say(f"warning: {_again(found.repeated)}")
    if found.unlike:
        narration.say("the Job that this place tells is unlike one that this console makes:")
        confirm(options, found.unlike, "Launch it all the same?")


def _again(drives: Sequence[str]) -> str:
    """In one line, however many there are: of Bench2Drive a failure costs all that came after."""
    if len(drives) == 1:
        return f"{drives[0]} is driven again: its pair goes on before it"
    named = ", ".join(drives[:_NAMED]) + (", ..." if len(drives) > _NAMED else "")
    return f"{len(drives)} finished drives are driven again, for their pairs go on before: {named}"


def published(options: argparse.Namespace, name: str) -> Callable[[str], StoredSubmission | None]:
    """What reads the place that is named, for a namespace; nothing where none is."""
    refuse_empty(options, "--from", "--folder", "--endpoint")
    origin = getattr(options, "from")
    if origin is None:
        refuse_all(options, ("--folder", "--endpoint"), beside="a resume without --from")
        return lambda namespace: None
    place = wiring.object_place(origin, options.endpoint)
    folder = options.folder or ""
    return lambda namespace: stored_submission(place, namespace, name, wiring.now(), folder)
