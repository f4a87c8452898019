"""Which cluster the flags mean, and the services on it: parsed options in, a connection out."""

from __future__ import annotations

import argparse
import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from console import wiring
from console.cli import interruptions
from console.cli.flags import CLUSTER_FLAGS
from console.cli.narration import say
from console.cli.refusing import refuse_all, refuse_empty
from console.errors import InvalidInput

if TYPE_CHECKING:
    from console.operations.ports.cluster import ClusterDescription
    from console.operations.services import Services

T = TypeVar("T")


NAME = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")
"""What the cluster takes as an object's name; anything else would be another path of its API."""
LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def wanted(options: argparse.Namespace) -> wiring.WantedCluster:
    """The flags as a value. Raises InvalidInput for what cannot be meant."""
    asked = wiring.WantedCluster(
        kubeconfig=getattr(options, "kubeconfig", None),
        context=getattr(options, "context", None),
        namespace=getattr(options, "namespace", None),
        local=getattr(options, "local", False),
    )
    if asked.local:
        refuse_all(options, CLUSTER_FLAGS[:2], beside="--local")
    refuse_empty(options, *CLUSTER_FLAGS)
    if asked.namespace is not None and not LABEL.fullmatch(asked.namespace):
        raise InvalidInput(
            f"No namespace can be called {asked.namespace!r}.",
            why="A name has at most 63 small letters, digits and dashes.",
        )
    return asked


def namespace_of(options: argparse.Namespace, usual: str) -> str:
    """The namespace where nothing is sent: the flag's, else that of the cluster that is named."""
    asked = wanted(options)
    if asked.namespace is None and (asked.kubeconfig or asked.context):
        return wiring.describe(asked).namespace
    return asked.namespace or usual


def with_services(options: argparse.Namespace, work: Callable[[Services, str], Awaitable[T]]) -> T:
    """Connect, do the work with (services, namespace), close. Raises ConsoleError.

    Where only a recording is asked, its cluster need not answer.
    """
    connection = wanted(options)
    connect = wiring.unasked if getattr(options, "recorded", False) else wiring.connect

    async def connected() -> T:
        async with connect(connection) as services:
            where = services.cluster.description
            if where.acts_as:
                say(acting_as(where))
            return await work(services, where.namespace)

    return interruptions.run(connected())


def acting_as(where: ClusterDescription) -> str:
    """Told with every answer: it is what another one may see."""
    return f"acting as {where.acts_as}, as the kubeconfig's user says"


def submission_name(text: str) -> str:
    """A submission as the user names it: NAME, job/NAME or jobs/NAME."""
    name = text
    for prefix in ("job.batch/", "jobs.batch/", "jobs/", "job/"):
        name = name.removeprefix(prefix)
    if not NAME.fullmatch(name):
        raise InvalidInput(
            f"No submission can be called {text!r}.",
            why="A name has small letters, digits, dashes and dots, at most 253.",
        )
    return name
