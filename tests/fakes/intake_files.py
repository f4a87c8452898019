"""A user who takes submissions in from the server of the fakes: settings and token on disk."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fakes.evalai_rules import CHALLENGE, HOST, PHASE, EvalAiRules

from console import paths

IMAGE = "console.local/team-agent:crash-once"
PHASES = f"{{{PHASE}: {{leaderboard: 2.0, track: SENSORS, profile: embedded}}}}"


def set_up_intake(url: str, phases: str = PHASES, queue: str = EvalAiRules.queue) -> None:
    lines = (f"server: '{url}'", f"challenges: [{CHALLENGE}]", "token-file: token")
    told = (*lines, f"queue: {queue}" if queue else "", f"phases: {phases}")
    paths.settings().mkdir(parents=True, exist_ok=True)
    text = "".join(f"  {line}\n" for line in told if line)
    (paths.settings() / "publishing.yaml").write_text(f"evalai:\n{text}")
    (paths.settings() / "token").write_text(HOST)
    (paths.settings() / "token").chmod(0o600)


def message_file(folder: Path, number: int = 1, **told: Any) -> str:
    """A message as somebody kept it; None leaves a field out."""
    usual = {
        "challenge_pk": CHALLENGE,
        "phase_pk": PHASE,
        "submission_pk": number,
        "submitted_image_uri": IMAGE,
    }
    body = {key: each for key, each in {**usual, **told}.items() if each is not None}
    (folder / "message.json").write_text(json.dumps(body))
    return str(folder / "message.json")
