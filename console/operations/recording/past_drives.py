"""What the routes of a submission took in the recordings of before. Reads few of them anew."""

from __future__ import annotations

from datetime import datetime

from console.domain.board import BoardSnapshot
from console.domain.drive_times import routes_of, routes_of_plan
from console.domain.submission import SubmissionPlan
from console.domain.usual_times import NOTHING_RECORDED, UsualTimes, usual_times
from console.operations.ports.history_entries import HistoryPort
from console.operations.recording.history import entry_of
from console.operations.services import Services


def usual_of_plan(services: Services, index: HistoryPort, plan: SubmissionPlan) -> UsualTimes:
    """Of those that drove the routes which a submission is to drive."""
    routes = routes_of_plan(plan)
    if not routes:
        return NOTHING_RECORDED
    return usual_times(index.drive_times(lambda each: entry_of(services, each), routes, None))


def usual_of(
    services: Services, index: HistoryPort | None, board: BoardSnapshot, until: datetime | None
) -> UsualTimes:
    """Of those submissions that had ended by then; nothing where nobody looks after recordings.

    `until`: the present of what is shown, where that is not now.
    """
    routes = routes_of(board)
    if index is None or not routes or board.ended:
        return NOTHING_RECORDED
    told = index.drive_times(lambda each: entry_of(services, each), routes, until)
    return usual_times(told)


class PastDrives:
    """For board after board of one submission: read once for the routes that it drives."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._routes = ""
        self._known = NOTHING_RECORDED

    def of(self, board: BoardSnapshot) -> UsualTimes:
        """What they took before. Reads files the first time."""
        if (routes := routes_of(board)) != self._routes:
            self._known = usual_of(self._services, self._services.store, board, None)
            self._routes = routes
        return self._known
