"""What client-go sends to the embedded API as protobuf, and what a Secret says either way."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from api_bench import JOBS, Bench, job_manifest, served

PROTOBUF = "application/vnd.kubernetes.protobuf"


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with served(tmp_path / "logs") as bench:
        yield bench


def field(number: int, content: bytes) -> bytes:
    return bytes((number << 3 | 2, len(content))) + content


def message(kind: str, body: bytes, group: str = "authorization.k8s.io/v1") -> bytes:
    return b"k8s\0" + field(1, field(1, group.encode()) + field(2, kind.encode())) + field(2, body)


async def test_reviews_come_as_protobuf_and_are_allowed(bench: Bench):
    attributes = field(1, b"default") + field(2, b"create") + field(3, b"batch") + field(5, b"jobs")
    body = message("SelfSubjectAccessReview", field(2, field(1, attributes)))
    code, review = await bench.ask(
        "POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", body, media=PROTOBUF
    )
    assert (code, review["status"]["allowed"]) == (201, True)
    assert review["spec"]["resourceAttributes"] == {
        "namespace": "default",
        "verb": "create",
        "group": "batch",
        "resource": "jobs",
    }


async def test_delete_options_come_as_protobuf(bench: Bench):
    await bench.ask("POST", JOBS, job_manifest())
    body = message("DeleteOptions", field(4, b"Foreground") + bytes((1 << 3, 7)), "v1")
    _, left = await bench.ask("DELETE", f"{JOBS}/run-1", body, media=PROTOBUF)
    assert left["metadata"]["finalizers"] == ["foregroundDeletion"]


SECRETS = "/api/v1/namespaces/default/secrets"


async def test_a_secret_comes_as_protobuf_with_each_of_its_values(bench: Bench):
    """As `kubectl create secret generic` sends it."""
    entries = [field(1, key) + field(2, value) for key, value in ((b"a", b"one"), (b"b", b"\xff"))]
    meta = field(1, b"evalai") + field(3, b"default")
    body = field(1, meta) + b"".join(field(2, each) for each in entries) + field(3, b"Opaque")
    code, made = await bench.ask("POST", SECRETS, message("Secret", body, "v1"), media=PROTOBUF)
    assert (code, made["type"], made["data"]) == (201, "Opaque", {"a": "b25l", "b": "/w=="})
    assert made["metadata"]["name"] == "evalai"


async def test_what_a_secret_says_in_text_is_stored_and_shown_as_its_other_values(bench: Bench):
    told = {"metadata": {"name": "s"}, "data": {"a": "b25l"}, "stringData": {"b": "two"}}
    code, made = await bench.ask("POST", SECRETS, told)
    assert (code, made["data"]) == (201, {"a": "b25l", "b": "dHdv"})
    assert "stringData" not in made
    _, changed = await bench.ask("PUT", f"{SECRETS}/s", {**made, "stringData": {"a": "new"}})
    assert changed["data"] == {"a": "bmV3", "b": "dHdv"}
    assert "stringData" not in changed


@pytest.mark.parametrize(
    ("body", "code"),
    [(b"nothing", 400), (b"k8s\0\xff", 400), (b"k8s\0\x0a\x7f", 400), (message("Job", b""), 415)],
)
async def test_protobuf_that_is_torn_or_not_known_is_refused(bench: Bench, body: bytes, code: int):
    assert (await bench.ask("POST", JOBS, body, media=PROTOBUF))[0] == code
