"""Results to show: of two drives, one with a hit, unless a test says otherwise."""

from __future__ import annotations

from console.domain.progress import FinishedRoute
from console.operations.outcome.view import InfractionRow, ResultsView
from console.results.report import Scores


def drive(number: int, **more: object) -> FinishedRoute:
    """A perfect drive of pair 1."""
    facts: dict[str, object] = {
        "pair": 1,
        "route_id": f"RouteScenario_{number}_rep0",
        "repetition": 0,
        "status": "Perfect",
        "score_composed": 100.0,
        "score_route": 100.0,
        "score_penalty": 1.0,
        "route_length": 1432.5,
        "duration_game": 210.0,
        "duration_system": 500.0,
    }
    return FinishedRoute(**{**facts, **more})  # type: ignore[arg-type]


HIT = drive(
    1,
    pair=2,
    status="Completed",
    score_composed=60.0,
    score_penalty=0.6,
    infractions=(("collisions_vehicle", ("hit a car at x=12.1", "hit a van at x=13.0")),),
)


def view(**more: object) -> ResultsView:
    """A final, eligible result."""
    facts: dict[str, object] = {
        "final": True,
        "why_not_final": "",
        "leaderboard": "2.0",
        "done": 2,
        "total": 2,
        "mean": Scores(80.0, 100.0, 0.8),
        "spread": Scores(20.0, 0.0, 0.2),
        "rows": (drive(0), HIT),
        "infractions": (
            InfractionRow("collisions_vehicle", 2, 1.25),
            InfractionRow("red_light", 0, 0.0),
        ),
        "problems": (),
        "entry_status": "Finished",
        "eligible": True,
    }
    return ResultsView(**{**facts, **more})  # type: ignore[arg-type]


def not_final(why: str = "1 of 2 drives have a record.", **more: object) -> ResultsView:
    """What is known while drives are under way."""
    facts: dict[str, object] = {
        "final": False,
        "why_not_final": why,
        "done": 1,
        "rows": (drive(0),),
        "entry_status": None,
        "eligible": None,
        "spread": None,
    }
    return view(**{**facts, **more})
