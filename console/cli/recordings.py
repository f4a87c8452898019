"""Finding what this console recorded of a submission that may be gone from the cluster."""

from __future__ import annotations

from console.errors import NotFound
from console.operations.copyable import carla_console
from console.operations.ports import LogView
from console.operations.services import Services


def recorded_log(services: Services, namespace: str, name: str, container: str) -> LogView:
    """The recorded log of the newest submission of that name on this cluster; NotFound without."""
    context = services.cluster.description.context
    found = [
        recording
        for recording in services.recorder.recordings()
        if (recording.cluster, recording.namespace, recording.name) == (context, namespace, name)
    ]
    if not found:
        raise NotFound(
            f"There is no pod of {namespace}/{name}, and this console recorded nothing of it.",
            fix="Check the name and the namespace: "
            + carla_console(services.cluster.description, "list", namespace=namespace),
        )
    return services.recorder.log(found[-1], container)
