"""The clock that the evaluator prints: the real one, or one that runs by the plan's seconds.

The second makes a replay of a recorded run print the recorded times.
"""

import datetime
import time
from typing import Optional, Tuple


class ScenarioClock:
    """Epoch seconds. With `start` the clock stands still except for `advance`."""

    def __init__(self, start: Optional[float]) -> None:
        self._planned = start

    def now(self) -> float:
        return time.time() if self._planned is None else self._planned

    def advance(self, seconds: float) -> None:
        if self._planned is not None:
            self._planned += seconds

    def since(self, started: float, planned: float) -> Tuple[float, float]:
        """(seconds for a record, whole microseconds in seconds for a tick) since `started`.

        With the real clock both are the planned seconds, so that a record depends on its plan only.
        """
        if self._planned is None:
            return planned, round(planned, 6)
        began = datetime.datetime.fromtimestamp(started)
        passed = datetime.datetime.fromtimestamp(self._planned) - began
        return self._planned - started, passed.total_seconds()
