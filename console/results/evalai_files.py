"""The three files for EvalAI, made from a merged document. Writes nothing, sends nothing.

By default the texts are right, and what a document does not tell is `?` (null in JSON). With
`compat` they are those of the original scripts, with their slips: `Off-road infractions:` without
a blank, a result of no routes called completed, and an error (KeyError) for a sensor without a
pretty name or a record that lacks a part.
"""

from __future__ import annotations

from console.results import layout
from console.results.named_tuple import TYPE_CHECKING, NamedTuple
from console.results.version_rules import Leaderboard

if TYPE_CHECKING:
    from typing import Any

    Document = Any

_WAITING = "More information will be found here once the submission starts running.\n"
_FRAMES_PER_SECOND = 20
_UNKNOWN = "?"
_SENSORS = {
    "carla_camera": "RGB Camera",
    "carla_lidar": "LIDAR",
    "carla_radar": "Radar",
    "carla_gnss": "GNSS",
    "carla_imu": "IMU",
    "carla_opendrive_map": "OpenDrive Map",
    "carla_speedometer": "Speedometer",
}


def files(
    document: Document, text: str, leaderboard: Leaderboard, *, compat: bool = False
) -> dict[str, str]:
    """File name -> text, in writing order. `text` is the merged file, `document` its value."""
    return {
        "stdout.txt": stdout(document, leaderboard, compat=compat),
        "results.json": results(document, leaderboard, compat=compat),
        "metadata.json": text,
    }


def results(document: Document, leaderboard: Leaderboard, *, compat: bool = False) -> str:
    """results.json: the accuracies, all integer 0 while there is no global record."""
    accuracies = {name: number for _, name, number in _metrics(document, leaderboard, compat)}
    entry = {"split": "leaderboard", "show_to_participant": True, "accuracies": accuracies}
    return leaderboard.text([entry])


def stdout(document: Document, leaderboard: Leaderboard, *, compat: bool = False) -> str:
    """stdout.txt: what a participant reads. Ends with a newline."""
    if not _readable(document):
        return _WAITING
    lines = ["Here is a summary of the submission's current results", ""]
    lines += ["General information:", "- Sensors:"]
    lines += _sensor_lines(document["sensors"], compat)
    lines.append(_progress_line(document["_checkpoint"]["progress"], compat))
    rows = [_row(raw, compat) for raw in document["_checkpoint"]["records"] or ()]
    ratio = _ratio(_added([row.game for row in rows]), _added([row.system for row in rows]))
    lines.append(f"- Submission ratio of {_told(ratio)}x")
    lines.append(f"- Submission FPS of {_frames(ratio)}")
    if document["_checkpoint"].get("global_record"):
        lines.append("- Results:")
        for key, name, number in _metrics(document, leaderboard, compat):
            blank = "" if compat and key == "outside_route_lanes" else " "
            lines.append(f"  - {name}:{blank}{_told(number)}")
    lines.append("")
    if rows:
        lines.append("Glossary of each route:")
        lines += [line for row in rows for line in _row_lines(row)]
    return "\n".join(lines) + "\n"


class _Row(NamedTuple):
    """What a participant reads of one record; None is not known."""

    index: Any
    route_id: Any
    status: Any
    game: float | None
    system: float | None


def _row(raw: Any, compat: bool) -> _Row:
    if compat:
        meta = raw["meta"]
        return _Row(
            raw["index"],
            raw["route_id"],
            raw["status"],
            meta["duration_game"],
            meta["duration_system"],
        )
    known = raw if isinstance(raw, dict) else {}
    meta = known.get("meta")
    return _Row(
        known.get("index"),
        known.get("route_id"),
        known.get("status"),
        _number_of(meta, "duration_game"),
        _number_of(meta, "duration_system"),
    )


def _readable(document: Document) -> bool:
    if not document or "sensors" not in document or not document.get("_checkpoint"):
        return False
    return "progress" in document["_checkpoint"] and "records" in document["_checkpoint"]


def _metrics(
    document: Document, leaderboard: Leaderboard, compat: bool
) -> list[tuple[str, str, Any]]:
    """(key, name at EvalAI, number), in the order of the files."""
    inner = (document or {}).get("_checkpoint") or {}
    summary = inner.get("global_record")
    metrics = leaderboard.metrics
    if not summary:
        return [(key, name, 0) for key, _, name in metrics]
    group = leaderboard.means
    if compat:
        scores, counts = summary[group], summary["infractions"]
        return [
            (key, name, scores[key] if key in scores else counts[key]) for key, _, name in metrics
        ]
    names = [group] * len(layout.SCORES_SHOWN) + ["infractions"] * len(metrics)
    return [
        (key, name, _number_of(summary.get(part), key))
        for part, (key, _, name) in zip(names, metrics)
    ]


def _sensor_lines(sensors: list[str] | None, compat: bool) -> list[str]:
    counts: dict[str, int] = {}
    for sensor in sensors or ():
        name = _SENSORS[sensor] if compat else _SENSORS.get(str(sensor), str(sensor))
        counts[name] = counts.get(name, 0) + 1
    return [f"  - {count} {name}" for name, count in counts.items()]


def _progress_line(progress: Any, compat: bool) -> str:
    known = compat or (isinstance(progress, list) and len(progress) == len(("done", "total")))
    done, total = progress if known else (_UNKNOWN, None)
    if total is None:
        return f"- Completed {_UNKNOWN} out of the {_UNKNOWN} routes"
    if done == total and (compat or total):
        return f"- All {total} route have been completed"
    return f"- Completed {done} out of the {total} routes"


def _row_lines(row: _Row) -> list[str]:
    ratio = _ratio(row.game, row.system)
    return [
        "",
        f"- Index: {_told(row.index)}",
        f"  - Route ID: {_told(row.route_id)}",
        f"  - Status: {_told(row.status)}",
        f"  - Ratio: {_told(ratio)}x",
        f"  - FPS: {_frames(ratio)}",
    ]


def _added(numbers: list[float | None]) -> float | None:
    """A plain sum from left to right: newer Pythons' `sum` compensates, which shows in digits.

    Not known as soon as one of them is not.
    """
    total: float = 0
    for number in numbers:
        if number is None:
            return None
        total += number
    return total


def _ratio(game: float | None, system: float | None) -> float | None:
    """Game seconds a wall second; the integer 0 when no wall time was spent."""
    if game is None or system is None:
        return None
    return 0 if system == 0 else game / system


def _frames(ratio: float | None) -> Any:
    return _UNKNOWN if ratio is None else _FRAMES_PER_SECOND * ratio


def _told(value: Any) -> Any:
    return _UNKNOWN if value is None else value


def _number_of(holder: Any, key: str) -> float | None:
    number = holder.get(key) if isinstance(holder, dict) else None
    known = isinstance(number, (int, float)) and not isinstance(number, bool)
    return number if known else None
