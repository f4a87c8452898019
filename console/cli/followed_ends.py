"""What a followed log's end means: a container that goes on says more than its stream did. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from console.domain.facts import ContainerState, PodFacts
from console.domain.joined_pods import part_with


def goes_on(container: str, before: Sequence[PodFacts], after: Sequence[PodFacts]) -> str:
    """A sentence where its log has not ended for good; empty where it has.

    `before`: its pods when the stream was opened; `after`: those that there are by now.
    """
    was = part_with(tuple(before), container)
    pod = next((each for each in after if was is not None and each.uid == was.uid), None)
    if was is None:
        return ""
    if pod is None or pod.deleting:
        return "its pod is taken away"
    old, new = was.container(container), pod.container(container)
    if old is None or new is None:
        return ""
    if new.restart_count != old.restart_count or new.state is ContainerState.WAITING:
        return "that run has ended, and the container begins another one"
    if new.state is ContainerState.RUNNING:
        return "the stream has ended, and the container runs on"
    if new.ended is not None and new.ended.exit_code:
        return f"that run has ended with {new.ended.exit_code}; the container may begin another one"
    return ""
