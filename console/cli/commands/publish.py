"""`publish`: what is recorded of a submission, to where others look for it. Asks no cluster.

Without a place that is all that the settings name: `console.cli.publishing_as_set`.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from console import wiring
from console.cli import narration, output
from console.cli.connection import refuse_read_only_of, submission_name, with_services
from console.cli.flags import add_connection_flags, add_output_flag, add_place_flags, add_uid_flag
from console.cli.interruptions import blocking
from console.cli.recorded import say_all
from console.cli.refusing import refuse_all, refuse_empty
from console.domain.sizes import in_words
from console.operations.ports.object_place import ObjectPlace
from console.operations.ports.recorder import Recording
from console.operations.services import Services
from console.operations.storing.bringing import FileChange, Step, bring
from console.operations.storing.held_claims import HeldClaim
from console.operations.storing.tree import Tree, tree_of
from console.operations.storing.writer_claims import Bringing
from console.operations.watching.lookup import Wanted, find

STATUS = "status"
"""A submission of that name is `job/status`."""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("publish")
    parser.add_argument("submission", metavar="submission|status")
    add_connection_flags(parser)
    parser.add_argument(
        "--to",
        metavar="PLACE",
        help="s3://BUCKET/PREFIX, or a directory (default: as set)",
    )
    add_place_flags(parser)
    parser.add_argument("--dry-run", action="store_true", help="print what would be sent")
    parser.add_argument(
        "--as-failed",
        action="store_true",
        help="tell EvalAI and the table that it failed, where nobody can know how it ended",
    )
    add_uid_flag(parser)
    add_output_flag(parser, "text", "json")
    parser.set_defaults(run=run, recorded=True)


def run(options: argparse.Namespace) -> int:
    refuse_empty(options, "--to", "--folder", "--endpoint", "--uid")
    if options.to is None:
        return _as_set(options)
    refuse_all(options, ("--as-failed",), beside="--to")
    name = submission_name(options.submission)
    place = wiring.object_place(options.to, options.endpoint)

    async def work(services: Services, namespace: str) -> tuple[Tree, tuple[Step, ...]]:
        with blocking():
            found = find(services, Wanted(namespace, name, options.uid or "", recorded=True))
            say_all(found.remarks)
            if not options.dry_run:
                refuse_read_only_of(options, found.recording.cluster, f"To publish {name}")
            tree = tree_of(services, found.recording, options.folder or "")
            say_all(tree.remarks)
            by = Bringing(wiring.place_writer(), services.clock, asked=True)
            claim = HeldClaim(place, tree.folder, by, found.recording.uid)
            with claim.briefly():
                dry, tell = options.dry_run, _teller(options, place)
                steps = bring(place, tree, tell, dry=dry, claim=claim)
            if options.folder and not options.dry_run:
                _go_on_there(options, services, found.recording)
            return tree, steps

    tree, steps = with_services(options, work)
    if options.output == "json":
        output.as_json(_document(options, place, tree, steps))
    _conclude(options, place, tree, steps)
    return 0


def _go_on_there(options: argparse.Namespace, services: Services, recording: Recording) -> None:
    """What the recorder was refused at that place."""
    from console.operations.delivering.by_hand import goes_on_in

    target, now = wiring.place_target(options.to, options.endpoint), services.clock()
    if goes_on_in(wiring.deliveries(), recording, target, options.folder, now):
        narration.say(f"note: what comes by itself goes to folder {options.folder} from here on")


def _as_set(options: argparse.Namespace) -> int:
    from console.cli.publishing_as_set import publish_as_set
    from console.cli.publishing_at_evalai import show_status

    refuse_all(options, ("--folder", "--endpoint"), beside="a publish without --to")
    if options.submission == STATUS:
        refuse_all(options, ("--dry-run", "--uid", "--as-failed"), beside="status")
        return show_status(options.output)
    return publish_as_set(options)


def _teller(options: argparse.Namespace, place: ObjectPlace) -> Callable[[Step], None]:
    """A line for each file that changes, as soon as it is there."""

    def tell(step: Step) -> None:
        if options.output == "text" and step.change is not FileChange.SAME:
            verb = "DELETE" if step.change is FileChange.GONE else "PUT"
            output.text(f"{verb} {place.where}/{step.key}  {step.change}, {in_words(step.size)}")

    return tell


def _conclude(
    options: argparse.Namespace, place: ObjectPlace, tree: Tree, steps: tuple[Step, ...]
) -> None:
    """What is there now, and what must be known of it."""
    if not tree.ended:
        narration.say("note: it has not ended; what comes later is published the next time")
    if tree.view.remark:
        narration.say(tree.view.remark)
    sent = [each for each in steps if each.change in (FileChange.NEW, FileChange.CHANGED)]
    told = f"{len(sent)} of {len(tree.files)} files, {in_words(sum(each.size for each in sent))}"
    where = f"{place.where}/{tree.folder}"
    if options.dry_run:
        narration.say(f"nothing was sent: {told} would go to {where}")
    elif sent:
        narration.say(f"published: {told}, in {where}")
    else:
        narration.say(f"published before: all {len(tree.files)} files are in {where}")


def _document(
    options: argparse.Namespace, place: ObjectPlace, tree: Tree, steps: tuple[Step, ...]
) -> dict[str, Any]:
    return {
        "place": place.where,
        "folder": tree.folder,
        "dryRun": options.dry_run,
        "ended": tree.ended,
        "final": tree.view.final,
        "eligible": tree.view.eligible,
        "files": [
            {"key": each.key, "change": each.change.value, "bytes": each.size} for each in steps
        ],
    }
