"""The words of a global record, held against its records: exceptions and status, per layout.

Its numbers are compared elsewhere; here nothing is computed.
"""

from __future__ import annotations

from console.results import statuses
from console.results.named_tuple import TYPE_CHECKING
from console.results.quoting import MISSING, shown, wrong

if TYPE_CHECKING:
    from typing import Any, Iterator

_EXCEPTIONS, _STATUS = "global_record/meta/exceptions", "global_record/status"


def disagreements_v2(rows: list[Any], summary: dict[str, Any]) -> Iterator[str]:
    """2.x names what failed, and takes its status from the first drive that was not perfect."""
    told, status = _told(summary, MISSING), summary.get("status", MISSING)
    failed = [_exception(row) for row in rows if statuses.FAILED in row["status"]]
    if told != failed:
        yield f"{wrong(_EXCEPTIONS, told, shown(failed))}, as its records have"
    others = [row["status"] for row in rows if row["status"] != statuses.PERFECT]
    right = statuses.FAILED if failed else others[0] if others else statuses.PERFECT
    if status != right:
        yield f"{wrong(_STATUS, status, repr(right))}, as its records give"


def disagreements_v1(rows: list[Any], summary: dict[str, Any]) -> Iterator[str]:
    """After a resume a 1.0 evaluator takes what it read for failed, whatever it says."""
    told, status = _told(summary, []), summary.get("status", MISSING)
    possible = [_exception(row) for row in rows]
    needed = [_exception(row) for row in rows if row["status"] != statuses.COMPLETED]
    named = told if isinstance(told, list) else []
    in_order = [one for one in possible if one in named]
    if named is not told or named != in_order or any(one not in named for one in needed):
        yield f"{wrong(_EXCEPTIONS, told, shown(needed))}, as its records have"
    right = statuses.FAILED if named else statuses.COMPLETED
    if status != right:
        yield f"{wrong(_STATUS, status, repr(right))}, as its exceptions give"


def _told(summary: dict[str, Any], none: Any) -> Any:
    meta = summary.get("meta")
    return meta.get("exceptions", none) if isinstance(meta, dict) else MISSING


def _exception(row: Any) -> list[Any]:
    return [row.get("route_id"), row.get("index"), row["status"]]
