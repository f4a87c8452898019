"""What the screens ask of publishing, through a session's own thread. Knows no screen.

To look and to ask changes nothing; what sends is a change, which ends though the console leaves.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from console.errors import ConsoleError

if TYPE_CHECKING:
    from console.domain.facts import EvalAiPlace
    from console.domain.publication import Published
    from console.operations.delivering.asked_before import TakenBefore
    from console.operations.ports.deliveries import Target
    from console.operations.publishing.asked_before import AskedBefore
    from console.operations.publishing.shown_by_hand import PublicationLook, PublishingEdges
    from console.operations.services import Services
    from console.operations.submitting.publishing_plan import PublishingPlan
    from console.tui.session import ClusterSession

    Edges = Callable[[Services], PublishingEdges]


class PublishingFromHere:
    """`edges`: None where this console publishes nothing. Its methods: see `backend`."""

    def __init__(self, session: ClusterSession[Any], edges: Edges | None) -> None:
        self._session, self._edges = session, edges

    async def publication(self, namespace: str, name: str) -> PublicationLook:
        from console.operations.publishing.shown_by_hand import look_at_publication
        from console.operations.watching.lookup import Wanted as Asked

        edges, asked = self._demanded, Asked(namespace, name)
        return await self._session.do(lambda s: look_at_publication(s, edges(s), asked))

    async def publish(self, namespace: str, name: str) -> Published:
        from console.operations.outcome.publication_marks import mark
        from console.operations.publishing.shown_by_hand import publish_what_is_known
        from console.operations.watching.lookup import Wanted as Asked

        edges, asked = self._demanded, Asked(namespace, name)
        what = f"publication of {name}"
        return mark(
            await self._session.change(what, lambda s: publish_what_is_known(s, edges(s), asked))
        )

    async def bring(self, namespace: str, name: str, to: Target) -> Published:
        from console.operations.delivering.all_set import bring_what_is_known
        from console.operations.watching.lookup import Wanted as Asked

        async def bring(services: Services) -> Published:
            edges, asked = self._demanded(services), Asked(namespace, name)
            return await bring_what_is_known(services, edges.targets, edges.deliveries, asked, to)

        return await self._session.change(f"publication of {name}", bring)

    async def ask_evalai(self, place: EvalAiPlace) -> AskedBefore:
        from console.operations.publishing.asked_before import AskedBefore, ask_before

        async def asked(services: Services) -> AskedBefore:
            if services.evalai is None:
                return AskedBefore(place, None, "It is not asked here.")
            return await ask_before(services.evalai(), place)

        return await self._session.do(asked)

    async def ask_places(self, plan: PublishingPlan) -> TakenBefore:
        from console.operations.delivering.asked_before import TakenBefore, ask_places

        async def asked(services: Services) -> TakenBefore:
            if services.delivering is None:
                return TakenBefore()
            return await ask_places(services.delivering(), plan)

        return await self._session.do(asked)

    def _demanded(self, services: Services) -> PublishingEdges:
        if self._edges is None:
            raise ConsoleError("This console publishes nothing.")
        return self._edges(services)
