"""Results as CSV and as Markdown: for other programs, and for a report. Pure.

Each says whether the scores are final: a file is read where no screen explains it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from console.presentation import again_words
from console.presentation.infraction_marks import words
from console.presentation.plain_tables import Cell, csv_text, markdown_table
from console.presentation.result_lines import METRICS

if TYPE_CHECKING:
    from console.domain.progress import FinishedRoute
    from console.operations.outcome.view import ResultsView

_HEAD = ("pair", "route", "repetition", "status", "driving_score", "route_completion")


def routes_csv(rows: Iterable[FinishedRoute], *, final: bool) -> str:
    """One row a drive; infractions as counts by kind."""
    rows = list(rows)
    kinds = sorted({kind for row in rows for kind, _ in row.infractions})
    head = [*_HEAD, "infraction_penalty", "route_length_m", "duration_game_s", *kinds, "final"]
    told = [_drive(row, kinds, "yes" if final else "no") for row in rows]
    if any(row.scenario for row in rows):
        head += ["scenario", "succeeded"]
        told = [
            [*cells, row.scenario, "yes" if row.succeeded else "no"]
            for cells, row in zip(told, rows, strict=True)
        ]
    return csv_text(head, told)


def _drive(row: FinishedRoute, kinds: list[str], final: str) -> list[Cell]:
    counts = {kind: len(entries) for kind, entries in row.infractions}
    found = [counts.get(kind, 0) for kind in kinds]
    about: list[Cell] = [row.pair, row.route_id, row.repetition, row.status]
    scores = [row.score_composed, row.score_route, row.score_penalty]
    return [*about, *scores, row.route_length, row.duration_game, *found, final]


def standing(view: ResultsView) -> str:
    """`final: Finished, eligible`, or `not final` and why not."""
    if not view.final:
        return f"not final: {view.why_not_final}"
    why = f" ({view.why_not_eligible})" if view.why_not_eligible else ""
    return f"final: {view.entry}{why}"


def results_markdown(name: str, view: ResultsView) -> str:
    """A section of a report: what it is worth, means, drives, infractions."""
    means = [(label, *_mean_and_spread(view, field)) for label, field in METRICS if view.mean]
    drives = [
        (row.route_id, row.pair, f"{row.score_composed:.2f}", f"{row.score_route:.2f}",
         f"{row.score_penalty:.3f}", row.status, _infractions(row))
        for row in view.rows
    ]  # fmt: skip
    kinds = [
        (words(row.kind), row.count, "?" if row.per_km is None else f"{row.per_km:.3f}")
        for row in view.infractions
        if row.count
    ]
    head = ("route", "pair", "driving score", "route completion", "penalty", "status")
    told = [f"# Results of {name}", "", f"Leaderboard {view.leaderboard}, {standing(view)}", ""]
    told += [*markdown_table(("score", "mean", "deviation"), means), ""] if means else []
    judged = view.successes.rows() if view.successes else ()
    told += [*markdown_table(("measure", "percent", "of"), judged), ""] if judged else []
    told += [*markdown_table((*head, "infractions"), drives), ""] if drives else []
    again = [again_words.row(each) for each in view.driven_again]
    told += [*markdown_table(again_words.HEAD, again), ""] if again else []
    told += markdown_table(("infraction", "count", "per km"), kinds) if kinds else []
    return "\n".join(told).rstrip() + "\n"


def _mean_and_spread(view: ResultsView, field: str) -> tuple[str, str]:
    spread = "" if view.spread is None else f"{getattr(view.spread, field):.3f}"
    return f"{getattr(view.mean, field):.3f}", spread


def _infractions(row: FinishedRoute) -> str:
    return ", ".join(f"{len(told)} {words(kind)}" for kind, told in row.infractions if told)
