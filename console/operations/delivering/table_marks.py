"""What a table is told of a submission, as upstream's machine tells it: its start and its end.

Pure. Each mark may be sent again, and late: it holds only where the row tells nothing later. So an
answer that is lost, a request that comes twice, or a recorder that was killed in between leaves the
row as it would have been.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

from console.operations.outcome.view import ResultsView
from console.operations.ports.deliveries import TableMark
from console.operations.ports.evalai import RemoteOutcome
from console.operations.publishing.said_there import of_final_result

RUNNING = "RUNNING"
UNLESS_LATER = (
    "(attribute_not_exists(start_time) OR start_time <= :start_time)"
    " AND (attribute_not_exists(end_time) OR end_time <= :start_time)"
)
"""No later launch has begun there, and nothing has ended since this one began."""
OF_THIS_START = "start_time = :begun"
Row = tuple[str, str]


def start_mark(row: Row, started: datetime, files: str) -> TableMark:
    """`files`: the folder of its files in a bucket; empty where they are in none."""
    fields = [("submission_status", RUNNING), ("results", files), ("start_time", _time(started))]
    return TableMark(*row, tuple(each for each in fields if each[1]), UNLESS_LATER)


def end_mark(
    row: Row, started: datetime, ended: datetime, outcome: RemoteOutcome, view: ResultsView
) -> TableMark:
    """With every score where it has finished, and then from the verified result alone."""
    fields = [("submission_status", outcome.value.upper()), ("end_time", _time(ended))]
    if outcome is RemoteOutcome.FINISHED:
        fields += _scores(view)
    return TableMark(*row, tuple(fields), OF_THIS_START, ((":begun", _time(started)),))


def _scores(view: ResultsView) -> list[tuple[str, str]]:
    said = of_final_result(view)
    assert said is not None, "what has finished has a verified result"
    told = json.loads(said.result)[0]["accuracies"]
    return [(label.lower().replace(" ", "_").replace("-", "_"), str(told[label])) for label in told]


def _time(at: datetime) -> str:
    """As upstream writes it; as text it sorts by time, for it is always UTC."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S UTC}"
