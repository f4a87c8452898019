"""Since when a submission is blocked, and by what each pair: the same for whoever looks, and when.

Early consoles have followed from the beginning, late ones look once.
"""

from __future__ import annotations

from datetime import datetime

import pytest
from fakes.folded_boards import (
    ENDED,
    JOB,
    RUNNING,
    WAITING,
    at,
    board_of,
    containers,
    pod,
)
from msgspec.structs import replace

from console.domain.board import BoardSnapshot, PairStatus
from console.domain.events import ClusterEventSeen, Event, JobSeen, PodSeen
from console.domain.facts import ClusterEvent, ContainerExit, ContainerFacts, PodFacts

PULLS = (("ErrImagePull", "x: not found"), ("ImagePullBackOff", "Back-off pulling x: not found"))
TOLD = {"placed_at": at(2), "initialized_at": at(7)}


def since(board: BoardSnapshot, pair: int = 2) -> tuple[datetime | None, bool]:
    found = board.pairs[pair - 1]
    assert found.status is PairStatus.BLOCKED
    return found.since, found.since_exact


def both(*events: Event) -> list[BoardSnapshot]:
    """Of an early console and of a late one, to which only the last was told."""
    return [board_of(JobSeen(at(0), JOB), *events), board_of(JobSeen(at(0), JOB), events[-1])]


def with_agent(*stuck: ContainerFacts, **more: object) -> PodFacts:
    named = {f"c{number}": each for number, each in enumerate(stuck)}
    return pod(containers=containers(**named), **TOLD, **more)


def said(reason: str, message: str, about: str, first: float, last: float) -> ClusterEventSeen:
    event = ClusterEvent(
        f"{reason}{message}", "Warning", reason, message, 3, at(last), about, at(first)
    )
    return ClusterEventSeen(at(last), event)


def test_a_failed_pull_and_the_wait_for_the_next_are_one_state_since_its_turn_came() -> None:
    looks = []
    for second in range(10, 90, 10):
        reason, message = PULLS[second // 10 % 2]
        simulator = ContainerFacts("simulator-2", RUNNING, second // 30, started_at=at(second))
        agent = ContainerFacts("agent-2", WAITING, reason=reason, message=message)
        looks.append(PodSeen(at(second), with_agent(agent, simulator)))
    for board in both(*looks):
        assert since(board) == (at(7), True)


def test_an_image_that_cannot_be_pulled_again_blocks_since_the_last_run_ended() -> None:
    ran = ContainerExit(139, "Error", at(30), at(9))
    again = ContainerFacts("agent-2", WAITING, 1, *PULLS[0], previous=ran)
    for board in both(PodSeen(at(40), with_agent(again)), PodSeen(at(77), with_agent(again))):
        assert since(board) == (at(30), True)


def test_a_run_that_never_begins_blocks_since_the_first_try_not_the_last() -> None:
    end = ContainerExit(128, "StartError", at(12), None, "exec: no such file or directory")
    first = ContainerFacts("agent-2", ENDED, 0, "StartError", end.message, ended=end)
    assert since(board_of(JobSeen(at(0), JOB), PodSeen(at(13), with_agent(first)))) == (at(7), True)
    fourth = replace(end, finished_at=at(80))
    later = ContainerFacts("agent-2", WAITING, 4, "CrashLoopBackOff", previous=fourth)
    pulled = said("Failed", "Error: ErrImagePull", "Pod/demo-x1y2z agent-2", 8, 9)
    refused = said("Failed", "Error: exec: no such file", "Pod/demo-x1y2z agent-2", 12, 80)
    seen = PodSeen(at(85), with_agent(later))
    for begun in ((PodSeen(at(13), with_agent(first)),), ()):
        board = board_of(JobSeen(at(0), JOB), *begun, pulled, refused, seen)
        assert since(board) == (at(12), True)
    assert since(board_of(JobSeen(at(0), JOB), seen)) == (at(80), False)


@pytest.mark.parametrize("second", [5, 78])
def test_a_pod_that_no_node_takes_is_blocked_since_the_scheduler_refused_it(second: float) -> None:
    nowhere = "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector."
    told = pod("Pending", containers=(), reason="Unschedulable", message=nowhere, placed_at=at(1))
    board = board_of(JobSeen(at(0), JOB), PodSeen(at(second), replace(told, node="")))
    assert {since(board, pair) for pair in (1, 2, 3, 4)} == {(at(1), True)}


def test_a_pod_that_its_node_cannot_set_up_is_blocked_since_it_was_placed() -> None:
    mount = said("FailedMount", 'secret "k" not found', "Pod/demo-x1y2z", 9, 70)
    seen = PodSeen(at(71), pod("Pending", containers=containers(WAITING), **TOLD))
    for events in ((seen, mount), (mount, seen)):
        assert since(board_of(JobSeen(at(0), JOB), *events)) == (at(2), True)


def test_a_pod_that_is_not_created_is_missing_since_its_job_began_or_since_it_was_refused() -> None:
    quota = said("FailedCreate", "exceeded quota: gpus", "Job/demo", 3, 70)
    begun = replace(JOB, started_at=at(1))
    assert since(board_of(JobSeen(at(0), begun), quota)) == (at(1), True)
    made = said("SuccessfulCreate", "Created pod: demo-x1y2z", "Job/demo", 2, 2)
    assert since(board_of(JobSeen(at(0), begun), made, quota)) == (at(3), True)
    lost = replace(begun, failed=1)
    assert since(board_of(JobSeen(at(0), lost), quota)) == (at(3), True)


def test_each_pair_names_what_keeps_itself_and_another_pair_from_starting() -> None:
    agents = [ContainerFacts(f"agent-{n}", WAITING, 0, *PULLS[1]) for n in (1, 2, 3)]
    key = ContainerFacts(
        "simulator-4", WAITING, 0, "CreateContainerConfigError", 'secret "k" not found'
    )
    board = board_of(JobSeen(at(0), JOB), PodSeen(at(9), with_agent(*agents, key)))
    assert board.reason.startswith("agent-1, agent-2 and 1 more: its image")
    told = [pair.blocked for pair in board.pairs]
    for number in (1, 2, 3):
        assert told[number - 1].startswith(f"agent-{number}: its image cannot be pulled (")
    assert told[3] == 'simulator-4 cannot be started (secret "k" not found).'
    one = board_of(
        JobSeen(at(0), JOB), PodSeen(at(9), pod("Pending", containers=containers(WAITING, a=key)))
    )
    assert {pair.blocked for pair in one.pairs} == {told[3]}
