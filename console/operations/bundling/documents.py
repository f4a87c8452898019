"""What a bundle has besides the recording, for whoever reads it without this console. Pure."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from msgspec.structs import asdict

from console.domain.board import BoardSnapshot
from console.operations.bundling.redaction import LeftOut
from console.operations.ports.recorder import BundleHeader, LogView, RecorderPort
from console.operations.recording.logcopies import logcopies_recorded
from console.operations.recording.recorded import PROGRESS, new_lines
from console.workers import protocol

if TYPE_CHECKING:
    from console.domain.progress import EndedAttempt

ATTEMPTS, LEFT_OUT, PARTIAL = "attempts.json", "left-out.json", "partials/pair-{}.json"


def documents(
    recorder: RecorderPort,
    header: BundleHeader,
    board: BoardSnapshot,
    left_out: tuple[LeftOut, ...],
) -> dict[str, str]:
    """File -> its text. Reads logcopy's log."""
    files = {
        ATTEMPTS: _json([_pair_attempts(pair.number, pair.ended) for pair in board.pairs]),
        LEFT_OUT: _json([asdict(each) for each in left_out]),
    }
    nonce = board.job.plan.nonce if board.job and board.job.plan else ""
    for name in logcopies_recorded(recorder, header.recording):
        for pair, records in _records(recorder.log(header.recording, name), nonce).items():
            files[PARTIAL.format(pair)] = _json({"pair": pair, "records": records})
    return files


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, default=str) + "\n"


def _pair_attempts(pair: int, ended: tuple[EndedAttempt, ...]) -> dict[str, Any]:
    return {
        "pair": pair,
        "attempts": [asdict(each) | {"failedFirst": each.initiating} for each in ended],
    }


def _records(view: LogView, nonce: str) -> dict[int, list[Any]]:
    """Pair -> the records as its evaluator wrote them, as often as logcopy told a new one."""
    joiner, seen = protocol.Joiner(), set[str]()
    records: dict[int, list[Any]] = defaultdict(list)
    for line in new_lines(view, 0):
        if line.gap or not line.text.startswith(PROGRESS):
            continue
        told = protocol.parse_line(line.text, nonce or line.text.split(" ", 2)[1])
        if not isinstance(told, protocol.ProgressLine):
            continue
        record = _record(joiner, told)
        if record is not None and (same := json.dumps(record, sort_keys=True)) not in seen:
            seen.add(same)
            pair = record.get("pair")
            if isinstance(pair, int):
                records[pair].append(record.get("record"))
    return dict(sorted(records.items()))


def _record(joiner: protocol.Joiner, told: protocol.ProgressLine) -> dict[str, Any] | None:
    """Of logcopy's lines those of one drive; parts that are none are as good as not told."""
    if told.kind not in (protocol.RECORD, protocol.RECORD_PART):
        return None
    try:
        whole = joiner.whole(told)
    except ValueError:
        return None
    return whole.payload if whole is not None else None
