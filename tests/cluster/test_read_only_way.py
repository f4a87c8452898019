"""On a way that only reads, no request leaves that could change something."""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from typing import Any

import pytest

from console.cluster.edge import KubernetesCluster
from console.cluster.read_only import ReadOnlyCarrier
from console.cluster.request import Answer, Request
from console.errors import ReadOnly
from console.operations.ports.cluster import ClusterDescription, Kind, Propagation

JOB = {"kind": "Job", "metadata": {"name": "demo", "namespace": "races"}}


class Wire:
    """Answers all with a Job; remembers what came."""

    def __init__(self) -> None:
        self.sent: list[Request] = []

    async def send(self, request: Request) -> Answer:
        self.sent.append(request)
        return Answer(b'{"metadata": {"name": "demo", "namespace": "races"}, "status": {}}')

    def stream(self, request: Request, *, silence: float | None) -> Any:
        self.sent.append(request)

    async def side_by_side(self, works: Sequence[Coroutine[Any, Any, Any]]) -> list[Any]:
        return [await work for work in works]

    async def close(self) -> None: ...


def cluster(wire: Wire) -> KubernetesCluster:
    carrier = ReadOnlyCarrier(wire, "--readonly was given.")  # type: ignore[arg-type]
    return KubernetesCluster(carrier, ClusterDescription("prod", "https://prod", "races"))


async def test_creating_patching_and_deleting_are_refused_with_what_they_were() -> None:
    wire = Wire()
    looks = cluster(wire)
    with pytest.raises(ReadOnly, match="create jobs demo in namespace races") as refused:
        await looks.create(JOB)
    assert refused.value.why == "--readonly was given."
    assert "--write" in refused.value.fix
    with pytest.raises(ReadOnly, match="patch jobs demo"):
        await looks.patch_job("races", "demo", {"spec": {"suspend": True}})
    with pytest.raises(ReadOnly, match="delete pods demo"):
        await looks.delete(Kind.POD, "races", "demo", propagation=Propagation.BACKGROUND)
    assert wire.sent == []


async def test_reading_asking_for_rights_and_a_dry_run_leave() -> None:
    wire = Wire()
    looks = cluster(wire)
    await looks.read(Kind.JOB, "races", "demo")
    await looks.create(JOB, dry_run=True)
    await looks.allowed("create", "jobs", "races")
    assert [request.method for request in wire.sent] == ["GET", "POST", "POST"]


def test_a_stream_that_is_no_get_is_refused() -> None:
    """As a command in a container would be."""
    wire = Wire()
    asked = Request("POST", "/api/v1/namespaces/races/pods/demo/exec", None)  # type: ignore[arg-type]
    with pytest.raises(ReadOnly):
        ReadOnlyCarrier(wire, "why").stream(asked, silence=None)  # type: ignore[arg-type]
    assert wire.sent == []


async def test_the_namespaces_are_those_of_the_cluster_by_name() -> None:
    class Names(Wire):
        async def send(self, request: Request) -> Answer:
            self.sent.append(request)
            return Answer(
                b'{"items": [{"metadata": {"name": "races"}}, {"metadata": {"name": "default"}},'
                b' {"metadata": null}, 7]}'
            )

    wire = Names()
    assert await cluster(wire).namespaces() == ("default", "races")
    assert wire.sent[0].path == "/api/v1/namespaces"
