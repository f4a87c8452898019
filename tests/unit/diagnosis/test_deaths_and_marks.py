"""What of a pair died first, how each of its ends is told, and what befell it meanwhile."""

from __future__ import annotations

from typing import Any

from lived_pairs import at, dead, lived, run, third, told
from msgspec.structs import replace

from console.diagnosis.timeline import DeathRole, MarkKind
from console.domain.events import ConsoleActed, ConsoleVerb
from console.domain.facts import ClusterEvent, ContainerExit, ContainerFacts, ContainerState


def test_of_two_halves_that_both_failed_one_is_first() -> None:
    ends = (dead("simulator", "crashed", 70), dead("agent", "crashed", 70))
    shown = lived(third(ended=ends))
    found = [(each.ending.half, each.role) for each in told(shown).deaths]
    assert found == [("simulator", DeathRole.FIRST), ("agent", DeathRole.TOO)]


def test_who_was_asked_to_stop_did_not_die_first() -> None:
    shown = lived(third(ended=(dead("agent", "cancelled", 70),)))
    assert [each.role for each in told(shown).deaths] == [DeathRole.STOPPED]


def test_an_end_that_no_supervisor_wrote_is_the_kubelets() -> None:
    exit_ = ContainerExit(126, "ContainerCannotRun", at(40), at(39))
    facts = ContainerFacts("agent-3", ContainerState.WAITING, 1, previous=exit_)
    (death,) = told(lived(third(agent=facts))).deaths
    assert (death.at, death.role) == (at(40), DeathRole.UNTOLD)
    assert (death.ending.attempt, death.ending.exit_code) == (1, 126)
    assert death.ending.kubelet == "ContainerCannotRun"


def test_an_end_that_both_told_is_one() -> None:
    exit_ = ContainerExit(139, "Error", at(71), at(20))
    facts = ContainerFacts("agent-3", ContainerState.WAITING, 1, previous=exit_)
    shown = lived(third(agent=facts, ended=(dead("agent", "crashed", 70, signal=11),)))
    assert [each.at for each in told(shown).deaths] == [at(70)]


def test_an_end_without_a_time_is_where_its_container_ended() -> None:
    end = replace(dead("agent", "crashed", 0), at=None)
    shown = lived(third(ended=(end,)), agent=(run(20, 50), run(60)))
    assert [each.at for each in told(shown).deaths] == [at(50)]


def event(reason: str, about: str, second: float, **more: Any) -> ClusterEvent:
    facts: dict[str, Any] = {"type": "Normal", "count": 1, **more}
    return ClusterEvent(uid=reason, reason=reason, message="m", last_seen=at(second), about=about,
                        **facts)  # fmt: skip


def test_marks_are_of_the_job_the_pod_the_node_and_the_pairs_own_containers() -> None:
    shown = lived(
        third(),
        events=(
            event("SuccessfulCreate", "Job/demo", 1),
            event("Evicted", "Pod/demo-x", 2, type="Warning"),
            event("Started", "Pod/demo-x agent-3", 3),
            event("Started", "Pod/demo-x agent-1", 4),
            event("NodeNotReady", "Node/gpu-7", 5, type="Warning"),
        ),
        actions=(ConsoleActed(at(6), ConsoleVerb.CANCELLED, "eva@desk"),),
    )
    assert [(each.kind, each.text, each.bad) for each in told(shown).marks] == [
        (MarkKind.JOB, "SuccessfulCreate: m", False),
        (MarkKind.POD, "Evicted: m", True),
        (MarkKind.POD, "Started agent-3: m", False),
        (MarkKind.NODE, "NodeNotReady: m", True),
        (MarkKind.CONSOLE, "cancelled by eva@desk", False),
    ]


def test_what_was_seen_again_and_again_is_marked_first_and_last() -> None:
    often = event("BackOff", "Pod/demo-x agent-3", 90, count=7, first_seen=at(30))
    assert [each.at for each in told(lived(third(), events=(often,))).marks] == [at(30), at(90)]
