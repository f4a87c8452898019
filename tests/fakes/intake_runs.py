"""One simulated intake: submissions come into EvalAI's queue, and consoles that are killed launch
them on a cluster that answers late, twice or not at all.

What comes, what fails and where a console is killed follow from one number. Nothing waits.
"""

from __future__ import annotations

import contextlib
import copy
import json
from collections import defaultdict
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from random import Random
from typing import Any, TypeVar, cast

from fakes.cluster import FakeCluster
from fakes.evalai_model import Killed, Killing, VirtualClock
from fakes.evalai_rules import CHALLENGE, HOST, PHASE, EvalAiRules
from msgspec.structs import replace

from console.domain.facts import EvalAiPlace
from console.errors import ClusterUnreachable, ConsoleError
from console.operations.intake.by_itself import ByItself, IntakeNews, some_at_a_time
from console.operations.intake.desk import IntakeDesk
from console.operations.intake.orders import IntakeOrder, compose_order, order_values
from console.operations.ports.cluster import Created, Kind, Propagation
from console.operations.ports.evalai import EvalAiBusy, RemoteStatus, RemoteSubmission
from console.operations.ports.evalai_queue import IntakeSettings, PhaseRule, TakenMessage
from console.operations.ports.publishing_settings import (
    EvalAiSettings,
    KeptInFile,
    PublishingSettings,
)
from console.operations.ports.recorder import RecorderPort
from console.operations.services import Services
from console.specs.compose import Composed
from console.specs.many.columns import NAME

Answer = TypeVar("Answer")
RULE = PhaseRule("2.0", "SENSORS", "embedded")
SETTINGS = EvalAiSettings(
    KeptInFile(Path("token")),
    frozenset({CHALLENGE}),
    intake=IntakeSettings(EvalAiRules.queue, {PHASE: RULE}),
)
AT_MOST = 2
_PLACES = {
    "CHALLENGE_ID": "submission.challenge_id",
    "TRACK_ID": "submission.track_id",
    "SUBMISSION_ID": "submission.submission_id",
    "TEAM_ID": "submission.team_id",
}


class SettingsInMemory:
    """`PublishingFile`."""

    file = Path("publishing.yaml")

    def __init__(self, evalai: EvalAiSettings | None = SETTINGS) -> None:
        self.evalai = evalai

    def settings(self) -> PublishingSettings:
        return PublishingSettings(self.evalai)


class NoRecorder:
    """Another process records."""

    def claim(self, recording: object) -> None:
        return None

    def owner(self) -> str:
        return "somebody"

    def note_action(self, recording: object, action: object) -> None:
        return None


class Trouble:
    """How one request goes: well, not at all, or without its answer; and where a console dies."""

    def __init__(self, chance: Random, clock: VirtualClock, faults: float, kills: float) -> None:
        self._chance, self._clock, self.faults = chance, clock, faults
        self.killing = Killing(chance, kills)

    def meets(self, work: Callable[[], Answer], lost: ConsoleError) -> Answer:
        self.killing.may()
        kind = self._chance.randrange(4) if self._chance.random() < self.faults else -1
        if kind == 0:
            raise lost
        if kind == 1:
            self._clock.later(self._chance.uniform(1, 40), lambda: self._late(work))
            raise lost
        found = work()
        if kind == 2:
            raise lost
        if kind == 3:
            found = work()
        self.killing.may()
        return found

    @staticmethod
    def _late(work: Callable[[], object]) -> None:
        with contextlib.suppress(ConsoleError):
            work()


class QueueInMemory:
    """`EvalAiQueue` by EvalAI's own rules."""

    def __init__(self, rules: EvalAiRules, trouble: Trouble | None = None) -> None:
        self.rules, self._trouble = rules, trouble

    async def submission(self, number: int) -> RemoteSubmission:
        told = self._ask("GET", f"submission/{number}")
        status = RemoteStatus(told["status"])
        team, name = told["participant_team"], told["participant_team_name"]
        resumed = told["rerun_resumed_at"] or ""
        jobs = tuple(told["job_name"])
        return RemoteSubmission(status, status.value, team, name, None, jobs, resumed=resumed)

    async def say_running(self, challenge: int, submission: int, job: str) -> None:
        told = {"submission": submission, "submission_status": "running", "job_name": job}
        self._ask("PATCH", f"challenge/{challenge}/update_submission/", told)

    async def next_message(self, queue: str) -> TakenMessage | None:
        told = self._ask("GET", f"challenge/queues/{queue}/")
        if told["body"] is None:
            return None
        return TakenMessage(json.dumps(told["body"]).encode(), told["receipt_handle"])

    async def acknowledge(self, queue: str, receipt: str) -> None:
        self._ask("POST", f"queues/{queue}/", {"receipt_handle": receipt})

    def _ask(self, method: str, path: str, told: object = None) -> Any:
        body = b"" if told is None else json.dumps(told).encode()

        def work() -> Any:
            said = self.rules.answer(method, f"/api/jobs/{path}", HOST, body)
            if said.code != 200:
                raise EvalAiBusy(str(said.code))
            return said.value

        lost = EvalAiBusy("The connection broke.")
        return work() if self._trouble is None else self._trouble.meets(work, lost)


class TroubledCluster(FakeCluster):
    """What is changed of it may be lost. `began`: the uids of Jobs that were let go, and not taken
    back, by their names."""

    def __init__(self, clock: VirtualClock, trouble: Trouble) -> None:
        super().__init__()
        self._clock, self._trouble = clock, trouble
        self.began: defaultdict[str, set[str]] = defaultdict(set)

    async def create(self, manifest: dict[str, Any], *, dry_run: bool = False) -> Created:
        make = super().create
        made: Created = self._trouble.meets(lambda: _done(make(manifest)), _no_answer())
        return made

    async def patch_job(self, namespace: str, name: str, patch: dict[str, Any]) -> Any:
        change = super().patch_job
        return self._trouble.meets(lambda: _done(change(namespace, name, patch)), _no_answer())

    async def delete(
        self,
        kind: Kind,
        namespace: str,
        name: str,
        *,
        propagation: Propagation,
        uid: str = "",
    ) -> None:
        drop = super().delete

        def work() -> None:
            found = self._find(kind, namespace, name)["metadata"]["uid"]
            _done(drop(kind, namespace, name, propagation=propagation, uid=uid))
            self.began[name].discard(found)

        self._trouble.meets(work, _no_answer())

    def put(self, stored: dict[str, Any]) -> None:
        if stored["kind"] == Kind.JOB:
            meta, made = stored["metadata"], f"{self._clock.now:%Y-%m-%dT%H:%M:%SZ}"
            if (Kind.JOB, meta["namespace"], meta["name"]) not in self.objects:
                meta["creationTimestamp"] = made
            waits = "leaderboard.carla.org/queued-at" in meta.get("annotations", {})
            if waits or not stored["spec"].get("suspend"):
                self.began[meta["name"]].add(meta["uid"])
        super().put(stored)


def _done(work: Any) -> Any:
    """The fake waits for nothing: what it begins it ends at once."""
    try:
        work.send(None)
    except StopIteration as ended:
        return ended.value
    raise AssertionError("it waited")


def _no_answer() -> ConsoleError:
    return ClusterUnreachable("The cluster does not answer.")


@cache
def _pattern() -> Composed:
    place = EvalAiPlace(SETTINGS.server, CHALLENGE, PHASE, 1)
    order = IntakeOrder(place, RULE, "pattern", "console.local/team-agent:1", 4)
    return compose_order(order, "races", local=True)


def quickly_composed(order: IntakeOrder, namespace: str) -> Composed:
    """As it is composed, in a hundredth of the time."""
    pattern, values = _pattern(), order_values(order)
    manifest, workers = copy.deepcopy(pattern.manifest), copy.deepcopy(pattern.config_map)
    manifest["metadata"]["name"] = values[NAME]
    manifest["metadata"]["namespace"] = workers["metadata"]["namespace"] = namespace
    old, new = workers["metadata"]["name"], f"{values[NAME]}-workers"
    workers["metadata"]["name"] = new
    for volume in manifest["spec"]["template"]["spec"]["volumes"]:
        if volume.get("configMap", {}).get("name") == old:
            volume["configMap"]["name"] = new
    for container in manifest["spec"]["template"]["spec"]["containers"]:
        for variable in container.get("env", ()):
            if path := _PLACES.get(variable["name"]):
                variable["value"] = values[path]
    return replace(pattern, manifest=manifest, config_map=workers)


class IntakeRun:
    """`play` it, then ask what came of it."""

    def __init__(
        self,
        seed: int,
        *,
        faults: float = 0.2,
        kills: float = 0.03,
        apart: bool = False,
        clusters: int = 1,
    ) -> None:
        """`apart`: two consoles, each for a namespace of its own; `clusters`: a console in each,
        and none knows of the others."""
        self.chance, self.clock = Random(seed), VirtualClock()
        self.rules = EvalAiRules(now=lambda: self.clock.now.timestamp())
        trouble = Trouble(self.chance, self.clock, faults, kills)
        self.trouble, self.queue = trouble, QueueInMemory(self.rules, trouble)
        self.clusters = [TroubledCluster(self.clock, trouble) for _ in range(clusters)]
        self.cluster = self.clusters[0]
        for number, each in enumerate(self.clusters):
            where = replace(each.description, server=f"https://cluster-{number}:6443")
            each.description = where
        self.news: list[IntakeNews] = []
        self.wanted: set[str] = set()
        """Names of the Jobs that there have to be."""
        spaces = ("races", "tests") if apart else ("races",) * self.chance.randrange(1, 3)
        if clusters > 1:
            spaces = ("races",)
        self._goes_on = clusters == 1
        self._consoles = [
            (self._console(space, cluster), space, cluster)
            for cluster in self.clusters
            for space in spaces
        ]

    def _console(self, namespace: str, cluster: TroubledCluster) -> ByItself:
        recorder = cast(RecorderPort, NoRecorder())
        services = Services(cluster, recorder, self.clock, publishing=SettingsInMemory())
        how = replace(
            some_at_a_time(EvalAiRules.queue, AT_MOST), by_hand=True, compose=quickly_composed
        )
        return ByItself(IntakeDesk(services, self.queue, namespace), how, self.news.append)

    async def play(self) -> None:
        """Until all is quiet: faults and kills end before."""
        for number in range(1, self.chance.randrange(2, 5)):
            self.rules.add(number)
            self.clock.later(self.chance.uniform(0, 300), partial(self._comes, number))
        await self._steps(25)
        if self._goes_on:
            self._some_go_on()
        await self._steps(20)
        self.trouble.killing, self.trouble.faults = Killing(self.chance, 0.0), 0.0
        await self._steps(12 * len(self._consoles))

    def _comes(self, number: int) -> None:
        self.rules.wait_for_host(number)
        self.wanted.add(f"submission-{number}")

    def _some_go_on(self) -> None:
        """They failed, and their Jobs are long gone, when a participant lets them go on."""
        for number in list(self.rules.kept):
            name = f"submission-{number}"
            if not self.cluster.began[name] or self.chance.random() < 0.5:
                continue
            for namespace in ("races", "tests"):
                with contextlib.suppress(ConsoleError):
                    self.cluster.drop(Kind.JOB, namespace, name)
            self.rules.kept[number].status = "failed"
            self.rules.resume(number)
            self.wanted.add(f"{name}-r{self.clock.now:%Y%m%d%H%M%S}")

    async def _steps(self, count: int) -> None:
        for _ in range(count):
            turn = self.chance.randrange(len(self._consoles))
            console, namespace, cluster = self._consoles[turn]
            try:
                await console.step()
            except Killed:
                self._consoles[turn] = self._console(namespace, cluster), namespace, cluster
            self.clock.pass_by(self.chance.uniform(5, 45))
