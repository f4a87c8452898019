"""Results as text. Pure; says first whether they are final."""

from __future__ import annotations

from console.cli.boards import plain
from console.domain.board import tally
from console.domain.hostile_text import neutralise
from console.domain.progress import FinishedRoute
from console.operations.outcome.view import ResultsView
from console.presentation.again_words import table
from console.presentation.boards import problem_lines
from console.presentation.result_lines import METRICS, NO_SCORE, no_infraction
from console.results import coverage


def results_text(view: ResultsView) -> str:
    """Global scores, one line a route, infractions, problems."""
    told = coverage.words(view.launched_routes, view.file_routes)
    of_what = f" of what was launched: {told}" if told else ""
    final = f"FINAL{of_what}" if view.final else f"NOT FINAL: {neutralise(view.why_not_final)}"
    count = tally(view.done, view.total)
    lines = [f"Leaderboard {view.leaderboard}  {count} routes  {final}", *_entry(view), ""]
    lines += _scores(view)
    lines += ["", *_routes(view), "", *_infractions(view)]
    if again := table(view.driven_again):
        lines += ["", *map(neutralise, again)]
    return "\n".join([*lines, *plain(problem_lines(view.problems))])


def _entry(view: ResultsView) -> list[str]:
    """Complete is not the same as eligible: a final result says both."""
    why = f": {neutralise(view.why_not_eligible)}" if view.why_not_eligible else ""
    return [f"entry {view.entry}{why}"] if view.final else []


def _scores(view: ResultsView) -> list[str]:
    if view.mean is None:
        return [NO_SCORE]
    lines = []
    for label, field in METRICS:
        spread = f"  ± {getattr(view.spread, field):.3f}" if view.spread else ""
        lines.append(f"{label:<18}{getattr(view.mean, field):>9.3f}{spread}")
    for name, share, of in view.successes.rows() if view.successes else ():
        lines.append(f"{name:<18}{share:>9}  {of}".rstrip())
    return lines


def _routes(view: ResultsView) -> list[str]:
    header = f"{'ROUTE':<24}{'PAIR':>4}  {'SCORE':>7}  {'ROUTE%':>7}  {'PENALTY':>7}  STATUS"
    return [header, *(_route(row) for row in view.rows)]


def _route(row: FinishedRoute) -> str:
    return (
        f"{neutralise(row.route_id):<24}{row.pair:>4}  {row.score_composed:>7.2f}  "
        f"{row.score_route:>7.2f}  {row.score_penalty:>7.3f}  {neutralise(row.status)}"
    )


def _infractions(view: ResultsView) -> list[str]:
    lines = [f"{'INFRACTION':<38}{'COUNT':>5}  {'PER KM':>8}"]
    for row in view.infractions:
        if row.count:
            rate = "-" if row.per_km is None else f"{row.per_km:.3f}"
            lines.append(f"{row.kind.replace('_', ' '):<38}{row.count:>5}  {rate:>8}")
    return lines if len(lines) > 1 else [no_infraction(view)]
