"""The login of a bucket: where it is looked for, and how a renewed one is found."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from bucket_bench import KEY, NOBODY, SECRET, bucket, login, place, proxy, put, server
from fakes.s3_server import Spoiler

from console.errors import Forbidden
from console.operations.ports.object_place import PlaceFailed
from console.publish.bucket_place import BucketPlace

__all__ = ["bucket", "login", "place", "proxy", "server"]


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
