"""What each command brings with it when it is chosen. The lists fail when they grow."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fakes.loaded_modules import loaded_modules

from console.cli.loading import COMMANDS

SCRIPT = """
import contextlib, io, sys
from console.cli.main import main
with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):
    main([sys.argv[1], "--help"])
"""
HEAVY = {
    *("aiohttp", "asyncio", "cryptography", "email", "http", "kubernetes", "msgspec"),
    *("rich", "ssl", "textual", "yaml"),
}
VECTOR = Path(__file__).parents[1] / "data" / "vectors" / "lb20" / "complete_r5_01"
LOOP = {"asyncio", "ssl"}
"""What asyncio imports."""
VALUES = {"msgspec"}
"""What the domain's values are made of."""
READS = {"cli", "domain", "errors", "operations", "paths", "results", "specs", "wiring", "workers"}
COMPOSES = READS | {"kubernetes_grammar"}
SHOWS = COMPOSES | {"presentation"}
JUDGES = SHOWS | {"diagnosis"}
"""What says why something failed."""
BROUGHT = {
    "render": (COMPOSES - {"workers"}, LOOP | VALUES | {"yaml"}, 110),
    "launch": (JUDGES, LOOP | VALUES | {"yaml"}, 259),
    "preflight": (JUDGES, LOOP | VALUES | {"yaml"}, 206),
    "list": (READS - {"specs"}, VALUES, 50),
    "status": (JUDGES, LOOP | VALUES | {"yaml"}, 192),
    "inspect": (JUDGES, LOOP | VALUES | {"yaml"}, 145),
    "logs": (READS, LOOP | VALUES, 121),
    "events": (JUDGES, LOOP | VALUES | {"yaml"}, 177),
    "describe": (SHOWS, LOOP | VALUES, 114),
    "results": (JUDGES, LOOP | VALUES, 150),
    "compare": (SHOWS - {"kubernetes_grammar"}, LOOP | VALUES, 122),
    "export": (JUDGES | {"version"}, LOOP | VALUES | {"yaml"}, 168),
    "import": ({"cli", "domain", "errors", "paths", "wiring"}, VALUES, 20),
    "shell": (SHOWS, LOOP | VALUES, 131),
    "port-forward": (SHOWS, LOOP | VALUES, 131),
    "publish": (JUDGES, LOOP | VALUES | {"yaml"}, 167),
    "intake": ({"cli", "domain", "errors", "paths", "wiring"}, VALUES, 24),
    "cancel": (COMPOSES, LOOP | VALUES | {"yaml"}, 149),
    "delete": (COMPOSES, LOOP | VALUES | {"yaml"}, 149),
    "resume": (JUDGES, LOOP | VALUES | {"yaml"}, 280),
    "rerun": (JUDGES, LOOP | VALUES | {"yaml"}, 283),
    "merge": ({"cli", "errors", "results"}, set[str](), 40),
    "history": ({"cli", "domain", "errors", "paths", "wiring"}, VALUES, 22),
    "replay": ({"cli", "domain", "errors", "paths", "wiring"}, VALUES, 18),
    "record": ({"cli", "domain", "errors", "paths", "wiring"}, VALUES, 19),
    "calls": ({"cli", "domain", "errors", "paths", "wiring"}, VALUES, 22),
    "local": ({"cli", "domain", "errors", "paths", "wiring"}, VALUES, 18),
    "runbook": ({"cli", "domain", "errors"}, set[str](), 20),
    "info": ({"cli", "domain", "errors", "paths"}, set[str](), 20),
    "web": ({"cli", "domain", "errors", "paths", "wiring"}, VALUES, 18),
    "completion": ({"cli", "domain", "errors"}, set[str](), 20),
    "demo": (JUDGES, LOOP | VALUES | {"yaml"}, 260),
}
"""Command -> the rooms of the house, the heavy packages, and how many modules of ours at most.

No command brings an HTTP client or the screens before it runs.
"""


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_brings_no_more_than_its_list_says(command: str) -> None:
    loaded = loaded_modules(SCRIPT, command)
    rooms, heavy, most = BROUGHT[command]
    rooms = rooms | ({"struct_library"} if heavy >= VALUES else set())
    ours = {name for name in loaded if name.startswith("console.")}
    # Where the edges are joined is one file by its duty, whatever its folder holds.
    ours = {name for name in ours if not name.startswith("console.wiring.")}
    assert {name.split(".")[1] for name in ours} <= rooms
    assert loaded & HEAVY <= heavy
    assert len(ours) <= most


MERGE = """
import sys
from console.cli.main import main
main(["merge", "-f", *sys.argv[2:], "-e", sys.argv[1], "--leaderboard", "2.0"])
"""


def test_a_merge_that_goes_well_loads_nothing_that_only_another_needs(tmp_path: Path) -> None:
    """`dataclasses`, `typing` and all that argparse measures a terminal with took half its time."""
    partials = (str(VECTOR / f"partial_{number}.json") for number in range(1, 5))
    loaded = loaded_modules(MERGE, str(tmp_path / "merged.json"), *partials)
    assert (tmp_path / "merged.json").exists()
    assert "console.results.trustworthy" in loaded
    unneeded = {"contextlib", "copy", "dataclasses", "inspect", "locale", "pyexpat", "shutil"}
    assert not loaded & {*unneeded, "typing"}


LOOK = """
import sys
from console.cluster.quick_way import open_plainly
open_plainly(sys.argv[1], None, None, environ={})
"""
KUBECONFIG = {
    "current-context": "c",
    "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
    "clusters": [{"name": "c", "cluster": {"server": "http://127.0.0.1:1"}}],
    "users": [{"name": "u", "user": {}}],
}


def test_a_look_at_a_cluster_whose_kubeconfig_is_json_loads_no_reader_of_yaml(
    tmp_path: Path,
) -> None:
    (tmp_path / "config").write_text(json.dumps(KUBECONFIG))
    loaded = loaded_modules(LOOK, str(tmp_path / "config"))
    assert "console.cluster.decoding" in loaded
    assert "yaml" not in loaded
