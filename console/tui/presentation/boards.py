"""The board around its pairs: headline, budget, logcopy, conditions and events. Pure."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from console.domain.board import BoardSnapshot
from console.domain.budget import RestartBudget
from console.domain.facts import ClusterEvent, JobCondition
from console.domain.spans import age
from console.tui.presentation.endings import container_state, restart_count
from console.tui.presentation.submissions import progress_bar
from console.tui.presentation.tones import SUBMISSION_MARKS, Line, Tone, joined, spread, text

_PAIRED = ("simulator-", "agent-")


def headline(board: BoardSnapshot, width: int, now: datetime) -> Line:
    """Status, name, version, routes; why on the same line as far as it fits."""
    glyph, tone = SUBMISSION_MARKS[board.status]
    left = joined(
        [
            text((f"{glyph} {board.status.value}", tone)),
            text((board.name, Tone.STRONG)),
            text((f"Leaderboard {board.leaderboard or '?'}", Tone.MUTED)),
            text((board.reason, Tone.WARN if tone is Tone.WARN else Tone.TEXT)),
        ],
        "  ",
    )
    bar = progress_bar(board.done, board.total, 26 if width >= 110 else 16)
    created = board.job.created_at if board.job else None
    right = joined([bar, text((age(created, now), Tone.MUTED))], "  ")
    return spread(left, right, width)


def spenders(budget: RestartBudget) -> tuple[tuple[str, int], ...]:
    """Who spent the budget; both halves of a pair count as the pair."""
    counts: Counter[str] = Counter()
    for name, count in budget.spent:
        half = next((p for p in _PAIRED if name.startswith(p)), None)
        counts[f"pair {name.removeprefix(half)}" if half else name] += count
    return tuple(counts.items())


def forecast(budget: RestartBudget) -> str:
    """What the rest of the budget is good for."""
    if budget.exhausted:
        return "spent: the Job ends"
    match budget.resumes_left:
        case 0:
            return "no resume can work any more: the next one ends the Job"
        case 1:
            return "1 more resume can work"
        case more:
            return f"{more} more resumes can work"


def budget_line(budget: RestartBudget, width: int, *, ended: bool = False) -> Line:
    """`restarts ▰▰▱▱▱▱▱▱ 2/8 used: pair 2 ×2; 2 more resumes can work`."""
    tone = Tone.FAIL if budget.exhausted else Tone.OK if budget.resumes_left > 1 else Tone.WARN
    gauge = min(budget.limit, 40 if width >= 120 else 12)
    full = min(gauge * budget.used // budget.limit, gauge) if budget.limit else 0
    who = ", ".join(f"{name} ×{count}" for name, count in spenders(budget))
    return text(
        ("restarts ", Tone.MUTED),
        ("▰" * full, Tone.WARN if not budget.exhausted else Tone.FAIL),
        ("▱" * (gauge - full), Tone.RULE),
        (f" {budget.used}/{budget.limit} used", Tone.TEXT),
        (f": {who}" if who else "", Tone.TEXT),
        *(() if ended else (("; ", Tone.MUTED), (forecast(budget), tone))),
    )


def logcopy(board: BoardSnapshot, width: int, height: int) -> list[Line]:
    """The ninth container, the state of the merge, what keeps it from being trusted."""
    merge = board.merge_status.value if board.merge_status else "nothing merged yet"
    good = Tone.OK if merge == "complete" else Tone.TEXT
    state = joined(
        [
            text(("logcopy ", Tone.MUTED), *container_state(board.logcopy)),
            restart_count(board.logcopy),
            text(("merge ", Tone.MUTED), (merge, good)),
        ],
        "  ",
    )
    count = _problem_count(len(board.problems))
    lines = [spread(state, count, width)]
    for problem in board.problems[: max(height - 2, 0)]:
        about = f"pair {problem.pair}" if problem.pair else "result"
        lines.append(text((f"! {about} {problem.kind}: ", Tone.WARN), problem.text))
    if len(lines) < height:
        lines.append(text(("│ ", Tone.MUTED), (board.logcopy_line, Tone.MUTED)))
    return lines


def _problem_count(count: int) -> Line:
    words = f"{count} problem{'s' if count > 1 else ''}"
    return text((words, Tone.WARN)) if count else ()


def happenings(board: BoardSnapshot, now: datetime) -> list[Line]:
    """Job conditions and the cluster's events, newest last."""
    conditions = board.job.conditions if board.job else ()
    dated = [(c.since, _condition(c, now)) for c in conditions if c.status]
    dated += [(event.last_seen, _event(event, now)) for event in board.events]
    known = [pair for pair in dated if pair[0] is not None]
    unknown = [line for when, line in dated if when is None]
    return [*unknown, *(line for _, line in sorted(known, key=lambda pair: pair[0] or now))]


def _condition(condition: JobCondition, now: datetime) -> Line:
    tone = Tone.FAIL if condition.type.startswith("Fail") else Tone.OK
    return text(
        (f"{age(condition.since, now):>6} ", Tone.MUTED),
        (f"Job {condition.type} ", tone),
        (f"{condition.reason} ", Tone.STRONG),
        (condition.message, Tone.TEXT),
    )


def _event(event: ClusterEvent, now: datetime) -> Line:
    tone = Tone.WARN if event.type == "Warning" else Tone.TEXT
    count = f" ×{event.count}" if event.count > 1 else ""
    return text(
        (f"{age(event.last_seen, now):>6} ", Tone.MUTED),
        (f"{event.reason}{count} ", tone),
        (f"{event.about}  ", Tone.MUTED),
        (event.message, Tone.TEXT),
    )
