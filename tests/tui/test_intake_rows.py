"""What the intake screen keeps between two looks: a message that is hidden is not lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from console.operations.intake.desk import WaitingMessage
from console.operations.intake.message_fate import NotLaunched
from console.operations.intake.queue_messages import QueueMessage
from console.operations.ports.evalai_queue import TakenMessage
from console.tui.intake_rows import GONE_AFTER, IntakeRow, merged, with_told

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


def message(number: int, receipt: str = "r", at: datetime = NOW) -> WaitingMessage:
    taken = TakenMessage(b"{}", receipt)
    return WaitingMessage(taken, at, QueueMessage(7, 70, number), None, NotLaunched("no"))


def numbers(rows: tuple[IntakeRow, ...]) -> list[str]:
    return [row.key for row in rows]


def test_a_look_adds_what_is_new_and_renews_what_came_back_in_its_place() -> None:
    rows = merged((), [message(1), message(2)], NOW)
    rows = with_told(rows, rows[0], "The cluster did not answer.", done=False)
    rows = merged(rows, [message(3), message(1, "another")], NOW)
    assert numbers(rows) == ["1", "2", "3"]
    assert (rows[0].waiting.taken.receipt, rows[0].told) == ("another", "")


def test_what_is_hidden_stays_until_it_would_have_come_back() -> None:
    rows = merged((), [message(1)], NOW)
    assert numbers(merged(rows, [], NOW + GONE_AFTER - timedelta(seconds=1))) == ["1"]
    assert numbers(merged(rows, [], NOW + GONE_AFTER)) == []


def test_what_was_done_stays_to_be_read() -> None:
    rows = merged((), [message(1), message(2)], NOW)
    rows = with_told(rows, rows[1], "It is launched.", done=True)
    rows = merged(rows, [], NOW + 2 * GONE_AFTER)
    assert [(row.key, row.told) for row in rows] == [("2", "It is launched.")]


def test_a_message_that_cannot_be_read_is_known_again_by_its_text() -> None:
    unread = WaitingMessage(TakenMessage(b"[]", "a"), NOW, None, None, NotLaunched("no"))
    again = WaitingMessage(TakenMessage(b"[]", "b"), NOW, None, None, NotLaunched("no"))
    assert len(merged(merged((), [unread], NOW), [again], NOW)) == 1
