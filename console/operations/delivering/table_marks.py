"""What a table is told of a submission, as upstream's machine tells it: its start and its end.

Pure. Each mark may be sent again, and late: it holds only where the row tells nothing later. So an
answer that is lost, a request that comes twice, or a recorder that was killed in between leaves the
row as it would have been. What an earlier run of that row was told goes with the first mark of this
one: a row speaks of one run.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

from console.operations.outcome.view import ResultsView
from console.operations.ports.deliveries import TableMark
from console.operations.ports.evalai import RemoteOutcome
from console.operations.publishing.said_there import of_final_result
from console.results.leaderboard import MERGED

RUNNING = "RUNNING"
UNLESS_LATER = (
    "attribute_not_exists(start_time) OR start_time < :start_time"
    " OR (start_time = :start_time AND attribute_not_exists(end_time))"
)
"""No later launch has begun there, and this one has not ended. Ends of others are not asked: they
may be told by another machine's clock."""
OF_THIS_START = "start_time = :begun"
Row = tuple[str, str]


def _attribute(label: str) -> str:
    """As upstream calls a score of EvalAI's in its table."""
    return label.lower().replace(" ", "_").replace("-", "_")


SCORES = tuple(dict.fromkeys(_attribute(name) for each in MERGED for _, _, name in each.metrics))
"""Of all versions: a row may have had a run of another one."""


def start_mark(row: Row, started: datetime, files: str) -> TableMark:
    """`files`: the folder of its files in a bucket; empty where they are in none."""
    told = [("submission_status", RUNNING), ("results", files), ("start_time", _time(started))]
    fields = tuple(each for each in told if each[1])
    return TableMark(*row, fields, UNLESS_LATER, cleared=_others(fields, "results", "end_time"))


def end_mark(
    row: Row, started: datetime, ended: datetime, outcome: RemoteOutcome, view: ResultsView
) -> TableMark:
    """With every score where it has finished, and then from the verified result alone."""
    fields = [("submission_status", outcome.value.upper()), ("end_time", _time(ended))]
    if outcome is RemoteOutcome.FINISHED:
        fields += _scores(view)
    told, begun = tuple(fields), ((":begun", _time(started)),)
    return TableMark(*row, told, OF_THIS_START, begun, cleared=_others(told))


def _others(told: tuple[tuple[str, str], ...], *also: str) -> tuple[str, ...]:
    """What the row must not say beside that."""
    return tuple(name for name in (*also, *SCORES) if name not in dict(told))


def _scores(view: ResultsView) -> list[tuple[str, str]]:
    said = of_final_result(view)
    assert said is not None, "what has finished has a verified result"
    told = json.loads(said.result)[0]["accuracies"]
    return [(_attribute(label), str(told[label])) for label in told]


def _time(at: datetime) -> str:
    """As upstream writes it; as text it sorts by time, for it is always UTC."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S UTC}"
