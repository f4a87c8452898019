"""Recordings of submissions as a recorder leaves them on disk, for what is told without a cluster."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fakes.documents import record
from msgspec.structs import replace

from console.domain.events import Event, JobSeen, JobVanished, PodSeen
from console.domain.facts import (
    ContainerExit,
    ContainerFacts,
    ContainerState,
    JobCondition,
    JobFacts,
    PodFacts,
)
from console.operations.ports.cluster import ClusterDescription, JsonObject
from console.operations.ports.recorder import KeptManifest, Recording
from console.operations.recording.archive import Archive
from console.operations.services import Services
from console.recorder.history_index import History
from console.recorder.recorder import Recorder
from console.specs.compose import compose
from console.specs.plan import RESUMES_ANNOTATION, plan_of
from console.specs.template import load_template
from console.specs.values import load_profile
from console.workers import protocol

BEGUN = datetime(2026, 11, 22, 10, tzinfo=UTC)
ENDED = BEGUN + timedelta(minutes=30)
CONTEXT = "gone-cluster"


class _Nowhere:
    """A cluster of which not even the name is known; asking it for anything fails."""

    description = ClusterDescription("", "", "")


def archive_in(folder: Path) -> Archive:
    """The recordings below that folder, with no cluster."""
    services = Services(_Nowhere(), Recorder(folder), lambda: ENDED + timedelta(hours=1))  # type: ignore[arg-type]
    return Archive(services, History(folder))


def manifest_of(name: str, **said: str) -> JsonObject:
    template = load_template("2.0")
    values = load_profile("embedded").values("2.0")
    values = values.override({"submission.name": name, **said}, origin="test", known=template.paths)
    return compose(template, values, namespace="races", nonce="n0nce").manifest


def recorded(
    folder: Path,
    name: str = "demo",
    *,
    cluster: str = CONTEXT,
    resumes: str = "",
    drives: int = 2,
    **said: str,
) -> Recording:
    """A submission that failed after half an hour with so many finished drives, and its Job was
    deleted."""
    recording = Recording(cluster, "races", name, f"{name}-uid-0123")
    manifest = manifest_of(name, **said)
    if resumes:
        manifest["metadata"].setdefault("annotations", {})[RESUMES_ANNOTATION] = resumes
    writer = Recorder(folder).claim(recording)
    assert writer is not None
    writer.keep(KeptManifest(manifest, "https://gone:6443"))
    for event in _events(recording, manifest):
        writer.note(event)
    spool = writer.open_spool("logcopy", 0, pod="pod-1")
    for number in range(drives):
        told = protocol.record_payload(1, record("2.0", number, 0, number, 100.0))
        line = protocol.format_line("n0nce", number, "record", told).encode()
        spool.write(b"2026-11-22T10:10:%02d.000000000Z %b\n" % (number, line))
    spool.close()
    log = writer.open_spool("agent-1", 0, pod="pod-1")
    log.write(b"2026-11-22T10:00:05.000000000Z agent one says hello\n")
    log.close()
    writer.release()
    return recording


def _events(recording: Recording, manifest: dict[str, Any]) -> tuple[Event, ...]:
    plan = plan_of(manifest)
    job = JobFacts(
        recording.name,
        recording.namespace,
        recording.uid,
        BEGUN,
        8,
        leaderboard="2.0",
        plan=plan,
        started_at=BEGUN,
        active=1,
    )
    failed = JobCondition("Failed", True, "BackoffLimitExceeded", "too many restarts", ENDED)
    over = replace(job, active=0, failed=1, conditions=(failed,))
    return (
        JobSeen(BEGUN, job),
        PodSeen(BEGUN + timedelta(minutes=1), _pod(recording, plan.containers, running=True)),
        PodSeen(ENDED, _pod(recording, plan.containers, running=False)),
        JobSeen(ENDED, over),
        JobVanished(ENDED + timedelta(minutes=5)),
    )


def _pod(recording: Recording, names: tuple[str, ...], *, running: bool) -> PodFacts:
    return PodFacts(
        f"{recording.name}-abcde",
        recording.namespace,
        "pod-1",
        recording.name,
        "Running" if running else "Failed",
        tuple(_container(each, running=running) for each in names),
        node="node-1",
        created_at=BEGUN,
        owner=recording.uid,
        placed_at=BEGUN,
        initialized_at=BEGUN,
    )


def _container(name: str, *, running: bool) -> ContainerFacts:
    if running:
        return ContainerFacts(name, ContainerState.RUNNING, started_at=BEGUN)
    end = ContainerExit(1, "Error", ENDED, BEGUN)
    return ContainerFacts(name, ContainerState.TERMINATED, ended=end)
