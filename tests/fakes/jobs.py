"""Jobs of the shipped templates with values of a site, and how one ends on the embedded cluster."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fakes.embedded import embedded_cluster

from console.domain.board import BoardSnapshot
from console.operations.services import Services
from console.operations.submitting.launch import launch
from console.operations.watching.follower import Follower
from console.recorder.recorder import Recorder
from console.specs.compose import Composed, compose, load_template
from console.specs.validation import Judged
from console.specs.values import load_profile


def composed_with(said: dict[str, Any], leaderboard: str = "2.0", **further: Any) -> Composed:
    """The embedded profile's Job with these values, by their paths."""
    template = load_template(leaderboard)
    values = load_profile("embedded").values(leaderboard)
    values = values.override(said, origin="--set", known=template.paths)
    return compose(template, values, nonce="n", **further)


def at_site(leaderboard: str = "2.0", **said: Any) -> Composed:
    """The same with values of the cluster, by their names."""
    return composed_with({f"cluster.{name}": value for name, value in said.items()}, leaderboard)


def pod_spec(made: Composed) -> dict[str, Any]:
    spec: dict[str, Any] = made.manifest["spec"]["template"]["spec"]
    return spec


def half(made: Composed, name: str) -> dict[str, Any]:
    """One container of its pod."""
    return next(each for each in pod_spec(made)["containers"] if each["name"] == name)


async def ended(
    folder: Path, leaderboard: str, said: dict[str, Any], *, of: str = "logcopy"
) -> tuple[BoardSnapshot, str]:
    """How a submission with these values ends, and what the containers `of` which it is said."""
    ready = composed_with(said, leaderboard, namespace="default", backoff_limit=2, repetitions=1)
    async with embedded_cluster(folder / "cluster") as embedded:
        recorder = Recorder(folder / "recordings")
        services = Services(embedded.cluster, recorder, lambda: datetime.now(UTC))
        await launch(services, Judged(ready).valid)
        follower = Follower(services, "default", ready.plan.name)
        async with asyncio.timeout(150):
            await follower.run()
        assert follower.board.job is not None
        recording = services.recording_of(follower.board.job)
        logs = [
            recorder.log(recording, each) for each in recorder.containers(recording) if of in each
        ]
        lines = (line for log in logs for line in log.lines(0, log.line_count()))
        return follower.board, "\n".join(each.text for each in lines)
