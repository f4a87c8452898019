"""A workstation with one GPU: one pair drives every route, to a final result."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fakes.commands_of_a_user import Commands
from fakes.embedded import embedded_cluster

IMAGES = {
    "cluster.simulator_image": "console.local/carla-simulator:0.9.14",
    "cluster.leaderboard_image": "console.local/leaderboard:2.0",
    "cluster.logcopy_image": "python:3",
    "submission.submitted_image_uri": "console.local/team-agent:quick",
}
LAUNCH = ("launch", "--profile", "k3s-workstation", "--name", "alone", "--wait")


@pytest.mark.slow
@pytest.mark.parametrize("layout", [(), ("--layout", "pod-per-pair", "--pairs", "1")])
async def test_one_gpu_drives_all_twenty_routes_to_a_final_result(
    tmp_path: Path, layout: tuple[str, ...]
) -> None:
    """Its profile as it is but for the images; nothing says which GPU."""
    async with embedded_cluster(tmp_path / "cluster", gpus=1) as embedded:
        commands = Commands(tmp_path / "home", embedded.kubeconfig)
        images = [f"--set={path}={image}" for path, image in IMAGES.items()]
        try:
            code, told = await commands.run(*LAUNCH, *layout, *images)
            shown = json.loads((await commands.run("status", "alone", "-o", "json"))[1])
        finally:
            await commands.run("record", "stop")
        (pod,) = embedded.store.list("pods")
    assert (code, "20/20 routes  FINAL" in told) == (0, True), told
    assert (shown["status"], len(shown["pairs"])) == ("Complete", 1)
    assert pod["spec"]["runtimeClassName"] == "nvidia"
