"""The board around its pairs: headline, budget, logcopy, conditions and events. Pure."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from datetime import datetime

from console.domain.board import SHARED_FAILURE, BoardSnapshot, SubmissionStatus
from console.domain.budget import RestartBudget
from console.domain.events import KEPT_DRIVES
from console.domain.evidence import logcopy_heard
from console.domain.facts import JobFacts
from console.domain.joined_pods import merging
from console.domain.progress import MergeProblem, MergeStatus
from console.domain.spans import age
from console.domain.submission import LOGCOPY, MONITOR
from console.presentation.endings import container_state, every_ending, restart_count, states_of
from console.presentation.fleet_columns import progress_bar
from console.presentation.tones import (
    BLANK,
    SUBMISSION_MARKS,
    Line,
    Tone,
    joined,
    spread,
    text,
    width_of,
)

_LEAST_WIDTH = 20
NO_HELP = "no restart helps while it is blocked"


def headline(board: BoardSnapshot, width: int, now: datetime) -> Line:
    """Status, name, version, routes; why, or the score, on the same line where all of it fits."""
    left, right = _headline(board, width, now)
    why = text(_why(board))
    fits = width_of(left) + width_of(why) + width_of(right) + 3 <= width
    return spread(joined([left, why] if fits else [left], "  "), right, width)


def reason(board: BoardSnapshot, width: int, now: datetime) -> list[Line]:
    """The same on lines of its own where the headline has no room for it; two at most."""
    left, right = _headline(board, width, now)
    words, tone = _why(board)
    if width_of(left) + len(words) + width_of(right) + 3 <= width or width < _LEAST_WIDTH:
        return []
    told = textwrap.wrap(words, width, max_lines=2, placeholder="…")
    return [text((line, tone)) for line in told]


def final_score(board: BoardSnapshot) -> str:
    """`driving score 62.34` of a result that is final; empty of any other."""
    merged = board.merged
    if board.status is not SubmissionStatus.COMPLETE or merged is None or not merged.final:
        return ""
    score = "?" if merged.driving_score is None else f"{merged.driving_score:.2f}"
    return f"driving score {score}{', not eligible' if merged.eligible is False else ''}"


def budget_rows(budget: Line, hint: str, width: int) -> list[Line]:
    """The budget, and what can be done now: beside it, or beneath where that does not fit."""
    if width_of(budget) + len(hint) + 1 <= width or width < _LEAST_WIDTH:
        return [spread(budget, text((hint, Tone.ACCENT)), width)]
    told = textwrap.wrap(hint, width, max_lines=2, placeholder="…")
    return [budget, *(text((line, Tone.ACCENT)) for line in told)]


def unkept(board: BoardSnapshot) -> tuple[str, ...]:
    """That a pair whose pod is lost would begin anew, while any may be."""
    told = (why for name, state, why in board.streams if name == KEPT_DRIVES and state.broken)
    return () if board.ended else tuple(told)


def warning_rows(warnings: Sequence[str], width: int) -> list[Line]:
    """A row each, two at most; of more their number."""
    told = [
        textwrap.shorten(f"! {each}", max(width, _LEAST_WIDTH), placeholder="…")
        for each in warnings
    ]
    if len(told) > 2:
        told = [told[0], f"! and {len(told) - 1} more pairs (i)"]
    return [text((each, Tone.WARN)) for each in told]


def _why(board: BoardSnapshot) -> tuple[str, Tone]:
    """One that is complete needs no reason: its score is what is asked for."""
    if board.reason or not (score := final_score(board)):
        return board.reason, _reason_tone(board)
    return score, Tone.OK if board.merged and board.merged.eligible else Tone.WARN


def _reason_tone(board: BoardSnapshot) -> Tone:
    return Tone.WARN if SUBMISSION_MARKS[board.status][1] is Tone.WARN else Tone.TEXT


def _headline(board: BoardSnapshot, width: int, now: datetime) -> tuple[Line, Line]:
    glyph, tone = SUBMISSION_MARKS[board.status]
    left = joined(
        [
            text((f"{glyph} {board.status.value}", tone)),
            text((board.name, Tone.STRONG)),
            text((f"Leaderboard {board.leaderboard or '?'}", Tone.MUTED)),
        ],
        "  ",
    )
    bar = progress_bar(board.finished, board.total, 26 if width >= 110 else 16)
    return left, joined([bar, text((_lasts(board.job, now), Tone.MUTED))], "  ")


def _lasts(job: JobFacts | None, now: datetime) -> str:
    """Since when it is there; of one that has ended how long it took, which grows no more."""
    if job is None or job.ended_at is None:
        return age(job.created_at if job else None, now)
    return f"took {age(job.started_at or job.created_at, job.ended_at)}"


def forecast(budget: RestartBudget) -> str:
    """What the rest of the budget is good for."""
    if budget.by_pair:
        return _forecast_of_pairs(budget)
    if budget.exhausted:
        return "spent: the Job ends"
    match budget.resumes_left:
        case None:
            return "nobody can tell how many more resumes can work"
        case 0:
            return "no resume is left: the next failure ends the Job"
        case 1:
            return "1 more resume can work"
        case more:
            return f"{more} more resumes can work"


def _forecast_of_pairs(budget: RestartBudget) -> str:
    """Each has its own, and its end is not that of the others."""
    if budget.failed:
        named = ", ".join(map(str, budget.failed))
        return f"pair {named} failed for good" if len(budget.failed) == 1 else f"{named} failed"
    left, who = budget.resumes_left, budget.worst or "each pair"
    if left is None:
        more = "resumes can work" if budget.of_restarts else "pods can be made"
        return f"nobody can tell how many more {more}"
    if left == 0:
        return f"the next failure of {who} is its last"
    return f"{who} can fail {left} more time{'' if left == 1 else 's'}"


def budget_line(board: BoardSnapshot, width: int) -> Line:
    """`restarts ▰▰▱▱▱▱▱▱ 2/8 used: pair 2 ×2; 2 more resumes can work`."""
    budget = board.budget
    gauge = min(budget.limit or 0, 40 if width >= 120 else 12)
    full = min(gauge * budget.least // budget.limit, gauge) if budget.limit else 0
    return text(
        (f"{budget.unit} ", Tone.MUTED),
        ("▰" * full, Tone.WARN if not budget.exhausted else Tone.FAIL),
        ("▱" * (gauge - full), Tone.RULE),
        (" ", Tone.TEXT),
        *budget_words(board),
    )


def _failed_pods(failed: int, budget: RestartBudget) -> str:
    """Of a Job with one pod; where each pair has its own they are what the budget is of."""
    return f"; failed pods {failed}/{budget.limit}" if failed and not budget.by_pair else ""


def budget_words(board: BoardSnapshot) -> Line:
    """The same without its gauge; pods that failed as a whole have the same limit to themselves."""
    budget = board.budget
    left = budget.resumes_left or 0
    tone = Tone.FAIL if budget.exhausted else Tone.OK if left > 1 else Tone.WARN
    who = budget.spenders
    failed = board.job.failed if board.job else 0
    blocked = board.blockage is not None
    return text(
        (f"{budget.tally} used", Tone.TEXT),
        (f": {who}" if who else "", Tone.TEXT),
        *(() if board.ended or blocked else (("; ", Tone.MUTED), (forecast(budget), tone))),
        (f"; {NO_HELP}" if blocked else "", Tone.MUTED),
        (_failed_pods(failed, budget), Tone.WARN),
    )


def logcopy(board: BoardSnapshot, width: int, height: int) -> list[Line]:
    """The ninth container, the state of the merge, what keeps it from being trusted."""
    merge, good = _merge(board)
    each = merging(board.pod) if board.pod else []
    own = container_state(board.logcopy, absent=board.logcopy_absent)
    # What one of many says of itself is no word of the others.
    many = text((states_of(each), Tone.TEXT)) if len(each) > 1 else ()
    state = joined(
        [
            text((f"{merger(board)} ", Tone.MUTED), *(many or own)),
            () if many else restart_count(board.logcopy),
            text(("merge ", Tone.MUTED), (merge, good)),
        ],
        "  ",
    )
    count = _problem_count(len(board.problems))
    lines = [spread(state, count, width)]
    lines += problems(board)[: max(height - 2, 0)]
    if len(lines) < height:
        lines.append(text(("│ ", Tone.MUTED), (board.logcopy_line or board.unheard, Tone.MUTED)))
    return lines


def merger(board: BoardSnapshot) -> str:
    """What merges: upstream's monitor in Jobs of upstream's."""
    return MONITOR if board.logcopy and board.logcopy.name == MONITOR else LOGCOPY


def _merge(board: BoardSnapshot) -> tuple[str, Tone]:
    """What logcopy says of its merge, and whether this console has found the same."""
    if board.merge_status is None:
        return "nothing merged yet" if logcopy_heard(board) else "?", Tone.TEXT
    if board.merge_status is not MergeStatus.COMPLETE:
        return board.merge_status.value, Tone.TEXT
    if board.merged is not None and board.merged.final:
        return f"complete, {board.merged.entry}", Tone.OK if board.merged.eligible else Tone.WARN
    return "said to be complete, not verified here", Tone.WARN


def alike(board: BoardSnapshot, pair: int) -> str:
    """`alike in every pair`, `alike in pairs 1, 3` of a failure that this pair shares."""
    shared = (each.alike for each in board.problems if each.kind == SHARED_FAILURE)
    hit = max((each for each in shared if pair in each), key=len, default=None)
    if hit is None:
        return ""
    every = hit >= {each.number for each in board.pairs}
    return "alike in every pair" if every else f"alike in pairs {', '.join(map(str, sorted(hit)))}"


def problems(board: BoardSnapshot) -> list[Line]:
    """One by one, what hit several pairs alike first."""
    return problem_lines(board.problems)


def problem_lines(found: Iterable[MergeProblem]) -> list[Line]:
    """The same of problems that are already apart from their board."""
    ordered = sorted(found, key=lambda problem: problem.kind != SHARED_FAILURE)
    return [
        text((f"! {_about(problem)} {problem.kind}: ", Tone.WARN), problem.text)
        for problem in ordered
    ]


def _about(problem: MergeProblem) -> str:
    return f"pair {problem.pair}" if problem.pair else "result"


def whole_reason(board: BoardSnapshot, hint: str) -> list[Line]:
    """Where it stands and why, and how one goes on; nothing of one that needs no word."""
    if not board.reason and not hint:
        return []
    glyph, tone = SUBMISSION_MARKS[board.status]
    stands = text((f"{glyph} {board.status.value}  ", tone), (board.reason, _reason_tone(board)))
    return [stands, *([text((hint, Tone.ACCENT))] if hint else []), BLANK]


def troubles(board: BoardSnapshot, why: Sequence[str] = ()) -> list[Line]:
    """Why it failed, where `why` tells it (`verdicts.answers`); who failed first and where, for
    each attempt; then what the result lacks."""
    told = [text(("WHY", Tone.MUTED)), *(text((each, Tone.WARN)) for each in why), BLANK]
    lines = [
        text((f"pair {pair.number}  ", Tone.STRONG), ending)
        for pair in board.pairs
        for ending in every_ending(pair)
    ]
    titled = [text(("ATTEMPTS THAT ENDED", Tone.MUTED)), *lines, BLANK] if lines else []
    if board.lost:
        gone = [text(each.told) for each in board.lost]
        titled = [text(("PODS THAT WERE LOST", Tone.MUTED)), *gone, BLANK, *titled]
    found = problems(board)
    titled = [*(told if why else ()), *titled]
    return [*titled, *([text(("PROBLEMS", Tone.MUTED)), *found, BLANK] if found else [])]


def _problem_count(count: int) -> Line:
    words = f"{count} problem{'s' if count > 1 else ''} (e)"
    return text((words, Tone.WARN)) if count else ()
