"""The rows of the list, from boards that changed: what did not change is not made or sorted again.

Of 5,000 submissions few change between two looks, and all that is done to the others is done while
a key waits. Knows no cluster, and not who is recorded: that is told it as a remark.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from console.domain.attention import NEVER, attention_changes
from console.domain.board import BoardSnapshot
from console.domain.facts import JobFacts
from console.domain.fleet import PlaceInList, SubmissionRow, listed_first, place_in_list
from console.domain.gpu_meetings import meetings, met_by, used, words
from console.domain.progress import MergeProblem
from console.domain.publication import Published
from console.operations.outcome.row import as_unheard, as_unread, failure_is_news_until, row_of

Key = tuple[str, str]
"""Namespace and name of a submission."""
Remark = Callable[[Key, BoardSnapshot], str]
SlowAt = Callable[[BoardSnapshot], Mapping[int, datetime]]
PublishedOf = Callable[[BoardSnapshot], Published | None]
FEW = 8
"""Of so many rows one may move at once before sorting them all is quicker."""


class FleetRows:
    """Take what has changed by `renew`; read `rows` and `meetings`. For one thread."""

    def __init__(
        self,
        slow_at: SlowAt = lambda board: NEVER,
        published: PublishedOf = lambda board: None,
        unread: Callable[[Key, BoardSnapshot], bool] = lambda key, board: False,
        unheard: Callable[[BoardSnapshot], bool] = lambda board: False,
    ) -> None:
        """`slow_at`: by pair, when its present route has taken too long. `unread`: it has ended,
        and its last words are not on its board. `unheard`: nobody knows whether it has a pod."""
        self._slow_at, self._published, self._unread = slow_at, published, unread
        self._unheard = unheard
        self.rows: tuple[SubmissionRow, ...] = ()
        """In the order of the list; the same value as before where no row differs."""
        self.meetings: Mapping[Key, tuple[MergeProblem, ...]] = {}
        """Who is on a GPU with another submission."""
        self.boards: dict[Key, BoardSnapshot] = {}
        """Those of which the rows were made, as they are shown."""
        self._rows: dict[Key, SubmissionRow] = {}
        self._order: list[PlaceInList] = []
        """Of the rows, each at its row's place."""
        self._driving: dict[Key, BoardSnapshot] = {}
        """Those that hold GPUs: the only ones that can meet."""
        self._turns: dict[Key, JobFacts] = {}
        """Those that were launched to take turns."""
        self._turning: dict[Key, datetime] = {}
        """When a pair of theirs becomes silent, or stalled, if nothing is told until then; of what
        has failed, when that is no news any more."""
        self._met: dict[Key, tuple[BoardSnapshot, BoardSnapshot]] = {}
        """A board as it came, and as it is shown with its meetings."""

    def due(self, now: datetime) -> list[Key]:
        """Those of which time alone makes another row."""
        return [key for key, at in self._turning.items() if at <= now]

    def renew(
        self, changed: Mapping[Key, BoardSnapshot], remark: Remark, now: datetime | None = None
    ) -> None:
        """Take those boards. What they mean for other submissions, their rows tell too."""
        met = self._meet(changed)
        boards = {**changed, **{key: self._driving[key] for key in met if key in self._driving}}
        before = {key: self._rows.get(key) for key in boards}
        for key, board in boards.items():
            self._note_turn(key, board)
            self._make(key, board, remark, now)
        differ = [key for key, row in before.items() if self._rows.get(key) is not row]
        self._list({key: before[key] for key in differ})

    def _note_turn(self, key: Key, board: BoardSnapshot) -> None:
        if board.job is not None and board.job.turn is not None and not board.vanished:
            self._turns[key] = board.job
        else:
            self._turns.pop(key, None)

    def _make(self, key: Key, board: BoardSnapshot, remark: Remark, now: datetime | None) -> None:
        """Its row, the very one that there is where it is the same."""
        if board.job is None or board.vanished:
            for known in (self._rows, self._turning, self.boards):
                known.pop(key, None)
            return
        self.boards[key] = self.with_meetings(board)
        told = remark(key, board) or words(self.meetings.get(key, ()))
        slow = self._slow_at(board) if now else NEVER
        row = row_of(board, told, now, slow, self._published(board))
        if self._unread(key, board):
            row = as_unread(row)
        if self._unheard(board):
            row = as_unheard(row)
        # The old value stays where both are equal: who looks for changes compares by identity.
        if self._rows.get(key) != row:
            self._rows[key] = row
        if now is not None and (turn := _turn(board, now, slow)) is not None:
            self._turning[key] = turn
        else:
            self._turning.pop(key, None)

    @property
    def turns(self) -> tuple[JobFacts, ...]:
        """All that take turns, of one moment; none where nobody waits."""
        if not any(job.in_line for job in self._turns.values()):
            return ()
        return tuple(self._turns.values())

    def with_meetings(self, board: BoardSnapshot) -> BoardSnapshot:
        """The board with what only all submissions together tell; from any thread."""
        key = (board.namespace, board.name)
        met = self.meetings.get(key)
        if not met or board.ended:
            self.forget(key)
            return board
        before = self._met.get(key)
        # Screens ask many times a second, and a board with problems added is made of all its
        # fields.
        if before is None or before[0] is not board or before[1].problems[-len(met) :] != met:
            before = (board, met_by(board, met))
            self._met[key] = before
        return before[1]

    def forget(self, key: Key) -> None:
        """No screen asks for that board any more."""
        self._met.pop(key, None)

    def _meet(self, changed: Mapping[Key, BoardSnapshot]) -> Iterable[Key]:
        """For whom it is new, or over, that another submission is on its GPU."""
        for key, board in changed.items():
            if any(used(board)):
                self._driving[key] = board
            else:
                self._driving.pop(key, None)
        before, self.meetings = self.meetings, meetings(self._driving.values())
        # Whoever was met before and is no more has another row too.
        both = {**before, **self.meetings}
        return [key for key in both if before.get(key) != self.meetings.get(key)]

    def _list(self, before: Mapping[Key, SubmissionRow | None]) -> None:
        """Bring the list to what those rows, which were these, are now."""
        if not before:
            return
        if len(before) * FEW > len(self.rows):
            self.rows = tuple(listed_first(self._rows.values()))
            self._order = [place_in_list(row) for row in self.rows]
            return
        rows = list(self.rows)
        for key, was in before.items():
            row = self._rows.get(key)
            place = None if row is None else place_in_list(row)
            if was is not None:
                at = bisect_left(self._order, left := place_in_list(was))
                # Most changes of a row do not move it, and moving is what costs in a long list.
                if row is not None and place == left:
                    rows[at] = row
                    continue
                del rows[at], self._order[at]
            if row is not None and place is not None:
                at = bisect_left(self._order, place)
                rows.insert(at, row)
                self._order.insert(at, place)
        self.rows = tuple(rows)


def _turn(board: BoardSnapshot, now: datetime, slow_at: Mapping[int, datetime]) -> datetime | None:
    """When time alone makes another row of it; None where never."""
    news = failure_is_news_until(board)
    return news if news is not None and news > now else attention_changes(board, now, slow_at)
