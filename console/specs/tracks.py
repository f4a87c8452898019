"""The tracks of each Leaderboard, and the routes file that a track drives.

A qualifier's routes are a file of their own, beside the one of the phase that it qualifies for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from console.domain.submission import LOGCOPY
from console.results.leaderboard import LAUNCHED, find
from console.results.version_rules import QUALIFIER as SUFFIX
from console.results.version_rules import Leaderboard
from console.specs import pod
from console.specs.plan import HALF
from console.specs.template import Template

TRACK, ROUTES = "CHALLENGE_TRACK_CODENAME", "ROUTES"
TESTING, QUALIFIER = "routes_testing.xml", "routes_qualifier.xml"


def tracks_of(template: Template) -> tuple[str, ...]:
    """The tracks that a submission of this template can have; all where it is no Leaderboard's."""
    version = leaderboard_of(template.document.content)
    every = dict.fromkeys(track for each in LAUNCHED for track in each.tracks)
    return version.tracks if version else tuple(every)


def drives_qualifiers(template: Template) -> bool:
    """Whether a submission of this template may have a track with routes of its own."""
    version = leaderboard_of(template.document.content)
    return version is not None and version.has_qualifier


def leaderboard_of(job: Mapping[str, Any]) -> Leaderboard | None:
    """The Leaderboard that a Job's logcopy is told; None where it is told none."""
    found = (each for each in pod.containers(job) if each.name == LOGCOPY)
    return find(next((each.env.get("LEADERBOARD", "") for each in found), ""))


def routes_of(track: str) -> str:
    """The name of the file whose routes a track drives."""
    return QUALIFIER if track.endswith(SUFFIX) else TESTING


def follow_track(job: dict[str, Any]) -> None:
    """Let the evaluators and logcopy read the routes of the track.

    A routes file of another name is an operator's own choice, and stays.
    """
    version = leaderboard_of(job)
    if version is None or not version.has_qualifier:
        return
    halves = (each for each in pod.containers(job) if HALF.fullmatch(each.name))
    track = next((each.env[TRACK] for each in halves if TRACK in each.env), None)
    if track is not None:
        name_routes(job, routes_of(track))


def name_routes(job: dict[str, Any], name: str) -> None:
    """Put the file's name in the place of either of the two, wherever a container is told it."""
    for container in pod.containers(job):
        for variable in pod.items(container.content.get("env")):
            folder, slash, file = str(variable.get("value")).rpartition("/")
            if variable.get("name") == ROUTES and file in (TESTING, QUALIFIER):
                variable["value"] = f"{folder}{slash}{name}"


CHOSEN_BY_A_STATE = (
    f"States.ArrayGetItem(States.Array('{TESTING}', '{QUALIFIER}'), States.MathAdd("
    "States.ArrayLength(States.StringSplit($.submission.track_codename, '_')), -1))"
)
"""`routes_of` in the words of a state machine: a qualifier's name has two parts."""
