"""The Job of a submission into its recording: once, and without what looks like a credential."""

from __future__ import annotations

import logging

from console.domain.facts import JobFacts
from console.errors import ConsoleError
from console.operations.ports.cluster import JsonObject, Kind
from console.operations.ports.recorder import KeptManifest, RecordingWriter
from console.operations.services import Services
from console.specs.credentials import without_credentials

log = logging.getLogger(__name__)


async def keep(services: Services, writer: RecordingWriter, manifest: JsonObject) -> None:
    """As the cluster has it. Raises ConsoleError for a disk that does not take it."""
    server, version = services.cluster.description.server, await _version(services)
    writer.keep(KeptManifest(without_credentials(manifest), server, version))


async def _version(services: Services) -> str:
    """For whoever asks later why it failed; one that is not told is no reason to keep nothing."""
    try:
        return await services.cluster.version(lately=True)
    except ConsoleError as error:
        log.info("The version of Kubernetes is not recorded: %s", error.what)
        return ""


async def keep_manifest(services: Services, job: JobFacts, writer: RecordingWriter) -> None:
    """Read from the cluster, unless it is kept. One that does not give it is no reason to stop."""
    recording = services.recording_of(job)
    if services.recorder.manifest(recording) is not None:
        return
    try:
        manifest = await services.cluster.read(Kind.JOB, job.namespace, job.name)
        if manifest.get("metadata", {}).get("uid") == job.uid:
            await keep(services, writer, manifest)
    except ConsoleError as error:
        log.warning("The Job %s is not recorded: %s", job.name, error.what)
