"""A backend without a cluster, and boards, logs and lists to show. For tests and for screenshots."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

from msgspec.structs import replace

from console.domain.board import (
    BoardSnapshot,
    PairBoard,
    PairStatus,
    RouteCell,
    RouteState,
    SubmissionStatus,
)
from console.domain.budget import RestartBudget
from console.domain.events import StreamState
from console.domain.facts import (
    ClusterEvent,
    ContainerExit,
    ContainerFacts,
    ContainerState,
    EvalAiPlace,
    JobCondition,
    JobFacts,
    PodFacts,
)
from console.domain.fleet import FleetSnapshot, SubmissionRow
from console.domain.progress import (
    EndedAttempt,
    FinishedRoute,
    MergeProblem,
    MergeStatus,
    SeenGpu,
)
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
from console.presentation.resume_points import ResumeOffer
from console.tui import composing, resume_offers
from console.tui.backend import ClusterLink, Link
from console.tui.drafts import Checklist, ComposeForm, Composition, Draft, LaunchReport

NOW = datetime.now(UTC)
CONTAINERS = [f"{half}-{n}" for n in (1, 2, 3, 4) for half in ("simulator", "agent")]


def running(name: str, restarts: int = 0) -> ContainerFacts:
    return ContainerFacts(name, ContainerState.RUNNING, restarts, started_at=NOW)


def row(name: str, status: SubmissionStatus, done: int, **more: object) -> SubmissionRow:
    facts: dict[str, object] = {
        "namespace": "leaderboard",
        "name": name,
        "uid": name,
        "leaderboard": "2.0",
        "status": status,
        "reason": "",
        "done": done,
        "total": 20,
        "restarts": 0,
        "backoff_limit": 8,
        "created_at": NOW - timedelta(minutes=12),
    }
    return SubmissionRow(**{**facts, **more})  # type: ignore[arg-type]


ROWS = (
    row("demo", SubmissionStatus.RUNNING, 12, restarts=2),
    row("team-falcon-map", SubmissionStatus.PENDING, 0, reason="pulling private-contents"),
    row(
        "baseline-nightly",
        SubmissionStatus.COMPLETE,
        20,
        driving_score=47.38,
        created_at=NOW - timedelta(hours=5),
    ),
    row(
        "transfuser-v4",
        SubmissionStatus.FAILED,
        7,
        restarts=8,
        leaderboard="1.0",
        total=100,
        reason="BackoffLimitExceeded: the restarts of all containers reached 8",
        created_at=NOW - timedelta(days=1),
    ),
    row("interfuser", SubmissionStatus.INCOMPLETE, 18, created_at=NOW - timedelta(days=3)),
)


def cells(pair: int, done: int, total: int = 5) -> tuple[RouteCell, ...]:
    out = []
    for index in range(total):
        number = (pair - 1) * 5 + index % 5
        if index < done:
            state = [RouteState.PERFECT, RouteState.COMPLETED, RouteState.FAILED][index % 3]
            out.append(RouteCell(f"RouteScenario_{number}_rep0", 0, state, 100.0 / (index + 1)))
        else:
            state = RouteState.DRIVING if index == done else RouteState.PENDING
            out.append(RouteCell(f"RouteScenario_{number}_rep0", 0, state))
    return tuple(out)


def gpu(index: int) -> SeenGpu:
    return SeenGpu(1, index, f"GPU-0000000{index}", "NVIDIA A10G", "535.104.05", str(index))


def pair(number: int, done: int | None, **more: object) -> PairBoard:
    """One that drives its next route; `done` None where nobody knows."""
    restarts, driven = 1 if number == 2 else 0, done or 0
    facts: dict[str, object] = {
        "number": number,
        "gpu_asked": number - 1,
        "simulator_gpu": gpu(number - 1),
        "agent_gpu": gpu(number - 1),
        "carla_port": 1900 + 100 * number,
        "traffic_manager_port": 1910 + 100 * number,
        "routes_subset": f"{5 * number - 5}-{5 * number - 1}",
        "status": PairStatus.DRIVING,
        "attempt": 1 + restarts,
        "cells": cells(number, driven),
        "route": f"RouteScenario_{5 * number - 5 + driven}_rep0",
        "simulator": running(f"simulator-{number}", restarts),
        "agent": running(f"agent-{number}", restarts),
        "simulator_line": f"[CARLA] tick {1200 + number} server fps 20.0",
        "agent_line": "=== [Agent] -- Wallclock = 2026-11-22 16:01:12 -- Ratio = 0.42x",
        "since": NOW - timedelta(seconds=42),
        "since_exact": True,
        "done": done,
    }
    made: dict[str, object] = {**facts, **more}
    made.setdefault("total", len(made["cells"]))  # type: ignore[arg-type]
    return PairBoard(**made)  # type: ignore[arg-type]


CRASH = (
    EndedAttempt(2, 1, "simulator", "crashed", 139, 11, "RouteScenario_6_rep0", NOW),
    EndedAttempt(2, 1, "agent", "lost-partner", 1, None, "RouteScenario_6_rep0", NOW),
)


def record(number: int, index: int) -> FinishedRoute:
    failed = index % 7 == 3
    status = "Failed - Agent timed out" if failed else "Perfect" if index % 2 else "Completed"
    hits = () if index % 2 else (("collisions_vehicle", ("hit a car at x=12.1",)),)
    return FinishedRoute(
        number,
        f"RouteScenario_{index}_rep0",
        0,
        status,
        48.2 if failed else 100.0 if index % 2 else 60.0,
        60.0 if failed else 100.0,
        1.0 if index % 2 else 0.6,
        hits,
        1432.5,
        210.0,
        500.0,
    )


def board(**more: object) -> BoardSnapshot:
    job = JobFacts(
        "demo",
        "leaderboard",
        "u1",
        NOW - timedelta(minutes=12),
        8,
        conditions=(JobCondition("SuccessCriteriaMet", False),),
        active=1,
        leaderboard="2.0",
    )
    containers = (
        ContainerFacts(
            "private-contents",
            ContainerState.TERMINATED,
            ended=ContainerExit(0, "Completed", NOW),
            init=True,
        ),
        *(running(name, 1 if name.endswith("-2") else 0) for name in CONTAINERS),
        running("logcopy"),
    )
    events = tuple(
        ClusterEvent(
            f"e{n}", kind, reason, message, n + 1, NOW - timedelta(seconds=300 - 60 * n), about
        )
        for n, (kind, reason, message, about) in enumerate(
            [
                ("Normal", "SuccessfulCreate", "Created pod: demo-x7k2p", "Job/demo"),
                (
                    "Normal",
                    "Pulled",
                    'Successfully pulled image "console.local/leaderboard:2.0"',
                    "Pod/demo-x7k2p private-contents",
                ),
                (
                    "Normal",
                    "Started",
                    "Started container simulator-1",
                    "Pod/demo-x7k2p simulator-1",
                ),
                (
                    "Warning",
                    "BackOff",
                    "Back-off restarting failed container simulator-2",
                    "Pod/demo-x7k2p simulator-2",
                ),
            ]
        )
    )
    facts: dict[str, object] = {
        "namespace": "leaderboard",
        "name": "demo",
        "status": SubmissionStatus.RUNNING,
        "leaderboard": "2.0",
        "job": job,
        "pod": PodFacts("demo-x7k2p", "leaderboard", "p1", "demo", "Running", containers),
        "pairs": (pair(1, 3), pair(2, 2, ended=CRASH), pair(3, 4), pair(4, 3)),
        "logcopy": running("logcopy"),
        "logcopy_line": "merged 12 of 20 records",
        "budget": RestartBudget.of(8, {"simulator-2": 1, "agent-2": 1}),
        "merge_status": MergeStatus.RUNNING,
        "done": 12,
        "total": 20,
        "records": tuple(record(1 + n // 5, n) for n in range(12)),
        "events": events,
        "streams": (("simulator-1", StreamState.LIVE, ""), ("agent-1", StreamState.LIVE, "")),
        "problems": (MergeProblem("missing", 2, "RouteScenario_7_rep0 has no record yet"),),
        "live": True,
        "updated_at": NOW,
    }
    return BoardSnapshot(**{**facts, **more})  # type: ignore[arg-type]


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
        self.raises: Exception | None = None
        self.warnings: tuple[str, ...] = ()
        self.publishing: PublishingFile | None = None
        self.shown_published: Published | None = NOWHERE
        self.shown_publication = PublicationLook("demo")
        self.there: AskedBefore | None = None
        self.taken = TakenBefore()
        """What EvalAI shows to whoever asks."""
        self.messages: tuple[WaitingMessage, ...] = ()
        """What waits in EvalAI's queue."""
        self.doubt = ""
        """Why it might be launched twice."""
        self.forbidden: tuple[str, ...] = ()
        """What may not be created."""
        self.checklist = Checklist(())
        self.shown_queues = QueuesOffered(kueue=False)
        self.looked = asyncio.Event()
        """Until then a preflight is under way."""
        self.left = False
        """Whether one was left before it had an answer."""
        self.shown_namespaces: tuple[str, ...] = ("default", "leaderboard", "races")
        self.lists_all = True
        self.ended_later: tuple[str, ...] = ()
        """How changes ended that were begun before the console went elsewhere."""
        self.lost: tuple[str, ...] = ()
        self.going_on: tuple[str, ...] = ()
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

    def consequences(
        self, board: BoardSnapshot, verb: str, *, brief: bool = False
    ) -> tuple[str, ...]:
        where = self.shown_connection.description
        assert where is not None
        said: Verb = "delete" if verb == "delete" else "cancel"
        return consequences(board, said, None if brief else where, Kept())

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
