"""Which cluster the flags mean, and the services on it: parsed options in, a connection out."""

from __future__ import annotations

import argparse
import re
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, TypeVar

from msgspec.structs import replace

from console import wiring
from console.cli import interruptions
from console.cli.flags import CLUSTER_FLAGS
from console.cli.narration import say
from console.cli.refusing import refuse_all, refuse_empty, refuse_together
from console.errors import ClusterUnreachable, Forbidden, InvalidInput, LoginRefused, ReadOnly

if TYPE_CHECKING:
    from console.operations.ports.cluster import ClusterDescription
    from console.operations.services import Services

T = TypeVar("T")


NAME = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")
"""What the cluster takes as an object's name; anything else would be another path of its API."""
REACHED_SECONDS = 5.0
"""So long a cluster is waited for that need not answer."""
UNITS = {
    "ns": 1e-9,
    "us": 1e-6,
    "µs": 1e-6,
    "μs": 1e-6,
    "ms": 0.001,
    "s": 1.0,
    "m": 60.0,
    "h": 3600.0,
}
_PART = re.compile(rf"(\d+\.?\d*|\.\d+)({'|'.join(UNITS)})", re.ASCII)
_PLAIN = re.compile(r"\d+(\.\d+)?", re.ASCII)


def wanted(options: argparse.Namespace) -> wiring.WantedCluster:
    """The flags as a value. Raises InvalidInput for what cannot be meant."""
    asked = wiring.WantedCluster(
        kubeconfig=getattr(options, "kubeconfig", None),
        context=getattr(options, "context", None),
        namespace=getattr(options, "namespace", None),
        local=getattr(options, "local", False),
        all_namespaces=getattr(options, "all_namespaces", False),
        acts_as=getattr(options, "acts_as", None),
        acts_as_groups=tuple(getattr(options, "acts_as_groups", ())),
        request_seconds=_seconds(getattr(options, "request_timeout", None)),
        read_only=_read_only(options),
    )
    if asked.acts_as_groups and not asked.acts_as:
        raise InvalidInput("--as-group goes with --as.", fix="Say as whom: --as USER")
    if asked.local:
        refuse_all(options, CLUSTER_FLAGS[:2], beside="--local")
    refuse_empty(options, *CLUSTER_FLAGS)
    wiring.demand_namespace(asked.namespace)
    return asked


def _seconds(text: str | None) -> float | None:
    """As kubectl reads it: 5s, 1m30s, 250ms, or seconds without a unit; 0 is for ever."""
    if text is None:
        return None
    if _PLAIN.fullmatch(text):
        return float(text) or float("inf")
    parts = _PART.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise InvalidInput(f"--request-timeout {text!r} is no time.", fix="Say 30s, 1m30s or 0.")
    return sum(float(number) * UNITS[unit] for number, unit in parts) or float("inf")


def _read_only(options: argparse.Namespace) -> bool | None:
    refuse_together(options, "--readonly", "--write")
    given = [name for name in ("readonly", "write") if getattr(options, name, False)]
    return None if not given else given == ["readonly"]


def refuse_read_only(options: argparse.Namespace, what: str) -> None:
    """Before anything is asked or prepared. Raises ReadOnly where this console may only look."""
    _refuse(what, wiring.read_only_there(wanted(options)))


def refuse_read_only_of(options: argparse.Namespace, context: str, what: str) -> None:
    """The same of what is of that context, whichever one the flags name. Sends nothing."""
    asked = wiring.WantedCluster(read_only=_read_only(options))
    _refuse(what, wiring.why_read_only(asked, context))


def refuse_read_only_local(options: argparse.Namespace, what: str) -> None:
    """The same of the embedded cluster, whether it runs or not."""
    asked = wiring.WantedCluster(local=True, read_only=_read_only(options))
    _refuse(what, wiring.read_only_there(asked))


def _refuse(what: str, why: str) -> None:
    if why:
        raise not_begun(what, why)


def not_begun(what: str, why: str, fix: str = "To change something: --write") -> ReadOnly:
    """What a read-only console says of a command that would change something."""
    return ReadOnly(f"{what} was not begun: this console is read-only.", why=why, fix=fix)


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


def with_services_or_recorded(
    options: argparse.Namespace, work: Callable[[Services, str, str], Awaitable[T]]
) -> T:
    """The same with (services, namespace, why its cluster was not asked): where that does not
    answer soon, with what is recorded."""
    connection = wanted(options)

    async def connected() -> T:
        async with AsyncExitStack() as opened:
            services, why = await _reached(opened, connection)
            where = services.cluster.description
            if where.acts_as:
                say(acting_as(where))
            return await work(services, where.namespace, why)

    return interruptions.run(connected())


async def _reached(
    opened: AsyncExitStack, connection: wiring.WantedCluster
) -> tuple[Services, str]:
    if connection.request_seconds is None:
        connection = replace(connection, request_seconds=REACHED_SECONDS)
    try:
        return await opened.enter_async_context(wiring.connect(connection)), ""
    except (ClusterUnreachable, LoginRefused, Forbidden) as error:
        services = await opened.enter_async_context(wiring.unasked(connection))
        why = error.what.removesuffix(".")
        return services, why[:1].lower() + why[1:]


def acting_as(where: ClusterDescription) -> str:
    """Told with every answer: it is what another one may see."""
    says = "as --as says" if where.way.acting else "as the kubeconfig's user says"
    return f"acting as {where.acts_as}, {says}"


def chosen_by(selector: str | None) -> Callable[[Mapping[str, str]], bool]:
    """What `-l` says of labels; all of them where nothing is said. Raises InvalidInput."""
    if selector is None:
        return lambda labels: True
    # Late: who chooses nothing reads no grammar.
    from console.kubernetes_grammar.selectors import NoSelector, label_selector

    try:
        return label_selector(selector)
    except NoSelector as found:
        raise InvalidInput(
            f"-l: {found.term[:60]!r} is no requirement of labels.",
            fix="Write key=value, key!=value, key in (a,b), key notin (a,b), key or !key.",
        ) from found


def submission_name(text: str) -> str:
    """A submission as the user names it: NAME, job/NAME or jobs/NAME."""
    # Late: a list names none.
    from console.kubernetes_grammar.names import bare_job_name

    name = bare_job_name(text)
    if not NAME.fullmatch(name):
        raise InvalidInput(
            f"No submission can be called {text!r}.",
            why="A name has small letters, digits, dashes and dots, at most 253.",
        )
    return name


def is_file(word: str) -> bool:
    """No submission can be called so, or nobody calls one so."""
    from console.kubernetes_grammar.names import BEFORE_A_JOB

    return word.endswith(".json") or ("/" in word and not word.startswith(BEFORE_A_JOB))
