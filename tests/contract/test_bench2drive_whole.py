"""Bench2Drive's 220 routes on eight pairs of the embedded cluster, to its own script's result."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fakes.bench2drive import facts, routes_xml
from fakes.commands_of_a_user import Commands
from fakes.embedded import embedded_cluster

LAUNCH = ("launch", "--profile", "embedded", "--leaderboard", "Bench2Drive", "--pairs", "8")


def rows(document: Any) -> dict[str, Any]:
    """The records by their drive, without the index, which the script leaves out."""
    told = document["_checkpoint"]["records"]
    return {row["route_id"]: {k: v for k, v in row.items() if k != "index"} for row in told}


@pytest.mark.slow
async def test_eight_pairs_drive_220_routes_to_the_result_of_bench2drives_script(
    tmp_path: Path,
) -> None:
    """`--compat` is that script, byte for byte (tests/unit/results/test_bench2drive_merge.py)."""
    async with embedded_cluster(tmp_path / "cluster") as embedded:
        commands = Commands(tmp_path / "home", embedded.kubeconfig)
        image = "console.local/team-agent:mixed"
        try:
            code, told = await commands.run(*LAUNCH, "--name", "b2d", "--image", image, "--wait")
            assert code == 0
            assert "220/220 routes  FINAL" in told
            assert "success rate" in told
            _, merged = await commands.run("results", "b2d", "-o", "merged")
            await commands.run("publish", "b2d", "--to", str(tmp_path / "place"))
        finally:
            await commands.run("record", "stop")
        partials = sorted((tmp_path / "place").glob("*/agent/agent*/agent_results.json"))
        assert len(partials) == 8
        ours = json.loads(merged)
        by_script = await by_scripts_rules(commands, tmp_path, partials, "--compat")
        assert rows(ours) == rows(by_script)
        assert len(rows(ours)) == len(facts())
        for key in ("driving score", "success rate", "eval num"):
            assert ours[key] == pytest.approx(by_script[key])
        (tmp_path / "routes.xml").write_text(routes_xml())
        again = await by_scripts_rules(
            commands, tmp_path, partials, "--routes", str(tmp_path / "routes.xml")
        )
        assert again == ours


async def by_scripts_rules(
    commands: Commands, folder: Path, partials: list[Path], *flags: str
) -> Any:
    out = folder / "merged.json"
    files = ("-f", *map(str, partials), "-e", str(out), "--leaderboard", "Bench2Drive")
    code, _ = await commands.run("merge", *files, *flags)
    assert code == 0
    return json.loads(out.read_text())
