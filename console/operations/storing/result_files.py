"""The result files of a submission, under upstream's names, from what is recorded. Pure.

Under the merged file's name stands a verified result, or one that says itself that it is not
finished: upstream's own merge writes it there from the beginning. A document that claims to be
final and could not be verified is not taken; its records are, each by itself.
"""

from __future__ import annotations

from typing import Any

from console.domain.board import BoardSnapshot
from console.operations.outcome.verify import launched_plan
from console.operations.outcome.view import ResultsView
from console.operations.recording.finished_drives import Finished, begun
from console.results import evalai_files, jsontext
from console.results.partial_document import left_behind, unfinished
from console.results.plan import Plan
from console.results.version_rules import Leaderboard

MERGED = "agent/agent_results.json"
PARTIAL = "agent/agent{}/agent_results.json"
EVALAI = "evalai/{}"
_FILE = MERGED.rpartition("/")[2]


def is_result(key: str) -> bool:
    """Whether a file of that name tells of drives or scores."""
    return key.rpartition("/")[2] == _FILE or key.startswith(EVALAI.format(""))


def plan_of_board(board: BoardSnapshot) -> Plan | None:
    """What was launched; None where nobody has told which routes."""
    launched = board.job.plan if board.job else None
    return launched_plan(launched, board.routes) if launched else None


def partials(plan: Plan, finished: Finished) -> dict[str, str]:
    """Key -> checkpoint, of each pair that has begun: its records, and none that is made up."""
    found, sensors = {}, list(finished.sensors)
    rows = begun(plan, finished)
    for pair in plan.pairs:
        if own := rows.get(pair.pair):
            document = left_behind(plan.leaderboard, own, len(plan.keys(pair)), sensors)
            found[PARTIAL.format(pair.pair)] = plan.leaderboard.text(document)
    return found


def merged(plan: Plan, view: ResultsView, finished: Finished) -> str:
    """The merged file: the verified one, else what is finished so far."""
    if view.document is not None:
        return view.document
    keys = [key for pair in plan.pairs for key in plan.keys(pair)]
    rows: list[dict[str, Any]] = [
        {**plan.leaderboard.record_defaults(), **finished.records[key], "index": index}
        for index, key in enumerate(keys)
        if key in finished.records
    ]
    document = unfinished(plan.leaderboard, rows, plan.total, list(finished.sensors))
    return plan.leaderboard.text(document)


def for_evalai(text: str, leaderboard: Leaderboard) -> dict[str, str]:
    """Key -> text of EvalAI's three files, byte for byte what upstream makes of that merged file.

    Where upstream's scripts fail, for a sensor that they do not know, the right ones.
    """
    document = jsontext.bounded(text)
    try:
        made = evalai_files.files(document, text, leaderboard, compat=True)
    except (KeyError, TypeError, ValueError):
        made = evalai_files.files(document, text, leaderboard)
    return {EVALAI.format(name): content for name, content in made.items()}
