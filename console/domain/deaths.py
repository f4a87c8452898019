"""How a pair's attempts ended, with what the kubelet knows of it; the first cause of it. Pure.

Each half's end is written by its supervisor. The half that failed by itself is the cause; what the
partner and later attempts say is an echo.
"""

from __future__ import annotations

from dataclasses import replace

from console.domain.board import PairBoard
from console.domain.facts import ContainerFacts
from console.domain.progress import EndedAttempt, PairProgress

_OUT_OF_MEMORY = "OOMKilled"
_SIGKILL = 9

Key = tuple[int, str]


def ends_of(
    report: PairProgress | None,
    before: PairBoard | None,
    halves: tuple[ContainerFacts | None, ...],
) -> tuple[EndedAttempt, ...]:
    """Every end that was ever told of this pod, oldest first: a report holds only the latest.

    Ends without a word get the kubelet's, and killed workloads its `OOMKilled`: its last word
    belongs to the half's latest end, and what was known of earlier ones stays known.
    """
    known = {_key(each): each for each in before.ended} if before and report else {}
    told = {_key(each): each for each in report.ended} if report else {}
    ended = sorted({**known, **told}.values(), key=_place)
    said = {half.name.partition("-")[0]: half.previous for half in halves if half}
    latest = {each.half: each.attempt for each in ended}
    out = []
    for each in ended:
        word = known[_key(each)].kubelet if _key(each) in known else ""
        last = said.get(each.half)
        if not word and last and latest[each.half] == each.attempt:
            word = last.reason if last.reason not in ("", "Error") else f"exit {last.exit_code}"
        wanted = each.reason == "vanished" or (each.signal == _SIGKILL and word == _OUT_OF_MEMORY)
        out.append(replace(each, kubelet=word) if wanted else each)
    return tuple(out)


def first_death(ended: tuple[EndedAttempt, ...]) -> EndedAttempt | None:
    """The first end that was a half's own failure, with the route that its pair was at.

    None without one, and where ends before it are not known: it may be an echo then.
    """
    death = next((each for each in ended if each.initiating), None)
    if death is None or not set(range(1, death.attempt)) <= {each.attempt for each in ended}:
        return None
    if death.route.strip("-"):
        return death
    partner = (each.route for each in ended if each.attempt == death.attempt)
    return replace(death, route=next((route for route in partner if route.strip("-")), ""))


def _key(end: EndedAttempt) -> Key:
    return end.attempt, end.half


def _place(end: EndedAttempt) -> tuple[int, float, str]:
    return end.attempt, end.at.timestamp() if end.at else 0.0, end.half
