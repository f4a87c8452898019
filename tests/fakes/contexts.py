"""Contexts without a kubeconfig: a backend each, which remembers what was asked of it."""

from __future__ import annotations

import threading

from fakes.boards import row
from fakes.pilots import until
from fakes.screens import FakeBackend
from msgspec.structs import replace
from textual.pilot import Pilot
from textual.widgets import Input

from console.domain.board import SubmissionStatus
from console.domain.fleet import FleetSnapshot
from console.errors import InvalidInput
from console.operations.ports.cluster import ClusterDescription, KnownContext, WayIn
from console.tui.backend import ClusterLink, Link
from console.tui.chosen_namespaces import NamespaceChoice
from console.tui.whereabouts import EMBEDDED, Whereabouts


def backend_in(context: str, namespace: str = "leaderboard", *names: str) -> FakeBackend:
    """Connected to that context; its list has these submissions."""
    made = FakeBackend()
    where = ClusterDescription(context, f"https://{context}", namespace)
    if context == EMBEDDED:
        where = replace(where, way=WayIn(local=True))
    made.shown_connection = ClusterLink(Link.CONNECTED, where, local_offered=True)
    rows = tuple(row(name, SubmissionStatus.RUNNING, 3, namespace=namespace) for name in names)
    made.shown_fleet = FleetSnapshot(rows, True, "", made.shown_fleet.updated_at)
    return made


class FakeContexts:
    """Opens what a test has put into `backends`, and remembers the ways."""

    def __init__(self, **backends: FakeBackend) -> None:
        self.backends = backends
        self.ways: list[Whereabouts] = []
        self.chosen: list[tuple[str, str, bool]] = []
        self.shown_choice = NamespaceChoice()
        self.skins: dict[str, str] = {}
        self.present_skin = ""
        self.readers: set[threading.Thread] = set()
        """Who read what lies in files."""

    def known(self) -> tuple[KnownContext, ...]:
        self.readers.add(threading.current_thread())
        return tuple(
            KnownContext(name, f"cluster-{name}", f"https://{name}", f"user-{name}", "", at == 0)
            for at, name in enumerate(self.backends)
            if name != "embedded"
        )

    def open(self, to: Whereabouts) -> FakeBackend:
        self.ways.append(to)
        self.present_skin = self.skins.get(to.context, "")
        name = "embedded" if to.local else to.context
        if name not in self.backends:
            raise InvalidInput(f"The kubeconfig has no context named '{name}'.")
        found = self.backends[name]
        if to.namespace or to.everywhere:
            found = backend_in(name, to.namespace or "leaderboard", f"in-{to.namespace or 'all'}")
            link = found.shown_connection
            found.shown_connection = replace(link, everywhere=to.everywhere)
        self.backends[name] = found
        return found

    def choice(self, where: ClusterDescription) -> NamespaceChoice:
        self.readers.add(threading.current_thread())
        return self.shown_choice

    def chose(self, where: ClusterDescription, *, everywhere: bool) -> None:
        self.chosen.append((where.context, where.namespace, everywhere))


async def says(pilot: Pilot[None], line: str) -> None:
    """Types that behind the colon."""
    await pilot.press("colon")
    await until(pilot, lambda: pilot.app.screen.query(Input))
    pilot.app.screen.query_one(Input).value = line
    await pilot.press("enter")


def changed(backend: FakeBackend) -> list[str]:
    """What was asked of it that changes something."""
    verbs = ("launch", "cancel", "delete", "launch_resumed", "preflight")
    return [str(each[0]) for each in backend.asked if each[0] in verbs]
