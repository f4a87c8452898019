"""The document that the first step of upstream's state machine makes, where it says more than a
template asks for. All of it may be given as values; what nothing uses is told, never dropped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from console.specs.mistakes import Mistake, SpecRejected
from console.specs.plan import TEAM_ANNOTATION
from console.specs.references import kind_of

TEAM_NAME = "submission.team_name"
TOKEN = "evalai.auth_token"
SECRET = "evalai.auth_secret"
"""Names the Secret with the key auth_token: asked for by a state alone."""
PUBLISHING = ("aws.s3_bucket", "aws.dynamodb_submissions_table", "evalai.api_server")
"""Where upstream's logcopy publishes. A Job of ours publishes nothing: untrusted agents share its
pod."""
THEIRS = (
    TEAM_NAME,
    "submission.submission_status",
    "submission.submitted_time",
    "submission.start_time",
    "submission.end_time",
    "cluster.id",
    "cluster.name",
    "cluster.endpoint",
    "cluster.certificate_authority",
    TOKEN,
    SECRET,
    *PUBLISHING,
    "results",
)
TOLD = (
    "submission.name",
    "submission.challenge_id",
    "submission.submission_id",
    "submission.team_id",
    TEAM_NAME,
    "submission.track_id",
    "submission.track_codename",
    "submission.resume",
    "submission.submitted_image_uri",
    "cluster.simulator_image",
    "cluster.leaderboard_image",
    "cluster.logcopy_image",
    *PUBLISHING,
)
"""What a Job of that machine can take from that document. Its token is not among them: TOKEN."""
_LONGEST_NAME = 1000
_SHOWN = 60


def is_theirs(path: str) -> bool:
    """Whether a value belongs to that document, whatever a template asks for."""
    return path in THEIRS or path.startswith("results.")


def name_team(manifest: dict[str, Any], team: Any, origin: str) -> None:
    """Put the team's name on the Job: a label's value could not hold every name."""
    if team in (None, ""):
        return
    if not isinstance(team, str):
        what = f"{origin}: {TEAM_NAME} is {kind_of(team)}, but text is wanted. Put it in quotes."
        raise SpecRejected("", [Mistake(what, TEAM_NAME)])
    if len(team) > _LONGEST_NAME or not team.isprintable():
        what = f"{origin}: {TEAM_NAME} is no name: it is too long, or holds control characters."
        raise SpecRejected("", [Mistake(what, TEAM_NAME)])
    annotations = manifest["metadata"].setdefault("annotations", {})
    annotations.setdefault(TEAM_ANNOTATION, team)


def remarks(given: Mapping[str, Any], asked: tuple[str, ...]) -> Iterator[str]:
    """A sentence about each value of that document which the template with `asked` leaves out."""
    found = {path: _at(given, path) for path in THEIRS if path not in asked}
    if found.get(TEAM_NAME):
        team = _shown(found[TEAM_NAME])
        yield f"The team is {team}; the Job carries the name as {TEAM_ANNOTATION}."
    if found.get(TOKEN) is not None:
        yield (
            "evalai.auth_token is not sent: no token enters a manifest. The recorder publishes,"
            " with the token that publishing.yaml names."
        )
    told = [path for path in THEIRS if path not in (TEAM_NAME, TOKEN)]
    left = [f"{path} {_shown(found[path])}" for path in told if found.get(path) not in (None, {})]
    if left:
        known = "Known from the state machine's document, and used by nothing here"
        yield f"{known}: {', '.join(left)}."


def _at(given: Mapping[str, Any], path: str) -> Any:
    current: Any = given
    for key in path.split("."):
        current = current.get(key) if isinstance(current, Mapping) else None
    return current


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else kind_of(value)
    clean = "".join(sign if sign.isprintable() else "?" for sign in text)
    return clean if len(clean) <= _SHOWN else f"{clean[:_SHOWN]}..."
