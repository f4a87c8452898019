"""What a cluster is started with, as it travels from `up` to the daemon. Values only."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

DEFAULT_GPUS = 64
"""Sixteen submissions of four GPUs at once."""


@dataclass(frozen=True, slots=True)
class ClusterSettings:
    """`state_dir` decides where; the rest how."""

    state_dir: str
    cluster_id: str
    time_factor: float
    gpus: int
    """Of each node."""
    nodes: int = 1

    def to_text(self) -> str:
        """For a command line."""
        return json.dumps(asdict(self))

    @classmethod
    def from_text(cls, text: str) -> ClusterSettings:
        """The inverse of to_text."""
        return cls(**json.loads(text))
