"""Scores, routes and infractions as lines and cells. Pure."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from console.domain.board import tally
from console.domain.gpu_time import GpuTime
from console.domain.progress import FinishedRoute
from console.operations.outcome.view import ResultsView
from console.presentation import gpu_hours
from console.presentation.again_words import sentence
from console.presentation.tones import BLANK, Line, Tone, joined, spread, text, width_of

if TYPE_CHECKING:
    from console.domain.prices import GpuPrice

METRICS = (("driving score", "composed"), ("route completion", "route"), ("penalty", "penalty"))
NO_SCORE = "no score yet"
PERFECT, PARTIAL, FAILED = "✓", "~", "✗"


def mark_of(route: FinishedRoute) -> tuple[str, Tone]:
    """How it ended, as one sign."""
    if route.failed:
        return FAILED, Tone.WARN
    return (PERFECT, Tone.OK) if route.perfect else (PARTIAL, Tone.TEXT)


def verdict_rows(results: ResultsView, width: int) -> list[Line]:
    """The verdict, its reason on lines of its own where it does not fit; three at the most."""
    whole = verdict(results)
    why = results.why_not_eligible if results.final else results.why_not_final
    if width_of(whole) <= width or not why:
        return [whole]
    told = textwrap.wrap(why, max(width, 10), max_lines=3, placeholder="…")
    return [verdict(results, brief=True), *(text((line, Tone.WARN)) for line in told)]


def verdict(results: ResultsView, *, brief: bool = False) -> Line:
    """Whether these scores may be called final; `brief` leaves out why not."""
    count = text((f"{tally(results.done, results.total)} routes", Tone.TEXT))
    if results.final and results.eligible:
        return joined([text(("✓ final", Tone.OK)), count, text((results.entry, Tone.OK))])
    if results.final:
        entry = text((results.entry, Tone.FAIL))
        why = () if brief else text((results.why_not_eligible, Tone.WARN))
        return joined([text(("✗ final", Tone.WARN)), count, entry, why])
    why = () if brief else text((results.why_not_final, Tone.WARN))
    return joined([text(("◑ not final", Tone.WARN)), count, why])


def global_scores(results: ResultsView) -> list[tuple[str, str, str]]:
    """Name, mean and standard deviation of the three scores; empty before the first route."""
    means, spreads = results.mean, results.spread
    if means is None:
        return []
    parts = (
        ("driving score", means.composed, spreads and spreads.composed, 2),
        ("route completion", means.route, spreads and spreads.route, 2),
        ("infraction penalty", means.penalty, spreads and spreads.penalty, 3),
    )
    return [
        (name, f"{mean:.{digits}f}", "" if std is None else f" ± {std:.{digits}f}")
        for name, mean, std, digits in parts
    ]


def scores(results: ResultsView, width: int) -> list[Line]:
    """The global scores, one a line."""
    lines = [
        spread(text(name), text((mean, Tone.STRONG), (f"{std:<9}", Tone.MUTED)), width)
        for name, mean, std in global_scores(results)
    ]
    return lines or [text((NO_SCORE, Tone.MUTED))]


def successes(results: ResultsView, width: int) -> list[Line]:
    """Rate of successes and abilities, one a line; nothing of a version that has none."""
    told = results.successes
    return [
        spread(text(name), text((share, Tone.STRONG), (f"{f'  {of}':<19}", Tone.MUTED)), width)
        for name, share, of in (told.rows() if told else ())
    ]


def infractions(results: ResultsView, width: int) -> list[Line]:
    """Every kind that occurred: how often, and per kilometre."""
    lines = []
    for each in results.infractions:
        if each.count:
            rate = "" if each.per_km is None else f"{each.per_km:.3f}/km"
            value = text((f"{each.count:>3}", Tone.WARN), (f"{rate:>11}", Tone.MUTED))
            lines.append(spread(text(each.kind.replace("_", " ")), value, width))
    return lines or [text((no_infraction(results), Tone.MUTED))]


def no_infraction(results: ResultsView) -> str:
    """What stands where there is none to show; nothing seen is not the same as nothing known."""
    return "not known" if results.done is None else "no infraction"


def problems(results: ResultsView) -> list[Line]:
    """What keeps the result from being trusted."""
    return [
        text((f"! {f'pair {p.pair}' if p.pair else 'result'} {p.kind}: ", Tone.WARN), p.text)
        for p in results.problems
    ]


def side(
    results: ResultsView,
    selected: FinishedRoute | None,
    gpu: GpuTime,
    width: int,
    *,
    small: bool = False,
    price: GpuPrice | None = None,
) -> list[Line]:
    """Scores, infractions, problems, GPU hours and the selected route; that one first where
    `small`."""
    from console.presentation.wrapping import all_wrapped  # late: no command has a side

    title = Tone.MUTED
    lines = [text(("GLOBAL SCORES", title)), *scores(results, width), BLANK]
    route = of_route(selected, width) if selected else []
    lines = [*route, BLANK] if small else lines
    judged = successes(results, width)
    lines += [text(("SUCCESSES AND ABILITIES, PERCENT", title)), *judged, BLANK] if judged else []
    lines += [text(("INFRACTIONS", title)), *infractions(results, width)]
    again = all_wrapped([text(sentence(each)) for each in results.driven_again], width, 2)
    lines += [BLANK, text(("DRIVEN AGAIN", title)), *again] if again else []
    found = all_wrapped(problems(results), width, 2)
    lines += [BLANK, text(("PROBLEMS", title)), *found] if found else []
    lines += [BLANK, text(("GPU HOURS", title)), *gpu_hours.rows(gpu, width, price)]
    return lines if small else [*lines, BLANK, *route]


def headline_scores(results: ResultsView) -> Line:
    """The global scores in one line, for a small terminal."""
    shown = [
        text((f"{name.split()[-1]} ", Tone.MUTED), (mean, Tone.STRONG), (std, Tone.MUTED))
        for name, mean, std in global_scores(results)
    ]
    if shown and results.successes:
        rate = results.successes.rows()[0][1]
        shown.append(text(("success ", Tone.MUTED), (rate, Tone.STRONG)))
    return joined(shown) or text((NO_SCORE, Tone.MUTED))


def of_route(route: FinishedRoute, width: int) -> list[Line]:
    """Status and every infraction of one route, as the evaluator wrote them."""
    mark, tone = mark_of(route)
    status = textwrap.wrap(f"{mark} {route.status}", max(width, 10), subsequent_indent="  ")
    lines = [text((f"ROUTE {route.route_id}", Tone.MUTED))]
    lines += [text((line, tone)) for line in status]
    for kind, entries in route.infractions:
        for entry in entries:
            told = textwrap.wrap(f"{kind.replace('_', ' ')}: {entry}", max(width - 2, 10))
            head, _, rest = told[0].partition(": ")
            lines.append(text((f"{head}: ", Tone.WARN), rest))
            lines += [text(f"  {more}") for more in told[1:]]
    return lines
