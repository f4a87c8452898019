"""The process that records while no console is open: which one is meant, and being it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from console import paths
from console.wiring.clusters import login_of, why_read_only
from console.wiring.connecting import unattended
from console.wiring.embedded import local_status
from console.wiring.on_disk import publisher
from console.wiring.wanted import WantedCluster

if TYPE_CHECKING:
    from console.operations.ports.recorder_process import ProcessState
    from console.recorder_process.one import OneRecorder

IDLE_SECONDS = 900.0
"""How long a recorder stays when nothing is active: a next launch finds it."""
FOREVER = float("inf")
LOCAL_IDLE_SECONDS = 10.0
"""The embedded cluster waits for it to end."""


def recorder_process(
    connection: WantedCluster, *, all_namespaces: bool = False, patience: str | None = None
) -> OneRecorder:
    """The recorder of that cluster and login, whether it runs or not. Reads files; sends nothing.

    `patience`: how long one that is started waits for an answer, as a user says it; None for the
    usual. Raises InvalidInput for what is named wrongly.
    """
    from console.recorder_process.one import OneRecorder

    who, folder = login_of(connection)
    where = who.description
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
    arguments += ["--request-timeout", patience] if patience is not None else []
    environment = {**os.environ, paths.STATE_VARIABLE: str(paths.state().absolute())}
    if where.way.files and not connection.local:
        # It runs elsewhere: what the user named is named by its whole path.
        environment["KUBECONFIG"] = os.pathsep.join(where.way.files)
    return OneRecorder(folder, where, arguments, environment)


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
    import threading

    from console.recorder_process.running import run_recorder
    from console.recorder_process.starting import answers
    from console.wiring.whole_program import read_whole

    def begun() -> None:
        if ready is not None:
            answers(ready)
        # Beside what it does: whoever started it waits for no module.
        threading.Thread(target=read_whole, name="whole program", daemon=True).start()

    who, folder = await asyncio.to_thread(login_of, connection)
    if connection.local:
        from console.localcluster.lifecycle.commands import keep

        keep(paths.local())
    await run_recorder(
        folder,
        lambda: unattended(connection),
        (None if all_namespaces else who.description.namespace,),
        idle_seconds=FOREVER if stay else LOCAL_IDLE_SECONDS if connection.local else IDLE_SECONDS,
        gone=lambda: connection.local and local_status().cluster is None,
        # Who may change nothing tells others nothing, and could end no Job that they cancel.
        beside=None if why_read_only(connection, who.description.context) else publisher,
        ready=begun,
    )
