"""Logs of both clusters in one form: without times, durations and the embedded cluster's folders.

logcopy's lines are told apart by kind: how many snapshots it writes, and in which order records of
different pairs come, depends on when it looks.
"""

from __future__ import annotations

import json
import re
from typing import Any

Json = Any
GPU = (re.compile(r"(?:sees \d+ GPU\(s\)|cannot tell which GPU it sees).*"), "tells its GPU")
"""The machine of the real cluster has none; the embedded node plays some."""
_WORDS = (
    GPU,
    (re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?"), "TIME"),
    (re.compile(r"\bafter \d+ s\b"), "after SECONDS"),
    (re.compile(r"\bt=\d+"), "t=TIME"),
    (re.compile(r"\b(127|10)(\.\d+){3}\b"), "ADDRESS"),
    (re.compile(r"/\S*?/images/[0-9a-f]{64}/rootfs"), ""),
)
BY_CHANCE = ("LogCarla: Warning: dropped a client", " the server listens on port ")
"""Said of a client that gave up waiting, on a busy machine, or was killed; and of a server, if it
is up before its agent has found that nothing is left to drive."""
_SERVES = "LoadMap"
"""A server that no evaluator used may be stopped at any point of its start."""
_PROGRESS = re.compile(r"@leaderboard \S+ \d+ (\w+) (.*)")
_KEPT = ("plan", "record", "merged")


def told(text: str, container: Json, init: bool = False) -> list[str]:
    """The lines of a container's log; `container` is its part of the pod's spec."""
    for place in container.get("volumeMounts", []):
        folder = rf"/\S*?/pods/[0-9a-f-]{{36}}/volumes/{re.escape(place['name'])}"
        text = re.sub(
            folder + re.escape("/" + place.get("subPath", "")).rstrip("/"), _lit(place), text
        )
    for pattern, word in _WORDS:
        text = pattern.sub(word, text)
    lines = without_chance(text)
    if container["name"].startswith("simulator-") and _SERVES not in text:
        lines = [line for line in lines if line.startswith("[pair-")]
    return _progress(lines) if container["name"] == "logcopy" else lines


def without_chance(text: str) -> list[str]:
    """The lines that do not depend on who was quicker."""
    return [line for line in text.split("\n") if not any(words in line for words in BY_CHANCE)]


def _lit(place: Json) -> str:
    return str(place["mountPath"]).replace("\\", r"\\")


def _progress(lines: list[str]) -> list[str]:
    kept = set()
    for line in lines:
        if (match := _PROGRESS.fullmatch(line)) and match[1] in _KEPT:
            kept.add(f"{match[1]} {json.dumps(json.loads(match[2]), sort_keys=True)}")
    return sorted(kept)
