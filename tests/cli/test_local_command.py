"""`local`: the embedded cluster as a user starts, finds and ends it; one real one for all of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., tuple[int, str, str]]


def test_a_cluster_is_started_found_and_ended(run: Run) -> None:
    code, out, told = run("local", "up", "--time-factor", "0.1", "--nodes", "2")
    assert (code, out) == (0, "")
    assert "embedded cluster running at https://127.0.0.1:" in told
    kubeconfig = told.partition("export KUBECONFIG=")[2].strip()
    assert Path(kubeconfig).stat().st_mode & 0o777 == 0o600
    assert run("local", "kubeconfig") == (0, f"{kubeconfig}\n", "")

    document = json.loads(run("local", "status", "-o", "json")[1])
    assert (document["running"], document["kubeconfig"]) == (True, kubeconfig)
    assert "answers at" in run("local", "status")[1]

    code, _, told = run("local", "up", "--time-factor", "0.5", "--gpus", "1")
    assert code == 6
    assert "--time-factor and --gpus count at its start only" in told
    assert run("local", "up")[0] == 0
    assert run("list", "--local", "-o", "name")[:2] == (0, "")

    code, _, told = run("local", "lose", "local-node-3")
    assert (code, "It has local-node, local-node-2." in told) == (5, True)
    code, _, told = run("local", "lose", "local-node-2")
    assert (code, "local-node-2 is gone with all that ran on it" in told) == (0, True)
    assert "It has local-node." in run("local", "lose", "local-node-2")[2]

    code, _, told = run("local", "down")
    assert (code, "its Jobs, pods and volumes are gone" in told) == (0, True)
    assert not Path(kubeconfig).exists()


def test_where_none_runs_each_command_says_so(run: Run) -> None:
    code, out, _ = run("local", "status")
    assert (code, out.startswith("No embedded cluster is running.")) == (5, True)
    code, out, _ = run("local", "status", "-o", "json")
    assert (code, set(json.loads(out).values())) == (5, {False, None})
    code, out, told = run("local", "kubeconfig")
    assert (code, out) == (5, "")
    assert "next: Start it: " in told
    assert run("local", "down") == (0, "", "no embedded cluster was running\n")
    code, _, told = run("local", "lose", "local-node-2")
    assert (code, "next: Start it: " in told) == (5, True)


@pytest.mark.parametrize("action", ["up", "down", "status", "kubeconfig", "lose local-node"])
def test_flags_of_other_clusters_are_refused(run: Run, action: str) -> None:
    code, _, told = run("--context", "lab", "local", *action.split())
    assert code == 2
    assert "has no use for --context" in told


@pytest.mark.parametrize("gpus", ["0", "-1", "257", "all"])
def test_a_node_has_1_to_256_gpus(run: Run, gpus: str) -> None:
    with pytest.raises(SystemExit) as ended:
        run("local", "up", f"--gpus={gpus}")
    assert ended.value.code == 2


@pytest.mark.parametrize("nodes", ["0", "17", "many"])
def test_it_has_1_to_16_nodes(run: Run, nodes: str) -> None:
    with pytest.raises(SystemExit) as ended:
        run("local", "up", f"--nodes={nodes}")
    assert ended.value.code == 2


@pytest.mark.parametrize("factor", ["0", "-1", "101", "nan", "quick"])
def test_a_time_factor_is_above_0_and_at_most_100(run: Run, factor: str) -> None:
    with pytest.raises(SystemExit) as ended:
        run("local", "up", f"--time-factor={factor}")
    assert ended.value.code == 2
