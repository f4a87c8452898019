"""How a Job says where its results go: an annotation, written at a launch and read back from it.

So no later change of a user's settings sends an old submission's results elsewhere, and a Job that
was sent by other means is published by nobody. It is no secret: three numbers and a server's name.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from console.domain.facts import EvalAiPlace
from console.domain.submission import LOGCOPY

# A list of Jobs reads annotations, and composes nothing.
if TYPE_CHECKING:
    from console.specs.compose import Composed

EVALAI_ANNOTATION = "leaderboard.carla.org/evalai"
"""`https://eval.ai 2098/4137/301234`: challenge, phase, submission"""
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


def to_be_published(composed: Composed, place: EvalAiPlace) -> Composed:
    """The same Job with that place written on it."""
    manifest = copy.deepcopy(composed.manifest)
    said = f"{place.server} {place.challenge}/{place.phase}/{place.submission}"
    manifest["metadata"].setdefault("annotations", {})[EVALAI_ANNOTATION] = said
    return replace(composed, manifest=manifest)


def team_of(manifest: Mapping[str, Any]) -> str:
    """The team's number as a Job's logcopy is told it; empty where it is not."""
    return _told(manifest).get("TEAM_ID", "")


def numbers_of(manifest: Mapping[str, Any]) -> tuple[str, str, str]:
    """Challenge, phase and submission as a Job's logcopy is told them; empty where it is not."""
    env = _told(manifest)
    challenge, phase, submission = (env.get(name, "") for name in _IDS)
    return challenge, phase, submission


def _told(manifest: Mapping[str, Any]) -> Mapping[str, str]:
    from console.specs import pod

    found = (each.env for each in pod.containers(manifest) if each.name == LOGCOPY)
    return next(found, {})
