"""What `inspect` says of what befalls a submission from outside: while it is there, and afterwards.

All of them run side by side on one embedded cluster, and are deleted once their recordings tell it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from fakes import outside
from fakes.outside import Edit, Play
from fakes.real_console import RealConsole, real_console

pytestmark = pytest.mark.slow

DELETED = "The Job was deleted"
DRAINED = "The node was drained or shut down"
NO_MEMORY = "The node was low on resource: memory. Threshold quantity: 100Mi, available: 51Mi. "
NO_DISK = "Pod ephemeral local storage usage exceeds the total limit of containers 20Gi. "
SHUT_DOWN = "Pod was terminated in response to imminent node shutdown."
NO_GPU = "Allocate failed due to no healthy devices present, which is unexpected"
DENIED = "pull access denied, repository does not exist or may require authorization"
LIMITED = "429 Too Many Requests - Server message: toomanyrequests: You have reached your pull rate limit."
NO_HOST = (
    "failed to do request: Head https://lab/v2/: dial tcp: lookup lab on 10.0.0.2:53: no such host"
)
QUOTA = (
    "Error creating: pods is forbidden: exceeded quota: gpus, requested: requests.nvidia.com/gpu=4"
)


class Case(msgspec.Struct, frozen=True):
    """What an operator reads of it, and how it is brought about."""

    title: str
    owner: str
    play: Play = outside.nothing
    edit: Edit = outside.as_it_is
    values: tuple[str, ...] = ()
    kept: str = ""
    """The title after the Job was deleted, where that is another.

    What a kubelet really saw of a run it never unsays; the embedded one saw nothing of it.
    """


CASES = {
    "simulator-memory": Case("The simulator ran out of memory", "simulator", outside.out_of_memory("simulator-1"), kept=DELETED),
    "agent-memory": Case("The agent ran out of memory", "agent", outside.out_of_memory("agent-1"), kept=DELETED),
    "node-memory": Case("The node ran out of memory", "node", outside.fails("Evicted", NO_MEMORY)),
    "node-disk": Case("A disk is full", "node", outside.fails("Evicted", NO_DISK)),
    "node-down": Case(DRAINED, "node", outside.fails("Terminated", SHUT_DOWN)),
    "node-drained": Case(DRAINED, "node", outside.is_evicted_by_the_api),
    "gpu-failed": Case("A GPU failed", "node", outside.fails("UnexpectedAdmissionError", NO_GPU)),
    "preempted": Case("The pod made room for a more important one", "cluster", outside.fails("Preempting", "Preempted in order to admit critical pod")),
    "pod-deleted": Case("Somebody deleted the pod", "operator", outside.loses_its_pod),
    "image-denied": Case("The registry refuses the image", "operator", outside.cannot_pull("ErrImagePull", DENIED)),
    "image-limited": Case("The registry limits how much is pulled", "cluster", outside.cannot_pull("ErrImagePull", LIMITED)),
    "image-unreachable": Case("The registry cannot be reached", "cluster", outside.cannot_pull("ImagePullBackOff", NO_HOST)),
    "image-absent": Case("The image is not there", "operator", values=("submission.submitted_image_uri=registry.example/none:1",)),
    "image-never": Case("The image is not there", "operator", edit=outside.never_pulls, values=("submission.submitted_image_uri=console.local/team-agent:mixed",)),
    "node-type": Case("No node is of the type that was asked for", "operator", values=("cluster.instance_type=p9.none",)),
    "secret": Case("A Secret is missing", "operator", edit=outside.needs("secretKeyRef", "token")),
    "setting": Case("A ConfigMap is missing", "operator", edit=outside.needs("configMapKeyRef", "settings")),
    "mount": Case("A ConfigMap is missing", "operator", edit=outside.mounts_what_is_absent),
    "program": Case("The program to start is not in the image", "operator", edit=outside.starts_what_is_absent),
    "preparing": Case("The init container failed", "operator", edit=outside.cannot_prepare),
    "quota": Case("The namespace's quota is used up", "cluster", outside.event("Job", "FailedCreate", QUOTA)),
    "suspended": Case("The Job is suspended", "operator", outside.is_suspended, kept=DELETED),
    "cancelled": Case("It was cancelled", "operator", outside.is_cancelled),
    "deadline": Case("The Job ran longer than it may", "operator", edit=outside.has_a_second),
}  # fmt: skip
NODES = {
    "node-cordoned": Case("The nodes that would do are not usable now", "node"),
    "gpus-taken": Case("No node has enough free GPUs", "cluster"),
    "node-silent": Case("The node stopped answering", "node", outside.event("Node", "NodeNotReady", "Node local-node status is now: NodeNotReady")),
}  # fmt: skip
"""What is about the node that all of them share: one after the other, once the others are told."""


def launch(console: RealConsole, cases: dict[str, Case]) -> None:
    commands = []
    for name, case in cases.items():
        file = outside.spec(console.state.parent, name, case.edit)
        values = [part for each in case.values for part in ("--set", each)]
        named = ["--set", f"submission.name={name}", *values]
        commands.append(["launch", "--local", "--spec", file, *named])
    console.several(commands)


Told = dict[str, Any]


def inspected(console: RealConsole, names: list[str], *flags: str) -> dict[str, Told]:
    """What is said of its pair, or of the whole where that is all."""
    commands = [["inspect", "--local", name, "-o", "json", *flags] for name in names]
    documents = map(json.loads, console.several(commands))
    return {name: answer(each) for name, each in zip(names, documents, strict=True)}


def answer(document: Told) -> Told:
    """A suspended Job loses its pod, which is said of the pair as well."""
    whole: Told = document["submission"] or {}
    pair: Told = document["pairs"][0]["verdict"] or whole
    return whole if whole.get("cause") == "suspended" else pair


def until_told(console: RealConsole, cases: dict[str, Case], *flags: str) -> dict[str, Told]:
    """A cluster and a recorder need a moment; what is not told then is told otherwise."""
    deadline = time.monotonic() + 60
    told: dict[str, Told] = {}
    while True:
        rest = [name for name in cases if told.get(name, {}).get("title") != cases[name].title]
        if not rest or time.monotonic() > deadline:
            return told
        told |= inspected(console, rest, *flags)


def all_told(console: RealConsole, cases: dict[str, Case]) -> list[dict[str, Told]]:
    """While they are there, from their recordings meanwhile, and after they were deleted."""
    launch(console, cases)
    for name, case in cases.items():
        case.play(console, name)
    told = [until_told(console, cases), until_told(console, cases, "--recorded")]
    console.several([["delete", "--local", name, "--yes"] for name in cases])
    return [*told, inspected(console, list(cases))]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[dict[str, Told]]]:
    place: Path = tmp_path_factory.mktemp("outside")
    with real_console(place) as console:
        outside.offers(console, 400)
        every = all_told(console, CASES)
        for name, case in NODES.items():
            outside.offers(console, 0 if name == "gpus-taken" else 400)
            outside.cordons(console, on=name == "node-cordoned")
            for known, more in zip(every, all_told(console, {name: case}), strict=True):
                known |= more
        yield every


@pytest.mark.parametrize("name", CASES | NODES)
def test_what_befell_it_is_told_with_its_owner_and_what_to_do(
    told: list[dict[str, Told]], name: str
) -> None:
    """Of the live submission, of its recording, and once the Job is deleted."""
    case = (CASES | NODES)[name]
    titles = [each[name]["title"] for each in told]
    assert titles == [case.title, case.title, case.kept or case.title]
    for each in told:
        answer = each[name]
        owner = case.owner if answer["title"] == case.title else "operator"
        assert (answer["confidence"], answer["owner"]) == ("certain", owner)
        assert answer["against"] == []
        assert answer["next"]
        assert "?" not in answer["what"] + answer["next"]
