"""Images as a node has them: pulled once, by policy, with the kubelet's events and words."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

from console.errors import ConsoleError
from console.localcluster.controllers.event_recorder import EventType
from console.localcluster.images.catalogue import Image, ImageNotFound, InvalidImageName, pull
from console.localcluster.images.reference import parse
from console.localcluster.store import JsonObject

Report = Callable[[EventType, str, str], None]
"""(type, reason, message) about the container."""


class PullFailed(ConsoleError):
    """The image is not there; `reason` is what the container waits with."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class ImagePuller:
    """The node's image store. Raises PullFailed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._present: dict[str, Image] = {}
        self._lock = asyncio.Lock()

    async def image(self, container: JsonObject, report: Report) -> Image:
        """The unpacked image of a container, with the events a kubelet sends on the way."""
        reference = str(container.get("image", ""))
        policy = container["imagePullPolicy"]
        async with self._lock:
            if reference in self._present and policy != "Always":
                words = "already present on machine and can be accessed by the pod"
                report("Normal", "Pulled", f'Container image "{reference}" {words}')
                return self._present[reference]
            if policy == "Never":
                message = f'Container image "{reference}" is not present with pull policy of Never'
                raise _failure(report, "ErrImageNeverPull", message, ("Warning", message))
            return await self._pull(reference, report)

    async def _pull(self, reference: str, report: Report) -> Image:
        try:
            parse(reference)
        except InvalidImageName as refusal:
            message = (
                f'Failed to apply default image tag "{reference}": '
                f'couldn\'t parse image name "{reference}": {refusal.what}'
            )
            report("Warning", "InspectFailed", message)
            raise _failure(report, "InvalidImageName", message) from refusal
        report("Normal", "Pulling", f'Pulling image "{reference}"')
        began = time.monotonic()
        try:
            image = await asyncio.to_thread(pull, reference, self._folder)
        except ImageNotFound as refusal:
            message = f'failed to pull and unpack image "{reference}": {refusal.what}'
            words = f'Failed to pull image "{reference}": {refusal.what}'
            raise _failure(report, "ErrImagePull", message, ("Warning", words)) from refusal
        took = round((time.monotonic() - began) * 1000)
        words = f"in {took}ms ({took}ms including waiting)"
        report("Normal", "Pulled", f'Successfully pulled image "{reference}" {words}')
        self._present[reference] = image
        return image


def _failure(
    report: Report, reason: str, message: str, event: tuple[EventType, str] | None = None
) -> PullFailed:
    if event is not None:
        report(event[0], "Failed", event[1])
    report("Warning", "Failed", f"Error: {reason}")
    return PullFailed(reason, message)
