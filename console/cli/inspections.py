"""An inspection as text, Markdown and JSON. Pure."""

from __future__ import annotations

from typing import Any

from console.cli.documents import Document, moment
from console.diagnosis.matching import Evidence
from console.diagnosis.verdict import Verdict
from console.diagnosis.wording import in_words
from console.domain.hostile_text import neutralise
from console.operations.inspecting.inspection import Inspection, PairInspection
from console.presentation.boards import headline
from console.presentation.tones import Line
from console.presentation.verdicts import (
    OWNERS,
    SURE,
    inspection_lines,
    nothing_failed,
    proofs,
    title,
    warnings,
)

WIDTH = 100


def inspection_text(found: Inspection, pair: int | None) -> str:
    """The board's headline, then every verdict."""
    lines = [headline(found.board, WIDTH, found.now), (), *inspection_lines(found, pair)]
    return "\n".join(_plain(line) for line in lines)


def _plain(line: Line) -> str:
    return neutralise("".join(span for span, _ in line)).rstrip()


def inspection_document(found: Inspection, pair: int | None) -> Document:
    """Verdicts with stable names; null for what nobody knows."""
    answer = found.pair(pair).verdict if pair is not None else found.answer
    pairs = [each for each in found.pairs if pair in (None, each.number)]
    return {
        "namespace": found.board.namespace,
        "name": found.board.name,
        "status": found.board.status.value,
        "answer": _verdict(answer),
        "submission": _verdict(found.verdict) if pair is None else None,
        "pairs": [_pair(each) for each in pairs],
        "warnings": warnings(found),
    }


def _pair(each: PairInspection) -> Document:
    return {
        "pair": each.number,
        "verdict": _verdict(each.verdict),
        "attempts": [_verdict(verdict) for verdict in each.attempts],
        "repeated": each.repeated,
        "comesAgain": each.comes_again,
    }


def _verdict(verdict: Verdict | None) -> Document | None:
    if verdict is None:
        return None
    return {
        "cause": verdict.cause.name if verdict.cause else None,
        "title": title(verdict),
        "confidence": SURE[verdict.confidence],
        "owner": verdict.owner.value if verdict.owner else None,
        "pair": verdict.pair,
        "attempt": verdict.attempt,
        "route": verdict.route or None,
        "diedFirst": verdict.died_first or None,
        "what": verdict.what,
        "next": verdict.advice,
        "evidence": [_evidence(each) for each in verdict.evidence],
        "against": list(verdict.contradictions),
        "consequences": list(verdict.consequences),
        "team": verdict.team or None,
    }


def _evidence(each: Evidence) -> dict[str, Any]:
    line, fact = each.line, each.fact
    return {
        "said": in_words(each),
        "by": each.witness.name.lower().replace("_", "-"),
        "container": line.container if line else None,
        "about": fact.about or None if fact else None,
        "reason": fact.reason or None if fact else None,
        "line": line.number if line else None,
        "at": moment(line.at if line else fact.at if fact else None),
        "times": each.times,
    }


def inspection_markdown(found: Inspection, pair: int | None) -> str:
    """For an issue or a mail among operators."""
    pairs = [each for each in found.pairs if pair in (None, each.number)]
    parts = [f"# Why {found.board.name} failed", ""]
    told = [_section(f"Pair {each.number}", each.verdict) for each in pairs if each.verdict]
    if pair is None and found.verdict is not None:
        whole = _section("The submission", found.verdict)
        told.insert(len(told) if found.is_told_by_pairs else 0, whole)
    parts += [line for section in told for line in section]
    if len(parts) == 2:
        parts.append(nothing_failed(found, pair))
    return neutralise_lines(parts)


def _section(name: str, verdict: Verdict) -> list[str]:
    owner = OWNERS[verdict.owner] if verdict.owner else "?"
    where = f", attempt {verdict.attempt}" if verdict.attempt else ""
    where += f", route {verdict.route}" if verdict.route else ""
    return [
        f"## {name}: {title(verdict)}",
        "",
        f"{verdict.what} ({SURE[verdict.confidence]}; owner: {owner}{where})",
        "",
        f"- next: {verdict.advice}",
        *(f"- seen: `{each.replace('`', chr(39))}`" for each in proofs(verdict)),
        *(f"- against it: {each}" for each in verdict.contradictions),
        "",
    ]


def neutralise_lines(parts: list[str]) -> str:
    """Each line by itself: a line of a log must not begin another one."""
    return "\n".join(neutralise(part) for part in parts).rstrip()
