"""Why a pair's attempts ended, and which half failed first, in words. Pure."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Iterable
from itertools import groupby

from console.domain.board import PairBoard, PairStatus
from console.domain.facts import ContainerFacts, ContainerState
from console.domain.progress import EndedAttempt
from console.presentation.tones import Line, Tone, text
from console.workers import pair_words

_MARKS: dict[ContainerState, tuple[str, Tone]] = {
    ContainerState.WAITING: ("◌", Tone.MUTED),
    ContainerState.RUNNING: ("●", Tone.ACCENT),
    ContainerState.TERMINATED: ("■", Tone.MUTED),
}

_ECHOES = (pair_words.LOST_PARTNER, pair_words.CANCELLED, pair_words.TERMINATED)
_REASONS = {
    pair_words.CRASHED: "crashed",
    pair_words.LOST_PARTNER: "lost its partner",
    pair_words.HANG: "hung",
    pair_words.NEVER_READY: "never became ready",
    pair_words.INVALID_SETUP: "has an invalid set-up",
    pair_words.WRONG_GPU: "has no GPU, or a wrong one",
    pair_words.NOT_LOADED: "cannot load the evaluator",
    pair_words.CANCELLED: "was cancelled",
    pair_words.TERMINATED: "was terminated",
    pair_words.VANISHED: "vanished",
    pair_words.DONE: "finished",
}


def cause(pair: PairBoard) -> str:
    """What a tile says: of a failed pair its first death, which every later end only echoes.

    Where that is not known, the last end is not told as if it were the cause.
    """
    last = last_ending(pair)
    if pair.status is PairStatus.UNKNOWN:
        return last or "nothing that is left tells how it ended"
    if pair.status is not PairStatus.FAILED:
        return last
    if pair.first_death is not None:
        return _ending([pair.first_death])
    return f"first failure not known; last: {last}" if last else "why it failed is not known"


def last_ending(pair: PairBoard) -> str:
    """`attempt 1: simulator crashed first (SIGSEGV) on RouteScenario_2`; empty without one."""
    return next(reversed(every_ending(pair)), "")


def every_ending(pair: PairBoard) -> list[str]:
    """The same for each attempt that did not end well, oldest first."""
    ended = sorted((e for e in pair.ended if e.reason != "done"), key=lambda e: e.attempt)
    return [_ending(list(group)) for _, group in groupby(ended, key=lambda e: e.attempt)]


def _ending(halves: list[EndedAttempt]) -> str:
    first = next((half for half in halves if half.initiating), halves[0])
    order = " first" if first.initiating and first.reason in pair_words.AT_FAULT else ""
    where = f" on {first.route}" if first.route.strip("-") else ""
    return f"attempt {first.attempt}: {first.half} {_reason(first)}{order}{_exit(first)}{where}"


def ended_how(ending: EndedAttempt) -> str:
    """`crashed (SIGSEGV)`; `ended (exit 126)` where no supervisor told why."""
    return f"{_reason(ending)}{_exit(ending)}"


def _reason(ending: EndedAttempt) -> str:
    return _REASONS.get(ending.reason, ending.reason) or "ended"


def _exit(ending: EndedAttempt) -> str:
    if ending.kubelet:
        return f" ({ending.kubelet})"
    if ending.signal:
        return f" ({signal_name(ending.signal)})"
    return f" (exit {ending.exit_code})" if ending.exit_code else ""


def signal_name(number: int) -> str:
    """`SIGSEGV`, or `signal 99` where there is none of that number."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def container_state(container: ContainerFacts | None, *, absent: bool = False) -> Line:
    """`● running`, `◌ ImagePullBackOff`, `■ exit 139`; `?` for one that nobody has seen.

    `absent`: the cluster says that it is not there yet.
    """
    if container is None:
        return text(("◌ not created" if absent else "?", Tone.MUTED))
    glyph, tone = _MARKS[container.state]
    if container.state is ContainerState.TERMINATED:
        code = container.ended.exit_code if container.ended else 0
        mark = ("✗", Tone.FAIL) if code else ("✓", Tone.OK)
        return text((f"{mark[0]} exit {code}", mark[1]))
    if container.state is ContainerState.WAITING and container.reason:
        bad = container.reason.endswith(("BackOff", "Error")) or container.reason.startswith("Err")
        return text((f"{glyph} {container.reason}", Tone.WARN if bad else tone))
    return text((f"{glyph} {container.state.value}", tone))


def half_state(pair: PairBoard, half: str) -> Line:
    """Of a pair's container; grey where that ended for its partner's sake, or from outside."""
    container = pair.simulator if half == "simulator" else pair.agent
    state = container_state(container, absent=pair.not_created)
    last = next((each for each in reversed(pair.ended) if each.half == half), None)
    over = container is not None and container.state is ContainerState.TERMINATED
    echoes = over and last is not None and last.reason in _ECHOES
    return tuple((told, Tone.MUTED) for told, _ in state) if echoes else state


def states_of(containers: Iterable[ContainerFacts]) -> str:
    """Of many alike: `14 running, 2 Completed`."""
    counted = Counter(each.reason or each.state.value for each in containers)
    return ", ".join(f"{count} {word}" for word, count in counted.most_common())


def restart_count(container: ContainerFacts | None) -> Line:
    """`↻2`, empty when it never restarted."""
    if container is None or not container.restart_count:
        return ()
    return text((f"↻{container.restart_count}", Tone.WARN))
