"""Two intakes of one queue, each for a namespace of its own: a message becomes one Job all the same.

No name of a Job keeps the second one off there. What does is what both see of the cluster.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any, cast

import pytest
from fakes.cluster import FakeCluster
from fakes.evalai_rules import EvalAiRules
from fakes.intake_runs import (
    IntakeRun,
    NoRecorder,
    QueueInMemory,
    SettingsInMemory,
    quickly_composed,
)
from fakes.publications import publication, published
from fakes.sweeps import sweep
from msgspec.structs import replace
from test_intake_decided import NOW, RESUMING, decided, ended, held, job

from console.domain.facts import JobFacts
from console.errors import Conflict, Forbidden
from console.operations.intake.desk import IntakeDesk, WaitingMessage
from console.operations.intake.launching import LaunchingFor
from console.operations.intake.message_fate import NotLaunched, ToAcknowledge, ToLaunch
from console.operations.intake.set_up import recorded_by
from console.operations.ports.cluster import ClusterDescription, Created, Kind
from console.operations.ports.publications import Publication, PublicationStage
from console.operations.ports.recorder import RecorderPort
from console.operations.services import Services

TOGETHER = 5


def elsewhere(found: JobFacts) -> JobFacts:
    return replace(found, namespace="tests")


@pytest.mark.parametrize("first", sweep(range(0, 400, TOGETHER), 0))
async def test_each_is_launched_once_in_one_of_them_though_killed_anywhere(first: int) -> None:
    for seed in range(first, first + TOGETHER):
        run = IntakeRun(seed, apart=True)
        await run.play()
        began = {name: uids for name, uids in run.cluster.began.items() if uids}
        assert began.keys() == run.wanted, seed
        assert all(len(uids) == 1 for uids in began.values()), (seed, began)
        assert run.rules.messages == [], seed


class SlowCluster(FakeCluster):
    """Each request takes some turns of the loop, by chance. `seconds`: between two Jobs."""

    def __init__(self, chance: Random, seconds: int) -> None:
        super().__init__()
        self._chance, self._seconds, self._made = chance, seconds, 0
        self.started: list[str] = []

    async def _later(self) -> None:
        for _ in range(self._chance.randrange(12)):
            await asyncio.sleep(0)

    async def create(self, manifest: dict[str, Any], *, dry_run: bool = False) -> Created:
        await self._later()
        made = await super().create(manifest, dry_run=dry_run)
        await self._later()
        return made

    def put(self, stored: dict[str, Any]) -> None:
        meta = stored["metadata"]
        if stored["kind"] == Kind.JOB and (Kind.JOB, meta["namespace"], meta["name"]) not in (
            self.objects
        ):
            at = NOW + timedelta(seconds=self._seconds * self._made)
            meta["creationTimestamp"], self._made = f"{at:%Y-%m-%dT%H:%M:%SZ}", self._made + 1
        super().put(stored)

    async def jobs(self, namespace: str | None) -> tuple[JobFacts, ...]:
        await self._later()
        found = await super().jobs(namespace)
        await self._later()
        return found

    async def patch_job(self, namespace: str, name: str, patch: dict[str, Any]) -> JobFacts:
        await self._later()
        self.started.append(f"{namespace}/{name}")
        return await super().patch_job(namespace, name, patch)


def desk(cluster: FakeCluster, rules: EvalAiRules, namespace: str) -> IntakeDesk:
    recorder = cast(RecorderPort, NoRecorder())
    services = Services(cluster, recorder, lambda: NOW, publishing=SettingsInMemory())
    return IntakeDesk(services, QueueInMemory(rules), namespace)


async def both_take(cluster: FakeCluster) -> tuple[list[IntakeDesk], list[WaitingMessage]]:
    """The same message: the first one is slow, and so it has come back."""
    rules = EvalAiRules()
    rules.add(1)
    rules.wait_for_host(1)
    rules.visibility = -1.0
    desks = [desk(cluster, rules, each) for each in ("races", "tests")]
    taken = [await each.take() for each in desks]
    return desks, [each for each in taken if each is not None]


@pytest.mark.parametrize("seconds", [0, 1])
async def test_of_two_that_launch_at_the_same_moment_one_at_most_starts(seconds: int) -> None:
    how = LaunchingFor(compose=quickly_composed)
    starts = []
    for seed in range(12):
        cluster = SlowCluster(Random(seed), seconds)
        desks, taken = await both_take(cluster)
        assert all(isinstance(each.verdict, ToLaunch) for each in taken)
        launches = (each.accept(what, how) for each, what in zip(desks, taken, strict=True))
        ended_as = await asyncio.gather(*launches, return_exceptions=True)
        assert all(not isinstance(e, BaseException) or isinstance(e, Conflict) for e in ended_as)
        left = [f"{each.namespace}/{each.name}" for each in await cluster.jobs(None)]
        assert left == cluster.started, seed
        starts.append(len(left))
    assert max(starts) == 1
    # Of the same second both give way, and the message comes back.
    assert sum(starts) > 2


@pytest.mark.parametrize(
    ("jobs", "told"),
    [
        ([elsewhere(job())], "Its Job submission-301234 in namespace tests is there."),
        ([elsewhere(job("raven"))], "Its Job raven in namespace tests is there."),
    ],
)
def test_a_message_whose_job_is_in_another_namespace_is_only_acknowledged(jobs, told) -> None:
    verdict = decided(*jobs)
    assert isinstance(verdict, ToAcknowledge)
    assert verdict.words == told


@pytest.mark.parametrize(
    ("verdict", "said", "fix"),
    [
        (
            lambda: decided(elsewhere(held(1))),
            "in namespace tests is just being launched",
            "comes back",
        ),
        (
            lambda: decided(elsewhere(held(9))),
            "in namespace tests is held",
            "Delete submission-301234",
        ),
        (
            lambda: decided(elsewhere(ended()), shown=RESUMING),
            "It goes on from its Job submission-301234 in namespace tests",
            "intake 301234 -n tests",
        ),
        (lambda: decided(busy="namespace races of other"), "namespace races of other", "back"),
    ],
)
def test_what_another_namespace_or_cluster_has_of_it_hinders_a_launch_and_is_named(
    verdict: Callable[[], object], said: str, fix: str
) -> None:
    found = verdict()
    assert isinstance(found, NotLaunched)
    assert said in found.words
    assert fix in found.fix
    assert not found.for_good


def test_a_job_of_the_same_name_in_another_namespace_hinders_nothing() -> None:
    assert isinstance(decided(elsewhere(job(evalai=None))), ToLaunch)


async def test_who_does_not_see_other_namespaces_is_told_what_that_means() -> None:
    class OwnAlone(FakeCluster):
        async def jobs(self, namespace: str | None) -> tuple[JobFacts, ...]:
            if namespace is None:
                raise Forbidden("The cluster does not allow: list jobs.")
            return await super().jobs(namespace)

    rules = EvalAiRules()
    assert "may be launched twice" in await desk(OwnAlone(), rules, "races").doubt()
    assert await desk(FakeCluster(), rules, "races").doubt() == ""
    desks, taken = await both_take(OwnAlone())
    done = await desks[0].accept(taken[0], LaunchingFor(compose=quickly_composed))
    assert done.launched


async def test_what_an_own_recorder_publishes_from_elsewhere_is_known_by_its_ledger() -> None:
    going_on = publication(stage=PublicationStage.OPEN)
    at = going_on.recording

    class Ledger:
        def look(self) -> dict[str, Publication]:
            return {"one": going_on}

    cluster = FakeCluster()
    cluster.description = ClusterDescription(at.cluster, "", "races")
    services = Services(cluster, cast(RecorderPort, NoRecorder()), lambda: NOW)
    seen = replace(services, publications=Ledger())
    where = f"namespace {at.namespace} of {at.cluster}"
    assert recorded_by(seen, "another")(going_on.place) == ("", where)
    assert recorded_by(seen, at.namespace)(going_on.place) == (at.name, "")
    going_on = published(place=going_on.place, recording=at)
    assert recorded_by(seen, "another")(going_on.place) == ("", "")
    assert recorded_by(services, "another")(going_on.place) == ("", "")
