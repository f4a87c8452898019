"""A bucket of a real S3 server as the place of published files, with answers that are spoiled.

What needs that server, which is a program to be built, is slow; what fails before it is asked is not.
"""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import boto3
import pytest
from fakes.demo_recording import DEMO, unpacked
from fakes.s3_server import CUT, LATE, LOST, TWICE, Spoiler, s3_server, spoiled
from msgspec.structs import replace

from console.errors import Conflict, ConsoleError, Forbidden, NotFound
from console.operations.ports.object_place import (
    Blocks,
    Measure,
    PlaceFailed,
    PlaceWriter,
    measured,
)
from console.operations.storing import folder_owner
from console.operations.storing.bringing import FileChange, Step, bring
from console.operations.storing.folder_owner import FolderOwner
from console.operations.storing.held_claims import HeldClaim
from console.operations.storing.tree import Tree, tree_of
from console.operations.storing.writer_claims import Bringing, WriterTaken
from console.publish import bucket_place
from console.publish.bucket_place import BucketPlace
from console.specs.publishing_annotations import EVALAI_ANNOTATION

SECRET = "wJalrXUtnFEMIsecretEXAMPLEKEY"
KEY = "AKIAEXAMPLEEXAMPLE"
NOBODY = "http://127.0.0.1:1"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with s3_server() as address:
        yield address


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    return tree_of(unpacked(tmp_path_factory.mktemp("finished")), DEMO)


@pytest.fixture(scope="module")
def few(tree: Tree) -> Tree:
    """The same of four files, one of each kind."""
    keys = ("console/job.json", "agent/agent_results.json", "evalai/stdout.txt")
    last = "containers-status/logcopy.done"
    return replace(tree, files={key: tree.files[key] for key in (*keys, last)})


@pytest.fixture(autouse=True)
def login(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Of the environment alone; what the machine or its user has is not asked."""
    for name, said in {
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": str(tmp_path / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"),
    }.items():
        monkeypatch.setenv(name, said)
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    # A server that is busy is given time; what is asked of it is the same without.
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0)


@pytest.fixture
def bucket(request: pytest.FixtureRequest, server: str) -> str:
    """One of its own for each test."""
    name = f"b-{abs(hash(request.node.nodeid)) % 10**9}"
    boto3.client("s3", endpoint_url=f"http://{server}", region_name="us-east-1").create_bucket(
        Bucket=name
    )
    return name


@pytest.fixture
def proxy(server: str) -> Iterator[Spoiler]:
    with spoiled(server) as spoiler:
        yield spoiler


@pytest.fixture
def place(bucket: str, proxy: Spoiler) -> BucketPlace:
    return BucketPlace(bucket, "board/2026", proxy.address)


def put(place: BucketPlace, key: str, content: bytes) -> None:
    place.put(key, lambda: iter([content]), measured(lambda: iter([content])))


def silent(step: Step) -> None:
    """Nobody is told."""


def told(error: ConsoleError) -> str:
    assert SECRET not in str(error)
    assert KEY not in str(error)
    return str(error)


@pytest.mark.slow
def test_what_was_put_is_listed_by_its_key_and_read_back(place: BucketPlace) -> None:
    put(place, "7/agent/agent_results.json", b"{}")
    put(place, "7/containers-status/agent-1.done", b"")
    put(place, "70/other", b"x")
    assert {key: each.size for key, each in place.listed("7").items()} == {
        "7/agent/agent_results.json": 2,
        "7/containers-status/agent-1.done": 0,
    }
    assert place.read("7/agent/agent_results.json", 10) == b"{}"
    assert place.read("7/console/job.json", 10) is None
    place.remove("7/containers-status/agent-1.done")
    assert set(place.listed("7")) == {"7/agent/agent_results.json"}


@pytest.mark.slow
def test_a_tree_is_published_whole_and_the_second_time_only_listed(
    place: BucketPlace, tree: Tree, proxy: Spoiler
) -> None:
    assert {step.change for step in bring(place, tree, silent)} == {FileChange.NEW}
    for key, content in tree.files.items():
        assert place.read(f"1/{key}", 1 << 24) == b"".join(content())
    proxy.asked.clear()
    assert {step.change for step in bring(place, tree, silent)} == {FileChange.SAME}
    assert [each.split("?")[0].split()[0] for each in proxy.asked] == ["GET", "GET"]


@pytest.mark.slow
def test_a_file_in_parts_appears_as_one(bucket: str, proxy: Spoiler) -> None:
    place = BucketPlace(bucket, "", proxy.address, part=5 * 1024 * 1024)
    content = bytes(range(256)) * 50_000
    put(place, "7/agent/agent1/leaderboard.log", content)
    assert len([each for each in proxy.asked if "partNumber" in each]) == 3
    assert place.read("7/agent/agent1/leaderboard.log", len(content)) == content


@pytest.mark.slow
def test_a_file_whose_tag_is_none_of_its_content_is_known_again(place: BucketPlace) -> None:
    """Amazon's tag of one in parts, or of one that is encrypted by a key, is no checksum."""
    put(place, "7/a", b"one")
    tagged = replace(place.listed("7")["7/a"], tag="0" * 32 + "-3")
    assert place.same(tagged, measured(lambda: iter([b"one"])))
    assert not place.same(tagged, measured(lambda: iter([b"two"])))


@pytest.mark.slow
def test_parts_that_a_killed_console_has_sent_are_given_up(
    bucket: str, proxy: Spoiler, server: str
) -> None:
    client = boto3.client("s3", endpoint_url=f"http://{server}", region_name="us-east-1")
    left = client.create_multipart_upload(Bucket=bucket, Key="7/log")["UploadId"]
    client.upload_part(Bucket=bucket, Key="7/log", UploadId=left, PartNumber=1, Body=b"half")
    place = BucketPlace(bucket, "", proxy.address, part=5 * 1024 * 1024)
    assert place.listed("7") == {}, "what is half is not there"
    put(place, "7/log", b"x" * (6 * 1024 * 1024))
    assert not client.list_multipart_uploads(Bucket=bucket).get("Uploads")


@pytest.mark.slow
def test_what_arrives_as_something_else_is_refused(place: BucketPlace) -> None:
    """A content that is no longer what was measured: the server holds it against its checksum."""
    with pytest.raises(PlaceFailed, match="cannot be written"):
        place.put("7/a", lambda: iter([b"two"]), measured(lambda: iter([b"one"])))
    assert place.listed("7") == {}


@pytest.mark.slow
def test_a_disk_here_that_is_full_is_told_from_a_server_that_fails(
    place: BucketPlace, proxy: Spoiler
) -> None:
    def full() -> Iterator[bytes]:
        yield b"one"
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(PlaceFailed, match="cannot be written") as failed:
        place.put("7/a", full, measured(lambda: iter([b"one"])))
    assert (
        failed.value.why == "What is sent passes a disk of this machine: No space left on device."
    )
    assert proxy.asked == []


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["500", "503", CUT, LOST, TWICE])
@pytest.mark.parametrize("request_", ["GET", "PUT"])
def test_a_fault_that_passes_is_not_noticed(
    place: BucketPlace, few: Tree, proxy: Spoiler, fault: str, request_: str
) -> None:
    proxy.faults += [(request_, fault)] * 2
    bring(place, few, silent)
    assert not proxy.faults
    assert {key: each.size for key, each in place.listed("1").items()} == {
        f"1/{key}": measured(content).size for key, content in few.files.items()
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ("503", "The server answers 503 SlowDown."),
        ("500", "The server answers 500 InternalError."),
        (CUT, "cut"),
        (LOST, "cut"),
    ],
)
def test_a_server_that_stays_so_is_given_up_with_its_reason_and_what_to_do(
    place: BucketPlace, few: Tree, proxy: Spoiler, fault: str, why: str
) -> None:
    proxy.forever = fault
    with pytest.raises(PlaceFailed) as failed:
        bring(place, few, silent)
    assert why in told(failed.value)
    assert "publish again to go on" in failed.value.fix
    assert len(proxy.asked) <= bucket_place.ATTEMPTS * 3


@pytest.mark.slow
def test_a_server_that_does_not_answer_is_not_waited_for_without_end(
    place: BucketPlace, few: Tree, proxy: Spoiler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bucket_place, "READ_SECONDS", 0.05)
    proxy.forever = LATE
    with pytest.raises(PlaceFailed) as failed:
        bring(place, few, silent)
    assert "did not come in time" in told(failed.value)
    assert len(proxy.asked) == bucket_place.ATTEMPTS


def test_nobody_at_that_address_is_said() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(PlaceFailed) as failed:
            BucketPlace("board", "", address).listed("7")
    assert "Nobody answers at its address." in told(failed.value)


@pytest.mark.slow
def test_who_may_not_write_is_told_which_rights_it_takes_and_is_not_tried_again(
    place: BucketPlace, few: Tree, proxy: Spoiler
) -> None:
    proxy.faults += [("PUT", "403")]
    with pytest.raises(Forbidden) as refused:
        bring(place, few, silent)
    assert "403 AccessDenied" in told(refused.value)
    assert "s3:PutObject" in refused.value.fix
    assert len([each for each in proxy.asked if each.startswith("PUT")]) == 1


@pytest.mark.slow
def test_a_bucket_that_is_not_there_is_not_made(proxy: Spoiler, few: Tree) -> None:
    place = BucketPlace("nobodys-bucket", "", proxy.address)
    with pytest.raises(NotFound, match="There is no bucket for s3://nobodys-bucket") as missing:
        bring(place, few, silent)
    assert "--endpoint" in told(missing.value)
    assert not [each for each in proxy.asked if each.startswith("PUT")]


def test_without_a_login_it_is_said_where_one_was_looked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(Forbidden, match="There is no login") as refused:
        BucketPlace("board", "2026", NOBODY).listed("7")
    assert "~/.aws" in refused.value.why


def test_a_login_that_its_owner_has_renewed_is_found_by_the_same_console(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A recorder lives for weeks, a login for hours."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    place = BucketPlace("board", "2026", NOBODY)
    with pytest.raises(Forbidden, match="There is no login"):
        place.listed("7")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    with pytest.raises(PlaceFailed, match="cannot be listed"):
        place.listed("7")


@pytest.mark.slow
def test_a_login_that_has_expired_is_read_anew_by_the_next_request(
    place: BucketPlace, proxy: Spoiler, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy.faults += [("GET", "400")]
    with pytest.raises(Forbidden, match="has expired") as refused:
        place.listed("7")
    assert "aws sso login" in refused.value.fix
    renewed = "AKIARENEWEDRENEWED"
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", renewed)
    place.listed("7")
    assert renewed in proxy.logins[-1]


@pytest.mark.slow
def test_a_machine_that_keeps_silent_on_its_login_does_not_hold_anybody(
    place: BucketPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The instance's own answer (IMDS) is waited for as long as AWS's client does: seconds."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_EC2_METADATA_DISABLED")
    with socket.create_server(("127.0.0.1", 0)) as silent_server:
        address = f"http://127.0.0.1:{silent_server.getsockname()[1]}"
        monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", address)
        with pytest.raises(Forbidden, match="There is no login"):
            place.listed("7")


def test_a_profile_that_is_not_there_is_no_login(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobodys")
    with pytest.raises(Forbidden, match="There is no login"):
        BucketPlace("board", "2026", NOBODY).listed("7")


@pytest.mark.slow
def test_the_login_of_a_profile_and_its_endpoint_are_taken_from_where_aws_keeps_them(
    bucket: str, proxy: Spoiler, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_PROFILE", "lab")
    (tmp_path / "credentials").write_text(
        f"[lab]\naws_access_key_id = {KEY}\naws_secret_access_key = {SECRET}\n"
    )
    (tmp_path / "config").write_text(
        f"[profile lab]\nendpoint_url = {proxy.address}\ns3 =\n  addressing_style = path\n"
    )
    put(BucketPlace(bucket, "x"), "7/a", b"1")
    assert proxy.asked == [f"PUT /{bucket}/x/7/a"]


@pytest.mark.slow
def test_killed_between_any_two_steps_it_goes_on_and_nothing_is_torn(
    place: BucketPlace, few: Tree
) -> None:
    for steps in range(len(few.files)):
        few, alive = replace(few, folder=str(steps)), iter(range(steps))
        with pytest.raises(StopIteration):
            bring(place, few, lambda _, alive=alive: next(alive))
        assert len(place.listed(few.folder)) == steps + 1
        again = bring(place, few, silent)
        assert [step.change for step in again].count(FileChange.SAME) == steps + 1
        assert len(place.listed(few.folder)) == len(few.files)


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
@pytest.mark.parametrize("fault", [None, "503"])
def test_a_content_is_replaced_only_where_it_is_still_the_one_that_was_read(
    place: BucketPlace, proxy: Spoiler, fault: str | None
) -> None:
    put(place, "1/claim", b"mine")
    new = (lambda: iter([b"new"]), measured(lambda: iter([b"new"])))
    assert not place.put_over("1/claim", *new, b"another")
    assert not place.put_over("1/none", *new, b"mine")
    proxy.faults += [("PUT", fault)] if fault else []
    assert place.put_over("1/claim", *new, b"mine")
    assert place.read("1/claim", 10) == b"new"


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
def test_more_than_was_asked_for_is_not_read(place: BucketPlace) -> None:
    put(place, "7/console/job.json", b"x" * 100)
    with pytest.raises(PlaceFailed, match="cannot be read"):
        place.read("7/console/job.json", 10)


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
