"""A recorder that brings a submission to a bucket and tells a table of it, killed again and again.

The process, the cluster, the S3 server and the DynamoDB server are real; between them requests fail
in each way that a network knows.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import signal
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import boto3
import pytest
from fakes.dynamo_server import TABLE, dynamo_server, make_table, row
from fakes.embedded import Embedded, embedded_cluster
from fakes.s3_server import CUT, LOST, SLOW, TWICE, Done, Spoiler, s3_server, spoiled

from console import paths, wiring
from console.operations.ports.deliveries import Delivery, DeliveryKind, DeliveryStage
from console.operations.ports.evalai import RemoteOutcome
from console.operations.services import Services
from console.operations.storing.tree import tree_of
from console.recorder.recorder import Recorder
from tests.contract.test_recorder_outlives import SET, Console

SECRET, KEY = "wJalrXUtnFEMIsecretEXAMPLEKEY", "AKIAEXAMPLEEXAMPLE"
BUCKET, PREFIX = "submissions", "2026"
LAST = f"PUT /{BUCKET}/{PREFIX}/1/containers-status/logcopy.done"
KILLS = int(os.environ.get("KILLS", "10"))
FAULTS = (SLOW, CUT, LOST, TWICE, "503", "500")
SETTINGS = """\
storage: {{to: "s3://{bucket}/{prefix}", endpoint: "{s3}"}}
dynamodb: {{table: {table}}}
"""


class Beyond:
    """The two servers, and what becomes of who asks them."""

    def __init__(self, s3: Spoiler, table: Spoiler, server: str, dynamo: str) -> None:
        self.s3, self.table, self.server, self.dynamo = s3, table, server, dynamo
        self.chance = Random(os.environ.get("KILLS_SEED", "7"))
        self.kills, self._left = 0, 0
        self._pid: int | None = None
        for each in (s3, table):
            each.heard = self._heard
            each.chance = self._fault

    def kill_at(self, pid: int, moments: int) -> None:
        """That process, when so many moments have passed of those between two steps."""
        self._left, self._pid = moments, pid

    @property
    def killed(self) -> bool:
        return self._pid is None

    def _heard(self, _: str) -> None:
        self._left -= 1
        if self._left <= 0 and (pid := self._pid) is not None:
            self._pid = None
            os.kill(pid, signal.SIGKILL)
            self.kills += 1

    def _fault(self, _: str) -> str:
        return self.chance.choice(FAULTS) if self.chance.random() < 0.2 else ""

    def bucket(self) -> dict[str, bytes]:
        client = boto3.client("s3", endpoint_url=f"http://{self.server}", region_name="us-east-1")
        keys = [each["Key"] for each in client.list_objects_v2(Bucket=BUCKET)["Contents"]]
        return {key: client.get_object(Bucket=BUCKET, Key=key)["Body"].read() for key in keys}


@pytest.fixture
def beyond(monkeypatch: pytest.MonkeyPatch) -> Iterator[Beyond]:
    login = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_REGION": "us-east-1"}
    for name, said in (login | {"AWS_EC2_METADATA_DISABLED": "true"}).items():
        monkeypatch.setenv(name, said)
    with s3_server() as server, dynamo_server() as dynamo:
        client = boto3.client("s3", endpoint_url=f"http://{server}", region_name="us-east-1")
        client.create_bucket(Bucket=BUCKET)
        make_table(dynamo)
        with spoiled(server) as s3, spoiled(dynamo) as table:
            monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", table.address)
            file = paths.settings() / "publishing.yaml"
            file.parent.mkdir(parents=True, exist_ok=True)
            place = {"bucket": BUCKET, "prefix": PREFIX, "s3": s3.address, "table": TABLE}
            file.write_text(SETTINGS.format(**place))
            yield Beyond(s3, table, server, dynamo)


@pytest.fixture
async def embedded(tmp_path: Path) -> AsyncIterator[Embedded]:
    async with embedded_cluster(tmp_path / "cluster") as found:
        yield found
        for state in await asyncio.to_thread(wiring.recorders):
            with contextlib.suppress(ProcessLookupError):
                os.kill(state.pid, signal.SIGKILL)


def known() -> dict[DeliveryKind, Delivery]:
    return {each.kind: each for each in wiring.deliveries().all()}


async def closed(seconds: float) -> bool:
    """Whether both are done with in that time."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while True:
                found = known()
                if len(found) == len(DeliveryKind) and all(e.closed for e in found.values()):
                    return True
                await asyncio.sleep(0.05)
    return False


async def some_life(console: Console, beyond: Beyond) -> None:
    """A recorder from its begin to a kill, or until it has nothing left to do."""
    code, _, told = await console.run("record", "start")
    assert code == 0, told
    for state in await asyncio.to_thread(wiring.recorders):
        beyond.kill_at(state.pid, beyond.chance.choice((1, 2, 3, 5, 6, 7, 8, 9)))
    while not (beyond.killed or await closed(0.5)):
        pass


@pytest.mark.slow
async def test_killed_between_any_two_steps_each_place_has_all_of_it_once(
    embedded: Embedded, beyond: Beyond
) -> None:
    console = Console(embedded.kubeconfig)
    code, _, told = await console.run("launch", *SET, "--set", "submission.name=demo")
    assert code == 0, told
    await killed_again_and_again(console, beyond)

    print(f"{beyond.kills} kills, {len(beyond.s3.asked)} requests of the bucket")
    assert beyond.kills >= KILLS // 2, "it was killed before its end"
    files, table = known()[DeliveryKind.FILES], known()[DeliveryKind.TABLE]
    assert [each.stage for each in (files, table)] == [DeliveryStage.PUBLISHED] * 2
    assert [each.outcome for each in (files, table)] == [RemoteOutcome.FINISHED] * 2
    wanted = upstreams_tree(embedded, files)
    all_of_it_is_there(beyond, wanted)
    nothing_was_sent_twice(beyond)
    written = [each.read_bytes() for each in paths.state().rglob("*") if each.is_file()]
    for secret in (SECRET.encode(), KEY.encode()):
        assert not [each for each in (*written, *wanted.values()) if secret in each]


async def killed_again_and_again(console: Console, beyond: Beyond) -> None:
    """And then a last recorder that nobody kills, to its end."""
    async with asyncio.timeout(60 + 15 * KILLS):
        while beyond.kills < KILLS and not await closed(0):
            await some_life(console, beyond)
    for each in (beyond.s3, beyond.table):
        each.heard = lambda _: None
    assert (await console.run("record", "start"))[0] == 0
    assert await closed(180), known()


def upstreams_tree(embedded: Embedded, files: Delivery) -> dict[str, bytes]:
    """What the bucket is to hold of that submission, by its keys."""
    recordings = Recorder(paths.state() / "recordings")
    looks = Services(embedded.cluster, recordings, lambda: datetime.now(UTC))
    tree = tree_of(looks, files.recording)
    return {f"{PREFIX}/1/{key}": b"".join(content()) for key, content in tree.files.items()}


def all_of_it_is_there(beyond: Beyond, wanted: dict[str, bytes]) -> None:
    there = beyond.bucket()
    assert b'"over":true' in there.pop(f"{PREFIX}/1/console/writer.json")
    assert there == wanted, "upstream's tree, to the byte"
    told_row = row(beyond.dynamo, "1", "1")
    assert (told_row["submission_status"], told_row["results"]) == (
        *("FINISHED", f"s3://{BUCKET}/{PREFIX}/1"),
    )
    assert "driving_score" in told_row


def nothing_was_sent_twice(beyond: Beyond) -> None:
    sent = [each for each in beyond.s3.done if each.request.startswith("PUT")]
    puts = [each for each in sent if CLAIM not in each.request]
    assert puts[-1].request.startswith(LAST)
    assert needless(puts) == []
    ends = [each for each in beyond.table.done if b"FINISHED" in each.body]
    assert len({each.body for each in ends}) == 1, "what is told again is the same"


CLAIM = "/console/writer.json"
"""Taken twice on purpose: a server that lets it keeps no two writers apart."""


def needless(puts: list[Done]) -> list[str]:
    """What was sent again as it was there already: the place is asked before."""
    there: dict[str, str] = {}
    again = []
    for each in puts:
        key, content = each.request.split("?")[0], hashlib.sha256(each.body).hexdigest()
        if there.get(key) == content:
            again.append(key)
        # A client that has lost the answer of a request sends it again without asking.
        there[key] = "" if each.fault in (LOST, CUT, TWICE) else content
    return again
