"""The first file of a bundle, which says what it is: to JSON and back. Pure.

Nothing of it is believed before it was read here: names from it become folders.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

from msgspec.structs import asdict

from console.domain.hostile_text import neutralise
from console.errors import InvalidInput
from console.operations.ports.recorder import BundleHeader, Recording
from console.recorder import journal

HEADER = "bundle.json"
KIND, FORMAT = "carla-leaderboard-incident", 1
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?")
_UID = re.compile(r"[A-Za-z0-9-]{1,64}")
_LONGEST = 253


def encode(header: BundleHeader) -> str:
    """As people can read it too."""
    told = {
        "bundle": KIND,
        "format": FORMAT,
        "journal": journal.VERSION,
        "console": header.console,
        "kubernetes": header.kubernetes,
        "for": "team" if header.team else "operators",
        "machine": header.machine or None,
        "submission": asdict(header.recording),
        "ended": header.ended,
        "newest": header.newest.isoformat() if header.newest else None,
    }
    return json.dumps(told, indent=2) + "\n"


def decode(text: bytes) -> BundleHeader:
    """Raises InvalidInput for what is no header, or a later one."""
    try:
        told: Any = json.loads(text)
        _refuse_newer(told)
        return _header(told)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise InvalidInput(
            "The file is no incident bundle.",
            why=f"Its {HEADER} cannot be read.",
            fix="Give a file that `carla-console export` has written.",
        ) from None


def _header(told: Any) -> BundleHeader:
    names = told["submission"]
    recording = Recording(
        *(str(names[key]) for key in ("cluster", "namespace", "name", "uid")),
    )
    if not (
        told["bundle"] == KIND
        and _NAME.fullmatch(recording.namespace)
        and _NAME.fullmatch(recording.name)
        and _UID.fullmatch(recording.uid)
        and 0 < len(recording.cluster) <= _LONGEST
        and neutralise(recording.cluster) == recording.cluster
    ):
        raise ValueError
    newest = told["newest"] and datetime.fromisoformat(told["newest"])
    if newest is not None and newest.tzinfo is None:
        raise ValueError
    return BundleHeader(
        recording,
        team=told["for"] == "team",
        machine=neutralise(str(told["machine"] or ""))[:_LONGEST],
        console=neutralise(str(told["console"]))[:_LONGEST],
        ended=told["ended"] is True,
        newest=newest,
        kubernetes=told["kubernetes"] and neutralise(str(told["kubernetes"]))[:_LONGEST],
    )


def _refuse_newer(told: Any) -> None:
    if told["bundle"] == KIND and (
        int(told["format"]) > FORMAT or int(told["journal"]) > journal.VERSION
    ):
        made = neutralise(str(told["console"]))[:_LONGEST]
        raise InvalidInput(
            f"The bundle was written by a newer console ({made}).",
            why=f"It has format {int(told['format'])}; this console reads up to {FORMAT}."
            if int(told["format"]) > FORMAT
            else "Its events are told in a later form than this console knows.",
            fix="Update this console, and import it again.",
        )
