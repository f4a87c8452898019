"""A bucket of a real S3 server behind answers that are spoiled, a tree to bring there, and a login."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from fakes.demo_recording import DEMO, unpacked
from fakes.s3_server import Spoiler, s3_server, spoiled
from msgspec.structs import replace

from console.errors import ConsoleError
from console.operations.ports.object_place import measured
from console.operations.storing.bringing import Step
from console.operations.storing.tree import Tree, tree_of
from console.publish.bucket_place import BucketPlace

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
