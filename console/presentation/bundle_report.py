"""The report of an incident bundle, in Markdown: what ran, how it ended, and why. Pure.

Read by somebody who has neither this console nor the cluster. Times are absolute, and what nobody
can know is `?`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime

from console.domain.board import BoardSnapshot, PairBoard, tally
from console.domain.facts import JobFacts
from console.domain.hostile_text import neutralise
from console.operations.bundling.export import BundleContent
from console.operations.bundling.team_message import NOT_THEIRS
from console.operations.outcome.view import ResultsView, results
from console.presentation import pairs
from console.presentation.boards import budget_words, problem_lines
from console.presentation.endings import cause, every_ending
from console.presentation.result_lines import NO_SCORE, no_infraction
from console.presentation.tones import Line
from console.presentation.verdicts import one_line, proofs
from console.results import coverage

_MARKDOWN = re.compile(r"([\\`*\[\]<>|#])")
FILES = (
    ("bundle.json", "what this bundle is, and the versions that made it"),
    ("attempts.json", "every attempt of each pair that ended: which half, why, on which route"),
    ("partials/", "the route records of each pair, as its evaluator wrote them"),
    ("left-out.json", "what was left out, where, and how often"),
    ("recording/manifest.json", "the Job"),
    ("recording/journal.jsonl", "states and events in the order in which they were seen"),
    ("recording/merged.json", "the merged result, if one was published"),
    ("recording/CONTAINER/RUN.POD.log", "all logs, with the cluster's times; `#` marks a gap"),
)


def report(content: BundleContent) -> str:
    """The whole document."""
    board, view = content.board, results(content.board)
    parts = [
        (f"# Incident report: {_told(board.name)}", _standing(content)),
        ("## Why", _why(content)),
        ("## What ran", _launched(board)),
        ("## Result", _result(view)),
        ("## Restarts", [_words(budget_words(board)), *_lost(board)]),
        ("## Pairs", _pairs(board.pairs)),
        ("## Problems", [f"- {_words(line)}" for line in problem_lines(view.problems)]),
        ("## Routes", _routes(view)),
        ("## The Job and its pod", _happenings(board)),
        ("## Logs", _logs(content)),
        ("## Left out of this bundle", _left_out(content)),
        ("## Versions and files", _files(content)),
    ]
    return "\n".join(
        line for title, lines in parts for line in (title, "", *(lines or ["none"]), "")
    )


def _told(text: str) -> str:
    """Text from outside: it controls neither a terminal nor the document."""
    return _MARKDOWN.sub(r"\\\1", neutralise(text))


def _words(line: Line) -> str:
    return _told("".join(span for span, _ in line).strip())


def _at(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S UTC") if moment else "?"


def _table(titles: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    head = list(titles)
    return [
        f"| {' | '.join(head)} |",
        f"|{'---|' * len(head)}",
        *(f"| {' | '.join(row)} |" for row in rows),
    ]


def _standing(content: BundleContent) -> Iterator[str]:
    board, recording = content.board, content.header.recording
    reason = f": {_told(board.reason)}" if board.reason else ""
    yield f"**{board.status.value}**{reason}"
    yield ""
    yield f"- submission {_told(recording.namespace)}/{_told(recording.name)}, uid {recording.uid}"
    if content.header.team:
        yield "- names and addresses of the platform are left out"
    else:
        yield f"- recorded in the context {_told(recording.cluster)}"
    yield f"- the newest word in this bundle is of {_at(content.header.newest)}"
    if not content.header.ended:
        yield "- **it had not ended then**: what came later is not in here"
    if board.unheard:
        yield f"- what it drove is not known: {_told(board.unheard)}"


def _why(content: BundleContent) -> Iterator[str]:
    """Each verdict with what speaks for it and against it; a team is told what is its to do."""
    found = content.inspection
    if found is None:
        return
    pairs = (each.verdict for each in found.pairs)
    for verdict in (found.verdict, *pairs):
        if verdict is not None:
            yield f"- **{_told(one_line(verdict))}** {_told(verdict.what)}"
            yield from (f"  - seen: {_told(each)}" for each in proofs(verdict))
            yield from (f"  - against it: {_told(each)}" for each in verdict.contradictions)
            step = verdict.team or NOT_THEIRS if content.header.team else verdict.advice
            yield f"  - next: {_told(step)}"


def _launched(board: BoardSnapshot) -> Iterator[str]:
    job = board.job
    plan = job.plan if job else None
    track = _told(plan.track) if plan else "?"
    yield f"- Leaderboard {_told(board.leaderboard) or '?'}, track {track}"
    if plan is not None:
        images = plan.images
        yield f"- agent's image {_told(images.agent)}"
        yield f"- simulator's image {_told(images.simulator)}"
        yield f"- Leaderboard's image {_told(images.leaderboard)}"
        yield f"- repetitions {plan.drives.repetitions}, pairs {len(plan.pairs)}"
    yield f"- routes finished {tally(board.finished, board.total)}"
    if job is not None:
        yield from _times(job)


def _times(job: JobFacts) -> Iterator[str]:
    yield f"- created {_at(job.created_at)}, started {_at(job.started_at)}"
    yield f"- ended {_at(job.ended_at)}"
    if job.cancelled:
        yield "- an operator cancelled it"


def _result(view: ResultsView) -> Iterator[str]:
    told = coverage.words(view.launched_routes, view.file_routes)
    of_what = f" of what was launched: {told}" if told else ""
    if view.final:
        why = f": {_told(view.why_not_eligible)}" if view.why_not_eligible else ""
        yield f"**FINAL**{of_what}; entry {_told(view.entry)}{why}"
    else:
        yield f"**NOT FINAL**: {_told(view.why_not_final)}"
    yield ""
    if view.mean is None:
        yield NO_SCORE
        return
    whole = "" if view.final else ", over the drives so far"
    yield (
        f"driving score {view.mean.composed:.3f}, route completion {view.mean.route:.3f}, "
        f"penalty {view.mean.penalty:.3f}{whole}"
    )
    kinds = [
        f"{each.kind.replace('_', ' ')} {each.count}" for each in view.infractions if each.count
    ]
    yield ""
    yield f"infractions: {', '.join(kinds) or no_infraction(view)}"


def _lost(board: BoardSnapshot) -> Iterator[str]:
    for each in board.lost:
        yield f"- pod that was lost: {_told(each.told)}"


def _pairs(found: Iterable[PairBoard]) -> Iterator[str]:
    found = list(found)
    titles = ("pair", "GPU", "routes", "status", "attempt", "finished", "restarts", "cause")
    yield from _table(titles, map(_pair_cells, found))
    for pair in found:
        if endings := every_ending(pair):
            yield ""
            yield f"Attempts of pair {pair.number} that did not end well:"
            yield ""
            yield from (f"- {_told(each)}" for each in endings)


def _pair_cells(pair: PairBoard) -> tuple[str, ...]:
    return (
        str(pair.number),
        _told(pairs.gpu(pair)),
        _told(pair.routes_subset),
        pair.status.value,
        pairs.attempt(pair),
        tally(pair.done, pair.total),
        pairs.restarts(pair),
        _told(pair.blocked or cause(pair)) or "-",
    )


def _routes(view: ResultsView) -> list[str]:
    rows = (
        (
            _told(row.route_id),
            str(row.repetition),
            str(row.pair),
            f"{row.score_composed:.2f}",
            f"{row.score_route:.2f}",
            f"{row.score_penalty:.3f}",
            _told(row.status),
        )
        for row in view.rows
    )
    titles = ("route", "repetition", "pair", "score", "completion", "penalty", "status")
    return _table(titles, rows) if view.rows else []


def _happenings(board: BoardSnapshot) -> list[str]:
    dated: list[tuple[datetime | None, str]] = [
        (each.since, f"Job {each.type}: {each.reason} {each.message}")
        for each in (board.job.conditions if board.job else ())
        if each.status
    ]
    dated += [
        (each.last_seen, f"{each.reason} ×{each.count} ({each.about}): {each.message}")
        for each in board.events
    ]
    dated += [
        (each.at, f"{each.verb.value} {each.detail} by {each.by}".replace("  ", " "))
        for each in board.actions
    ]
    ordered = sorted(dated, key=lambda pair: (pair[0] is not None, _at(pair[0])))
    return [f"- {_at(at)}  {_told(text.strip())}" for at, text in ordered]


def _logs(content: BundleContent) -> list[str]:
    rows = ((_told(e.container), str(e.runs), str(e.lines), str(e.gaps)) for e in content.logs)
    return _table(("container", "runs", "lines", "gaps"), rows) if content.logs else []


def _left_out(content: BundleContent) -> list[str]:
    what = "Credentials by their form and by the names of variables"
    if content.header.team:
        what += "; names and addresses of the platform; events of other objects"
    rows = [(_told(each.where), each.what, str(each.count)) for each in content.left_out]
    found = _table(("where", "what", "count"), rows) if rows else ["Nothing of it was found."]
    return [f"Looked for: {what}.", "", *found]


def _files(content: BundleContent) -> Iterator[str]:
    header = content.header
    yield f"- console {_told(header.console)}, Kubernetes {_told(header.kubernetes or '?')}"
    yield from (f"- `{name}`: {what}" for name, what in FILES)
    yield ""
    yield "`carla-console import FILE` opens it on another machine; it needs no cluster."
