"""The three files for EvalAI, made from a merged document. Writes nothing, sends nothing.

By default the texts are right; with `compat` they are those of the original scripts, with their
slips: `Off-road infractions:` without a blank, a result of no routes called completed, and an
error (KeyError) for a sensor without a pretty name.
"""

from __future__ import annotations

from typing import Any

from console.results import jsontext, layout

Document = Any

_WAITING = "More information will be found here once the submission starts running.\n"
_FRAMES_PER_SECOND = 20
_SENSORS = {
    "carla_camera": "RGB Camera",
    "carla_lidar": "LIDAR",
    "carla_radar": "Radar",
    "carla_gnss": "GNSS",
    "carla_imu": "IMU",
    "carla_opendrive_map": "OpenDrive Map",
    "carla_speedometer": "Speedometer",
}


def files(document: Document, text: str, version: str, *, compat: bool = False) -> dict[str, str]:
    """File name -> text, in writing order. `text` is the merged file, `document` its value."""
    return {
        "stdout.txt": stdout(document, version, compat=compat),
        "results.json": results(document, version),
        "metadata.json": text,
    }


def results(document: Document, version: str) -> str:
    """results.json: the accuracies, all integer 0 while there is no global record."""
    accuracies = {name: number for _, name, number in _metrics(document, version)}
    entry = {"split": "leaderboard", "show_to_participant": True, "accuracies": accuracies}
    return jsontext.indented([entry], sort_keys=version == "1.0")


def stdout(document: Document, version: str, *, compat: bool = False) -> str:
    """stdout.txt: what a participant reads. Ends with a newline."""
    if not _readable(document):
        return _WAITING
    lines = ["Here is a summary of the submission's current results", ""]
    lines += ["General information:", "- Sensors:"]
    lines += _sensor_lines(document["sensors"], compat)
    lines.append(_progress_line(*document["_checkpoint"]["progress"], compat=compat))
    rows = document["_checkpoint"]["records"]
    ratio = _ratio(_added(rows, "duration_game"), _added(rows, "duration_system"))
    lines.append(f"- Submission ratio of {ratio}x")
    lines.append(f"- Submission FPS of {_FRAMES_PER_SECOND * ratio}")
    if document["_checkpoint"]["global_record"]:
        lines.append("- Results:")
        for key, name, number in _metrics(document, version):
            blank = "" if compat and key == "outside_route_lanes" else " "
            lines.append(f"  - {name}:{blank}{number}")
    lines.append("")
    if rows:
        lines.append("Glossary of each route:")
        lines += [line for row in rows for line in _row_lines(row)]
    return "\n".join(lines) + "\n"


def _readable(document: Document) -> bool:
    if not document or "sensors" not in document or "_checkpoint" not in document:
        return False
    return "progress" in document["_checkpoint"] and "records" in document["_checkpoint"]


def _metrics(document: Document, version: str) -> list[tuple[str, str, Any]]:
    """(key, name at EvalAI, number), in the order of the files."""
    inner = (document or {}).get("_checkpoint") or {}
    summary = inner.get("global_record")
    metrics = layout.shown_metrics(version)
    if not summary:
        return [(key, name, 0) for key, _, name in metrics]
    scores = summary["scores" if version == "1.0" else "scores_mean"]
    return [
        (key, name, scores[key] if key in scores else summary["infractions"][key])
        for key, _, name in metrics
    ]


def _sensor_lines(sensors: list[str], compat: bool) -> list[str]:
    counts: dict[str, int] = {}
    for sensor in sensors:
        name = _SENSORS[sensor] if compat else _SENSORS.get(sensor, sensor)
        counts[name] = counts.get(name, 0) + 1
    return [f"  - {count} {name}" for name, count in counts.items()]


def _progress_line(done: int, total: int, *, compat: bool) -> str:
    if done == total and (compat or total):
        return f"- All {total} route have been completed"
    return f"- Completed {done} out of the {total} routes"


def _row_lines(row: dict[str, Any]) -> list[str]:
    ratio = _ratio(row["meta"]["duration_game"], row["meta"]["duration_system"])
    return [
        "",
        f"- Index: {row['index']}",
        f"  - Route ID: {row['route_id']}",
        f"  - Status: {row['status']}",
        f"  - Ratio: {ratio}x",
        f"  - FPS: {_FRAMES_PER_SECOND * ratio}",
    ]


def _added(rows: list[dict[str, Any]], key: str) -> float:
    """A plain sum from left to right: newer Pythons' `sum` compensates, which shows in digits."""
    total: float = 0
    for row in rows:
        total += row["meta"][key]
    return total


def _ratio(game: float, system: float) -> float:
    """Game seconds a wall second; the integer 0 when no wall time is known."""
    return 0 if system == 0 else game / system
