"""How a pair's attempts ended, with what the kubelet knows of it; the first cause of it. Pure.

Each half's end is written by its supervisor. The half that failed by itself is the cause; what the
partner and later attempts say is an echo.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from msgspec.structs import replace

from console.domain.board import PairBoard
from console.domain.facts import ContainerExit, ContainerFacts
from console.domain.progress import EndedAttempt, PairProgress
from console.domain.spans import shifted
from console.workers import pair_words

_OUT_OF_MEMORY = "OOMKilled"
_SIGKILL = 9
_AGAIN = 2
"""Ends at one route that are no chance any more."""
_SLACK = timedelta(seconds=2)
"""Both times are cut to whole seconds."""

Key = tuple[int, str]


def ends_of(
    report: PairProgress | None,
    before: PairBoard | None,
    halves: tuple[ContainerFacts, ...],
) -> tuple[EndedAttempt, ...]:
    """Every end that was ever told of this pod, oldest first: a report holds only the latest.

    Ends without a word get the kubelet's, and killed workloads its `OOMKilled`: its word belongs
    to the end that was written in the same run, and what was known of earlier ones stays known.
    """
    # A report has room for the latest ends only; what an earlier one told stays true.
    known = {_key(each): each for each in before.ended} if before and report else {}
    told = {_key(each): each for each in report.ended} if report else {}
    if not known and not told:
        return ()
    ended = sorted({**known, **told}.values(), key=_place)
    # The kubelet keeps the last two runs of a container: a word that was seen once is asked of no
    # later pod, which has forgotten it.
    words = {_key(each): each.kubelet for each in known.values() if each.kubelet}
    for half in halves:
        for run in (half.previous, half.ended):
            # Not by attempt: supervisors count theirs in files, kubelets count restarts, and a run
            # that was killed at once wrote nothing.
            if run and (end := _end_of(run, [e for e in ended if half.name.startswith(e.half)])):
                words.setdefault(_key(end), _word(run))
    return tuple(_worded(each, words.get(_key(each), "")) for each in ended)


def _end_of(run: ContainerExit, ends: list[EndedAttempt]) -> EndedAttempt | None:
    """What was written in that run, by the same node's clock; without times the latest."""
    if run.started_at is None or run.finished_at is None:
        return ends[-1] if ends else None
    first, last = shifted(run.started_at, -_SLACK), shifted(run.finished_at, _SLACK)
    return next((each for each in reversed(ends) if each.at and first <= each.at <= last), None)


def _word(run: ContainerExit) -> str:
    return run.reason if run.reason not in ("", "Error") else f"exit {run.exit_code}"


def _worded(end: EndedAttempt, word: str) -> EndedAttempt:
    wanted = end.reason == pair_words.VANISHED or (
        end.signal == _SIGKILL and word == _OUT_OF_MEMORY
    )
    return replace(end, kubelet=word) if wanted else end


def first_death(ended: tuple[EndedAttempt, ...]) -> EndedAttempt | None:
    """The first end that was a half's own failure, with the route that its pair was at.

    None without one, and where ends before it are not known: it may be an echo then.
    """
    if not ended:
        return None
    death = next((each for each in ended if each.initiating), None)
    # With a gap before it nobody can tell whether this one was first or an echo.
    if death is None or not set(range(1, death.attempt)) <= {each.attempt for each in ended}:
        return None
    if death.route.strip("-"):
        return death
    partner = (each.route for each in ended if each.attempt == death.attempt)
    return replace(death, route=next((route for route in partner if route.strip("-")), ""))


def stuck_at(pair: PairBoard) -> tuple[str, int]:
    """The route at which its last attempts failed by themselves, and how many of them; "" for none,
    and where that route has its end since: then it got past it."""
    attempts = {each.attempt for each in pair.ended if each.initiating}
    routes = {
        each.attempt: each.route
        for each in pair.ended
        if each.attempt in attempts and each.route.strip("-")
    }
    if not routes:
        return "", 0
    last = routes[max(routes)]
    driven = {
        f"{cell.route_id}_rep{cell.repetition}" for cell in pair.cells if cell.score is not None
    }
    return ("", 0) if last in driven else (last, Counter(routes.values())[last])


def stuck_again(pair: PairBoard) -> str:
    """`pair 2 failed 3 times at RouteScenario_6_rep0`; empty where that may have been by chance."""
    route, count = stuck_at(pair)
    return f"pair {pair.number} failed {count} times at {route}" if count >= _AGAIN else ""


def _key(end: EndedAttempt) -> Key:
    return end.attempt, end.half


def _place(end: EndedAttempt) -> tuple[int, float, str]:
    return end.attempt, end.at.timestamp() if end.at else 0.0, end.half
