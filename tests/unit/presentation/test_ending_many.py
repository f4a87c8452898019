"""What several submissions cost together, and how each of them fared."""

from __future__ import annotations

import pytest
from fakes.boards import board, pair

from console.domain.board import BoardSnapshot, SubmissionStatus
from console.errors import Conflict, ConsoleError
from console.operations.submitting.ending import Kept, Verb, consequences
from console.presentation.ending_many import (
    ENDED_ALREADY,
    MOST_NAMED,
    Fared,
    done_well,
    lost_with_each,
    not_all_done,
)


def found(count: int, verb: Verb, **facts: object) -> list[tuple[BoardSnapshot, tuple[str, ...]]]:
    boards = [board(name=f"run-{number}", **facts) for number in range(count)]
    return [(each, consequences(each, verb, None, Kept())) for each in boards]


def test_of_a_few_each_says_what_is_lost_with_it() -> None:
    told = lost_with_each(found(3, "cancel"))
    assert len(told) == 3
    assert told[1].startswith("leaderboard/run-1: Being driven now, and lost: RouteScenario_3_rep0")
    assert "12 of 20 drives are finished; no other will be." in told[1]
    assert "carla-console" not in " ".join(told)


def test_what_has_ended_is_left_alone_by_a_cancel_and_the_question_says_so() -> None:
    ended = found(1, "cancel", status=SubmissionStatus.COMPLETE)
    assert lost_with_each(ended) == (f"leaderboard/run-0: {ENDED_ALREADY}",)
    many = [*found(MOST_NAMED, "cancel"), *ended]
    assert "1 of them have ended, and stay as they are." in lost_with_each(many)


def test_of_many_the_sums_are_told_and_their_names() -> None:
    told = " ".join(lost_with_each(found(30, "cancel")))
    assert "run-0, run-1" in told
    assert "and 18 more" in told
    assert "30 of them have not ended." in told
    assert "lost: 120 routes" in told
    assert "360 of 600 drives are finished" in told


def test_of_many_it_is_told_how_many_have_files_elsewhere() -> None:
    sent = Kept(sent=("Last sent 4m ago to s3://results/1.",))
    few = [(each, consequences(each, "cancel", None, sent)) for each, _ in found(2, "cancel")]
    told = lost_with_each([*few, *found(8, "cancel")])
    assert (
        "2 of them are published to places; when each was sent last, a question of its own tells."
        in told
    )
    assert "Last sent 4m ago to s3://results/1." in lost_with_each(few)[0]


def test_drives_that_nobody_counted_are_no_zero() -> None:
    told = " ".join(lost_with_each(found(9, "cancel", done=None, pairs=(pair(1, None),))))
    assert "Of 9 nobody knows how many are." in told


def test_of_many_deletes_what_stays_is_told_once_for_those_that_are_alike() -> None:
    mixed = [*found(8, "delete"), *found(2, "delete", status=SubmissionStatus.COMPLETE)]
    told = [each for each in lost_with_each(mixed) if "times:" in each]
    assert told == [
        "10 times: The Job, its pod and their logs go; nothing of its logs and results is"
        " recorded here."
    ]


@pytest.mark.parametrize("count", [1, 30])
def test_where_all_went_well_there_is_nothing_to_explain(count: int) -> None:
    fared = [Fared("lab", f"run-{n}") for n in range(count)]
    assert not_all_done(fared, "x", "y") is None
    assert done_well(fared, "Being deleted").startswith("Being deleted: run-0")
    assert done_well(fared, "").endswith("." if count == 1 else "and 18 more.")


def test_each_that_failed_is_named_with_its_reason_and_those_that_did_not_too() -> None:
    fared = [
        Fared("lab", "a"),
        Fared("lab", "b", Conflict("It has ended.", why="Its Job is Complete.")),
        Fared("lab", "c", ConsoleError("The server said no.")),
    ]
    error = not_all_done(fared, "Not cancelled", "Being cancelled")
    assert error is not None
    assert error.what == "Not cancelled: 2 of 3."
    assert error.why.splitlines() == [
        "lab/b: It has ended. Its Job is Complete.",
        "lab/c: The server said no.",
        "Being cancelled: a.",
    ]
    assert "still marked" in error.fix
