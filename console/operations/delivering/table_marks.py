"""What a table is told of a submission, as upstream's machine tells it: its start and its end.

Pure. Each mark may be sent again, and late: it holds only where the row tells nothing later. So an
answer that is lost, a request that comes twice, or a recorder that was killed in between leaves the
row as it would have been. What an earlier run of that row was told goes with the first mark of this
one: a row speaks of one run.

Whose run that is stands in the row too, under names that upstream does not use: so machines that
know nothing of each other leave each other's rows as they are, and an end is told by one of them.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import UTC, datetime

import msgspec

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
JOB, UID, WRITER = "console_job", "console_uid", "console_writer"
OF_THIS_START = (
    "start_time = :begun AND (attribute_not_exists(end_time)"
    f" OR attribute_not_exists({WRITER}) OR {WRITER} = :{WRITER})"
)
"""Nobody else has told how it ended."""
_MINE = f"attribute_not_exists({UID}) OR {UID} = :{UID}"
Row = tuple[str, str]


class RowOwner(msgspec.Struct, frozen=True):
    """Whose run a mark tells of, and who tells it."""

    job: str
    uid: str
    earlier: tuple[str, ...]
    """From which it goes on: their row is its own."""
    writer: str
    any_row: bool = False
    """EvalAI's number is one by itself: a later launch of it has its row."""

    @property
    def fields(self) -> tuple[tuple[str, str], ...]:
        """In the row."""
        return (JOB, self.job), (UID, self.uid), (WRITER, self.writer)

    @property
    def condition(self) -> str:
        """The row is nobody else's."""
        if self.any_row:
            return UNLESS_LATER
        before = "".join(f" OR {JOB} = {name}" for name, _ in self.names)
        return f"({UNLESS_LATER}) AND ({_MINE}{before})"

    @property
    def names(self) -> tuple[tuple[str, str], ...]:
        """What that condition names beside the fields."""
        if self.any_row:
            return ()
        return tuple((f":earlier{n}", name) for n, name in enumerate(self.earlier))


def _attribute(label: str) -> str:
    """As upstream calls a score of EvalAI's in its table."""
    return label.lower().replace(" ", "_").replace("-", "_")


SCORES = tuple(dict.fromkeys(_attribute(name) for each in MERGED for _, _, name in each.metrics))
"""Of all versions: a row may have had a run of another one."""


def start_mark(row: Row, started: datetime, files: str, whose: RowOwner) -> TableMark:
    """`files`: the folder of its files in a bucket; empty where they are in none."""
    told = [("submission_status", RUNNING), ("results", files), ("start_time", _time(started))]
    fields = (*(each for each in told if each[1]), *whose.fields)
    cleared = _others(fields, "results", "end_time")
    return TableMark(*row, fields, whose.condition, whose.names, cleared=cleared)


def end_mark(
    row: Row,
    started: datetime,
    ended: datetime,
    outcome: RemoteOutcome,
    view: ResultsView,
    writer: str,
) -> TableMark:
    """With every score where it has finished, and then from the verified result alone."""
    fields = [("submission_status", outcome.value.upper()), ("end_time", _time(ended))]
    fields.append((WRITER, writer))
    if outcome is RemoteOutcome.FINISHED:
        fields += _scores(view)
    told, begun = tuple(fields), ((":begun", _time(started)),)
    return TableMark(*row, told, OF_THIS_START, begun, cleared=_others(told))


def told_by_another(there: Mapping[str, str], whose: RowOwner, started: datetime) -> str:
    """Who has told the end of that very run; empty where nobody else has."""
    same = (there.get(UID), there.get("start_time")) == (whose.uid, _time(started))
    return there.get(WRITER, "") if same and "end_time" in there else ""


def outcome_there(there: Mapping[str, str]) -> RemoteOutcome | None:
    """As what a row says that it ended; None for what is no word of ours."""
    said = there.get("submission_status", "")
    return next((each for each in RemoteOutcome if each.final and each.value == said), None)


def another_in_row(there: Mapping[str, str], uid: str, earlier: Collection[str]) -> str:
    """The name of the submission whose row it is; empty where it is ours to tell, or where nobody
    says whose it is. `earlier`: those from which ours goes on."""
    name, whose = there.get(JOB, ""), there.get(UID, "")
    return "" if not name or whose == uid or name in earlier else name


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
