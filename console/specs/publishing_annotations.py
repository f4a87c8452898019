"""How a Job says where its results go: an annotation, written at a launch and read back from it.

So no later change of a user's settings sends an old submission's results elsewhere, and a Job that
was sent by other means is published by nobody. It is no secret: three numbers and a server's name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from console.domain.facts import EvalAiPlace, Targets
from console.domain.submission import LOGCOPY
from console.errors import InvalidInput

# A list of Jobs reads annotations, and composes nothing.
if TYPE_CHECKING:
    from console.specs.compose import Composed

EVALAI_ANNOTATION = "leaderboard.carla.org/evalai"
"""`https://eval.ai 2098/4137/301234`: challenge, phase, submission"""
STORAGE_ANNOTATION = "leaderboard.carla.org/storage"
"""`s3://bucket/prefix`, or a directory of the machine that records"""
TABLE_ANNOTATION = "leaderboard.carla.org/dynamodb"
"""The table."""
_LONGEST = 1000
_NONE = Targets()
_FOLDER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_DIGITS = r"([1-9]\d{0,9})"
_NUMBER = re.compile(_DIGITS, re.ASCII)
_PLACE = re.compile(rf"(https?://[!-~]{{1,200}}) {_DIGITS}/{_DIGITS}/{_DIGITS}", re.ASCII)
_IDS = ("CHALLENGE_ID", "TRACK_ID", "SUBMISSION_ID")


def evalai_number(text: str) -> int | None:
    """A challenge's, a phase's or a submission's; None for what is none of EvalAI's."""
    return int(text) if _NUMBER.fullmatch(text) else None


def place_of(annotations: Mapping[str, str] | None) -> EvalAiPlace | None:
    """The place that a Job names; None where it names none that can be read."""
    told = _PLACE.fullmatch((annotations or {}).get(EVALAI_ANNOTATION, ""))
    return EvalAiPlace(told[1], *map(int, told.groups()[1:])) if told else None


def targets_of(annotations: Mapping[str, str] | None) -> Targets:
    """What a Job names beside EvalAI; empty for what could be none."""
    told = annotations or {}
    if STORAGE_ANNOTATION not in told and TABLE_ANNOTATION not in told:
        return _NONE
    return Targets(*(_sane(told.get(each, "")) for each in (STORAGE_ANNOTATION, TABLE_ANNOTATION)))


def _sane(told: str) -> str:
    return told if told.isprintable() and len(told) <= _LONGEST else ""


def to_be_stored(composed: Composed, storage: str, table: str) -> Composed:
    """The same Job with the place of its files, and the table that is told of it, written on it."""
    told = {STORAGE_ANNOTATION: storage, TABLE_ANNOTATION: table}
    return _annotated(composed, {name: said for name, said in told.items() if said})


def to_be_published(composed: Composed, place: EvalAiPlace) -> Composed:
    """The same Job with that place written on it."""
    said = f"{place.server} {place.challenge}/{place.phase}/{place.submission}"
    return _annotated(composed, {EVALAI_ANNOTATION: said})


def _annotated(composed: Composed, told: Mapping[str, str]) -> Composed:
    import copy  # for launches alone

    manifest = copy.deepcopy(composed.manifest)
    manifest["metadata"].setdefault("annotations", {}).update(told)
    return replace(composed, manifest=manifest)


def team_of(manifest: Mapping[str, Any]) -> str:
    """The team's number as a Job's logcopy is told it; empty where it is not."""
    return _told(manifest).get("TEAM_ID", "")


def numbers_of(manifest: Mapping[str, Any]) -> tuple[str, str, str]:
    """Challenge, phase and submission as a Job's logcopy is told them; empty where it is not."""
    env = _told(manifest)
    challenge, phase, submission = (env.get(name, "") for name in _IDS)
    return challenge, phase, submission


def row_of(manifest: Mapping[str, Any]) -> tuple[str, str]:
    """Team and submission, by which upstream's table has its rows; empty where it is not told."""
    env = _told(manifest)
    return env.get("TEAM_ID", ""), env.get("SUBMISSION_ID", "")


def folder_of(manifest: Mapping[str, Any], name: str, wanted: str = "") -> str:
    """The folder of its files at a place: as wanted, else upstream's number of it, else the Job's
    name. Raises InvalidInput."""
    from console.specs import pod

    if wanted and not _FOLDER.fullmatch(wanted):
        raise InvalidInput(
            f"No folder of a submission can be called {wanted!r}.",
            why="It has letters, digits, dots, dashes and underscores, at most 100.",
        )
    annotations = pod.mapping(pod.descend(manifest, ("metadata", "annotations")))
    at_evalai = place_of({key: str(said) for key, said in annotations.items()})
    number = str(at_evalai.submission) if at_evalai else numbers_of(manifest)[2]
    return wanted or (number if _FOLDER.fullmatch(number) else name)


def _told(manifest: Mapping[str, Any]) -> Mapping[str, str]:
    from console.specs import pod

    found = (each.env for each in pod.containers(manifest) if each.name == LOGCOPY)
    return next(found, {})
