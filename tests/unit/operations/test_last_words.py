"""A cancel where nobody follows: what logcopy publishes at its end is kept, and never at any price."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from fakes.documents import merged_lines, record, whole_document
from fakes.following import line, recorded_texts

from console.errors import ConsoleError
from console.operations.ports.cluster import Kind
from console.operations.submitting import last_words
from console.operations.submitting.last_words import Stopped, cancel_and_keep
from console.operations.submitting.launch import launch
from console.specs.validation import Judged
from console.workers import protocol


def drive(sequence: int, route: int) -> str:
    payload = protocol.record_payload(1, record("2.0", route, 0, route, 100.0))
    return protocol.format_line("n0nce", sequence, "record", payload)


@pytest.fixture
async def running(services, cluster, composed, pod_of) -> Any:
    """A submission whose logcopy has told two drives and publishes once it is asked to stop."""
    job = (await launch(services, Judged(composed).valid)).job
    cluster.put(pod_of(logcopy=("running", 0)))
    log = cluster.logs["pod-1", "logcopy", 0]
    log.lines += [line(1, drive(1, 0)), line(2, drive(2, 1))]
    patch = cluster.patch_job

    async def patched(namespace: str, name: str, change: dict[str, Any]) -> Any:
        told = await patch(namespace, name, change)
        texts = merged_lines(json.dumps(whole_document()), 3)
        log.lines += [line(3 + n, text) for n, text in enumerate(texts)]
        log.ended = True
        cluster.put(pod_of("Succeeded", logcopy=("ended", 0)))
        return told

    cluster.patch_job = patched
    return job


async def test_what_was_published_is_on_disk_afterwards(services, running) -> None:
    stopped = await cancel_and_keep(services, "races", "demo")
    assert stopped.kept == 2
    texts = recorded_texts(services, running, "logcopy")
    assert texts[:2] == [drive(1, 0), drive(2, 1)]
    assert any(" merged " in text for text in texts)


async def test_how_long_it_took_to_stop_is_told(services, running) -> None:
    stopped = await cancel_and_keep(services, "races", "demo")
    assert stopped.seconds is not None


async def test_a_pod_that_does_not_stop_is_told_as_that(
    services, cluster, running, pod_of, monkeypatch
) -> None:
    monkeypatch.setattr(last_words, "STOPPED_WITHIN", 0.01)
    monkeypatch.setattr(last_words, "LISTENING_WITHIN", 0.01)
    patch = type(cluster).patch_job
    cluster.patch_job = lambda *given: patch(cluster, *given)
    assert await cancel_and_keep(services, "races", "demo") == Stopped(None, 0)


async def test_the_recording_tells_the_cancel_once_the_job_is_gone(
    services, cluster, running
) -> None:
    await cancel_and_keep(services, "races", "demo")
    recording = services.recording_of(running)
    assert services.recorder.manifest(recording) is not None
    writer = services.recorder.claim(recording)
    assert writer is not None
    writer.release()


async def test_a_disk_that_takes_nothing_is_no_reason_not_to_cancel(
    services, cluster, running, monkeypatch
) -> None:
    def full(_: object) -> None:
        raise ConsoleError("The disk is full.")

    monkeypatch.setattr(services.recorder, "claim", full)
    await cancel_and_keep(services, "races", "demo")
    assert (await cluster.job("races", "demo")).cancelled


async def test_a_log_that_may_not_be_read_is_no_reason_not_to_cancel(
    services, cluster, running, monkeypatch
) -> None:
    async def refused(_: object):
        raise ConsoleError("You may not read logs.")
        yield

    monkeypatch.setattr(cluster, "log", refused)
    stopped = await cancel_and_keep(services, "races", "demo")
    assert stopped.kept == 0
    assert (await cluster.job("races", "demo")).cancelled


async def test_without_a_pod_there_is_nothing_to_hear(services, cluster, composed) -> None:
    await launch(services, Judged(composed).valid)
    stopped = await cancel_and_keep(services, "races", "demo")
    assert stopped.kept == 0
    assert stopped.seconds is not None


async def test_where_another_console_records_it_nothing_is_written_twice(
    services, cluster, running
) -> None:
    other = services.recorder.claim(services.recording_of(running))
    assert other is not None
    await cancel_and_keep(services, "races", "demo")
    assert services.recorder.containers(services.recording_of(running)) == ()
    other.release()
    assert (Kind.JOB, "races", "demo") in cluster.objects
    await asyncio.sleep(0)
