"""`describe`: a submission as `kubectl describe` tells of it; as a document the Job itself."""

from __future__ import annotations

import argparse
import asyncio
from datetime import UTC, datetime
from typing import Any

from console.cli import output
from console.cli.connection import submission_name, with_services
from console.cli.flags import DOCUMENTS, add_connection_flags, add_output_flag
from console.cli.recorded import add_recording_flags, say_all, wanted_of
from console.errors import NotFound
from console.operations.ports.cluster import JsonObject, Kind
from console.operations.services import Services
from console.operations.watching.lookup import Known, known
from console.presentation.description import description
from console.specs.credentials import without_credentials


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("describe")
    parser.add_argument("submission")
    add_connection_flags(parser)
    add_recording_flags(parser)
    add_output_flag(parser, "text", *DOCUMENTS)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    name = submission_name(options.submission)

    async def work(services: Services, namespace: str) -> tuple[Known, JsonObject]:
        told = await known(services, wanted_of(options, namespace, name))
        return told, await _job(services, told, namespace, name)

    told, job = with_services(options, work)
    say_all(told.remarks)
    if options.output == "text":
        output.lines(description(job, told.board, datetime.now(UTC)))
    else:
        output.document(job, options.output)
    return 0


async def _job(services: Services, told: Known, namespace: str, name: str) -> JsonObject:
    """As the cluster or the recording has it, without what looks like a credential."""
    if told.found is not None:
        kept = await asyncio.to_thread(services.recorder.manifest, told.found.recording)
        if kept is None:
            raise NotFound(f"The recording of {name} does not hold its Job.")
        return kept.manifest
    job: dict[str, Any] = dict(await services.cluster.read(Kind.JOB, namespace, name))
    meta = {key: each for key, each in job["metadata"].items() if key != "managedFields"}
    return without_credentials(job | {"metadata": meta})
