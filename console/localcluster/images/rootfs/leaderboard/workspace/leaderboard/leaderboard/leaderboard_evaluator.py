"""Stand-in of the Leaderboard evaluator: the file that the submission's agents run.

Imports as the real one does, by name and from whatever Python's path has first: CARLA's API,
ScenarioRunner, and its own package. Where one is missing it ends as the real one ends.
"""

import sys

import carla  # noqa: F401
from srunner.scenariomanager.carla_data_provider import CarlaDataProvider  # noqa: F401
from srunner.scenariomanager.timer import GameTime  # noqa: F401

from leaderboard.standin.program import main

if __name__ == "__main__":
    sys.exit(main())
