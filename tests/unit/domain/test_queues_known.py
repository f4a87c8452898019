"""Which queues of Kueue a launch may go into, and what is said of one that admits nobody."""

from __future__ import annotations

import pytest

from console.domain.queues import NO_QUEUE, QueuesOffered, named_by

THERE = QueuesOffered(("season", "teams"), kueue=True)
WITH_DEFAULT = QueuesOffered(("default", "teams"), kueue=True)
NO_KUEUE, UNREAD = QueuesOffered(kueue=False), QueuesOffered()


@pytest.mark.parametrize(
    ("queues", "named", "choices", "usual"),
    [
        (THERE, "", (NO_QUEUE, "season", "teams"), NO_QUEUE),
        (THERE, "teams", (NO_QUEUE, "season", "teams"), "teams"),
        (THERE, "lost", (NO_QUEUE, "season", "teams", "lost"), "lost"),
        (WITH_DEFAULT, "", ("default", "teams"), "default"),
        (NO_KUEUE, "", (), NO_QUEUE),
        (UNREAD, "", (), NO_QUEUE),
        (UNREAD, "teams", (NO_QUEUE, "teams"), "teams"),
    ],
)
def test_there_is_a_choice_only_where_a_queue_is(queues, named, choices, usual) -> None:
    """Where a namespace has a default queue nobody is in none."""
    assert (queues.choices(named), queues.usual(named)) == (choices, usual)


@pytest.mark.parametrize(
    ("queues", "chosen", "problem"),
    [
        (THERE, "lost", "There is no queue lost here: it would wait for ever."),
        (NO_KUEUE, "teams", "This cluster has no Kueue: it would wait for ever."),
        *((each, NO_QUEUE, "") for each in (THERE, NO_KUEUE, UNREAD)),
        *((each, "teams", "") for each in (THERE, UNREAD)),
    ],
)
def test_a_queue_in_which_it_would_wait_for_ever_is_a_problem(queues, chosen, problem) -> None:
    assert queues.problem(chosen) == problem


def test_none_is_no_queue() -> None:
    assert (named_by(NO_QUEUE), named_by("teams")) == ("", "teams")
