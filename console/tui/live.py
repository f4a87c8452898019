"""The backend over the use cases: everything that waits runs in a net thread of its own.

The UI only reads the latest snapshots and awaits answers. It is on one cluster as one user for its
whole life (`session`); this module knows what is asked of it, and no edge.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING, Generic

from msgspec.structs import replace

from console.domain.board import BoardSnapshot
from console.domain.fleet import FleetSnapshot
from console.domain.submission import free_name
from console.tui import left_running, resume_offers, sending, taking_in
from console.tui.aims import Connect, Wanted, Ways
from console.tui.backend import ClusterLink, not_connected
from console.tui.drafts import Checklist, ComposeForm, Composition, Draft, LaunchReport
from console.tui.publishing_from_here import PublishingFromHere
from console.tui.session import ClusterSession, may

# The use cases are imported where they are first needed: the first paint does not wait for them.
if TYPE_CHECKING:
    from console.domain.facts import EvalAiPlace
    from console.domain.publication import Published
    from console.domain.queues import QueuesOffered
    from console.operations.delivering.asked_before import TakenBefore
    from console.operations.intake.desk import Accepted, WaitingMessage
    from console.operations.outcome.view import ResultsView
    from console.operations.ports.deliveries import Target
    from console.operations.ports.recorder import LogView
    from console.operations.publishing.asked_before import AskedBefore
    from console.operations.publishing.shown_by_hand import PublicationLook
    from console.operations.replay.recorded_past import Past
    from console.operations.submitting.publishing_plan import PublishingPlan
    from console.operations.submitting.rerun import RerunWanted
    from console.presentation.resume_points import ResumeOffer
    from console.tui.drafts import Jobs, Tell


class LiveBackend(Generic[Wanted]):
    """`connect(wanted)` opens the cluster; `known` is the list to begin with, where it is not the
    remembered one; `everywhere`: all namespaces are listed."""

    def __init__(
        self,
        connect: Connect[Wanted],
        wanted: Wanted,
        ways: Ways[Wanted] | None = None,
        *,
        local: bool = False,
        everywhere: bool = False,
        known: FleetSnapshot | None = None,
    ) -> None:
        found: Ways[Wanted] = ways or Ways()
        self._ends_local, self._timed = found.ends_local, found.timed
        self._session = ClusterSession(
            connect, wanted, found, local=local, everywhere=everywhere, known=known
        )
        self._publishing = PublishingFromHere(self._session, found.publishing)

    @property
    def wanted(self) -> Wanted:
        """What was asked for; once connected, by its name."""
        return self._session.wanted

    def start(self) -> None:
        self._session.start()

    def close(self) -> None:
        self._session.close()

    def leave(self) -> None:
        self._session.leave()

    def retire(self) -> tuple[str, ...]:
        return self._session.retire()

    async def retry(self) -> None:
        await self._session.retry()

    # --- what is known now

    def connection(self) -> ClusterLink:
        return self._session.link

    def fleet(self) -> FleetSnapshot:
        """The live list; the last known one, which is not live, until there is one."""
        return self._session.listed

    def show_rows(self, keys: Iterable[tuple[str, str]]) -> None:
        if (fleet := self._session.fleet) is not None:
            fleet.show_rows(keys)

    def board(self, namespace: str, name: str) -> BoardSnapshot:
        return (fleet.board if (fleet := self._session.fleet) else not_connected)(namespace, name)

    def listed_board(self, namespace: str, name: str) -> BoardSnapshot:
        return (fleet.listed_board if (fleet := self._session.fleet) else not_connected)(
            namespace, name
        )

    def log_view(self, board: BoardSnapshot, container: str) -> LogView:
        from console.operations.recording.log_view import log_view

        return log_view(self._session.services, board, container)

    async def past(self, board: BoardSnapshot) -> Past:
        from console.operations.replay.recorded_past import Past, recorded_past

        services = self._session.services
        if board.job is None:
            return Past()
        recording = services.recording_of(board.job)
        return await asyncio.to_thread(recorded_past, services.recorder, recording)

    def results(self, board: BoardSnapshot) -> ResultsView:
        from console.operations.outcome.view import results

        return results(board)

    def published(self, board: BoardSnapshot) -> Published | None:
        return fleet.published.of(board) if (fleet := self._session.fleet) else None

    async def publication(self, namespace: str, name: str) -> PublicationLook:
        return await self._publishing.publication(namespace, name)

    async def publish(self, namespace: str, name: str) -> Published:
        return await self._publishing.publish(namespace, name)

    async def bring(self, namespace: str, name: str, to: Target) -> Published:
        return await self._publishing.bring(namespace, name, to)

    def sent_elsewhere(self, board: BoardSnapshot) -> tuple[str, ...]:
        from console.operations.submitting import ending

        return ending.kept_here(self._session.services, board).sent

    def consequences(
        self, board: BoardSnapshot, verb: str, *, brief: bool = False
    ) -> tuple[str, ...]:
        from console.operations.submitting import ending

        return ending.told_here(self._session.services, board, verb, brief=brief)

    def lost_by_leaving(self) -> tuple[str, ...]:
        return left_running.ends(self._session, self.fleet(), self._ends_local)

    def goes_on_after_leaving(self) -> tuple[str, ...]:
        return left_running.goes_on(self._session, self.fleet(), self._ends_local)

    # --- composing

    def leaderboards(self) -> tuple[str, ...]:
        from console.tui import composing

        return composing.LEADERBOARDS

    def profiles(self) -> tuple[str, ...]:
        from console.specs.values import profiles

        return profiles()

    def form(self, leaderboard: str, profile: str = "", name: str = "") -> ComposeForm:
        from console.specs.values import usual_profile
        from console.tui import composing

        chosen = profile or usual_profile(local=self._session.local)
        taken = {row.name for row in self.fleet().rows}
        name = name or composing.profile_name(leaderboard, chosen)
        return composing.form(leaderboard, chosen, name=free_name(name, taken))

    def compose(self, draft: Draft) -> Composition:
        from console.tui import composing

        where = self._session.link.description
        space = where.namespace if where else "default"
        return composing.composition(draft, space, self._session.publishing, self._timed)

    # --- asking the cluster

    async def launch(self, composition: Composition, *, dry_run: bool = False) -> LaunchReport:
        return await sending.send(self._session, composition.ready, dry_run=dry_run)

    async def queues(self) -> QueuesOffered:
        from console.operations.submitting.kueue import offered

        return await self._session.do(lambda s: offered(s, s.cluster.description.namespace))

    async def preflight(self, composition: Composition, tell: Tell, launched: Jobs) -> Checklist:
        from console.operations.submitting.preflight import preflight

        ready = composition.ready
        found = await self._session.do(lambda s: preflight(s, ready, tell=tell, launched=launched))
        return Checklist(found.findings)

    async def ask_evalai(self, place: EvalAiPlace) -> AskedBefore:
        return await self._publishing.ask_evalai(place)

    async def ask_places(self, plan: PublishingPlan) -> TakenBefore:
        return await self._publishing.ask_places(plan)

    def why_not_resumable(self, board: BoardSnapshot) -> str:
        return resume_offers.why_not(board)

    async def offer_resume(self, namespace: str, name: str, new_name: str = "") -> ResumeOffer:
        found, plan, queues = await self._session.do(
            lambda s: resume_offers.found_and_planned(s, namespace, name, new_name)
        )
        return resume_offers.offer(found, {row.name for row in self.fleet().rows}, plan, queues)

    def why_no_rerun(self, board: BoardSnapshot) -> str:
        return resume_offers.why_no_rerun(board)

    async def offer_rerun(
        self, namespace: str, name: str, wanted: RerunWanted, new_name: str = ""
    ) -> ResumeOffer:
        from console.presentation.again_words import points

        found, plan, queues = await self._session.do(
            lambda s: resume_offers.rerun_and_planned(s, namespace, name, wanted, new_name)
        )
        taken = {row.name for row in self.fleet().rows}
        offered = resume_offers.offer(found.resumption, taken, plan, queues)
        return replace(offered, again=points(found))

    async def launch_resumed(self, offer: ResumeOffer, queue: str) -> LaunchReport:
        ready = await asyncio.to_thread(resume_offers.into, offer, queue)
        return await sending.send(self._session, ready, dry_run=False)

    async def waiting(self) -> tuple[WaitingMessage, ...]:
        return await taking_in.waiting(self._session)

    async def take_in(self, which: WaitingMessage, at_most: int = 0) -> Accepted:
        return await taking_in.take_in(self._session, which, at_most)

    async def intake_doubt(self) -> str:
        return await taking_in.intake_doubt(self._session)

    async def refuse(self, which: WaitingMessage) -> str:
        return await taking_in.refuse(self._session, which)

    async def cancel(self, namespace: str, name: str) -> None:
        from console.operations.submitting import ending

        await self._session.change(
            f"cancel of {name}", lambda services: ending.cancel(services, namespace, name)
        )

    async def let_run_on(self, namespace: str, name: str) -> None:
        from console.operations.submitting import running_on

        await self._session.change(
            f"run of {name}", lambda services: running_on.let_run_on(services, namespace, name)
        )

    async def delete(self, namespace: str, name: str) -> None:
        from console.operations.submitting import ending

        await self._session.change(
            f"delete of {name}", lambda services: ending.delete(services, namespace, name)
        )

    async def may(self, verb: str, resource: str, namespace: str) -> bool:
        return await self._session.do(lambda s: s.cluster.allowed(verb, resource, namespace))

    async def read_manifest(self, namespace: str, name: str) -> str:
        from console.operations.ports.cluster import Kind
        from console.specs.rendering import to_yaml

        job = await self._session.do(lambda s: s.cluster.read(Kind.JOB, namespace, name))
        job.get("metadata", {}).pop("managedFields", None)
        return to_yaml(job)

    async def namespaces(self) -> tuple[str, ...]:
        return await self._session.do(lambda services: services.cluster.namespaces())

    async def may_list_all(self) -> bool:
        return await self._session.do(lambda services: may(services, "list", ""))
