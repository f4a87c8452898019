"""A bucket whose server fails, is silent or refuses: what is tried again, and what is said."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Iterator

import pytest
from bucket_bench import bucket, few, login, place, proxy, server, silent, told, tree
from fakes.s3_server import CUT, LATE, LOST, TWICE, Spoiler

from console.errors import Forbidden, NotFound
from console.operations.ports.object_place import PlaceFailed, measured
from console.operations.storing.bringing import bring
from console.operations.storing.tree import Tree
from console.publish import bucket_place
from console.publish.bucket_place import BucketPlace

__all__ = ["bucket", "few", "login", "place", "proxy", "server", "tree"]


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
