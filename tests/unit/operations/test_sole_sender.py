"""Two machines record one submission, and both are to send it to EvalAI: one does."""

from __future__ import annotations

import pytest
from fakes.documents import merged_lines
from fakes.evalai_model import PLACE, VirtualClock
from msgspec.structs import replace
from test_publishing_recorder import TEXT, House, house, sees

from console.errors import Forbidden
from console.operations.ports.evalai import RemoteOutcome, RemoteStatus
from console.operations.ports.object_place import PlaceWriter
from console.operations.ports.publications import PublicationStage
from console.operations.publishing.sole_sender import SoleSender

__all__ = ["house"]


def as_machine(house: House, word: str, who: str) -> House:
    """The same house as another machine's: its own ledger, and its own name."""
    made = House(house.services, house.cluster, house.folder / word)
    made.clock, made.services, made.there = house.clock, house.services, house.there
    made.sole = SoleSender(made.services, lambda: PlaceWriter(word, who))
    return made


@pytest.fixture
async def machines(house: House) -> tuple[House, House]:
    return as_machine(house, "a", "alice@laptop"), as_machine(house, "b", "bob@desk")


async def test_of_two_machines_one_sends_and_the_other_says_who(house, machines, pod_of) -> None:
    alice, bob = machines
    async with alice.recorder():
        house.drives(0)
        await sees(lambda: house.shown[0] is RemoteStatus.PARTIALLY_EVALUATED)
        async with bob.recorder():
            house.drives(1)
            await sees(lambda: "- Completed 2 out of the 20 routes" in house.shown[1])
            await sees(lambda: bob.ledger.read(PLACE) and bob.ledger.read(PLACE).words)
            assert bob.ledger.read(PLACE).words.startswith(
                "alice@laptop sends it, and has the right until 2026-11-22 12:"
            )
            house.drives(*range(2, 20))
            house.tells(*merged_lines(TEXT, 100))
            await house.ends(pod_of("Succeeded", logcopy=("ended", 0)), "Complete")
            await sees(lambda: alice.stage() is PublicationStage.PUBLISHED)
            await sees(lambda: bob.stage() is PublicationStage.PUBLISHED)
    assert house.outcomes.count(RemoteOutcome.FINISHED) == 1
    known = bob.ledger.read(PLACE)
    assert (known.words, known.final) == ("Sent by alice@laptop.", RemoteOutcome.FINISHED)
    assert bob.ledger.read(PLACE).taken is None


async def test_a_machine_that_is_off_loses_the_right_to_send_by_time(house) -> None:
    clock = VirtualClock()
    services = replace(house.services, clock=clock)
    alice, bob = (SoleSender(services, lambda each=each: PlaceWriter(each, each)) for each in "ab")
    job = services.recording_of(await house.cluster.job("races", "demo"))
    for _ in range(3):
        assert await alice.another(job) is None
        assert (await bob.another(job)).writer.who == "a"
        clock.pass_by(30 * 60)
    clock.pass_by(16 * 60)
    assert await bob.another(job) is None
    assert (await alice.another(job)).writer.who == "b"


async def test_what_was_given_back_is_free_at_once_and_what_is_over_only_by_hand(house) -> None:
    alice, bob = (
        SoleSender(house.services, lambda each=each: PlaceWriter(each, each)) for each in "ab"
    )
    job = house.services.recording_of(await house.cluster.job("races", "demo"))
    assert await alice.another(job) is None
    await alice.give_back(job, over=False)
    assert await bob.another(job) is None
    await bob.give_back(job, over=True)
    assert (await alice.another(job)).over
    assert await alice.another(job, asked=True) is None


async def test_a_login_that_may_not_change_the_job_sends_all_the_same_and_says_so(
    house, machines, monkeypatch, caplog
) -> None:
    async def refused(*_: object) -> None:
        raise Forbidden("It may not patch jobs.")

    monkeypatch.setattr(house.cluster, "patch_job", refused)
    async with machines[0].recorder():
        house.drives(0)
        await sees(lambda: house.shown[0] is RemoteStatus.PARTIALLY_EVALUATED)
        house.drives(1)
        await sees(lambda: "- Completed 2 out of the 20 routes" in house.shown[1])
    told = "Another machine may send results to EvalAI too: It may not patch jobs."
    assert caplog.text.count(told) == 1


async def test_of_two_that_claim_a_job_at_once_the_cluster_says_who_was_first(
    house, machines, monkeypatch
) -> None:
    facts, patch = await house.cluster.job("races", "demo"), house.cluster.patch_job
    job = house.services.recording_of(facts)

    async def overtaken(*asked: object) -> object:
        monkeypatch.setattr(house.cluster, "patch_job", patch)
        assert await machines[1].sole.another(job) is None
        return await patch(*asked)

    monkeypatch.setattr(house.cluster, "patch_job", overtaken)
    claim = await machines[0].sole.another(job)
    assert claim is not None
    assert claim.writer.who == "bob@desk"
