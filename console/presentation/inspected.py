"""What the inspection of a submission says of the pair and the moment that are looked at. Pure."""

from __future__ import annotations

from datetime import datetime

from console.diagnosis.timeline import PairTimeline
from console.diagnosis.verdict import Verdict
from console.domain.board import BoardSnapshot, PairBoard
from console.domain.spans import in_utc
from console.operations.inspecting.inspection import Inspection, PairInspection
from console.presentation.aligned_logs import Place
from console.presentation.endings import cause, every_ending
from console.presentation.inspected_moment import InspectedMoment, Timelines
from console.presentation.timeline import death_words
from console.presentation.tones import PAIR_MARKS, Line, Span, Tone, spread, text
from console.presentation.verdicts import (
    INDENT,
    nothing_failed,
    one_line,
    pair_title,
    verdict_lines,
)

READING_LOGS = "reading the logs…"


def pairs_line(
    board: BoardSnapshot, looked_at: InspectedMoment, width: int, note: str = ""
) -> Line:
    """Every pair with its mark, those that are looked at told apart; at the right a note."""
    spans: list[Span] = [("pairs ", Tone.MUTED)]
    for pair in board.pairs:
        glyph, tone = PAIR_MARKS[pair.status]
        here = looked_at.every or pair.number == looked_at.pair
        spans += [(f" {pair.number}", Tone.ACCENT if here else Tone.MUTED), (f" {glyph} ", tone)]
        if pair.number == looked_at.pair:
            spans.append((f"{_state(pair)} ", Tone.STRONG))
    return spread(tuple(spans), text((note, Tone.WARN)), width)


def _state(pair: PairBoard) -> str:
    """`failed, attempt 2: agent crashed first (exit 1) on RouteScenario_7`."""
    return ", ".join(each for each in (pair.status.value, cause(pair)) if each)


def verdict_of(
    inspection: Inspection, looked_at: InspectedMoment, timelines: Timelines
) -> Verdict | None:
    """On the attempt that the moment is in, if that failed; else on the pair."""
    if looked_at.every:
        return inspection.answer
    pair = inspection.pair(looked_at.pair)
    attempt = looked_at.attempt(timelines)
    own = next((each for each in pair.attempts if each.attempt == attempt), None)
    return own or pair.verdict or inspection.verdict


def said(
    inspection: Inspection | None,
    board: BoardSnapshot,
    looked_at: InspectedMoment,
    timelines: Timelines,
) -> list[Line]:
    """The verdict, or what is known before there is one."""
    if inspection is None:
        return [text((READING_LOGS, Tone.MUTED)), *_endings(board, looked_at)]
    verdict = verdict_of(inspection, looked_at, timelines)
    if verdict is None:
        number = None if looked_at.every else looked_at.pair
        return [text((nothing_failed(inspection, number), Tone.OK)), *_endings(board, looked_at)]
    pair = inspection.pair(looked_at.pair)
    times = _times(pair, verdict)
    lines = verdict_lines(verdict, times)
    if verdict.pair is not None:
        repeated = text((f"  {pair.seen_again}", Tone.WARN)) if times > 1 else ()
        lines.append((*pair_title(verdict), *repeated))
    whole = inspection.verdict
    if whole is not None and whole is not verdict:
        lines.append(text((f"{'and':<{INDENT}}", Tone.MUTED), whole.what))
    return [*lines, *(_of_every(inspection, verdict) if looked_at.every else ())]


def _times(pair: PairInspection, verdict: Verdict) -> int:
    """How many of its attempts ended by the same."""
    last = pair.verdict
    same = last is not None and last.pair == verdict.pair and last.cause is verdict.cause
    return pair.repeated if same else 0


def _endings(board: BoardSnapshot, looked_at: InspectedMoment) -> list[Line]:
    pairs = [each for each in board.pairs if looked_at.every or each.number == looked_at.pair]
    return [
        text((f"pair {pair.number}  ", Tone.MUTED), ending)
        for pair in pairs
        for ending in every_ending(pair)
    ]


def _of_every(inspection: Inspection, told: Verdict) -> list[Line]:
    """The other pairs that failed, a line each."""
    return [
        text(one_line(each.verdict))
        for each in inspection.pairs
        if each.verdict is not None and each.verdict is not told
    ]


def marked(verdict: Verdict | None) -> frozenset[Place]:
    """The lines of the logs that it rests on."""
    lines = (each.line for each in verdict.evidence) if verdict is not None else ()
    return frozenset((line.container, line.number) for line in lines if line is not None)


def moment_words(looked_at: InspectedMoment, timelines: Timelines) -> str:
    """`14:03:12 simulator crashed (SIGSEGV) first`; the time alone where nobody died."""
    deaths = looked_at.deaths(timelines)
    told = " · ".join(map(death_words, deaths))
    return f"{clock(looked_at.time(timelines))} {told}".rstrip()


def clock(at: datetime) -> str:
    """The time of day, UTC."""
    return f"{in_utc(at):%H:%M:%S}"


def died_first(timeline: PairTimeline, verdict: Verdict | None) -> str:
    """The container whose log says most: of the verdict's line, else of what died."""
    lines = [each.line for each in verdict.evidence if each.line] if verdict else []
    if lines:
        return lines[0].container
    half = (verdict.died_first if verdict else "") or (
        timeline.deaths[-1].ending.half if timeline.deaths else "agent"
    )
    return f"{half}-{timeline.number}"


def plain(lines: list[Line]) -> str:
    """The same for the clipboard."""
    return "\n".join("".join(part for part, _ in line).rstrip() for line in lines)
