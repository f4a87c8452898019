"""One pair of the board as lines: a panel of any height, or three rows. Pure."""

from __future__ import annotations

import textwrap
from datetime import datetime

from console.domain.board import KNOWN_ENDS, PairBoard, PairStatus, RouteCell, RouteState, tally
from console.domain.estimates import PairTime
from console.domain.spans import age, in_utc
from console.presentation import gpu_use, server_memory
from console.presentation.endings import cause, half_state, restart_count
from console.presentation.pair_times import badge, done_line, pace_line, usually, with_end
from console.presentation.route_bars import Columns, bar_in_row, route_bar, score_of
from console.presentation.tones import (
    BLANK,
    CELL_MARKS,
    PAIR_MARKS,
    Line,
    Tone,
    joined,
    spread,
    text,
    width_of,
)

_MARKS = {PairStatus.FAILED: ("‼ ", Tone.FAIL), PairStatus.UNKNOWN: ("? ", Tone.MUTED)}


def status(
    pair: PairBoard, now: datetime | None, time: PairTime | None = None, *, brief: bool = False
) -> Line:
    """`● driving 12s, heard 2s ago`; `failed 14:03:12 after 2m10s` of what does not go on.

    When it was heard says less than its ticks, where these are told. `brief`: the first time alone.
    """
    glyph, tone = PAIR_MARKS[pair.status]
    ticks = time is not None and time.progress is not None
    told = _ended_at(pair) if pair.status in KNOWN_ENDS else _going(pair, now, ticks) if now else ""
    told = told.partition(" after ")[0].partition(", ")[0] if brief else told
    return text((f"{glyph} {pair.status.value}", tone), (f" {told}" if told else "", Tone.MUTED))


def _ended_at(pair: PairBoard) -> str:
    """The time of day (UTC) and the length, as far as they are known."""
    if pair.since is None:
        return ""
    at = f"{'' if pair.since_exact else 'by '}{in_utc(pair.since):%H:%M:%S}"
    if pair.began is None or not pair.since_exact:
        return at
    return f"{at} after {age(pair.began, pair.since)}"


def _going(pair: PairBoard, now: datetime, ticks: bool) -> str:
    if pair.since is None:
        return ""
    told = f"{'' if pair.since_exact else '≥'}{age(pair.since, now)}"
    signs = [sign for sign in (pair.last_sign, pair.heard) if sign]
    return f"{told}, heard {age(max(signs), now)} ago" if signs and not ticks else told


def gpu(pair: PairBoard) -> str:
    """The index that its halves said; `none`; `0≠1` where they differ; `?` where none could."""
    halves = [half for half in (pair.simulator_gpu, pair.agent_gpu) if half]
    if any(half.count == 0 for half in halves):
        return "none"
    if pair.gpus_differ:
        return "≠".join("?" if half.index is None else f"{half.index}" for half in halves)
    return "?" if pair.gpu is None else f"{pair.gpu}"


def hardware(pair: PairBoard) -> Line:
    """The card and the two ports."""
    wrong = pair.gpus_differ or gpu(pair) == "none"
    return text(
        ("GPU ", Tone.MUTED),
        (gpu(pair), Tone.WARN if wrong else Tone.TEXT),
        ("  port ", Tone.MUTED),
        f"{pair.carla_port}",
        ("  traffic ", Tone.MUTED),
        f"{pair.traffic_manager_port}",
        *((("  node ", Tone.MUTED), (pair.node, Tone.TEXT)) if pair.node else ()),
    )


def _placed(pair: PairBoard, width: int) -> Line:
    """The same in that many cells: in a pod of its own its node says more than ports, which all
    of those pods have alike."""
    whole = hardware(pair)
    if width_of(whole) <= width or not pair.node:
        return whole
    return text(*whole[:2], ("  node ", Tone.MUTED), pair.node)


def _card(pair: PairBoard, now: datetime | None, width: int) -> Line:
    """The same, and at the right edge how busy it is."""
    left = _placed(pair, width)
    use = gpu_use.line(pair, now, width - width_of(left) - 2)
    return spread(left, use, width) if use else left


def _half(name: str, pair: PairBoard, width: int) -> Line:
    held = server_memory.short(pair) if name == "simulator" else ()
    left = joined([text((f"{name:<11}", Tone.MUTED), *half_state(pair, name)), held], "  ")
    return spread(left, _restarted(pair, name), width)


def _restarted(pair: PairBoard, half: str) -> Line:
    """What is proven of the restarts of a half that nobody has seen is not all of them."""
    container = pair.simulator if half == "simulator" else pair.agent
    least = dict(pair.proven_restarts).get(f"{half}-{pair.number}", 0)
    if container is None and least:
        return text((f"↻≥{least}", Tone.WARN))
    return restart_count(container)


def restarts(pair: PairBoard) -> str:
    """Of both halves: `2`; `≥2` where only that much is proven, `?` where nothing is. In a pod of
    its own `1/3`: how many of its pods failed, of how many may."""
    if pair.failed_pods is not None:
        allowed = pair.pods_allowed
        return "?" if allowed is None else f"{min(pair.failed_pods, allowed)}/{allowed}"
    if pair.restarts is not None:
        return f"{pair.restarts}"
    return f"≥{pair.restarts_at_least}" if pair.restarts_at_least else "?"


def driven(pair: PairBoard) -> Line:
    """How many of its routes."""
    return text((tally(pair.done, pair.total), Tone.STRONG))


def counts(
    pair: PairBoard,
    columns: Columns = Columns(),  # noqa: B008 - a value
    *,
    tries: bool = True,
) -> Line:
    """How far, how well, in which attempt: below those of other pairs, by the same columns."""
    count = attempt(pair)
    return text(
        (tally(pair.done, pair.total).rjust(columns.tally), Tone.STRONG),
        ("  score ", Tone.MUTED),
        (score_of(pair).rjust(columns.score), Tone.TEXT),
        *((("  attempt ", Tone.MUTED), (count, Tone.TEXT)) if tries else ()),
    )


def _route(pair: PairBoard) -> Line:
    return text(("▸ ", Tone.MUTED), (route(pair), Tone.TEXT if pair.route else Tone.MUTED))


def route(pair: PairBoard) -> str:
    """The one that it drives, or why there is none."""
    if pair.route:
        return pair.route
    if pair.total and pair.done == pair.total:
        return "every route is driven"
    if pair.status in (PairStatus.FAILED, PairStatus.STOPPED):
        return "no route any more"
    if pair.status is PairStatus.UNKNOWN or pair.done is None:
        return "?"
    return "between routes" if pair.done else "no route yet"


def ended_by(pair: PairBoard, alike: str = "") -> Line:
    """What keeps it from its start, or what ended it; empty where nothing did."""
    if pair.blocked:
        return text(("⊗ ", Tone.FAIL), (pair.blocked, Tone.TEXT))
    ending = _told(pair, alike)
    return text(_MARKS.get(pair.status, ("↻ ", Tone.WARN)), (ending, Tone.TEXT)) if ending else ()


def _told(pair: PairBoard, alike: str) -> str:
    """`alike` are the words for a failure that it shares with others."""
    why = pair.blocked or cause(pair)
    return f"{alike}: {why}" if alike and why else why


def attempt(pair: PairBoard) -> str:
    """Its number, `-` before the first, `?` where nobody can tell."""
    return "?" if pair.attempt is None else f"{pair.attempt or '-'}"


def panel(
    pair: PairBoard,
    width: int,
    height: int,
    now: datetime | None,
    alike: str = "",
    time: PairTime | None = None,
) -> list[Line]:
    """What a panel of that inner size shows: most needed first, spaced when there is room."""
    top = [_standing(pair, now, time, width), _card(pair, now, width)]
    middle = [
        spread(route_bar(pair.cells, width - 18), counts(pair, tries=False), width),
        spread(_route(pair), _usual(time), width),
        *(_pace(time, now, width) if time and now else []),
    ]
    halves = [_half("simulator", pair, width), _half("agent", pair, width)]
    said = [
        text(("sim │ ", Tone.MUTED), (pair.simulator_line, Tone.MUTED)),
        text(("agt │ ", Tone.MUTED), (pair.agent_line, Tone.MUTED)),
    ]
    lines = min(max(height - len(top) - len(middle) - len(halves) - len(said), 1), 3)
    bottom = [*halves, *(_wrapped_ending(pair, width, lines, alike) or [BLANK]), *said]
    essential = [*top, *middle, *bottom]
    if height < len(essential) + 4:
        return essential[:height]
    roomy = [*top, BLANK, *middle, BLANK, *bottom]
    rest = height - len(roomy) - 1
    return [*roomy, BLANK, *_routes(pair, width, rest)] if rest > 1 else roomy


def _standing(pair: PairBoard, now: datetime | None, time: PairTime | None, width: int) -> Line:
    """What it does, and in which attempt."""
    count = text(("attempt ", Tone.MUTED), attempt(pair))
    return spread(status(pair, now, time), count, width)


def _usual(time: PairTime | None) -> Line:
    """What its present route took before."""
    if time is None or time.elapsed is None:
        return ()
    return text((usually(time.usual), Tone.MUTED))


def _pace(time: PairTime, now: datetime, width: int) -> list[Line]:
    """How simulated time passes or what is wrong with it, and when the pair is done."""
    told = pace_line(time, now)
    return [with_end([told], time, now, width)] if told or done_line(time, now) else []


def _wrapped_ending(pair: PairBoard, width: int, lines: int, alike: str) -> list[Line]:
    """What ended it in that many lines at the most."""
    ending, room = ended_by(pair, alike), max(width - 2, 10)
    told = textwrap.wrap(_told(pair, alike), room, max_lines=lines, placeholder="…")
    return (
        [(*ending[:1], *text(told[0])), *(text(f"  {line}") for line in told[1:])] if told else []
    )


def _routes(pair: PairBoard, width: int, room: int) -> list[Line]:
    """The routes with their scores, as many as fit, from the one being driven backwards."""
    states = [cell.state for cell in pair.cells]
    now = states.index(RouteState.DRIVING) if RouteState.DRIVING in states else pair.done or 0
    first = max(0, min(now - room + 2, len(pair.cells) - room))
    return [_route_line(cell, width) for cell in pair.cells[first : first + room]]


def _route_line(cell: RouteCell, width: int) -> Line:
    glyph, tone = CELL_MARKS[cell.state]
    name = text((f" {glyph} ", tone), f" {cell.route_id}")
    score = f"{cell.score:.1f}" if cell.score is not None else cell.state.value
    return spread(name, text((score, Tone.MUTED)), width)


def rows(
    pair: PairBoard,
    width: int,
    now: datetime | None,
    alike: str = "",
    time: PairTime | None = None,
    columns: Columns = Columns(),  # noqa: B008 - a value
) -> list[Line]:
    """Three lines for a terminal of 80 columns: everything essential.

    With whom a dead pair shares its failure stands where it has no route any more: its cause needs
    a whole line.
    """
    right = counts(pair, columns)
    head = _head(pair, now, time, columns)
    room = width - width_of(right)
    if width_of(head) >= room or columns.stand_close(width, width_of(right)):
        head = _head(pair, now, time, columns, close=True)
        if width_of(head) >= room:
            head = _head(pair, now, time, columns, close=True, brief=True)
    shared = alike and pair.status is PairStatus.FAILED and not pair.route
    halves = joined(
        [
            _short_half("simulator", pair),
            _short_half("agent", pair),
            text(("▸ ", Tone.MUTED), alike) if shared else _route(pair),
        ],
        "  ",
    )
    indent = text(" " * (columns.number + 1))
    ports = _ports(pair, now, width - width_of(halves) - width_of(indent) - 1)
    last = _last_row(pair, width - width_of(indent), now, "" if shared else alike, time)
    return [
        spread(head, right, width),
        spread((*indent, *halves), ports, width),
        (*indent, *last),
    ]


def _ports(pair: PairBoard, now: datetime | None, room: int) -> Line:
    """The card, how busy it is where that fits, and the two ports."""
    card = text((f"GPU {gpu(pair)} ", Tone.WARN if pair.gpus_differ else Tone.MUTED))
    # In a pod of its own each pair has the same ports; which node it is on says more.
    where = f"on {pair.node}" if pair.node else f":{pair.carla_port}/{pair.traffic_manager_port}"
    ports = text((where, Tone.MUTED))
    use = gpu_use.line(pair, now, room - width_of(card) - width_of(ports) - len("() "))
    around = (("(", Tone.MUTED), (") ", Tone.MUTED))
    if not use and gpu_use.idles(pair):
        # A warning needs no more room than the second port.
        return (*card, ("idle", Tone.WARN), (f" :{pair.carla_port}", Tone.MUTED))
    return (*card, around[0], *use, around[1], *ports) if use else (*card, *ports)


def _last_row(
    pair: PairBoard, width: int, now: datetime | None, alike: str, time: PairTime | None
) -> Line:
    """What ended it, else its time, else what its agent says; before it what is wrong now."""
    ending = ended_by(pair, alike)
    if time is None or now is None:
        return ending or text(("│ ", Tone.MUTED), (pair.agent_line, Tone.MUTED))
    wrong, how = badge(time, now), pace_line(time, now)
    if ending:
        return with_end([joined([wrong, ending], "  ")], time, now, width)
    if not how and time.elapsed is None:
        said = text(("│ ", Tone.MUTED), (pair.agent_line, Tone.MUTED))
        return with_end([said], time, now, width)
    return with_end([joined([how, _usual(time)], "  "), how], time, now, width)


def _head(
    pair: PairBoard,
    now: datetime | None,
    time: PairTime | None,
    columns: Columns,
    *,
    close: bool = False,
    brief: bool = False,
) -> Line:
    said = status(pair, now, time, brief=brief)
    return joined([numbered(pair, columns, close=close), said], "  ")


def numbered(pair: PairBoard, columns: Columns, *, close: bool) -> Line:
    """What a row begins with: its number, and the bar of its routes."""
    number = text((f"{pair.number:>{columns.number}} ", Tone.STRONG))
    return (*number, *bar_in_row(pair.cells, columns, close=close))


def _short_half(half: str, pair: PairBoard) -> Line:
    state = half_state(pair, half)
    count = _restarted(pair, half)
    short = "sim" if half == "simulator" else "agt"
    return (*text((f"{short} ", Tone.MUTED)), *state, *(text(" ", *count) if count else ()))
