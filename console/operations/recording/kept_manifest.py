"""The Job of a submission into its recording: once, and without what looks like a credential."""

from __future__ import annotations

import logging

from console.domain.facts import JobFacts
from console.errors import ConsoleError
from console.operations.ports.cluster import JsonObject, Kind
from console.operations.ports.recorder import RecordingWriter
from console.operations.services import Services
from console.specs.credentials import without_credentials

log = logging.getLogger(__name__)


def keep(services: Services, writer: RecordingWriter, manifest: JsonObject) -> None:
    """As the cluster has it. Raises ConsoleError for a disk that does not take it."""
    writer.keep(without_credentials(manifest), services.cluster.description.server)


async def keep_manifest(services: Services, job: JobFacts, writer: RecordingWriter) -> None:
    """Read from the cluster, unless it is kept. One that does not give it is no reason to stop."""
    recording = services.recording_of(job)
    if services.recorder.manifest(recording) is not None:
        return
    try:
        manifest = await services.cluster.read(Kind.JOB, job.namespace, job.name)
        if manifest.get("metadata", {}).get("uid") == job.uid:
            keep(services, writer, manifest)
    except ConsoleError as error:
        log.warning("The Job %s is not recorded: %s", job.name, error.what)
