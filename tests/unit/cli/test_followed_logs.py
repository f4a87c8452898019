"""`logs -f`: what is printed of runs that follow one another, and when nothing more is waited for."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fakes.cluster import FakeCluster
from fakes.following import line

from console.cli.followed_logs import follow_one, to_follow
from console.cli.log_lines import Selection
from console.cli.log_sources import WantedLog
from console.errors import ClusterUnreachable, Forbidden, InvalidInput, NoSuchContainer, NotFound
from console.operations.ports.cluster import Kind, LogBlock, LogRequest
from console.operations.services import Services
from console.recorder.recorder import Recorder

RUNNING = {"running": {"startedAt": "2026-11-22T10:00:00Z"}}
NOT_YET = {"waiting": {"reason": "ContainerCreating"}}
COMPLETE = {"type": "Complete", "status": "True"}
FAILED = {"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded"}


def ended(code: int) -> dict[str, Any]:
    return {"terminated": {"exitCode": code, "reason": "Error" if code else "Completed"}}


class Show:
    """`races/demo`, a Job of no plan, and what becomes of its pods while its logs are followed."""

    def __init__(self, tmp_path: Path, captured: pytest.CaptureFixture[bytes]) -> None:
        self.cluster, self._captured = FakeCluster(), captured
        recorder = Recorder(tmp_path / "recordings")
        self.services = Services(self.cluster, recorder, lambda: datetime.now(UTC))
        self.job()

    def job(self, *conditions: dict[str, Any]) -> None:
        meta = {"name": "demo", "namespace": "races", "uid": "job-1"}
        self.cluster.put(
            {"kind": "Job", "metadata": meta, "status": {"conditions": list(conditions)}}
        )

    def pod(
        self, uid: str = "pod-1", phase: str = "Running", **states: tuple[dict[str, Any], int]
    ) -> None:
        """Containers as name=(state, restarts), each after a run that ended with 139."""
        names = [name.replace("_", "-") for name in states]
        told = [
            {"name": name, "restartCount": count, "state": state}
            | ({"lastState": ended(139)} if count else {})
            for name, (state, count) in zip(names, states.values(), strict=True)
        ]
        owner = {"kind": "Job", "name": "demo", "uid": "job-1"}
        meta = {
            "name": f"demo-{uid}", "namespace": "races", "uid": uid, "ownerReferences": [owner],
            "creationTimestamp": f"2026-11-22T10:00:0{uid[-1]}Z",
        }  # fmt: skip
        spec = {"containers": [{"name": name} for name in names], "nodeName": "n"}
        status = {"phase": phase, "containerStatuses": told}
        self.cluster.put({"kind": "Pod", "metadata": meta, "spec": spec, "status": status})

    def says(
        self, *texts: str, container: str = "agent-1", run: int = 0, uid: str = "pod-1"
    ) -> None:
        log = self.cluster.logs[uid, container, run]
        log.lines += [line(10 * run + len(log.lines), text) for text in texts]

    def over(self, container: str = "agent-1", run: int = 0, uid: str = "pod-1") -> None:
        self.cluster.logs[uid, container, run].ended = True

    def then(self, *scenes: Callable[[], object]) -> None:
        """One after the other, each when all before it has been told; False: not yet."""
        self.cluster.scenes.extend(scenes)

    async def follow(self, container: str = "agent-1", **wanted: Any) -> tuple[str, str]:
        """What is printed, and what is told beside it."""
        asked = WantedLog(
            containers=(container,) if container else (),
            every=not container,
            selection=Selection(wanted.pop("since", None), wanted.pop("tail", None)),
            prefix=False,
            **wanted,
        )
        pods = await self.cluster.pods("races", "demo")
        self._captured.readouterr()
        job = await self.cluster.job("races", "demo")
        async with asyncio.timeout(600):
            await follow_one(self.services, to_follow(job, pods, asked, "demo", "races"))
        out, told = self._captured.readouterr()
        return out.decode(), told.decode()


@pytest.fixture
def show(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> Show:
    made = Show(tmp_path, capfdbinary)
    made.pod(agent_1=(RUNNING, 0))
    made.says("one", "two")
    return made


def restarts(show: Show) -> None:
    """Its last words, its end, its next run."""
    show.then(
        lambda: (show.says("last words"), show.over()),
        lambda: show.pod(agent_1=({"waiting": {"reason": "CrashLoopBackOff"}}, 0)),
        lambda: (show.says("again", run=1), show.pod(agent_1=(RUNNING, 1))),
        lambda: (show.says("well", run=1), show.over(run=1)),
        lambda: show.pod(phase="Succeeded", agent_1=(ended(0), 1)),
    )


RULER = "── the container started again (attempt 2); attempt 1 ended with 139 ──"


async def test_the_next_run_follows_behind_a_ruler_with_the_attempt_and_the_exit_code(
    show: Show,
) -> None:
    restarts(show)
    out, told = await show.follow()
    assert out.splitlines() == ["one", "two", "last words", RULER, "again", "well"]
    assert "note: agent-1: attempt 2 has ended with 0\n" in told


async def test_where_lines_alone_are_wanted_neither_stream_has_another_word(show: Show) -> None:
    restarts(show)
    out, told = await show.follow(only_lines=True)
    assert out.splitlines() == ["one", "two", "last words", "again", "well"]
    assert told == ""


async def test_what_is_waited_for_between_runs_is_told_beside_the_lines(show: Show) -> None:
    show.then(
        show.over,
        lambda: show.pod(agent_1=(ended(137), 0)),
        lambda: show.pod(phase="Failed", agent_1=(ended(137), 0)),
        lambda: show.job(FAILED),
    )
    out, told = await show.follow()
    assert out == "one\ntwo\n"
    assert told.splitlines() == [
        "note: agent-1: attempt 1 has ended with 137; its next one is waited for",
        "note: demo: its Job has failed (BackoffLimitExceeded)",
    ]


async def test_a_pod_that_is_made_anew_is_followed_from_its_first_line(show: Show) -> None:
    show.then(
        show.over,
        lambda: show.cluster.drop(Kind.POD, "races", "demo-pod-1"),
        lambda: show.pod("pod-2", agent_1=(NOT_YET, 0)),
        lambda: (show.says("anew", uid="pod-2"), show.pod("pod-2", agent_1=(RUNNING, 0))),
        lambda: show.over(uid="pod-2"),
        lambda: show.pod("pod-2", "Succeeded", agent_1=(ended(0), 0)),
    )
    out, told = await show.follow(tail=1)
    assert out.splitlines()[0] == "two"
    assert out.splitlines()[1].startswith("── another pod (pod-2) took over (attempt 1)")
    assert out.splitlines()[2:] == ["anew"]
    assert "note: demo: the pod demo-pod-1 is gone; its next one is waited for\n" in told


async def test_of_a_container_that_has_ended_well_nothing_more_is_waited_for(show: Show) -> None:
    """Its pod goes on."""
    show.then(show.over, lambda: show.pod(agent_1=(ended(0), 0), logcopy=(RUNNING, 0)))
    out, _ = await show.follow()
    assert out == "one\ntwo\n"


async def test_a_container_that_has_not_begun_is_waited_for(show: Show) -> None:
    show.pod(agent_1=(NOT_YET, 0))
    show.then(
        lambda: show.pod(agent_1=(RUNNING, 0)),
        show.over,
        lambda: show.pod(phase="Succeeded", agent_1=(ended(0), 0)),
    )
    out, told = await show.follow(tail=0)
    assert out == "one\ntwo\n", "what it says after it was asked for is no line of before"
    assert "agent-1 in demo-pod-1 has not begun (ContainerCreating): waited for" in told


async def test_none_of_the_lines_before_and_each_line_after(show: Show) -> None:
    """Though the stream breaks before the first of them."""
    honest, breaks = show.cluster.log, [1]

    async def log(request: LogRequest) -> AsyncIterator[LogBlock]:
        async for block in honest(request):
            yield block
            if request.follow and breaks:
                breaks.pop()
                show.says("while nobody read")
                raise ClusterUnreachable("The cable is out.")

    show.cluster.log = log  # type: ignore[method-assign]
    show.then(
        lambda: len(show.cluster.requests) > 2,
        lambda: show.says("after"), show.over,
        lambda: show.pod(phase="Succeeded", agent_1=(ended(0), 0)),
    )  # fmt: skip
    out, told = await show.follow(tail=0)
    assert out.splitlines() == ["while nobody read", "after"]
    assert told.splitlines()[:2] == [
        "note: agent-1: The cable is out; it is tried again",
        "note: agent-1: its log comes again",
    ]


async def test_what_one_may_not_read_ends_that_log_and_no_other(show: Show) -> None:
    honest = show.cluster.log

    async def log(request: LogRequest) -> AsyncIterator[LogBlock]:
        if request.container == "logcopy":
            raise Forbidden("The cluster does not allow: get pods/log.")
        async for block in honest(request):
            yield block

    show.cluster.log = log  # type: ignore[method-assign]

    def play() -> None:
        show.pod(agent_1=(RUNNING, 0), logcopy=(RUNNING, 0))
        show.then(show.over, lambda: show.pod(agent_1=(ended(0), 0), logcopy=(RUNNING, 0)))

    play()
    with pytest.raises(Forbidden):
        await show.follow("")
    play()
    out, told = await show.follow("", ignores_errors=True)
    assert out.splitlines() == ["agent-1 one", "agent-1 two"]
    assert "logcopy: The cluster does not allow: get pods/log.\n" in told


async def test_containers_that_come_later_are_followed_too(show: Show) -> None:
    def another() -> None:
        show.says("hello", container="debugger")
        show.over("debugger")
        show.pod(agent_1=(RUNNING, 0), debugger=(RUNNING, 0))

    show.then(
        another, show.over,
        lambda: show.pod(phase="Succeeded", agent_1=(ended(0), 0), debugger=(ended(0), 0)),
    )  # fmt: skip
    out, _ = await show.follow("")
    assert sorted(out.splitlines()) == ["agent-1 one", "agent-1 two", "debugger hello"]


async def test_in_json_each_line_tells_its_attempt_and_its_pod(show: Show) -> None:
    restarts(show)
    out, _ = await show.follow(form="json")
    told = [json.loads(each) for each in out.splitlines()]
    assert [each["attempt"] for each in told] == [1, 1, 1, 2, 2, 2]
    assert [each["message"] for each in told if each["missing"]] == [RULER.strip("─ ")]
    assert {each["podName"] for each in told} == {"demo-pod-1"}


async def test_one_that_has_ended_is_read_to_its_end(show: Show) -> None:
    show.over()
    show.pod(phase="Failed", agent_1=(ended(1), 0))
    show.job(FAILED)
    out, told = await show.follow()
    assert out == "one\ntwo\n"
    assert told == "note: demo: its Job has failed (BackoffLimitExceeded)\n"


async def test_one_that_is_deleted_meanwhile_is_said_to_be(show: Show) -> None:
    show.then(
        lambda: show.cluster.drop(Kind.JOB, "races", "demo"), show.over,
        lambda: show.cluster.drop(Kind.POD, "races", "demo-pod-1"),
    )  # fmt: skip
    out, told = await show.follow()
    assert out == "one\ntwo\n"
    assert told.splitlines()[-1] == "note: demo: it has been deleted"


async def test_a_submission_without_a_pod_is_waited_for(show: Show) -> None:
    show.cluster.drop(Kind.POD, "races", "demo-pod-1")
    show.then(
        lambda: show.pod(agent_1=(RUNNING, 0)), show.over,
        lambda: show.pod(phase="Succeeded", agent_1=(ended(0), 0)),
    )  # fmt: skip
    out, told = await show.follow()
    assert out == "one\ntwo\n"
    assert told.startswith("note: demo: it has no pod yet, which is waited for")


async def test_what_cannot_come_is_not_waited_for(show: Show) -> None:
    with pytest.raises(NoSuchContainer):
        await show.follow("agent-9")
    with pytest.raises(InvalidInput, match="1 logs would be followed"):
        await show.follow(most_streams=0)
    show.pod(phase="Failed", agent_1=(NOT_YET, 0))
    show.job(FAILED)
    with pytest.raises(NotFound):
        await show.follow()


async def test_all_containers_are_told_in_the_order_of_time(show: Show) -> None:
    """Though the one log comes whole before the other begins."""
    show.cluster.logs.clear()
    for second, container in enumerate(("agent-1", "logcopy") * 3):
        show.cluster.logs["pod-1", container, 0].lines.append(line(second, f"tick {second}"))
    show.pod(agent_1=(RUNNING, 0), logcopy=(RUNNING, 0))
    show.then(
        lambda: (show.over(), show.over("logcopy")),
        lambda: show.pod(phase="Succeeded", agent_1=(ended(0), 0), logcopy=(ended(0), 0)),
    )
    out, _ = await show.follow("")
    assert [each.split()[-1] for each in out.splitlines()] == [*"012345"]


async def test_a_stream_that_goes_quiet_is_said_to_and_read_again(show: Show) -> None:
    """As after the rotation of a log on some nodes."""

    def quiet() -> None:
        log = show.cluster.logs["pod-1", "agent-1", 0]
        log.rotations += 1
        show.says("unheard")

    show.then(
        quiet,
        lambda: len(show.cluster.requests) > 2,
        show.over,
        lambda: show.pod(phase="Succeeded", agent_1=(ended(0), 0)),
    )
    out, told = await show.follow()
    assert out.splitlines() == ["one", "two", "unheard"]
    assert told.splitlines()[:2] == [
        "note: agent-1: Its stream brought nothing, though its log goes on; it is tried again",
        "note: agent-1: its log comes again",
    ]


async def test_of_many_runs_that_nobody_could_read_each_is_told_once(show: Show) -> None:
    show.then(
        show.over,
        lambda: (show.says("well", run=14), show.pod(agent_1=(RUNNING, 14))),
        lambda: show.over(run=14),
        lambda: show.pod(phase="Succeeded", agent_1=(ended(0), 14)),
    )
    out, _ = await show.follow()
    missed = [each for each in out.splitlines() if "was gone" in each]
    assert missed == [
        f"── attempt {number} was gone before it could be read ──" for number in range(2, 14)
    ]
