"""Results as plain JSON values: stable names, and whether they are final. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.presentation.again_words import documents

if TYPE_CHECKING:
    from console.domain.progress import FinishedRoute, MergeProblem
    from console.operations.outcome.view import ResultsView
    from console.results.abilities import Successes

Document = dict[str, Any]


def problem_document(problem: MergeProblem) -> Document:
    """Pair 0 is the result as a whole."""
    return {"kind": problem.kind, "pair": problem.pair, "text": problem.text}


def results_document(view: ResultsView) -> Document:
    """All of it as plain JSON values."""
    return {
        "final": view.final,
        "whyNotFinal": view.why_not_final,
        "entryStatus": view.entry_status,
        "eligible": view.eligible,
        "whyNotEligible": view.why_not_eligible,
        "leaderboard": view.leaderboard,
        "routes": {
            "done": view.done,
            "total": view.total,
            "launched": view.launched_routes,
            "inFile": view.file_routes,
        },
        "mean": _scores(view.mean),
        "standardDeviation": _scores(view.spread),
        **({"successes": _successes(view.successes)} if view.successes else {}),
        "drivenAgain": documents(view.driven_again),
        "records": [_record(row) for row in view.rows],
        "infractions": [
            {"kind": row.kind, "count": row.count, "perKm": row.per_km} for row in view.infractions
        ],
        "problems": [problem_document(problem) for problem in view.problems],
    }


def _scores(scores: Any) -> dict[str, float] | None:
    if scores is None:
        return None
    return {"composed": scores.composed, "route": scores.route, "penalty": scores.penalty}


def _successes(found: Successes) -> Document:
    """Null where nobody can tell. A version that does not count them has none of this."""
    return {
        "rate": found.rate,
        "succeeded": found.succeeded,
        "drives": found.drives,
        "meanAbility": found.mean_ability,
        "abilities": [
            {"name": each.name, "share": each.share, "least": each.least, "most": each.most,
             "drives": each.drives}
            for each in found.abilities
        ],
    }  # fmt: skip


def _record(row: FinishedRoute) -> Document:
    return {
        "pair": row.pair,
        "routeId": row.route_id,
        "repetition": row.repetition,
        "status": row.status,
        "composed": row.score_composed,
        "route": row.score_route,
        "penalty": row.score_penalty,
        "infractions": {kind: list(texts) for kind, texts in row.infractions if texts},
        "routeLength": row.route_length,
        "durationGame": row.duration_game,
        "durationSystem": row.duration_system,
        **({"scenario": row.scenario, "succeeded": row.succeeded} if row.scenario else {}),
    }
