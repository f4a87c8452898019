"""Which Kubernetes this server says to be. Pure."""

from __future__ import annotations

from console.localcluster.changes import JsonObject

GIT_VERSION = "v1.36.0+carla-console.embedded"


def version() -> JsonObject:
    """GET /version: says that this is no Kubernetes distribution."""
    return {
        "major": "1",
        "minor": "36",
        "gitVersion": GIT_VERSION,
        "gitCommit": "",
        "gitTreeState": "",
        "buildDate": "1970-01-01T00:00:00Z",
        "goVersion": "",
        "compiler": "carla-console: an embedded subset of the Kubernetes API, written in Python",
        "platform": "linux/amd64",
    }
