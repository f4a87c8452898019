"""`rerun`: drive routes of an ended submission again; the others stay, and one result has all."""

from __future__ import annotations

import argparse

from msgspec.structs import replace

from console.cli.commands.confirmation import confirm
from console.cli.commands.resume import add_flags, asked, go_on, published
from console.cli.connection import with_services
from console.cli.interruptions import blocking
from console.cli.refusing import refuse_empty
from console.errors import Conflict
from console.operations.services import Services
from console.operations.storing.stored import StoredSubmission
from console.operations.submitting.rerun import Rerun, RerunWanted, rerun
from console.operations.submitting.resume import Resumption
from console.operations.submitting.routes_file import read_routes
from console.presentation.again_words import documents, points


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("rerun")
    parser.add_argument(
        "--routes",
        metavar="ROUTES",
        help="these: 6,11,16 (default: those that a crash of simulator or agent ended)",
    )
    parser.add_argument(
        "--finished-too",
        action="store_true",
        help="also what ended by the agent's own doing; chosen ones make the result not count",
    )
    parser.add_argument(
        "--routes-file",
        metavar="FILE",
        help="a copy of the image's routes file, where its routes do not count upwards",
    )
    add_flags(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    refuse_empty(options, "--routes", "--routes-file")
    old, new_name, limit = asked(options, "rerun")
    order = None if options.routes_file is None else read_routes(options.routes_file)
    wanted = RerunWanted(options.routes or "", options.finished_too, order)
    read = published(options, old)

    async def found(services: Services, namespace: str, stored: StoredSubmission | None) -> Rerun:
        return await rerun(
            services,
            namespace,
            old,
            wanted,
            new_name=new_name,
            backoff_limit=limit,
            stored=stored,
        )

    async def looked(services: Services, namespace: str) -> Rerun:
        with blocking():
            stored = read(namespace)
        return await found(services, namespace, stored)

    said = with_services(options, looked)
    # Asked with no connection open: a question may stand for hours.
    doubt = (said.resumption.outlook,) if said.resumption.outlook else ()
    confirm(options, (*doubt, *points(said)), f"Drive {len(said.replaced)} drives of {old} again?")

    async def find(
        services: Services, namespace: str, stored: StoredSubmission | None
    ) -> Resumption:
        now = await found(services, namespace, stored)
        if (now.replaced, now.missing) != (said.replaced, said.missing):
            raise Conflict(f"What is known of {old} has changed meanwhile.", fix="Try again.")
        return replace(now.resumption, outlook="")  # it has been said

    return go_on(options, find, {"drivenAgain": documents(said.replaced)})
