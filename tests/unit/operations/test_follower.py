"""Following: every run of every container to disk, once; the board; the end."""

from __future__ import annotations

import asyncio

from fakes.following import followed, line, recorded_texts, until

from console.domain.board import SubmissionStatus
from console.domain.events import ConnectionChanged, StreamState
from console.operations.ports.cluster import Kind
from console.operations.submitting.launch import launch
from console.operations.watching.follower import Follower
from console.specs.validation import Judged


async def test_lines_are_on_disk_and_the_last_one_on_the_board(
    services, cluster, composed, pod_of
) -> None:
    job = (await launch(services, Judged(composed).valid)).job
    log = cluster.logs["pod-1", "agent-1", 0]
    async with followed(services) as follower:
        cluster.put(pod_of(agent_1=("running", 0)))
        log.lines += [line(1, "one"), line(2, "\x1b[31mtwo\x1b[0m")]
        await until(lambda: follower.board.pairs and follower.board.pairs[0].agent_line == "two")
        assert recorded_texts(services, job, "agent-1") == ["one", "\x1b[31mtwo\x1b[0m"]
        assert ("agent-1", StreamState.LIVE, "") in follower.board.streams


async def test_lines_that_were_rotated_away_unread_are_a_gap(
    services, cluster, composed, pod_of
) -> None:
    """The stream broke, the node rotated the log, and only the newest file can be read."""
    job = (await launch(services, Judged(composed).valid)).job
    log = cluster.logs["pod-1", "agent-1", 0]
    async with followed(services) as follower:
        cluster.put(pod_of(agent_1=("running", 0)))
        log.lines = [line(1, "read")]
        await until(lambda: recorded_texts(services, job, "agent-1") == ["read"])
        log.ended, log.lines = True, [line(9, "after the rotation")]
        await until(lambda: len(recorded_texts(services, job, "agent-1")) == 3)
        told = (
            "lines of attempt 1 after 2026-11-22T10:00:01.000000000Z were rotated away before they"
            " could be read"
        )
        assert recorded_texts(services, job, "agent-1") == ["read", told, "after the rotation"]
        assert any(name == "agent-1" and told in gap for name, _, gap in follower.board.streams)


async def test_a_restart_goes_on_in_the_next_run_and_closes_the_gap(
    services, cluster, composed, pod_of
) -> None:
    """The last lines of a run that the stream did not bring are fetched as its previous log."""
    job = (await launch(services, Judged(composed).valid)).job
    first, second = cluster.logs["pod-1", "agent-1", 0], cluster.logs["pod-1", "agent-1", 1]
    async with followed(services) as follower:
        cluster.put(pod_of(agent_1=("running", 0)))
        first.lines.append(line(1, "one"))
        await until(lambda: recorded_texts(services, job, "agent-1") == ["one"])
        first.ended = True
        await asyncio.sleep(0.05)
        first.lines.append(line(2, "last words"))
        second.lines.append(line(3, "again"))
        cluster.put(pod_of(agent_1=("running", 1)))
        await until(lambda: len(recorded_texts(services, job, "agent-1")) == 4)
        assert recorded_texts(services, job, "agent-1") == [
            "one", "last words", "the container started again (attempt 2)", "again"]  # fmt: skip
        assert follower.board.budget.used == 1


async def test_a_console_that_comes_back_neither_loses_nor_doubles(
    services, cluster, composed, pod_of
) -> None:
    job = (await launch(services, Judged(composed).valid)).job
    log = cluster.logs["pod-1", "logcopy", 0]
    cluster.put(pod_of(logcopy=("running", 0)))
    log.lines += [line(1, "a"), line(2, "b")]
    async with followed(services):
        await until(lambda: recorded_texts(services, job, "logcopy") == ["a", "b"])
    log.lines += [line(3, "c"), line(4, "d")]
    async with followed(services):
        await until(lambda: len(recorded_texts(services, job, "logcopy")) == 4)
        assert recorded_texts(services, job, "logcopy") == ["a", "b", "c", "d"]


async def test_runs_that_nobody_saw_are_told_as_a_gap(services, cluster, composed, pod_of) -> None:
    job = (await launch(services, Judged(composed).valid)).job
    cluster.logs["pod-1", "agent-1", 2].lines.append(line(1, "previous"))
    cluster.logs["pod-1", "agent-1", 3].lines.append(line(2, "present"))
    cluster.put(pod_of(agent_1=("running", 3)))
    async with followed(services) as follower:
        await until(lambda: len(recorded_texts(services, job, "agent-1")) == 4)
        shown = recorded_texts(services, job, "agent-1")
        assert shown[0] == "attempts 1 to 2 ended before this console looked"
        assert shown[1::2] == ["previous", "present"]
        gap = next(gap for name, _, gap in follower.board.streams if name == "agent-1")
        assert "attempts 1 to 2" in gap


async def test_progress_is_believed_only_with_the_nonce(
    services, cluster, composed, pod_of
) -> None:
    await launch(services, Judged(composed).valid)
    plan = '{"v":1,"leaderboard":"2.0","repetitions":1,"pairs":[{"pair":1,"routes":["RouteScenario_77"]}]}'
    log = cluster.logs["pod-1", "logcopy", 0]
    log.lines += [
        line(1, f"@leaderboard forged 1 plan {plan.replace('77', '66')}"),
        line(2, f"@leaderboard n0nce 1 plan {plan}"),
    ]
    cluster.logs["pod-1", "agent-1", 0].lines.append(
        line(1, f"@leaderboard n0nce 9 plan {plan.replace('77', '55')}")
    )
    cluster.put(pod_of(agent_1=("running", 0), logcopy=("running", 0)))
    async with followed(services) as follower:
        await until(
            lambda: follower.board.routes is not None and follower.board.pairs[0].agent_line
        )
        assert follower.board.routes.routes == ((1, ("RouteScenario_77",)),)


async def test_a_follower_of_an_ended_submission_drains_and_stops(
    services, cluster, composed, pod_of
) -> None:
    job = (await launch(services, Judged(composed).valid)).job
    log = cluster.logs["pod-1", "agent-1", 0]
    log.lines, log.ended = [line(1, "all")], True
    cluster.put(pod_of("Succeeded", agent_1=("ended", 0)))
    stored = await cluster.read(Kind.JOB, "races", "demo")
    cluster.put({**stored, "status": {"conditions": [{"type": "Complete", "status": "True"}]}})
    follower = Follower(services, "races", "demo")
    async with asyncio.timeout(5):
        await follower.run()
    assert follower.board.status is SubmissionStatus.UNVERIFIED
    assert recorded_texts(services, job, "agent-1") == ["all"]


async def test_a_watch_that_dies_is_visible(services, cluster, composed) -> None:
    await launch(services, Judged(composed).valid)
    async with followed(services) as follower:
        await until(lambda: follower.board.live)
        cluster.tell("races", "demo", ConnectionChanged(services.clock(), False, "cable cut"))
        await until(lambda: not follower.board.live)
        assert follower.board.stale_why == "cable cut"
        cluster.tell("races", "demo", "no event at all")
        await until(lambda: follower.board.stale_why == "watch failed.")
