"""Where the console keeps its state and finds its files, and the shell lines that find them again."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from console import paths


def test_the_variable_names_the_state_directory_for_this_console_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CARLA_CONSOLE_STATE_DIR", "/srv/console")
    assert paths.state() == Path("/srv/console")
    assert paths.chosen_state() == Path("/srv/console")


def test_else_it_is_in_the_users_state_as_xdg_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARLA_CONSOLE_STATE_DIR", "")
    monkeypatch.setenv("XDG_STATE_HOME", "/home/ann/state")
    assert paths.state() == Path("/home/ann/state/carla-console")
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setenv("HOME", "/home/ann")
    assert paths.state() == Path("/home/ann/.local/state/carla-console")
    assert paths.chosen_state() is None


def test_a_shell_line_finds_a_named_state_directory_from_every_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "my state").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CARLA_CONSOLE_STATE_DIR", "my state")
    told = paths.local_command("down")
    assert told == f"CARLA_CONSOLE_STATE_DIR='{tmp_path}/my state' carla-console local down"


def test_with_the_usual_state_directory_a_shell_line_needs_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("CARLA_CONSOLE_STATE_DIR")
    assert paths.local_command("up") == "carla-console local up"


@pytest.mark.parametrize("active", [True, False], ids=["active", "not active"])
def test_the_way_back_is_a_line_that_the_shell_of_a_checkout_can_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, active: bool
) -> None:
    program = tmp_path / "a checkout" / ".venv" / "bin" / "carla-console"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program.with_name("python")))
    monkeypatch.setenv("PATH", f"/usr/bin:{program.parent if active else tmp_path}")
    monkeypatch.delenv("CARLA_CONSOLE_STATE_DIR")
    found = "carla-console" if active else f"'{program}'"
    assert paths.to_type("--local") == f"{found} --local"


def test_specs_and_themes_stand_beside_a_checkout() -> None:
    assert (paths.job_specs() / "leaderboard_2.0.yaml").is_file()
    assert (paths.themes() / f"{paths.DEFAULT_THEME}.yaml").is_file()


def test_in_an_installed_wheel_they_are_inside_the_package(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    package = tmp_path / "site-packages" / "console"
    monkeypatch.setattr(paths, "_PACKAGE", package)
    assert paths.job_specs() == package / "_bundled" / "job_specs"
    assert paths.themes() == package / "_bundled" / "themes"


@pytest.mark.parametrize(("value", "wanted"), [(None, True), ("on", True), ("off", False)])
def test_a_recorder_is_started_by_itself_unless_it_is_turned_off(
    monkeypatch: pytest.MonkeyPatch, value: str | None, wanted: bool
) -> None:
    monkeypatch.delenv("CARLA_CONSOLE_RECORDER")
    if value is not None:
        monkeypatch.setenv("CARLA_CONSOLE_RECORDER", value)
    assert paths.recorder_wanted() is wanted


def test_a_kubeconfig_is_found_as_kubectl_finds_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ann")
    listed = {"KUBECONFIG": "/etc/lab:relative::/etc/other"}
    assert paths.kubeconfigs("~/own", listed) == [Path("/home/ann/own")]
    assert paths.kubeconfigs(None, listed) == [
        Path("/etc/lab"), Path("relative"), Path("/etc/other"),
    ]  # fmt: skip
    assert paths.kubeconfigs(None, {}) == [Path("/home/ann/.kube/config")]


def test_each_question_has_a_last_known_list_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """The flags and KUBECONFIG are the question; the name of the file tells nothing of them."""
    asked = paths.asked_cluster(None, "lab", "races")
    first = paths.last_known_list(asked)
    assert first == paths.last_known_list(asked)
    assert "lab" not in str(first)
    assert first != paths.last_known_list(paths.asked_cluster(None, "lab", "other"))
    monkeypatch.setenv("KUBECONFIG", "/etc/lab")
    assert first != paths.last_known_list(asked)


def test_a_submissions_containers_get_the_workers_and_all_that_these_import() -> None:
    files = paths.worker_files()
    assert {"pair_supervisor.sh", "preflight.sh", "container_shell.sh"} <= set(files)
    assert {"console/__init__.py", "console/workers/logcopy.py"} <= set(files)
    assert "console/results/trustworthy.py" in files
    assert {name.split("/")[1] for name in files if name.count("/") > 1} == {"workers", "results"}
