"""The nodes of the cluster as one: each request goes to the node that has the pod."""

from __future__ import annotations

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import Sequence
from pathlib import Path

from console.localcluster.api.ports import LogUnavailable, PortUnreachable, StartFailed
from console.localcluster.node.executing import ExecutedProcess
from console.localcluster.node.kubelet import NODE_NAME, Kubelet
from console.localcluster.node.log_sink import LogSink
from console.localcluster.store import JsonObject, Store


class Nodes:
    """So many nodes of the same kind; the first one's folder is the cluster's own."""

    def __init__(
        self, store: Store, folder: Path, cluster_id: str, *, count: int = 1, time_factor: float
    ) -> None:
        names = [NODE_NAME, *(f"{NODE_NAME}-{number}" for number in range(2, count + 1))]
        places = [folder, *(folder / name for name in names[1:])]
        self._kubelets = {
            name: Kubelet(store, place, cluster_id, time_factor=time_factor, name=name)
            for name, place in zip(names, places, strict=True)
        }

    def register(self, gpus: int) -> None:
        """Creates the Node objects, each with so many GPUs."""
        for kubelet in self._kubelets.values():
            kubelet.register(gpus)

    async def run(self) -> None:
        """Works until cancelled; then nothing of any pod is left running."""
        async with asyncio.TaskGroup() as group:
            for kubelet in self._kubelets.values():
                group.create_task(kubelet.run())

    def log_file(self, pod: JsonObject, container: str, run: int) -> LogSink:
        """The log of one run of a container. Raises LogUnavailable."""
        if (kubelet := self._of(pod)) is None:
            raise LogUnavailable(_gone(pod))
        return kubelet.log_file(pod, container, run)

    async def execute(
        self, pod: JsonObject, container: str, words: Sequence[str], *, tty: bool, stdin: bool
    ) -> ExecutedProcess:
        """One more process in a running container. Raises StartFailed."""
        if (kubelet := self._of(pod)) is None:
            raise StartFailed(_gone(pod))
        return await kubelet.execute(pod, container, words, tty=tty, stdin=stdin)

    async def dial(self, pod: JsonObject, port: int) -> tuple[StreamReader, StreamWriter]:
        """A connection to what listens there in that pod. Raises PortUnreachable."""
        if (kubelet := self._of(pod)) is None:
            raise PortUnreachable(_gone(pod))
        return await kubelet.dial(pod, port)

    def _of(self, pod: JsonObject) -> Kubelet | None:
        """The node that the pod is on, unless that is gone or was never there."""
        found = self._kubelets.get(_node_of(pod))
        return None if found is None or found.lost else found


def _gone(pod: JsonObject) -> str:
    return f'nodes "{_node_of(pod)}" not found'


def _node_of(pod: JsonObject) -> str:
    return str(pod["spec"].get("nodeName") or NODE_NAME)
