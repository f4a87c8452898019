"""The ConfigMap that keeps what a pair has finished, for the pod that is made after its own.

Where each pair has a pod of its own, whoever records writes it while the pair drives, and the next
pod's init container begins from it. It belongs to the Job and goes with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from console.specs.worker_files import SUBMISSION_LABELS, owned_by


def kept_name(job: str, pair: int) -> str:
    """What it is called."""
    return f"{job}-kept-{pair}"


def kept_file(pair: int) -> str:
    """The checkpoint in it, as a resume names it too."""
    return f"partial_{pair}.json"


def kept_config_map(
    job: str, namespace: str, uid: str, pair: int, files: Mapping[str, str]
) -> dict[str, Any]:
    """With these files (name -> text), as a possession of that Job."""
    manifest = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": kept_name(job, pair),
            "namespace": namespace,
            "labels": dict(SUBMISSION_LABELS),
        },
        "data": dict(files),
    }
    owner = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": job, "uid": uid}}
    return owned_by(manifest, owner)
