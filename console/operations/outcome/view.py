"""The results of a board as screens and commands show them: final only if this console checked.

Pure. Scores in percent, penalty a factor; lengths in metres.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import replace

from console.domain.board import BoardSnapshot
from console.domain.driven_again import DrivenAgain, why_not_counted
from console.domain.launched_routes import fits
from console.domain.progress import FinishedRoute, MergeProblem, entry_words
from console.operations.outcome.record import finished_route
from console.operations.outcome.verify import ROUTES_UNKNOWN, MergeVerdict, judged, launched_plan
from console.results import eligibility
from console.results.leaderboard import USUAL, find
from console.results.report import GlobalStatistics, Scores, statistics_of

if TYPE_CHECKING:
    from console.results.abilities import Successes


class InfractionRow(msgspec.Struct, frozen=True):
    """One kind of infraction over all shown drives. `per_km` is None where nothing was driven."""

    kind: str
    count: int
    per_km: float | None


class ResultsView(msgspec.Struct, frozen=True):
    """What is known of the result now."""

    final: bool
    why_not_final: str
    leaderboard: str
    done: int | None
    """Drives in `rows`; None where nobody can tell how many there are."""
    total: int | None
    """None while nobody has told which routes were launched."""
    mean: Scores | None
    """Over the drives in `rows`; of all drives only if `final`."""
    spread: Scores | None
    """Standard deviations as that Leaderboard has them: of one drive 1.0 tells none, 2.0 a zero."""
    rows: tuple[FinishedRoute, ...]
    infractions: tuple[InfractionRow, ...]
    problems: tuple[MergeProblem, ...]
    total_length: float = 0.0
    duration_game: float = 0.0
    duration_system: float = 0.0
    document: str | None = None
    """The verified merged file as its tools read it; None unless `final`."""
    entry_status: str | None = None
    """The Leaderboard's word for the whole entry; None unless `final`."""
    launched_routes: int | None = None
    file_routes: int | None = None
    """How many routes the routes file has; None where nobody has read it."""
    eligible: bool | None = None
    """Whether a final result counts: complete is not yet eligible. None unless `final`."""
    why_not_eligible: str = ""
    """One sentence, where a final result does not count."""
    successes: Successes | None = None
    """Over the drives in `rows`; None of a version that does not count them."""
    driven_again: tuple[DrivenAgain, ...] = ()
    """What an earlier submission had finished and this one drives anew, with what it had been."""

    @property
    def remark(self) -> str:
        """Why it is not final, or does not count though it is; empty where it does."""
        if not self.final:
            return f"not final: {self.why_not_final}"
        return "" if self.eligible else f"final, but not eligible: {self.why_not_eligible}"

    @property
    def entry(self) -> str:
        """Both words, as every view tells them."""
        return entry_words(self.entry_status, self.eligible)


def results(board: BoardSnapshot) -> ResultsView:
    """From the verified merged document where it is final, else from the records so far."""
    verdict = _verdict(board)
    report = verdict.report if verdict is not None and verdict.final else None
    if report is not None and report.statistics is not None:
        rows = tuple(
            finished_route(each.pair, each.route, each.repetition, dict(each.raw))
            for each in report.records
        )
        return _counted(_view(board, rows, report.statistics), verdict)
    statistics = _statistics(board.leaderboard, board.records) if board.records else None
    why_not = (verdict.why_not if verdict else "") or why_not_final(board)
    return _view(board, board.records, statistics, why_not)


def of_records(
    leaderboard: str, rows: tuple[FinishedRoute, ...], why_not_final: str
) -> ResultsView:
    """Records that nobody vouches for, with the scores that follow from them."""
    statistics = _statistics(leaderboard, rows) if rows else None
    return ResultsView(
        final=False,
        why_not_final=why_not_final,
        leaderboard=leaderboard,
        done=len(rows),
        total=None,
        mean=statistics.means if statistics else None,
        spread=statistics.spreads if statistics else None,
        rows=rows,
        infractions=_infractions(leaderboard, rows, statistics),
        problems=(),
        successes=_successes(leaderboard, rows),
    )


def _verdict(board: BoardSnapshot) -> MergeVerdict | None:
    """On a result that was final when it came: against the plan as it is known now."""
    plan = board.job.plan if board.job else None
    if board.merged is None or not board.merged.final or plan is None:
        return None
    return judged(plan, board.routes, board.merged.text)


def _counted(view: ResultsView, verdict: MergeVerdict | None) -> ResultsView:
    """With how a final result ends; logcopy may have told the reason among its problems."""
    if verdict is None or verdict.report is None:
        return view
    texts = {problem.text for problem in view.problems}
    more = tuple(
        MergeProblem(each.kind, each.pair, each.text)
        for each in verdict.report.problems
        if each.kind == eligibility.KIND and each.text not in texts
    )
    return replace(
        view,
        entry_status=verdict.entry_status,
        eligible=verdict.eligible,
        why_not_eligible=_why_not_eligible(view, verdict),
        problems=view.problems + more,
    )


def _why_not_eligible(view: ResultsView, verdict: MergeVerdict) -> str:
    """logcopy knows more than the records: what the partials claimed, and what drove them."""
    if why := why_not_counted(view.driven_again):
        return f"{why}."
    told = [each.text for each in view.problems if each.kind == eligibility.KIND]
    records_count = verdict.report is not None and verdict.report.eligible
    return (
        f"{told[0]}."
        if told and records_count and not verdict.eligible
        else verdict.why_not_eligible
    )


def _view(
    board: BoardSnapshot,
    rows: tuple[FinishedRoute, ...],
    statistics: GlobalStatistics | None,
    why_not: str = "",
) -> ResultsView:
    """Final where nothing says why not."""
    final = not why_not
    return ResultsView(
        final=final,
        why_not_final=why_not,
        leaderboard=board.leaderboard,
        done=None if board.unheard else len(rows),
        total=board.total,
        launched_routes=_launched_routes(board),
        file_routes=_file_routes(board),
        mean=statistics.means if statistics else None,
        spread=statistics.spreads if statistics else None,
        rows=rows,
        infractions=_infractions(board.leaderboard, rows, statistics),
        problems=board.problems,
        total_length=statistics.total_length if statistics else 0.0,
        duration_game=statistics.duration_game if statistics else 0.0,
        duration_system=statistics.duration_system if statistics else 0.0,
        document=board.merged.text if final and board.merged else None,
        successes=_successes(board.leaderboard, rows),
        driven_again=board.job.plan.driven_again if board.job and board.job.plan else (),
    )


def _launched_routes(board: BoardSnapshot) -> int | None:
    plan = board.job.plan if board.job else None
    known = launched_plan(plan, board.routes) if plan else None
    return known.routes if known else None


def _file_routes(board: BoardSnapshot) -> int | None:
    """As logcopy read it, if what it says of the launch fits the Job at all."""
    plan = board.job.plan if board.job else None
    told = board.routes
    return told.file_routes if plan and told and fits(plan, told) else None


def why_not_final(board: BoardSnapshot) -> str:
    """One sentence: what is missing for the word final."""
    if board.merged is not None and board.merged.why_not:
        return board.merged.why_not
    if board.unheard:
        return f"The records could not be read: {board.unheard}"
    if not board.records:
        return "No drive has finished yet."
    if board.total is None:
        return ROUTES_UNKNOWN
    if len(board.records) < board.total:
        return f"{len(board.records)} of {board.total} drives have a record."
    return "logcopy has not published a merged result that could be checked."


@lru_cache(maxsize=4)
def _statistics(leaderboard: str, rows: tuple[FinishedRoute, ...]) -> GlobalStatistics:
    """The Leaderboard's own formulas over the drives that there are.

    A board changes with each line of a log, its drives a few times an hour.
    """
    version = find(leaderboard) or USUAL
    raw = [_raw(index, row, version.infractions) for index, row in enumerate(rows)]
    return statistics_of(version.global_record(raw, len(raw)))


@lru_cache(maxsize=4)
def _successes(leaderboard: str, rows: tuple[FinishedRoute, ...]) -> Successes | None:
    version = find(leaderboard)
    if version is None or not version.counts_successes:
        return None
    from console.results.abilities import JudgedDrive, judged  # late: few results have them

    return judged(
        JudgedDrive(row.scenario, row.status, row.score_route, dict(row.infractions))
        for row in rows
    )


def _raw(index: int, row: FinishedRoute, names: Sequence[str]) -> dict[str, Any]:
    told = dict(row.infractions)
    return {
        "index": index,
        "route_id": row.route_id,
        "status": row.status,
        "infractions": {name: list(told.get(name, ())) for name in names},
        "scores": {
            "score_composed": row.score_composed,
            "score_route": row.score_route,
            "score_penalty": row.score_penalty,
        },
        "meta": {
            "route_length": row.route_length,
            "duration_game": row.duration_game,
            "duration_system": row.duration_system,
        },
    }


def _infractions(
    leaderboard: str, rows: Sequence[FinishedRoute], statistics: GlobalStatistics | None
) -> tuple[InfractionRow, ...]:
    counts = dict.fromkeys((find(leaderboard) or USUAL).infractions, 0)
    for row in rows:
        for name, texts in row.infractions:
            if name in counts:
                counts[name] += len(texts)
    rates = dict(statistics.infractions) if statistics else {}
    return tuple(InfractionRow(name, n, _rate(rates.get(name))) for name, n in counts.items())


def _rate(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) else None
