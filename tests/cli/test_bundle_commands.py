"""`export` and `import`: an incident travels to a machine that has neither the cluster nor a login."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import pytest

from console import paths
from console.operations.ports.recorder import Recording


@pytest.fixture
def recorded(stage, tmp_path, monkeypatch) -> Recording:
    monkeypatch.chdir(tmp_path)
    recording = stage.launch()
    stage.record(recording, "agent-1", b"WANDB_API_KEY=hunter2hunter2", b"two")
    stage.forget()
    return recording


def elsewhere(stage, monkeypatch, tmp_path) -> None:
    """Another machine: nothing is recorded there, and no cluster is known."""
    monkeypatch.setenv(paths.STATE_VARIABLE, str(tmp_path / "elsewhere"))
    stage.recorder._root = paths.state() / "recordings"


def test_an_export_names_its_file_and_tells_what_it_left_out(stage, recorded, tmp_path) -> None:
    ran = stage.run("export", "demo")
    file = tmp_path / f"demo-{recorded.uid[:8]}.bundle.tgz"
    assert (ran.code, ran.out.strip()) == (0, str(file))
    assert "left out: credential in the log of agent-1 ×1" in ran.told
    assert "has not ended" in ran.told
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_second_export_takes_another_name_unless_the_name_was_given(
    stage, recorded, tmp_path
) -> None:
    stage.run("export", "demo")
    again = stage.run("export", "demo")
    assert again.out.strip().endswith(f"demo-{recorded.uid[:8]}.bundle-2.tgz")
    named = stage.run("export", "demo", "-O", "mine.tar.gz")
    assert named.out.strip() == str(tmp_path / "mine.tar.gz")
    refused = stage.run("export", "demo", "-O", "mine.tar.gz")
    assert (refused.code, refused.stdout) == (6, b"")
    assert "writes over nothing" in refused.told


def test_a_document_tells_the_file_and_what_was_left_out(stage, recorded, tmp_path) -> None:
    told = json.loads(stage.run("export", "demo", "--team", "-O", "t.tar.gz", "-o", "json").out)
    assert told["file"] == str(tmp_path / "t.tar.gz")
    assert {"where": "log of agent-1", "what": "credential", "count": 1} in told["leftOut"]
    with tarfile.open(tmp_path / "t.tar.gz") as archive:
        header = json.load(archive.extractfile("bundle.json"))
    assert (header["for"], header["machine"], header["submission"]["namespace"]) == (
        *("team", None), "team",
    )  # fmt: skip


@pytest.mark.parametrize("command", ["status", "events", "results", "logs"])
def test_every_view_answers_from_an_imported_bundle_and_says_whose_it_is(
    stage, recorded, tmp_path, monkeypatch, command
) -> None:
    stage.run("export", "demo", "-O", "b.tar.gz")
    elsewhere(stage, monkeypatch, tmp_path)
    ran = stage.imported("b.tar.gz")
    assert ran.code == 0
    assert f"imported races/demo (uid {recorded.uid[:8]}), recorded in the context fake" in ran.out
    assert f"carla-console status demo -n races --recorded --uid {recorded.uid}" in ran.told
    flags = ("-c", "agent-1") if command == "logs" else ()
    told = stage.run(command, "demo", "--recorded", *flags)
    assert told.code == (7 if command == "results" else 0)
    assert "this is what a bundle tells of races/demo" in told.told
    assert "imported here" in told.told
    assert "hunter2" not in told.out


def test_an_imported_one_is_found_in_whatever_context_the_console_is(
    stage, recorded, tmp_path, monkeypatch
) -> None:
    stage.run("export", "demo", "-O", "b.tar.gz")
    elsewhere(stage, monkeypatch, tmp_path)
    stage.imported("b.tar.gz")
    stage.context = "another"
    assert stage.run("status", "demo", "--recorded").code == 0


def test_the_history_shows_what_was_imported_and_from_which_machine(
    stage, recorded, tmp_path, monkeypatch
) -> None:
    stage.run("export", "demo", "-O", "b.tar.gz")
    elsewhere(stage, monkeypatch, tmp_path)
    machine = json.loads(stage.imported("b.tar.gz", "-o", "json").out)["importedFrom"]
    assert "@" in machine
    (entry,) = json.loads(stage.run("history", "-o", "json").out)
    assert (entry["imported"], entry["importedFrom"]) == (True, machine)
    assert f"fake, from {machine}" in stage.run("history").out


def test_importing_twice_or_what_is_no_bundle_changes_nothing(
    stage, recorded, tmp_path, monkeypatch
) -> None:
    stage.run("export", "demo", "-O", "b.tar.gz")
    here = stage.imported("b.tar.gz")
    assert (here.code, here.stdout) == (6, b"")
    assert "recorded here already" in here.told
    Path("no.tar.gz").write_text("no")
    assert stage.imported("no.tar.gz").code == 2
    assert stage.imported("absent.tar.gz").code == 2
    assert stage.recorder.recordings() == (recorded,)


def test_what_is_not_recorded_cannot_be_exported(stage, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    ran = stage.run("export", "nobody")
    assert (ran.code, ran.stdout) == (5, b"")
    assert "recorded nothing of races/nobody" in ran.told
    assert list(tmp_path.glob("*.tgz")) == []
