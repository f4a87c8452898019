"""A board as plain text for a terminal or a file, in the marks of the screens. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from console.diagnosis.outlook import outlook
from console.domain.board import BoardSnapshot, PairBoard, tally
from console.domain.estimates import BoardTime
from console.domain.events import StreamState
from console.domain.facts import ContainerFacts
from console.domain.hostile_text import neutralise
from console.domain.joined_pods import merging
from console.domain.spans import duration
from console.presentation import gpu_use, pairs, server_memory
from console.presentation.boards import budget_words, final_score, merger, problems, troubles
from console.presentation.endings import states_of
from console.presentation.pair_times import all_done, badge, done_line, pace, usually
from console.presentation.route_bars import columns_of
from console.presentation.stop_words import offered
from console.presentation.tones import CELL_MARKS, PAIR_MARKS, SUBMISSION_MARKS, Line, text


def board_text(board: BoardSnapshot, why: Sequence[str] = (), time: BoardTime | None = None) -> str:
    """A few lines: status, why it failed, budget, one line a pair, logcopy, problems."""
    lines = [_headline(board), *(f"why      {neutralise(each)}" for each in why)]
    lines += plain([text(f"{board.budget.unit} ", *budget_words(board))])
    if board.merged is not None and board.merged.final:
        why = f": {board.merged.why_not_eligible}" if board.merged.why_not_eligible else ""
        lines.append(f"entry {neutralise(board.merged.entry + why)}")
    if score := final_score(board):
        lines.append(score)
    if time is not None and (end := all_done(time)):
        lines.append(f"time     {end}")
    places = columns_of(board.pairs).number
    for pair in board.pairs:
        use = gpu_use.words(pair, time.at if time else None)
        held = server_memory.words(pair)
        told = ", ".join(filter(None, (f"GPU {use}" if use else "", held)))
        lines += [_pair(pair, places), *([f"        {told}"] if told else ())]
        lines += _time(pair, time) if time else ()
    if board.logcopy:
        each = merging(board.pod) if board.pod else []
        state = neutralise(states_of(each)) if len(each) > 1 else _state(board.logcopy)
        told = f"{state}  {neutralise(board.logcopy_line)}"
        lines.append(f"{merger(board)}  {told}".rstrip())
    lines += [f"{each.name}  {_state(each)}  not ours" for each in board.foreign]
    if offer := offered(board, f"carla-console cancel {board.name}"):
        lines.append(f"stop     {neutralise(offer)}")
    if doubt := outlook(board):
        lines.append(f"resume   {neutralise(doubt.text)}")
    lines += _again(board)
    lines += [f"lost pod {neutralise(each.told)}" for each in board.lost]
    lines += [
        f"log of {container} {state.value}: {neutralise(why)}"
        for container, state, why in board.streams
        if state is StreamState.LOST
    ]
    return "\n".join([*lines, *plain(problems(board))])


def _again(board: BoardSnapshot) -> list[str]:
    from console.presentation.again_words import hint  # of all who tell boards, for the ended alone

    told = hint(board, f"`carla-console rerun {board.name}`") if board.ended else ""
    return [f"rerun    {neutralise(told)}"] if told else []


def events_text(board: BoardSnapshot, now: datetime, why: Sequence[str] = ()) -> str:
    """The events screen's lines: why attempts ended, problems, then all events, newest last."""
    from console.presentation.happenings import happenings  # of all who tell boards, for this alone

    told = plain([*troubles(board, why), *happenings(board, now)])
    return "\n".join(told) if told else "nothing has happened yet"


def plain(lines: Iterable[Line]) -> list[str]:
    """Lines of the screens without their colours."""
    return [neutralise("".join(span for span, _ in line)).rstrip() for line in lines]


def _headline(board: BoardSnapshot) -> str:
    reason = f" ({neutralise(board.reason)})" if board.reason else ""
    stale = "" if board.live else f"  NOT LIVE: {neutralise(board.stale_why)}"
    status = f"{SUBMISSION_MARKS[board.status][0]} {board.status.value}"
    return (
        f"{board.namespace}/{board.name}  Leaderboard {board.leaderboard or '?'}  "
        f"{status}{reason}  routes {tally(board.finished, board.total)}{stale}"
    )


def _state(container: ContainerFacts | None) -> str:
    if container is None:
        return "-"
    return neutralise(container.reason or container.state.value)


def _pair(pair: PairBoard, places: int) -> str:
    number, gpu = f"{pair.number:>{places}}", f"{pairs.gpu(pair):>{places}}"
    bar = "".join(CELL_MARKS[cell.state][0] for cell in pair.cells)
    return (
        f"pair {number}  gpu {gpu}  port {pair.carla_port}  {_marked(pair):<13}  "
        f"attempt {pairs.attempt(pair)}  [{bar}] {tally(pair.done, pair.total)}  "
        f"{'restarts' if pair.failed_pods is None else 'failed pods'} {pairs.restarts(pair)}  "
        f"{f'node {neutralise(pair.node)}  ' if pair.node else ''}{neutralise(pairs.route(pair))}"
    )


def _time(pair: PairBoard, time: BoardTime) -> list[str]:
    """How far it is, beneath it; nothing of a pair of which there is nothing to say."""
    own = time.pair(pair.number)
    present = []
    if own.elapsed is not None:
        bound = "" if pair.since_exact else "≥"
        present = [f"{bound}{duration(own.elapsed)} on this route", usually(own.usual)]
    told = [*plain([badge(own, time.at)]), *present, pace(own), *plain([done_line(own, time.at)])]
    words = ", ".join(each for each in told if each)
    return [f"        {words}"] if words else []


def _marked(pair: PairBoard) -> str:
    return f"{PAIR_MARKS[pair.status][0]} {pair.status.value}"
