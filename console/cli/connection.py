"""The flags that say which cluster, as kubectl has them, and the services behind them."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from console import wiring

if TYPE_CHECKING:
    from console.operations.services import Services

T = TypeVar("T")


def add_connection_flags(parser: argparse.ArgumentParser) -> None:
    """--kubeconfig, --context, -n/--namespace, --local; accepted before and after the command."""
    group = parser.add_argument_group("cluster")
    for names, metavar, text in (
        (("--kubeconfig",), "FILE", "kubeconfig to use (default: $KUBECONFIG, ~/.kube/config)"),
        (("--context",), "NAME", "context of the kubeconfig"),
        (("-n", "--namespace"), "NAME", "namespace (default: the context's)"),
    ):
        group.add_argument(*names, metavar=metavar, default=argparse.SUPPRESS, help=text)
    group.add_argument(
        "--local",
        action="store_true",
        default=argparse.SUPPRESS,
        help="use the embedded cluster (carla-console local up)",
    )


def wanted(options: argparse.Namespace) -> wiring.Connection:
    """The flags as a value."""
    return wiring.Connection(
        kubeconfig=getattr(options, "kubeconfig", None),
        context=getattr(options, "context", None),
        namespace=getattr(options, "namespace", None),
        local=getattr(options, "local", False),
    )


def with_services(options: argparse.Namespace, work: Callable[[Services, str], Awaitable[T]]) -> T:
    """Connect, do the work with (services, namespace), close. Raises ConsoleError."""

    async def connected() -> T:
        async with wiring.connect(wanted(options)) as services:
            return await work(services, services.cluster.description.namespace)

    return asyncio.run(connected())


def submission_name(text: str) -> str:
    """A submission as the user names it: NAME, job/NAME or jobs/NAME."""
    for prefix in ("job.batch/", "jobs/", "job/"):
        text = text.removeprefix(prefix)
    return text
