"""The Job in its recording, and the Kubernetes that had it."""

from __future__ import annotations

import pytest

from console.errors import Forbidden
from console.operations.services import Services
from console.operations.submitting.launch import launch
from console.specs.validation import Judged


async def test_a_launch_keeps_the_job_with_the_version_of_its_kubernetes(
    services: Services, composed
) -> None:
    job = (await launch(services, Judged(composed).valid)).job
    kept = services.recorder.manifest(services.recording_of(job))
    assert (kept.manifest["kind"], kept.version) == ("Job", "v0.0-fake")


async def test_a_cluster_that_does_not_tell_its_version_has_its_job_kept_all_the_same(
    services: Services, composed, cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refused(**_: bool) -> str:
        raise Forbidden("You may not ask for /version.")

    monkeypatch.setattr(cluster, "version", refused)
    job = (await launch(services, Judged(composed).valid)).job
    kept = services.recorder.manifest(services.recording_of(job))
    assert (kept.manifest["kind"], kept.version) == ("Job", "")
