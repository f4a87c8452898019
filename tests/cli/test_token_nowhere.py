"""The token of EvalAI, wherever its owner keeps it: in no output, log, file, bundle or argument."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import keyring
import pytest
from fakes.demo_recording import DEMO, unpacked
from fakes.evalai_rules import HOST
from fakes.evalai_server import EvalAiServer, html, told
from fakes.evalai_user import set_up
from fakes.keyrings import KeptKeyring

from console import paths
from console.operations.ports.cluster import Kind

SECRET = "token-secret: {namespace: publishing, name: evalai, key: auth_token}"
KEPT = {"file": "token-file: token", "secret": SECRET, "keyring": "token-keyring: {}"}


def holders(folder: Path) -> list[str]:
    """Every file below that holds the token, by its name there."""
    found = []
    for place, _, names in os.walk(folder):
        for name in names:
            file = Path(place) / name
            if HOST.encode() in file.read_bytes():
                found.append(str(file.relative_to(folder)))
    return found


@pytest.mark.parametrize("kept", KEPT)
def test_it_is_found_nowhere_but_where_it_is_kept(
    stage, there: EvalAiServer, tmp_path: Path, monkeypatch, caplog, kept: str
) -> None:
    caplog.set_level(logging.DEBUG)
    ring = KeptKeyring()
    ring.set_password("carla-console", "evalai", HOST)
    monkeypatch.setattr(keyring.core, "_keyring_backend", ring)
    stage.cluster.secrets["publishing", "evalai"] = {"auth_token": HOST.encode()}
    stage.context = DEMO.cluster
    unpacked(paths.state() / "recordings")
    set_up(there.url, kept=KEPT[kept])
    if kept != "file":
        (paths.settings() / "token").unlink()
    shown = there.rules.kept[1].shown
    there.faults += [told(200, shown), told(400, {"error": f"not {HOST}"}), html(502)]
    said = [
        stage.command(*words, "-n", "default")
        for words in (
            ("publish", "demo", "--dry-run"),
            ("publish", "demo"),
            ("publish", "demo"),
            ("publish", "demo"),
            ("export", "demo", "-O", str(tmp_path / "demo.tar.gz")),
        )
    ]
    said.append(stage.command("publish", "status", "-o", "json"))
    assert there.rules.kept[1].updates == ["finished"], "it was used"
    assert all(HOST not in ran.out + ran.told for ran in said)
    assert HOST not in caplog.text
    assert holders(paths.state()) == []
    assert holders(tmp_path / "home") == ([".config/carla-console/token"] if kept == "file" else [])


def test_a_launch_carries_it_neither_to_the_cluster(stage, there: EvalAiServer) -> None:
    set_up(there.url)
    assert stage.run("launch", "--profile", "embedded", "--set", "submission.name=mine").code == 0
    assert (Kind.JOB, "races", "mine") in stage.cluster.objects
    assert HOST not in repr(stage.cluster.objects)
