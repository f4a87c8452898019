"""What the inspection says of the pair and the moment that are looked at."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fakes.scenes import board_of, written

from console.diagnosis.catalogue import Cause, Owner, Sign
from console.diagnosis.matching import Evidence
from console.diagnosis.scene import SeenLine
from console.diagnosis.timeline import timeline_of
from console.diagnosis.verdict import Confidence, Verdict
from console.operations.inspecting.inspection import Inspection, PairInspection
from console.presentation.inspected import marked, pairs_line, plain, said
from console.presentation.inspected_moment import InspectedMoment
from console.presentation.tones import width_of

AT = datetime(2026, 11, 28, 14, 3, 12, tzinfo=UTC)
CAUSE = Cause("agent-cuda-out-of-memory", "CUDA memory", Owner.AGENT, "w", "a", (Sign(),), (), ())
LINE = SeenLine("agent-3", "RuntimeError: CUDA out of memory", AT, 77)
BOARD = board_of(written({}))


TIMELINES = tuple(timeline_of(BOARD, each, (), AT) for each in BOARD.pairs)


def verdict(**more: Any) -> Verdict:
    facts: dict[str, Any] = {
        "confidence": Confidence.LIKELY,
        "what": "The agent asked for more GPU memory than there is.",
        "advice": "Tell the team.",
        "cause": CAUSE,
        "pair": 3,
        "attempt": 2,
        "route": "RouteScenario_12",
        "evidence": (Evidence(Sign(), None, LINE),),
        **more,
    }
    return Verdict(**facts)


TWICE = PairInspection(3, verdict(), (verdict(attempt=1), verdict()))


def inspection(*failed: PairInspection, whole: Verdict | None = None) -> Inspection:
    return Inspection(BOARD, AT, whole, failed)


def told(inspection: Inspection | None, *, every: bool = False) -> list[str]:
    return plain(said(inspection, BOARD, InspectedMoment(3, every), TIMELINES)).splitlines()


def test_what_whose_and_what_next_come_before_what_it_rests_on() -> None:
    found = told(inspection(TWICE))
    assert found[0] == "CUDA memory  likely  owner the team's agent"
    assert found[1:4] == [
        "The agent asked for more GPU memory than there is.",
        "next    Tell the team.",
        "proof   agent-3: RuntimeError: CUDA out of memory",
    ]
    assert found[-1] == (
        "pair 3  attempt 1 on RouteScenario_12  the same cause ended 2 of its 2 failed attempts"
    )


def test_what_befell_all_of_it_is_told_with_each_pair() -> None:
    whole = verdict(pair=None, what="Its node went away.")
    assert told(inspection(TWICE, whole=whole))[-1] == "and     Its node went away."


def test_before_there_is_a_verdict_it_says_that_logs_are_read() -> None:
    assert told(None) == ["reading the logs…"]


def test_all_pairs_together_have_the_answer_and_a_line_for_each_other_one() -> None:
    first = PairInspection(1, verdict(pair=1), (verdict(pair=1),))
    found = told(inspection(first, TWICE), every=True)
    assert found[0] == "CUDA memory  likely  owner the team's agent"
    assert found[-1] == "pair 1: CUDA memory (likely; the team's agent)"


def test_of_pairs_that_did_not_fail_nothing_is_claimed() -> None:
    assert told(inspection()) == [f"Nothing is known of pair 3 of {BOARD.name} that failed."]
    assert told(inspection(), every=True) == [f"Nothing is known of {BOARD.name} that failed."]


def test_the_lines_that_a_verdict_rests_on_are_marked_in_their_logs() -> None:
    assert marked(verdict()) == {("agent-3", 77)}
    assert marked(None) == frozenset()


def test_the_pairs_stand_in_one_row_with_the_state_of_the_one_that_is_looked_at() -> None:
    line = pairs_line(BOARD, InspectedMoment(3), 70, "reading")
    shown = plain([line])
    assert shown.startswith("pairs  1 ")
    assert BOARD.pairs[2].status.value in shown
    assert shown.endswith("reading")
    assert width_of(line) == 70
