"""A backend without a cluster, and logs to show. For tests and for screenshots."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from fakes.boards import NOW, ROWS, board
from msgspec.structs import replace

from console.domain.board import BoardSnapshot
from console.domain.facts import EvalAiPlace
from console.domain.fleet import FleetSnapshot
from console.domain.publication import NOWHERE, Published, PublishedAs
from console.domain.queues import QueuesOffered
from console.errors import NotFound
from console.operations.delivering.asked_before import TakenBefore
from console.operations.intake.desk import Accepted, WaitingMessage
from console.operations.outcome.view import ResultsView, results
from console.operations.ports.cluster import ClusterDescription, JsonObject
from console.operations.ports.deliveries import Target
from console.operations.ports.publishing_settings import PublishingFile
from console.operations.ports.recorder import LogLine
from console.operations.publishing.asked_before import AskedBefore
from console.operations.publishing.shown_by_hand import PublicationLook
from console.operations.replay.recorded_past import Past
from console.operations.submitting.ending import Kept, Verb, consequences
from console.operations.submitting.publishing_plan import PublishingPlan
from console.operations.submitting.rerun import RerunWanted
from console.presentation.resume_points import ResumeOffer
from console.tui import composing, resume_offers
from console.tui.backend import ClusterLink, Link
from console.tui.drafts import Checklist, ComposeForm, Composition, Draft, LaunchReport


class FakeLog:
    """A log of any length that is made up line by line; remembers which lines were read."""

    def __init__(self, count: int, lines: dict[int, LogLine] | None = None) -> None:
        self.count = count
        self.given = lines or {}
        self.read: list[tuple[int, int]] = []

    def line_count(self) -> int:
        return self.count

    def line(self, number: int) -> LogLine:
        made = LogLine(
            f"2026-11-22T16:01:{number % 60:02}.123456789Z",
            f"=== [Agent] -- frame {number:>7} -- \x1b[1mWallclock\x1b[0m -- "
            f"\x1b[3{1 + number % 6}mRatio = 0.42x\x1b[0m",
        )
        return self.given.get(number, made)

    def lines(self, start: int, stop: int) -> list[LogLine]:
        self.read.append((start, stop))
        return [self.line(number) for number in range(max(start, 0), min(stop, self.count))]

    def counting(self) -> Iterator[int]:
        yield self.line_count()

    def newest(self, wanted: int) -> list[LogLine]:
        return self.lines(max(self.count - wanted, 0), self.count)

    def search(self, pattern: str, *, ignore_case: bool = True) -> Iterator[list[int]]:
        wanted = re.compile(pattern, re.IGNORECASE if ignore_case else 0)
        for number in range(self.count):
            yield [number] if wanted.search(self.line(number).text) else []


def lines(*texts: str) -> FakeLog:
    made = {n: LogLine("2026-11-22T16:01:07.5Z", text) for n, text in enumerate(texts)}
    return FakeLog(len(texts), made)


class FakeBackend:
    """Shows what it is told to show and remembers what was asked of it."""

    raises: Exception | None = None
    warnings: tuple[str, ...] = ()
    publishing: PublishingFile | None = None
    shown_published: Published | None = NOWHERE
    there: AskedBefore | None = None
    messages: tuple[WaitingMessage, ...] = ()
    """What waits in EvalAI's queue."""
    doubt = ""
    """Why it might be launched twice."""
    forbidden: tuple[str, ...] = ()
    """What may not be created."""
    left = False
    """Whether one was left before it had an answer."""
    lists_all = True
    ended_later: tuple[str, ...] = ()
    """How changes ended that were begun before the console went elsewhere."""
    lost: tuple[str, ...] = ()
    going_on: tuple[str, ...] = ()
    sent: tuple[str, ...] = ()
    """When what is published was sent last, in sentences."""

    def __init__(self) -> None:
        self.shown_connection = ClusterLink(
            Link.CONNECTED,
            ClusterDescription("lab", "https://10.0.0.1:6443", "leaderboard"),
            local_offered=True,
        )
        self.shown_fleet = FleetSnapshot(ROWS, True, "", NOW)
        self.shown_board = board()
        self.shown_past = Past()
        self.logs: dict[str, FakeLog] = {}
        self.asked: list[tuple[object, ...]] = []
        self.followed: set[str] = set()
        """Names of the submissions whose boards were asked for by themselves."""
        self.visible: list[tuple[str, str]] = []
        self.shown_publication = PublicationLook("demo")
        self.taken = TakenBefore()
        """What EvalAI shows to whoever asks."""
        self.checklist = Checklist(())
        self.shown_queues = QueuesOffered(kueue=False)
        self.looked = asyncio.Event()
        """Until then a preflight is under way."""
        self.shown_namespaces: tuple[str, ...] = ("default", "leaderboard", "races")
        taken = partial(resume_offers.name_problem, {row.name for row in ROWS})
        self.offer = ResumeOffer("demo-2", 12, 20, (), (), 4, 8, taken)

    def start(self) -> None:
        self.asked.append(("start",))

    def close(self) -> None:
        self.asked.append(("close",))

    def connection(self) -> ClusterLink:
        return self.shown_connection

    def fleet(self) -> FleetSnapshot:
        return self.shown_fleet

    def show_rows(self, keys: Iterable[tuple[str, str]]) -> None:
        self.visible = list(keys)

    def board(self, namespace: str, name: str) -> BoardSnapshot:
        self.followed.add(name)
        return self.listed_board(namespace, name)

    def listed_board(self, namespace: str, name: str) -> BoardSnapshot:
        return replace(self.shown_board, namespace=namespace, name=name)

    def log_view(self, board: BoardSnapshot, container: str) -> FakeLog:
        if board.job is None:
            raise NotFound(f"Nothing is known of {board.name} yet.")
        return self.logs.setdefault(container, FakeLog(500))

    async def past(self, board: BoardSnapshot) -> Past:
        self._note("past")
        return self.shown_past

    def results(self, board: BoardSnapshot) -> ResultsView:
        return results(board)

    def published(self, board: BoardSnapshot) -> Published | None:
        return self.shown_published

    async def publication(self, namespace: str, name: str) -> PublicationLook:
        self._note("publication", namespace, name)
        return self.shown_publication

    async def publish(self, namespace: str, name: str) -> Published:
        self._note("publish", namespace, name)
        return Published(PublishedAs.FINISHED, NOW)

    async def bring(self, namespace: str, name: str, to: Target) -> Published:
        self._note("bring", namespace, name, to)
        return Published(PublishedAs.THERE, NOW, where=to[1])

    def sent_elsewhere(self, board: BoardSnapshot) -> tuple[str, ...]:
        return self.sent

    def consequences(
        self, board: BoardSnapshot, verb: str, *, brief: bool = False
    ) -> tuple[str, ...]:
        where = self.shown_connection.description
        assert where is not None
        said: Verb = "delete" if verb == "delete" else "cancel"
        return consequences(board, said, None if brief else where, Kept(sent=self.sent))

    def lost_by_leaving(self) -> tuple[str, ...]:
        return self.lost

    def goes_on_after_leaving(self) -> tuple[str, ...]:
        return self.going_on

    def leaderboards(self) -> tuple[str, ...]:
        return composing.LEADERBOARDS

    def profiles(self) -> tuple[str, ...]:
        return ("embedded", "g5.12xlarge")

    def form(self, leaderboard: str, profile: str = "", name: str = "") -> ComposeForm:
        return composing.form(leaderboard, profile or "embedded", name=name)

    def compose(self, draft: Draft) -> Composition:
        return composing.composition(draft, "leaderboard", self.publishing)

    async def launch(self, composition: Composition, *, dry_run: bool = False) -> LaunchReport:
        self._note("launch", dry_run, composition.draft)
        return LaunchReport("leaderboard", "demo", dry_run, self.warnings)

    async def ask_places(self, plan: PublishingPlan) -> TakenBefore:
        return self.taken

    async def ask_evalai(self, place: EvalAiPlace) -> AskedBefore:
        self._note("evalai", place)
        return self.there or AskedBefore(place, None, "Nobody answers.")

    async def preflight(
        self,
        composition: Composition,
        tell: Callable[[str], None],
        launched: tuple[JsonObject, ...] = (),
    ) -> Checklist:
        self._note("preflight", composition.draft)
        tell("waiting for simulator-1")
        try:
            await self.looked.wait()
        except asyncio.CancelledError:
            self.left = True
            raise
        return self.checklist

    async def waiting(self) -> tuple[WaitingMessage, ...]:
        self._note("waiting")
        return self.messages

    async def take_in(self, which: WaitingMessage, at_most: int = 0) -> Accepted:
        self._note("take_in", which.submission, at_most)
        job = f"submission-{which.submission}"
        return Accepted(which.submission or 0, job, True, f"The Job {job} is launched.")

    async def intake_doubt(self) -> str:
        return self.doubt

    async def refuse(self, which: WaitingMessage) -> str:
        self._note("refuse", which.submission)
        return ""

    async def cancel(self, namespace: str, name: str) -> None:
        self._note("cancel", namespace, name)

    async def delete(self, namespace: str, name: str) -> None:
        self._note("delete", namespace, name)

    async def let_run_on(self, namespace: str, name: str) -> None:
        self._note("let_run_on", namespace, name)

    def why_not_resumable(self, board: BoardSnapshot) -> str:
        return resume_offers.why_not(board)

    async def offer_resume(self, namespace: str, name: str, new_name: str = "") -> ResumeOffer:
        self._note("offer_resume", namespace, name, new_name)
        return replace(self.offer, name=new_name or self.offer.name)

    def why_no_rerun(self, board: BoardSnapshot) -> str:
        return resume_offers.why_no_rerun(board)

    async def offer_rerun(
        self, namespace: str, name: str, wanted: RerunWanted, new_name: str = ""
    ) -> ResumeOffer:
        self._note("offer_rerun", namespace, name, wanted, new_name)
        again = ("RouteScenario_7_rep0 is driven again (a crash ended it).",)
        return replace(self.offer, name=new_name or self.offer.name, again=again)

    async def queues(self) -> QueuesOffered:
        return self.shown_queues

    async def launch_resumed(self, offer: ResumeOffer, queue: str) -> LaunchReport:
        self._note("launch_resumed", offer.name, *([queue] if queue else []))
        return LaunchReport("leaderboard", offer.name, False, self.warnings)

    async def may(self, verb: str, resource: str, namespace: str) -> bool:
        self._note("may", verb, resource, namespace)
        return resource not in self.forbidden

    async def read_manifest(self, namespace: str, name: str) -> str:
        self._note("manifest", namespace, name)
        return "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: demo\n"

    async def retry(self) -> None:
        self._note("retry")

    async def namespaces(self) -> tuple[str, ...]:
        self._note("namespaces")
        return self.shown_namespaces

    async def may_list_all(self) -> bool:
        self._note("may_list_all")
        return self.lists_all

    def leave(self) -> None:
        self.asked.append(("leave",))

    def retire(self) -> tuple[str, ...]:
        self.asked.append(("retire",))
        return self.ended_later

    def _note(self, *what: object) -> None:
        self.asked.append(what)
        if self.raises is not None:
            raise self.raises
