"""What is told of a container's log: its state once, and a gap until the disk has taken it."""

from __future__ import annotations

from datetime import UTC, datetime

from console.domain.events import Event, StreamChanged, StreamState
from console.errors import ConsoleError
from console.operations.ports.recorder import RecorderFailed
from console.operations.recording.told_stream import LONGEST, NAMED, ToldStream

NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)


class FullDisk:
    """A spool that takes a gap once there is room."""

    def __init__(self) -> None:
        self.room, self.gaps = False, list[str]()

    def gap(self, text: str) -> None:
        if not self.room:
            raise RecorderFailed("full")
        self.gaps.append(text)


def told_stream() -> tuple[ToldStream, list[Event]]:
    told: list[Event] = []
    return ToldStream("agent-1", "k3y", told.append, lambda: NOW), told


def test_a_state_that_is_said_again_is_told_once() -> None:
    stream, told = told_stream()
    stream.say(StreamState.LIVE)
    stream.say(StreamState.LIVE)
    assert told == [StreamChanged(NOW, "agent-1", StreamState.LIVE, "", "k3y")]


def test_a_gap_is_told_at_once_and_written_when_the_disk_takes_it() -> None:
    stream, told = told_stream()
    spool = FullDisk()
    stream.lose("lines of attempt 1 were gone", spool)
    assert (told[-1].state, told[-1].gap) == (StreamState.LOST, "lines of attempt 1 were gone")
    assert spool.gaps == []
    spool.room = True
    stream.write_gaps(spool)
    stream.write_gaps(spool)
    assert spool.gaps == ["lines of attempt 1 were gone"]


def test_what_is_missing_stays_beside_every_later_state() -> None:
    stream, told = told_stream()
    stream.lose("attempt 1 was gone")
    stream.lose("attempt 2 was gone")
    stream.reconnecting(ConsoleError("The node is silent.", why="30 s"))
    assert told[-1].told == "attempt 1 was gone; attempt 2 was gone; The node is silent. 30 s"
    assert told[-1].why == "The node is silent. 30 s"
    stream.say(StreamState.LIVE)
    assert told[-1].gap == "attempt 1 was gone; attempt 2 was gone"
    assert stream.has_gaps


def test_of_thousands_of_gaps_the_newest_are_named_and_all_are_counted() -> None:
    stream, told = told_stream()
    spool = FullDisk()
    spool.room = True
    many = [f"lines after {number} were rotated away" for number in range(5000)]
    for each in many:
        stream.lose(each, spool)
    assert spool.gaps == many
    assert told[-1].gap == "; ".join(("4992 earlier gaps", *many[-NAMED:]))
    assert len(told) == len(many)


def test_a_gap_that_lies_in_no_run_is_told_by_its_state_and_counted_from_then_on() -> None:
    stream, told = told_stream()
    for number in range(NAMED + 1):
        stream.lose(f"attempt {number} was gone")
        assert told[-1].why == f"attempt {number} was gone"
    stream.say(StreamState.LIVE)
    assert told[-1].told.startswith("1 earlier gap; attempt 1 was gone; attempt 2 was gone")


def test_the_words_of_a_server_in_a_gap_are_bounded() -> None:
    stream, told = told_stream()
    stream.lose("x" * 10_000)
    stream.say(StreamState.LIVE)
    assert len(told[-1].told) == LONGEST
