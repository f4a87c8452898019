"""`export`: an incident bundle of one recorded submission. Asks no cluster."""

from __future__ import annotations

import argparse

from console.cli import narration, output
from console.cli.connection import submission_name, with_services
from console.cli.flags import add_connection_flags, add_output_flag, add_uid_flag
from console.cli.interruptions import blocking
from console.cli.recorded import say_all
from console.cli.refusing import refuse_empty
from console.operations.bundling.export import Exported, WantedBundle, export
from console.operations.services import Services
from console.operations.watching.lookup import Wanted, find
from console.presentation.bundle_report import report


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("export")
    parser.add_argument("submission")
    add_connection_flags(parser)
    parser.add_argument(
        "--team", action="store_true", help="for the team: names nothing of the platform"
    )
    parser.add_argument("-O", "--file", metavar="FILE", help="default: NAME-UID.bundle.tgz here")
    add_uid_flag(parser)
    add_output_flag(parser, "text", "json")
    parser.set_defaults(run=run, recorded=True)


def run(options: argparse.Namespace) -> int:
    refuse_empty(options, "--file", "--uid")
    name = submission_name(options.submission)

    async def work(services: Services, namespace: str) -> Exported:
        with blocking():
            found = find(services, Wanted(namespace, name, options.uid or "", recorded=True))
            say_all(found.remarks)
            wanted = WantedBundle(found.recording, options.team, options.file)
            return export(services, wanted, report)

    exported = with_services(options, work)
    for each in exported.left_out:
        narration.say(f"left out: {each.what} in the {each.where} ×{each.count}")
    if not exported.ended:
        narration.say("note: it has not ended; the bundle holds what is recorded by now")
    if options.output == "json":
        output.as_json(
            {
                "file": exported.file,
                "ended": exported.ended,
                "leftOut": [
                    {"where": each.where, "what": each.what, "count": each.count}
                    for each in exported.left_out
                ],
            }
        )
    else:
        output.text(exported.file)
    return 0
