"""What an autoscaler says of a pod that waits: a node is being added for it, or cannot be. Pure.

cluster-autoscaler and Karpenter write events about the pod; the newest counts, for each says it
again at every look. Knows no scheduler: whether the pod needs another node is not its question.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from console.domain.facts import ClusterEvent

_COMING = ("TriggeredScaleUp", "Nominated")
_NOT_COMING = ("NotTriggerScaleUp", "FailedScaleUp", "InsufficientCapacityError")
_BY_KARPENTER = "Failed to schedule pod, "
"""It takes the scheduler's own reason for its event."""
_BEFORE = re.compile(
    r"^(pod didn't trigger scale-up(?: \([^)]*\))?:?|pod triggered scale-up:"
    rf"|Pod should schedule on:|{_BY_KARPENTER.strip()}"
    r"|NodeClaim \S+ nominated for this pod failed to launch:)\s*",
    re.IGNORECASE,
)
"""What the reason has said already."""
_ASIDE = re.compile(r",? ?daemonset overhead=\{[^{}]*\}")
_GROUPS = re.compile(r"^\[\{(.*)\}\]$")
"""cluster-autoscaler prints a list of Go structs."""
LONGEST = 170


class Scaling(msgspec.Struct, frozen=True, gc=False):
    """An autoscaler's newest word on one pod."""

    coming: bool
    words: str


def scaling(told: Sequence[ClusterEvent]) -> Scaling | None:
    """None where no autoscaler has said anything of it."""
    for event in reversed(told):
        if event.reason in _COMING:
            return Scaling(True, _coming(_detail(event.message)))
        if is_of_autoscaler(event):
            detail = _detail(event.message)
            return Scaling(
                False, f"the autoscaler cannot add a node{f': {detail}' if detail else ''}"
            )
    return None


def is_of_autoscaler(event: ClusterEvent) -> bool:
    """Whether it tells of a node that does not come, and no scheduler has written it."""
    if event.reason in _NOT_COMING:
        return True
    return event.reason == "FailedScheduling" and event.message.startswith(_BY_KARPENTER)


def _coming(detail: str) -> str:
    if detail.startswith("node/"):
        return f"the autoscaler has chosen {detail} for it"
    return f"a node is being added{f' ({detail})' if detail else ''}"


def _detail(message: str) -> str:
    plain = _ASIDE.sub("", _BEFORE.sub("", " ".join(message.split()))).rstrip(".")
    if groups := _GROUPS.match(plain):
        plain = groups[1].replace("} {", ", ")
    return plain if len(plain) <= LONGEST else f"{plain[: LONGEST - 1]}…"
