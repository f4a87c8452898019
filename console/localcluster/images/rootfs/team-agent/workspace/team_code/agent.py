"""A stand-in of a team's agent: it asks for the sensors that its scenario names, and drives not.

Its configuration is the scenario as JSON. Knows nothing of the evaluator.
"""

import json
import os
from typing import Any, Dict, List


def get_entry_point() -> str:
    return "StandInAgent"


class StandInAgent:
    """The part of the agent interface that the stand-in evaluator uses."""

    def __init__(self) -> None:
        self.track = os.environ.get("CHALLENGE_TRACK_CODENAME") or "SENSORS"
        self._kinds: List[str] = []

    def setup(self, path_to_conf_file: str) -> None:
        with open(path_to_conf_file) as opened:
            self._kinds = json.load(opened)["sensors"]

    def sensors(self) -> List[Dict[str, Any]]:
        """One sensor per kind, each with an id of its own, at the vehicle's origin."""
        return [
            {"type": kind, "id": f"sensor_{place}", "x": 0.0, "y": 0.0, "z": 1.6}
            for place, kind in enumerate(self._kinds)
        ]
