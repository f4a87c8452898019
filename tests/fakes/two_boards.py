"""Two submissions of which one drove otherwise, to be compared."""

from __future__ import annotations

from fakes.screens import FakeBackend
from fakes.sweeps import sweep
from msgspec.structs import replace

from console.domain.board import BoardSnapshot
from console.domain.progress import FinishedRoute
from console.tui.places import Contender, Destination, Place

SIZES = sweep([(80, 24), (120, 40), (200, 60)], (80, 24))
SUBJECT = ("leaderboard", "demo")


class TwoBoards(FakeBackend):
    """`baseline-nightly` drove better on route 3 and worse on route 1; the others as demo did."""

    def __init__(self) -> None:
        super().__init__()
        self.other = tuple(self._otherwise(each) for each in self.shown_board.records[:11])
        self.leaderboards_of: dict[str, str] = {}

    @staticmethod
    def _otherwise(row: FinishedRoute) -> FinishedRoute:
        if row.route_id == "RouteScenario_3_rep0":
            return replace(row, score_composed=98.2, status="Completed")
        if row.route_id == "RouteScenario_1_rep0":
            hits = (("red_light", ("ran it",)),)
            return replace(row, score_composed=70.0, status="Completed", infractions=hits)
        return row

    def listed_board(self, namespace: str, name: str) -> BoardSnapshot:
        found = super().listed_board(namespace, name)
        if name == "baseline-nightly":
            found = replace(found, records=self.other)
        return replace(found, leaderboard=self.leaderboards_of.get(name, found.leaderboard))


def against(*names: str, **more: object) -> Destination:
    others = tuple(Contender(("leaderboard", name)) for name in names)
    return Destination(Place.COMPARISON, SUBJECT, others=(*others, *more.get("files", ())))  # type: ignore[misc]
