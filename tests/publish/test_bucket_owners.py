"""Whose a folder of a bucket is: of the submission that began it, and of one writer at a time."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from bucket_bench import bucket, few, login, place, proxy, put, server, silent, tree
from fakes.s3_server import LOST, TWICE, Spoiler
from msgspec.structs import replace

from console.errors import Conflict, ConsoleError
from console.operations.ports.object_place import Blocks, Measure, PlaceWriter
from console.operations.storing import folder_owner
from console.operations.storing.bringing import FileChange, bring
from console.operations.storing.folder_owner import FolderOwner
from console.operations.storing.held_claims import HeldClaim
from console.operations.storing.tree import Tree
from console.operations.storing.writer_claims import Bringing, WriterTaken
from console.publish.bucket_place import BucketPlace
from console.specs.publishing_annotations import EVALAI_ANNOTATION

__all__ = ["bucket", "few", "login", "place", "proxy", "server", "tree"]


@pytest.mark.slow
def test_another_submission_keeps_its_folder(place: BucketPlace, few: Tree) -> None:
    put(place, "1/console/job.json", b'{"version": 1, "name": "raven", "uid": "u", "manifest": {}}')
    with pytest.raises(Conflict, match=r"s3://b-\d+/board/2026/1 holds another submission: raven"):
        bring(place, few, silent)
    assert set(place.listed("1")) == {"1/console/job.json"}


@pytest.mark.slow
def test_of_two_that_begin_a_folder_at_once_one_has_it(
    place: BucketPlace, bucket: str, proxy: Spoiler, few: Tree
) -> None:
    """The other one has looked before, and found nobody."""
    other = replace(few, whose=replace(few.whose, name="owl", uid="another"))

    class Late(BucketPlace):
        def put_new(self, key: str, blocks: Blocks, measure: Measure) -> bool:
            bring(place, few, silent)  # the one that was quicker
            return super().put_new(key, blocks, measure)

    late = Late(bucket, "board/2026", proxy.address)
    with pytest.raises(Conflict, match=f"holds another submission: {few.whose.name}"):
        bring(late, other, silent)
    assert {each.change for each in bring(place, few, silent)} == {FileChange.SAME}


@pytest.mark.slow
def test_of_two_machines_one_brings_a_submission_and_the_other_is_told_who(
    place: BucketPlace, bucket: str, proxy: Spoiler, few: Tree
) -> None:
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)

    def claim(of: BucketPlace, word: str, who: str, at: datetime = now) -> HeldClaim:
        by = Bringing(PlaceWriter(word, who), lambda: at)
        return HeldClaim(of, few.folder, by, few.whose.uid)

    mine = claim(place, "a", "alice@laptop")
    bring(place, few, silent, claim=mine)
    assert mine.guarded
    other = BucketPlace(bucket, "board/2026", proxy.address)
    with pytest.raises(WriterTaken, match="alice@laptop brings files to s3://"):
        bring(other, few, silent, claim=claim(other, "b", "bob@desk"))
    later = claim(other, "b", "bob@desk", now + timedelta(hours=1))
    bring(other, few, silent, claim=later)
    with pytest.raises(WriterTaken, match="bob@desk brings files to s3://"):
        bring(place, few, silent, claim=claim(place, "a", "alice@laptop", now + timedelta(hours=1)))


@pytest.mark.slow
def test_a_lost_answer_makes_nobodys_own_claim_anothers(
    place: BucketPlace, proxy: Spoiler, few: Tree
) -> None:
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    by = Bringing(PlaceWriter("a", "alice@laptop"), lambda: now)
    claim = HeldClaim(place, few.folder, by, few.whose.uid)
    proxy.faults.append(("PUT", LOST))
    claim.take()
    claim.take()


@pytest.mark.slow
def test_an_answer_that_was_lost_does_not_make_its_own_folder_anothers(
    place: BucketPlace, proxy: Spoiler, few: Tree
) -> None:
    proxy.faults.append(("PUT", LOST))
    assert {each.change for each in bring(place, few, silent)} == {FileChange.NEW}


@pytest.mark.slow
def test_a_later_run_of_an_evalai_number_has_the_folder_whatever_the_server_does(
    place: BucketPlace, proxy: Spoiler, few: Tree
) -> None:
    def run(uid: str, day: int) -> Tree:
        meta = {
            "creationTimestamp": f"2026-11-{day}T10:00:00Z",
            "annotations": {EVALAI_ANNOTATION: "https://eval.ai 1/2/3"},
        }
        owner = FolderOwner("submission-3", uid, {"metadata": meta})
        text = folder_owner.as_text(owner).encode()
        own = {folder_owner.KEY: lambda: iter((text,))}
        return replace(few, whose=owner, files={**few.files, **own})

    bring(place, run("aaaaaaaa-1", 22), lambda _: None)
    before = {key: each.size for key, each in place.listed("1").items()}
    chance = Random(5)
    proxy.chance = lambda _: chance.choice(("", "", LOST, TWICE, "503"))
    for _ in range(20):
        with suppress(ConsoleError):
            bring(place, run("bbbbbbbb-2", 23), lambda _: None)
    proxy.chance = lambda _: ""
    bring(place, run("bbbbbbbb-2", 23), lambda _: None)
    kept = {key: each.size for key, each in place.listed("1-aaaaaaaa").items()}
    assert kept == {f"1-aaaaaaaa{key.removeprefix('1')}": size for key, size in before.items()}
    assert b"bbbbbbbb-2" in (place.read("1/console/job.json", 10**6) or b"")
    assert b"aaaaaaaa-1" in (place.read("1-aaaaaaaa/console/job.json", 10**6) or b"")
