"""Two machines record one submission, and both are to send it to EvalAI: one does."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from fakes.documents import merged_lines
from fakes.evalai_model import BEGIN, PLACE, VirtualClock
from msgspec.structs import replace
from publishing_house import TEXT, House, house, sees

from console.errors import ClusterUnreachable, Forbidden, NotFound
from console.operations.ports.cluster import Kind
from console.operations.ports.evalai import RemoteOutcome, RemoteStatus
from console.operations.ports.object_place import PlaceWriter
from console.operations.ports.publications import Publication, PublicationStage
from console.operations.publishing.next_step import StandingHere
from console.operations.publishing.publication_changes import begun
from console.operations.publishing.publisher import Publisher
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


async def both(house: House) -> tuple[VirtualClock, SoleSender, SoleSender]:
    clock = VirtualClock()
    services = replace(house.services, clock=clock)
    alice, bob = (SoleSender(services, lambda each=each: PlaceWriter(each, each)) for each in "ab")
    return clock, alice, bob


@pytest.mark.parametrize("error", [NotFound("It is gone."), Forbidden("It may not be read.")])
async def test_who_was_seen_to_send_keeps_the_right_though_the_job_is_gone(
    house, monkeypatch, error
) -> None:
    clock, alice, bob = await both(house)
    job = house.services.recording_of(await house.cluster.job("races", "demo"))
    assert await alice.another(job) is None
    assert (await bob.another(job)).writer.who == "a"

    async def gone(*_: object) -> None:
        raise error

    monkeypatch.setattr(house.cluster, "read", gone)
    assert (await bob.another(job, final=True)).writer.who == "a", "its final may be on its way"
    clock.pass_by(46 * 60)
    assert await bob.another(job, final=True) is None


async def test_while_the_cluster_does_not_answer_a_recorder_waits_and_a_person_does_not(
    house, machines, monkeypatch
) -> None:
    job = house.services.recording_of(await house.cluster.job("races", "demo"))
    read, alice = house.cluster.read, machines[0]

    async def silent(*_: object) -> None:
        raise ClusterUnreachable("The cluster does not answer.")

    monkeypatch.setattr(house.cluster, "read", silent)
    with pytest.raises(ClusterUnreachable):
        await alice.sole.another(job)
    assert await alice.sole.another(job, asked=True) is None
    async with alice.recorder():
        house.drives(0)
        await sees(lambda: alice.ledger.read(PLACE) and alice.ledger.read(PLACE).words)
        words = "Whether another machine sends it cannot be told: The cluster does not answer."
        assert alice.ledger.read(PLACE).words == words
        assert house.outcomes == []
        monkeypatch.setattr(house.cluster, "read", read)
        await sees(lambda: house.shown[0] is RemoteStatus.PARTIALLY_EVALUATED)


async def test_before_a_final_result_the_job_is_asked_though_the_claim_is_young(house) -> None:
    """A machine whose clock is hours ahead takes what is not due."""
    clock, alice, _ = await both(house)
    ahead = replace(house.services, clock=lambda: clock() + timedelta(hours=2))
    bob = SoleSender(ahead, lambda: PlaceWriter("b", "b"))
    job = house.services.recording_of(await house.cluster.job("races", "demo"))
    assert await alice.another(job) is None
    before = (await house.cluster.read(Kind.JOB, "races", "demo"))["metadata"]
    assert await alice.another(job, final=True) is None
    after = (await house.cluster.read(Kind.JOB, "races", "demo"))["metadata"]
    assert after == before, "nothing is renewed that is young"
    assert await bob.another(job) is None
    assert await alice.another(job) is None
    assert (await alice.another(job, final=True)).writer.who == "b"


async def test_what_another_has_ended_is_asked_of_evalai_where_nobody_here_knows_how(
    house, machines, pod_of
) -> None:
    job = house.services.recording_of(await house.cluster.job("races", "demo"))
    alice, bob = machines
    assert await alice.sole.another(job) is None
    await alice.sole.give_back(job, over=True)
    known = Publication(PLACE, job, BEGIN, BEGIN)
    unsure = SimpleNamespace(standing=StandingHere(unknown="nobody has heard how it ended"))
    publisher = Publisher(bob.services, None, bob.ledger, bob.sole)
    assert not await publisher._left_to_another(known, unsure)
    ended = SimpleNamespace(standing=StandingHere(ended=RemoteOutcome.FAILED))
    assert await publisher._left_to_another(known, ended)


async def test_a_recorder_that_ends_gives_the_right_back_but_for_what_may_be_on_its_way(
    house, machines
) -> None:
    alice, bob = machines
    job = house.services.recording_of(await house.cluster.job("races", "demo"))
    async with alice.recorder():
        house.drives(0)
        await sees(lambda: house.shown[0] is RemoteStatus.PARTIALLY_EVALUATED)
        await sees(lambda: alice.ledger.read(PLACE).begun is None)
        assert (await bob.sole.another(job)).writer.who == "alice@laptop"
    assert await bob.sole.another(job) is None
    await bob.sole.give_back(job, over=False)
    async with alice.recorder():
        house.drives(1)
        await sees(lambda: "- Completed 2 out of the 20 routes" in house.shown[1])
        await sees(lambda: alice.ledger.read(PLACE).begun is None)
        known = begun(alice.ledger.read(PLACE), RemoteOutcome.PARTIALLY_EVALUATED, "d", BEGIN)
        alice.ledger.put(known)
    assert (await bob.sole.another(job)).writer.who == "alice@laptop"
