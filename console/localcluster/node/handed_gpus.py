"""GPUs of the simulated node, as its device plug-in, its DRA driver and its runtime hand them out.

nvidia is the node's default runtime: what a container is told by hand counts before what the
device plug-in gave it, and a privileged container sees every GPU. A process sees GPUs as a folder
of device nodes and one of the driver's files; GPU_DEV and GPU_PROC name them. An image can ask to
be treated badly by STANDIN_GPU: none, void, wrong, swapped. Simulates no memory and no load.
"""

from __future__ import annotations

import shutil
import zlib
from collections.abc import Mapping
from pathlib import Path

from console.localcluster.claims import GPU, SHARE, claimed_gpus
from console.localcluster.store import JsonObject, Store

SHARES_OF_ONE = 2
"""One for each half of a pair."""
_TOLD, _MISTREATED = "NVIDIA_VISIBLE_DEVICES", "STANDIN_GPU"
_MODEL, _DRIVER = "NVIDIA A10G", "535.104.05"


class NodeGpus:
    """Which container has which GPU. Belongs to the node's event loop."""

    def __init__(self, store: Store, folder: Path, node: str) -> None:
        self._store, self._folder, self._node = store, folder, node
        self._count = 0
        self._given: dict[str, dict[str, tuple[int, ...]]] = {}
        """Pod's uid -> container -> what the device plug-in gave it: whole GPUs or shares."""

    def register(self, count: int) -> None:
        """The driver's files of that many GPUs."""
        self._count = count
        for index in range(count):
            place = self._folder / "proc" / "gpus" / f"0000:{index:02x}:00.0"
            place.mkdir(parents=True, exist_ok=True)
            text = f"Model: \t\t {_MODEL}\nGPU UUID: \t {uuid_of(index, self._node)}\n"
            (place / "information").write_text(f"{text}Device Minor: \t {index}\n")
        if count:
            line = f"NVRM version: NVIDIA UNIX x86_64 Kernel Module  {_DRIVER}  simulated\n"
            (self._folder / "proc" / "version").write_text(line)

    def free(self, pod_uid: str) -> None:
        """The pod is gone, and what it was given is free again."""
        self._given.pop(pod_uid, None)

    def environment(
        self, pod: JsonObject, container: JsonObject, own: Path, declared: Mapping[str, str]
    ) -> dict[str, str]:
        """What the runtime adds to a container's variables; its device nodes lie below `own`."""
        given, told = self._allocated(pod, container), declared.get(_TOLD)
        claimed = claimed_gpus(self._store, pod, container)
        if not self._count or not (given or claimed or told):
            return {}
        if claimed:
            told = "void"
        elif told is None:
            told = ",".join(uuid_of(index, self._node) for index in given)
        told, sees = _mistreated(declared.get(_MISTREATED, ""), told, claimed or self._named(told))
        privileged = container.get("securityContext", {}).get("privileged", False)
        if privileged and declared.get(_MISTREATED) != "none":
            sees = tuple(range(self._count))
        return {_TOLD: told, **self._places(own, sees)}

    def _allocated(self, pod: JsonObject, container: JsonObject) -> tuple[int, ...]:
        """The device plug-in's answer, the same over the container's restarts."""
        limits = container.get("resources", {}).get("limits", {})
        whole, shares = (int(limits.get(name, 0)) for name in (GPU, SHARE))
        given = self._given.setdefault(pod["metadata"]["uid"], {})
        if container["name"] not in given and (whole or shares):
            given[container["name"]] = self._free_shares(shares) if shares else self._free(whole)
        return tuple(each // SHARES_OF_ONE for each in given.get(container["name"], ()))

    def _free(self, whole: int) -> tuple[int, ...]:
        """The first shares of GPUs that nobody has a part of."""
        taken = {share // SHARES_OF_ONE for share in self._taken()}
        free = (index for index in range(self._count) if index not in taken)
        return tuple(index * SHARES_OF_ONE for index, _ in zip(free, range(whole), strict=False))

    def _free_shares(self, shares: int) -> tuple[int, ...]:
        taken = self._taken()
        free = (share for share in range(self._count * SHARES_OF_ONE) if share not in taken)
        return tuple(share for share, _ in zip(free, range(shares), strict=False))

    def _taken(self) -> set[int]:
        return {s for given in self._given.values() for shares in given.values() for s in shares}

    def _named(self, told: str) -> tuple[int, ...]:
        """The GPUs that a list of indices and UUIDs names."""
        if told == "all":
            return tuple(range(self._count))
        words = told.split(",")
        names = {index: {str(index), uuid_of(index, self._node)} for index in range(self._count)}
        return tuple(index for index, own in names.items() if own & set(words))

    def _places(self, own: Path, sees: tuple[int, ...]) -> dict[str, str]:
        nodes = own / "gpus"
        shutil.rmtree(nodes, ignore_errors=True)
        nodes.mkdir(parents=True)
        for index in sees:
            (nodes / f"nvidia{index}").touch()
        return {"GPU_DEV": str(nodes), "GPU_PROC": str(self._folder / "proc")}


def uuid_of(index: int, node: str) -> str:
    """The name of the GPU that never changes, and that none of another node has."""
    return f"GPU-{index:08x}-57a2-4d1e-9c00-{zlib.crc32(node.encode()):012x}"


def _mistreated(how: str, told: str, sees: tuple[int, ...]) -> tuple[str, tuple[int, ...]]:
    """As an image with that tag has it on some real node."""
    if how == "none":
        return told, ()
    if how == "void":
        return "void", ()
    if how == "wrong":
        return "0", (0,)
    if how == "swapped":
        others = tuple(index ^ 1 for index in sees)
        return ",".join(str(index) for index in others), others
    return told, sees
