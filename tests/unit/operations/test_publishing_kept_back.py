"""What keeps a result from EvalAI: a setting, a token, a disk; and what comes when it is mended."""

from __future__ import annotations

import asyncio
from datetime import datetime

from fakes.evalai_model import PLACE
from msgspec.structs import replace
from publishing_house import House, house, passes, sees

from console.operations.ports.evalai import EvalAiLogin
from console.operations.ports.publications import Publication, PublicationsFailed
from console.operations.publishing.publisher import Publisher
from console.operations.submitting.launch import launch
from console.operations.watching.unattended import Unattended
from console.publish.ledger import LedgerOnDisk, key_of
from console.specs.publishing_annotations import to_be_published
from console.specs.validation import Judged

__all__ = ["house"]


async def test_while_publishing_is_off_nothing_is_asked_and_nothing_forgotten(house) -> None:
    house.on = False
    async with house.recorder():
        house.drives(0)
        await passes(30)
        assert house.there.requests_made == []
        house.on = True
        await sees(lambda: house.outcomes)


async def test_for_a_challenge_that_its_user_did_not_name_nothing_is_asked(house) -> None:
    house.challenges = frozenset({PLACE.challenge + 1})
    async with house.recorder():
        house.drives(0)
        await passes(120)
        assert (house.there.looks, house.outcomes) == ([], [])
        house.challenges = frozenset({PLACE.challenge})
        await sees(lambda: house.outcomes)


async def test_a_job_without_a_place_is_nobodys_business(
    services, cluster, composed, pod_of, tmp_path
):
    house = House(services, cluster, tmp_path)
    await launch(house.services, Judged(composed).valid)
    cluster.put(pod_of(logcopy=("running", 0)))
    async with house.recorder():
        house.drives(0)
        await passes(30)
    assert house.there.requests_made == []
    assert house.ledger.all() == ()


async def test_a_token_that_is_refused_is_said_and_a_new_one_goes_on(house, monkeypatch) -> None:
    async def refused(number: int) -> None:
        raise EvalAiLogin("401: Given token not valid for any token type")

    asks = house.there.submission
    house.there.submission = refused
    async with house.recorder():
        house.drives(0)
        await sees(lambda: (known := house.ledger.read(PLACE)) and "401" in known.words)
        house.there.submission = asks
        await sees(lambda: house.outcomes)


async def test_a_full_disk_sends_nothing(house, tmp_path, caplog) -> None:
    """What would be sent could be sent again."""
    (tmp_path / "publications").write_text("in the way")
    async with house.recorder():
        house.drives(0)
        await passes(30)
        assert house.outcomes == []
        told = [r.message for r in caplog.records if "cannot be" in r.message]
        assert len(told) == 1
        (tmp_path / "publications").unlink()
        await sees(lambda: house.outcomes)


async def test_a_damaged_file_keeps_back_its_own_submission_only(house, composed, caplog) -> None:
    """Until a person has removed it."""
    damaged = [replace(PLACE, submission=number) for number in (7, 8)]
    files = [house.folder / "publications" / f"{key_of(each)}.json" for each in damaged]
    files[0].parent.mkdir()
    for name, place, file in zip(("a-damaged", "z-damaged"), damaged, files, strict=True):
        file.write_text("{")
        metadata = {**composed.manifest["metadata"], "name": name}
        other = replace(composed, manifest={**composed.manifest, "metadata": metadata})
        await launch(house.services, Judged(to_be_published(other, place)).valid)
    async with house.recorder():
        house.drives(0)
        await sees(lambda: house.outcomes)
        await passes(180)
        told = [r.message for r in caplog.records if r.name.endswith("telling.failing")]
        assert len(told) == 2, "each is said once"
        assert all("cannot be understood" in each for each in told)
        files[0].unlink()
        await sees(lambda: house.ledger.read(damaged[0]))


async def test_what_cannot_be_told_is_said_once_and_tried_each_minute(
    house, monkeypatch, caplog
) -> None:
    tried: list[datetime] = []

    def fails(*known: object, **how: object) -> None:
        tried.append(house.clock.now)
        raise RuntimeError("a mistake of ours")

    with monkeypatch.context() as broken:
        broken.setattr("console.operations.publishing.publisher.recorded_now", fails)
        async with house.recorder():
            house.drives(0)
            await passes(200)
    assert 2 <= len(tried) <= 4
    assert len([r for r in caplog.records if "a mistake of ours" in r.message]) == 1


async def test_a_disk_that_fills_up_asks_evalai_no_more_than_each_minute(house, caplog) -> None:
    class Full(LedgerOnDisk):
        full = False

        def put(self, publication: Publication) -> None:
            if self.full:
                raise PublicationsFailed("What is to be sent to EvalAI cannot be written.")
            super().put(publication)

    ledger = Full(house.folder / "publications")
    publisher = Publisher(house.services, house, ledger)
    following = Unattended(house.services, idle_seconds=900, beside=publisher)
    task = asyncio.create_task(following.run("races"))
    house.drives(0)
    await sees(lambda: house.outcomes)
    ledger.full, before = True, len(house.there.looks)
    await passes(190)
    assert 2 <= len(house.there.looks) - before <= 4
    assert len([r for r in caplog.records if "cannot be written" in r.message]) == 1
    ledger.full = False
    house.drives(1)
    await sees(lambda: len(house.outcomes) == 2)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
