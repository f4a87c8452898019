"""What a use case gets: a cluster that has answered, one only looked at, or one not asked."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from functools import cache, partial
from typing import TYPE_CHECKING, Any, TypeVar

from console import paths
from console.errors import ConsoleError
from console.struct_library import msgspec
from console.wiring.clusters import acting, localised, login_of, named, why_read_only
from console.wiring.on_disk import (
    call_outbox,
    delivery_edges,
    evalai_queue,
    now,
    publications_if_any,
    publications_seen,
    publishing_file,
    publishing_rules,
    recordings,
    store_of_recordings,
)
from console.wiring.wanted import WantedCluster

if TYPE_CHECKING:
    from console.operations.ports.cluster import ClusterPort
    from console.operations.services import Services
    from console.recorder_process.recorder_folder import ProcessFolder

T = TypeVar("T")


@asynccontextmanager
async def connect(connection: WantedCluster) -> AsyncIterator[Services]:
    """Services on a cluster that has answered; closed at the end. Raises ConsoleError."""
    from console.cluster.connecting import Terms
    from console.cluster.connecting import connect as open_cluster
    from console.operations.services import Services

    chosen = localised(connection)
    cluster = await open_cluster(
        chosen.kubeconfig,
        chosen.context,
        chosen.namespace,
        local=chosen.local,
        terms=Terms(acting(chosen), chosen.request_seconds, partial(why_read_only, chosen)),
    )
    try:
        yield Services(
            cluster,
            recordings(),
            now,
            _attended(connection),
            store_of_recordings(),
            publishing=publishing_file(),
            evalai=partial(publishing_rules, cluster),
            delivering=delivery_edges,
            publications=publications_seen(),
            queues=lambda server: evalai_queue(server, cluster),
        )
    finally:
        await cluster.close()


@asynccontextmanager
async def unattended(connection: WantedCluster) -> AsyncIterator[Services]:
    """The same for the recorder process: what it records is marked as its own."""
    from console.operations.services import never

    async with connect(connection) as services:
        yield msgspec.structs.replace(
            services, recorder=recordings(unattended=True), attended=never, calls=call_outbox()
        )


def _attended(connection: WantedCluster) -> Callable[[], bool]:
    """Whether a recorder of the same login runs; asked by what records, and by nothing else."""

    @cache
    def folder() -> ProcessFolder | None:
        # Files that could be read a moment ago: what is wrong with them now is told elsewhere.
        try:
            return login_of(connection)[1] if paths.recorder_wanted() else None
        except ConsoleError:
            return None

    def attended() -> bool:
        found = folder()
        return found is not None and found.taken

    return attended


def look(connection: WantedCluster, work: Callable[[Services], Coroutine[Any, Any, T]]) -> T | None:
    """What the work tells, asked without a loop: it only reads. Raises ConsoleError.

    None where only `connect` can ask; then nothing has been said yet.
    """
    from console.cluster.quick_way import look as look_at
    from console.operations.services import Services

    if connection.request_seconds is not None:
        return None  # its sockets have limits of their own
    asked = localised(connection)
    where = (asked.kubeconfig, asked.context, asked.namespace)
    told = (recordings(), now, _attended(connection))

    def at_that(cluster: ClusterPort) -> Coroutine[Any, Any, T]:
        return work(Services(cluster, *told, publications=publications_if_any()))

    return look_at(*where, at_that, local=asked.local, acts_as=acting(asked))


@asynccontextmanager
async def unasked(connection: WantedCluster) -> AsyncIterator[Services]:
    """Services for what is recorded: their cluster may be out of reach, or gone."""
    import asyncio

    from console.operations.services import Services, unasked

    cluster = unasked(await asyncio.to_thread(named, connection))
    yield Services(cluster, recordings(), now)
