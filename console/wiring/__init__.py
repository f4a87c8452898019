"""The composition root: which concrete edge stands behind each port. Nowhere else says so.

Edges are imported when they are needed: `--help` must not pay for HTTP, TLS or Textual.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from functools import cache, partial
from typing import TYPE_CHECKING, Any, TypeVar

from console import paths
from console.errors import ClusterUnreachable, ConsoleError
from console.struct_library import msgspec
from console.wiring.embedded import embedded_routes as embedded_routes
from console.wiring.embedded import local_down as local_down
from console.wiring.embedded import local_ends_with_us as local_ends_with_us
from console.wiring.embedded import local_kubeconfig as local_kubeconfig
from console.wiring.embedded import local_status as local_status
from console.wiring.embedded import local_up as local_up
from console.wiring.object_places import object_place as object_place
from console.wiring.on_disk import archive as archive
from console.wiring.on_disk import call_outbox as call_outbox
from console.wiring.on_disk import now as now
from console.wiring.on_disk import publications as publications
from console.wiring.on_disk import publisher as publisher
from console.wiring.on_disk import publishing_file as publishing_file
from console.wiring.on_disk import publishing_rules as publishing_rules
from console.wiring.on_disk import recordings as recordings
from console.wiring.on_disk import remember_list as remember_list
from console.wiring.on_disk import store_of_recordings
from console.wiring.wanted import WantedCluster as WantedCluster

if TYPE_CHECKING:
    from console.cluster.fingerprint import IdentifiedLogin
    from console.cluster.impersonation import ActingAs
    from console.operations.ports.cluster import ClusterDescription, ClusterPort
    from console.operations.ports.recorder_process import ProcessState
    from console.operations.replay.player import Player
    from console.operations.services import Services
    from console.recorder_process.one import OneRecorder
    from console.recorder_process.places import ProcessFolder

T = TypeVar("T")

IDLE_SECONDS = 900.0
"""How long a recorder stays when nothing is active: a next launch finds it."""
FOREVER = float("inf")
LOCAL_IDLE_SECONDS = 10.0
"""The embedded cluster waits for it to end."""
READS_ONLY = "-reads-only"
"""Ends the name of a recorder's folder."""


def why_read_only(connection: WantedCluster, context: str) -> str:
    """Why nothing may be changed in that context; empty where it may. Sends nothing."""
    from console.wiring.read_only import why_read_only as why

    return why(connection, lambda: context)


@asynccontextmanager
async def connect(connection: WantedCluster) -> AsyncIterator[Services]:
    """Services on a cluster that has answered; closed at the end. Raises ConsoleError."""
    from console.cluster.connecting import Terms
    from console.cluster.connecting import connect as open_cluster
    from console.operations.services import Services

    chosen = _localised(connection)
    cluster = await open_cluster(
        chosen.kubeconfig,
        chosen.context,
        chosen.namespace,
        local=chosen.local,
        terms=Terms(_acting(chosen), chosen.request_seconds, partial(why_read_only, chosen)),
    )
    try:
        yield Services(
            cluster,
            recordings(),
            now,
            _attended(connection),
            store_of_recordings(),
            publishing=publishing_file(),
        )
    finally:
        await cluster.close()


@asynccontextmanager
async def _unattended(connection: WantedCluster) -> AsyncIterator[Services]:
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
            return _login(connection)[1] if paths.recorder_wanted() else None
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
    from console.cluster.looking import look as look_at
    from console.operations.services import Services

    if connection.request_seconds is not None:
        return None  # its sockets have limits of their own
    asked = _localised(connection)
    where = (asked.kubeconfig, asked.context, asked.namespace)
    told = (recordings(), now, _attended(connection))

    def at_that(cluster: ClusterPort) -> Coroutine[Any, Any, T]:
        return work(Services(cluster, *told))

    return look_at(*where, at_that, local=asked.local, acts_as=_acting(asked))


@asynccontextmanager
async def unasked(connection: WantedCluster) -> AsyncIterator[Services]:
    """Services for what is recorded: their cluster may be out of reach, or gone."""
    import asyncio

    from console.operations.services import Services, unasked

    cluster = unasked(await asyncio.to_thread(_named, connection))
    yield Services(cluster, recordings(), now)


def recorder_process(connection: WantedCluster, *, all_namespaces: bool = False) -> OneRecorder:
    """The recorder of that cluster and login, whether it runs or not. Reads files; sends nothing.

    Raises InvalidInput for what is named wrongly.
    """
    from console.recorder_process.one import OneRecorder

    login, folder = _login(connection)
    where = login.description
    arguments = ["record", "--foreground"]
    if connection.local:
        arguments.append("--local")
    elif where.context and not where.way.inside:
        # As it is now: the file's current context may be another one in a moment.
        arguments += ["--context", where.context]
    everywhere = all_namespaces or connection.all_namespaces
    arguments += ["--all-namespaces"] if everywhere else ["--namespace", where.namespace]
    arguments += where.way.acting
    looks_only = bool(why_read_only(connection, where.context))
    arguments += ["--readonly"] * looks_only + ["--write"] * (connection.read_only is False)
    environment = {**os.environ, paths.STATE_VARIABLE: str(paths.state().absolute())}
    if where.way.files and not connection.local:
        # It runs elsewhere: what the user named is named by its whole path.
        environment["KUBECONFIG"] = os.pathsep.join(where.way.files)
    return OneRecorder(folder, where, arguments, environment)


def _login(connection: WantedCluster) -> tuple[IdentifiedLogin, ProcessFolder]:
    """Who is meant, and where the recorder of that one is."""
    from console.cluster.fingerprint import login
    from console.recorder_process.places import FOLDER, ProcessFolder

    chosen = _localised(connection)
    found = login(
        chosen.kubeconfig,
        chosen.context,
        chosen.namespace,
        local=chosen.local,
        acts_as=_acting(chosen),
    )
    # One that may only look starts nobody's turn: it is no substitute for one that may.
    kind = READS_ONLY if why_read_only(chosen, found.description.context) else ""
    return found, ProcessFolder(paths.state() / FOLDER / f"{found.fingerprint}{kind}")


def recorders() -> tuple[ProcessState, ...]:
    """All that run for this user, whatever their clusters are."""
    from console.recorder_process.one import running

    return running(paths.state())


def detach(ready: int) -> None:
    """Leave whoever started this process: it is to outlive its terminal."""
    from console.recorder_process.starting import detach

    detach(ready)


async def record(
    connection: WantedCluster, *, all_namespaces: bool, stay: bool, ready: int | None
) -> None:
    """Be the recorder of that cluster and login, until there is nothing to wait for.

    `stay`: until it is ended. `ready`: the descriptor on which our starter waits for our answer.
    """
    import asyncio

    from console.recorder_process.running import run_recorder
    from console.recorder_process.starting import answers

    login, folder = await asyncio.to_thread(_login, connection)
    if connection.local:
        from console.localcluster.lifecycle.commands import keep

        keep(paths.local())
    await run_recorder(
        folder,
        lambda: _unattended(connection),
        (None if all_namespaces else login.description.namespace,),
        idle_seconds=FOREVER if stay else LOCAL_IDLE_SECONDS if connection.local else IDLE_SECONDS,
        gone=lambda: connection.local and local_status().cluster is None,
        # Who may change nothing tells others nothing, and could end no Job that they cancel.
        beside=None if why_read_only(connection, login.description.context) else publisher,
        ready=(lambda: answers(ready)) if ready is not None else lambda: None,
    )


def _named(connection: WantedCluster) -> ClusterDescription:
    """By the flags alone where no kubeconfig names a cluster any more: it may be long gone."""
    from console.operations.ports.cluster import ClusterDescription

    try:
        return describe(connection)
    except ClusterUnreachable:
        space = connection.namespace or "default"
        return ClusterDescription(connection.context or "", "", space)


def describe(connection: WantedCluster) -> ClusterDescription:
    """The cluster's names; nothing is sent. Raises InvalidInput for what is named wrongly."""
    from console.cluster.naming import describe as describe_cluster
    from console.operations.ports.cluster import ClusterDescription, WayIn

    if connection.local and local_status().cluster is None:
        from console.localcluster.lifecycle.kubeconfig_file import CONTEXT, NAMESPACE

        space = connection.namespace or NAMESPACE
        return ClusterDescription(CONTEXT, "", space, way=WayIn(local=True))
    chosen = _localised(connection)
    return describe_cluster(
        chosen.kubeconfig,
        chosen.context,
        chosen.namespace,
        local=chosen.local,
        acts_as=_acting(chosen),
    )


def read_only_there(connection: WantedCluster) -> str:
    """Why nothing may be changed there; empty where it may. Reads files; sends nothing."""
    from console.wiring.read_only import why_read_only as why

    return why(connection, lambda: describe(connection).context)


def _acting(connection: WantedCluster) -> ActingAs | None:
    if connection.acts_as is None:
        return None
    from console.cluster.impersonation import ActingAs

    return ActingAs(connection.acts_as, connection.acts_as_groups)


def _localised(connection: WantedCluster) -> WantedCluster:
    """--local is nothing but the embedded cluster's kubeconfig."""
    if not connection.local:
        return connection
    return msgspec.structs.replace(connection, kubeconfig=str(local_kubeconfig()), context=None)


def open_console(
    connection: WantedCluster, *, theme: str | None, mouse: bool, ascii_alone: bool = False
) -> int:
    """The screens on that cluster; the exit code. Starts the embedded cluster for --local."""
    from console.tui.aims import Aims, Ways
    from console.tui.opening import Looks, open_screens
    from console.wiring import contexts
    from console.wiring.read_only import forbidden

    return open_screens(
        connect,
        connection,
        Ways(
            start_local=_own_local,
            ends_local=local_ends_with_us,
            recorder=lambda asked: recorder_process(asked) if paths.recorder_wanted() else None,
            described=describe,
            forbidden=lambda asked: forbidden(asked, lambda: _named(asked).context),
            pinned=contexts.pinned,
        ),
        Aims(contexts.known, contexts.aimed, describe),
        archive=archive,
        looks=Looks(theme, mouse, call_outbox, ascii_alone),
    )


def open_replay(
    player: Player, *, theme: str | None, mouse: bool, ascii_alone: bool = False
) -> int:
    """The screens on that replay; the exit code. Connects to nothing."""
    from console.tui.opening import Looks, open_replay

    looks = Looks(theme, mouse, None, ascii_alone)
    return open_replay(player, connect, WantedCluster(), archive, looks)


def serve_in_browser(
    words: Sequence[str], port: int, told: Callable[[str], None], warned: Callable[[str], None]
) -> None:
    """That console in a browser of this machine, until a signal ends it. Raises ConsoleError."""
    try:
        from console.web.served import serve
    except ModuleNotFoundError as missing:
        raise ConsoleError(
            "The console cannot be shown in a browser here.",
            why=f"The package {missing.name} is not installed.",
            fix="pip install 'carla-leaderboard-console[web]'",
        ) from missing
    serve(words, port, told, warned)


def _own_local(asked: WantedCluster) -> WantedCluster:
    """Start the embedded cluster, owned by this process unless it runs already.

    Where another cluster was asked for before, its flags say nothing about this one.
    """
    local_up(owned=True)
    return asked if asked.local else WantedCluster(local=True)
