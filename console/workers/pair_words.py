"""The words that the halves of a pair write of themselves, for everybody who reads them.

The supervisor writes them into the status files; logcopy passes them on; the board and the screens
judge by them. What follows from each is the supervisor's business. Standard-library Python 3.7.
"""

from __future__ import annotations

ROLES = ("simulator", "agent")
"""The halves of a pair."""

BOOTING, READY, WAITING, DRIVING = "booting", "ready", "waiting", "driving"
"""Phases of a half: what its heartbeat says."""

DONE = "done"
CRASHED = "crashed"
LOST_PARTNER = "lost-partner"
"""The one reason that says nothing itself: the other half is to be asked."""
HANG = "hang"
NEVER_READY = "never-ready"
CANCELLED = "cancelled"
TERMINATED = "terminated"
INVALID_SETUP = "invalid-setup"
WRONG_GPU = "wrong-gpu"
NOT_LOADED = "not-loaded"
UNLOADED = "the evaluator cannot be loaded"
"""The same in a sentence of logcopy's."""
NO_SET_UP = "the agent cannot be set up"
REJECTED = "the agent's sensors are not allowed on this track"
"""Of an agent, in a sentence of logcopy's."""
GIVEN_UP = "given-up"
"""The kind of a problem whose text begins with the drive that a supervisor recorded as failed."""
VANISHED = "vanished"
"""Killed without a word; recorded by the next life of that half."""

LASTING = (WRONG_GPU, NOT_LOADED)
"""What no restart would change: the pair ends for good, and spends none."""
AT_FAULT = (CRASHED, HANG)
"""A half's own fault while it drove."""
ASKED_TO_STOP = (CANCELLED, TERMINATED)
