"""A bucket of a real S3 server as the place of published files, with answers that are spoiled.

What needs that server, which is a program to be built, is slow; what fails before it is asked is not.
"""

from __future__ import annotations

import boto3
import pytest
from bucket_bench import bucket, few, login, place, proxy, put, server, silent, tree
from fakes.s3_server import Spoiler
from msgspec.structs import replace

from console.operations.ports.object_place import PlaceFailed, measured
from console.operations.storing.bringing import FileChange, bring
from console.operations.storing.tree import Tree
from console.publish.bucket_place import BucketPlace

__all__ = ["bucket", "few", "login", "place", "proxy", "server", "tree"]


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
def test_more_than_was_asked_for_is_not_read(place: BucketPlace) -> None:
    put(place, "7/console/job.json", b"x" * 100)
    with pytest.raises(PlaceFailed, match="cannot be read"):
        place.read("7/console/job.json", 10)
