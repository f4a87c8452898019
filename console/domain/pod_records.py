"""What is known of the pods of one Job, pod by pod, as values. What it means is `lost_pods`."""

from __future__ import annotations

import msgspec

from console.domain.progress import FinishedRoute

Told = tuple[tuple[str, tuple[FinishedRoute, ...]], ...]
"""What each pod's logcopy told, by pod key, in the order in which the pods began to tell."""


KEPT = "the finished drives of its pair are kept"


class LostPod(msgspec.Struct, frozen=True, gc=False):
    """One pod that another one has replaced."""

    name: str
    key: str
    """As recordings know it; empty where only the Job's events tell of it."""
    why: str
    finished: int | None
    """Drives that it had finished; None where nothing is known of them."""
    restarts: int | None
    records: tuple[FinishedRoute, ...] = ()
    kept: bool = False
    """What it finished is its pair's, and went with no pod."""

    @property
    def cost(self) -> str:
        """`8 finished drives and 2 restarts`."""
        drives = "?" if self.finished is None else f"{self.finished}"
        restarts = "?" if self.restarts is None else f"{self.restarts}"
        return (
            f"{drives} finished {'drive' if self.finished == 1 else 'drives'} "
            f"and {restarts} {'restart' if self.restarts == 1 else 'restarts'}"
        )

    @property
    def told(self) -> str:
        """One line of it."""
        if self.kept:
            return f"{self.name}: {self.why}; {KEPT}"
        return f"{self.name}: {self.why}; {self.cost} went with it"
