"""Which init container is a sidecar, for whoever counts, starts or prints containers. Pure."""

from __future__ import annotations

from console.localcluster.changes import JsonObject


def is_sidecar(init_container: JsonObject) -> bool:
    """The others do not wait for its end: it runs beside them until they have ended."""
    return bool(init_container.get("restartPolicy") == "Always")
