"""pods/log of the embedded API: which run, which lines, and the words of every refusal."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from api_bench import PODS, Bench, recorded, served

from console.localcluster.api.log_query import choose_container

POD = f"{PODS}/pairx-84qnl"
LOG = f"{POD}/log"


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with served(tmp_path / "logs") as bench:
        yield bench


def status_of(
    bench: Bench, container: str, state: dict, last: dict | None = None, restarts: int = 0
) -> None:
    """The recorded pod, with one container's status as given."""
    pod = recorded("pod-running")
    for status in pod["status"]["containerStatuses"]:
        if status["name"] == container:
            status |= {"state": state, "lastState": last or {}, "restartCount": restarts}
    bench.store.create("pods", pod)


def stamped(path: Path, stamps: list[str]) -> None:
    path.write_bytes(
        b"".join(f"2026-11-22T10:21:{stamp}Z line {stamp}\n".encode() for stamp in stamps)
    )


async def text(bench: Bench, query: str) -> bytes:
    async with bench.call("GET", f"{LOG}?{query}") as answer:
        body = await answer.read()
        assert answer.status == 200, body
        assert answer.headers["Content-Type"].startswith("text/plain")
        return body


async def refusal(bench: Bench, query: str, path: str = LOG) -> tuple[int, str]:
    code, status = await bench.ask("GET", f"{path}?{query}")
    return code, status["message"]


async def test_lines_come_without_stamps_and_bytes_pass_untouched(bench: Bench):
    bench.running_pod()
    bench.logs.sink("agent-2", 0).write(b"one\nt\xff\xfew\x1b[31mo\rx\n")
    assert await text(bench, "container=agent-2") == b"one\nt\xff\xfew\x1b[31mo\rx\n"


async def test_stamps_come_on_request_with_nine_decimals(bench: Bench):
    bench.running_pod()
    stamped(bench.logs.sink("agent-2", 0).path, ["01.000000001", "02.500000000"])
    assert await text(bench, "container=agent-2&timestamps=true") == (
        b"2026-11-22T10:21:01.000000001Z line 01.000000001\n2026-11-22T10:21:02.500000000Z line 02.500000000\n"
    )


@pytest.mark.parametrize(
    ("query", "lines"),
    [
        ("tailLines=2", ["03.9", "04.0"]),
        ("tailLines=0", []),
        ("tailLines=99", ["01.5", "02.0", "03.9", "04.0"]),
        ("sinceTime=2026-11-22T10:21:02Z", ["02.0", "03.9", "04.0"]),
        ("sinceTime=2026-11-22T10:21:01.9Z", ["01.5", "02.0", "03.9", "04.0"]),
        ("sinceTime=2026-11-22T11:21:03%2B01:00", ["03.9", "04.0"]),
        ("sinceSeconds=5", []),
        ("sinceTime=2026-11-22T10:21:02Z&tailLines=1", ["04.0"]),
    ],
)
async def test_old_lines_are_left_out_by_whole_seconds_and_by_count(
    bench: Bench, query: str, lines: list[str]
):
    bench.running_pod()
    full = {
        "01.5": "01.500000000",
        "02.0": "02.000000000",
        "03.9": "03.900000000",
        "04.0": "04.000000000",
    }
    stamped(bench.logs.sink("agent-2", 0).path, list(full.values()))
    bench.store.now = lambda: __import__("datetime").datetime(
        2026, 11, 22, 10, 22, tzinfo=__import__("datetime").UTC
    )
    wanted = b"".join(f"line {full[name]}\n".encode() for name in lines)
    assert await text(bench, f"container=agent-2&{query}") == wanted


async def test_a_byte_limit_cuts_inside_a_line(bench: Bench):
    bench.running_pod()
    bench.logs.sink("agent-2", 0).write(b"abcdef\nghijkl\n")
    assert await text(bench, "container=agent-2&limitBytes=10") == b"abcdef\nghi"


async def test_tail_counts_lines_across_large_logs(bench: Bench):
    bench.running_pod()
    sink = bench.logs.sink("agent-2", 0)
    sink.write(b"".join(b"%07d %s\n" % (number, b"x" * 90) for number in range(20_000)))
    body = await text(bench, "container=agent-2&tailLines=15000")
    lines = body.split(b"\n")
    assert (len(lines), lines[0][:7]) == (15_001, b"0005000")


async def test_following_goes_on_until_the_run_ends(bench: Bench):
    bench.running_pod()
    sink = bench.logs.sink("agent-2", 0)
    sink.write(b"first\n")
    async with (
        bench.call("GET", f"{LOG}?container=agent-2&follow=true") as answer,
        asyncio.timeout(5),
    ):
        assert await answer.content.readline() == b"first\n"
        sink.write(b"second\n")
        assert await answer.content.readline() == b"second\n"
        sink.write(b"no newline")
        sink.close()
        assert await answer.content.read() == b"no newline\n"


async def test_following_a_finished_run_replays_it_and_ends(bench: Bench):
    bench.running_pod()
    sink = bench.logs.sink("agent-2", 0)
    sink.write(b"all\n")
    sink.close()
    assert await text(bench, "container=agent-2&follow=true") == b"all\n"


async def test_a_long_line_without_newline_is_followed_piece_by_piece(bench: Bench):
    bench.running_pod()
    sink = bench.logs.sink("agent-2", 0)
    sink.write(b"y" * 20_000)
    async with (
        bench.call("GET", f"{LOG}?container=agent-2&follow=true") as answer,
        asyncio.timeout(5),
    ):
        assert await answer.content.readexactly(16_384) == b"y" * 16_384
        sink.write(b"z\n")
        sink.close()
        assert await answer.content.read() == b"y" * (20_000 - 16_384) + b"z\n"


@pytest.mark.parametrize(
    ("state", "last", "restarts", "current", "previous"),
    [
        ({"running": {}}, {"terminated": {"exitCode": 1}}, 2, 2, 1),
        ({"terminated": {"exitCode": 1}}, {"terminated": {"exitCode": 1}}, 2, 2, 1),
        ({"waiting": {"reason": "CrashLoopBackOff"}}, {"terminated": {"exitCode": 1}}, 2, 2, 2),
    ],
)
async def test_the_status_decides_which_run_is_current_and_which_previous(
    bench: Bench, state: dict, last: dict, restarts: int, current: int, previous: int
):
    status_of(bench, "agent-2", state, last, restarts)
    for run in range(3):
        bench.logs.sink("agent-2", run).write(b"run %d\n" % run)
    assert await text(bench, "container=agent-2") == b"run %d\n" % current
    assert await text(bench, "container=agent-2&previous=true") == b"run %d\n" % previous


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("PodInitializing", "PodInitializing"),
        ("ContainerCreating", "ContainerCreating"),
        ("ImagePullBackOff", "trying and failing to pull image"),
        ("ErrImagePull", "image can't be pulled"),
    ],
)
async def test_a_container_that_has_not_started_says_why(bench: Bench, reason: str, told: str):
    status_of(bench, "agent-2", {"waiting": {"reason": reason}})
    message = f'container "agent-2" in pod "pairx-84qnl" is waiting to start: {told}'
    assert await refusal(bench, "container=agent-2") == (400, message)


async def test_a_run_before_the_first_does_not_exist(bench: Bench):
    bench.running_pod()
    message = 'previous terminated container "agent-2" in pod "pairx-84qnl" not found'
    assert await refusal(bench, "container=agent-2&previous=true") == (400, message)


async def test_the_container_must_be_named_and_be_one_of_the_pod(bench: Bench):
    bench.running_pod()
    assert await refusal(bench, "container=x") == (
        400,
        "container x is not valid for pod pairx-84qnl",
    )
    code, message = await refusal(bench, "")
    assert code == 400
    assert message.startswith(
        "a container name must be specified for pod pairx-84qnl, choose one of: [prepare simulator-1 agent-1"
    )


def test_the_only_container_beside_init_containers_need_not_be_named():
    spec = {"initContainers": [{"name": "simulator"}], "containers": [{"name": "agent"}]}
    assert choose_container({"metadata": {"name": "p"}, "spec": spec}, "") == "agent"


async def test_a_log_of_no_pod_is_404(bench: Bench):
    assert await refusal(bench, "", f"{PODS}/nope/log") == (404, 'pods "nope" not found')


@pytest.mark.parametrize(
    "query",
    [
        "sinceSeconds=1&sinceTime=2026-11-22T10:21:02Z",
        "tailLines=-1",
        "limitBytes=0",
        "sinceSeconds=0",
        "stream=Stdout",
    ],
)
async def test_log_options_that_make_no_sense_are_422(bench: Bench, query: str):
    bench.running_pod()
    assert (await refusal(bench, f"container=agent-2&{query}"))[0] == 422


async def test_a_pod_without_a_node_has_no_log_and_that_is_no_failure(bench: Bench):
    pod = recorded("pod-running")
    del pod["spec"]["nodeName"]
    bench.store.create("pods", pod)
    async with bench.call("GET", f"{LOG}?container=agent-2") as answer:
        assert (answer.status, await answer.read()) == (204, b"")
