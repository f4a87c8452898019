"""The scripts of `completion` in real shells, each as its user would source it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from fakes import shells
from fakes.boards import NOW, ROWS
from fakes.loaded_modules import loaded_modules
from msgspec.structs import replace

from console import paths, wiring
from console.cli.commands.completion import SHELLS
from console.cli.completion import known_names
from console.domain.fleet import FleetSnapshot
from console.tui import remembered

OFFERS = {
    "bash": shells.bash_offers,
    "zsh": shells.zsh_offers,
    "fish": shells.fish_offers,
}


@pytest.fixture(params=OFFERS)
def shell(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    if not shutil.which(name):
        pytest.skip(f"{name} is not installed")
    return name


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """One known submission, and others whose names were written to do harm."""
    program = tmp_path / "bin" / "carla-console"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m console "$@"\n')
    program.chmod(0o755)
    names = ("demo", "$(touch harm)", "`touch harm`", "x; touch harm", "a*")
    rows = tuple(replace(ROWS[0], name=name) for name in names)
    place = remembered.place(wiring.WantedCluster())
    remembered.remember(place, FleetSnapshot(rows, True, "", NOW))
    return shells.environment(place.parents[1], program)


def words(shell: str, line: str, env: dict[str, str], cwd: Path) -> list[str]:
    """Without what is said about them."""
    told = OFFERS[shell](f"carla-console {line}", env, cwd)
    return sorted(each.split("\t")[0].split(":")[0] for each in told)


def test_a_shell_completes_commands_flags_choices_names_and_files(
    shell: str, env: dict[str, str], tmp_path: Path
) -> None:
    assert words(shell, "sta", env, tmp_path) == ["status"]
    assert words(shell, "status --unk", env, tmp_path) == []
    assert words(shell, "status --reco", env, tmp_path) == ["--recorded"]
    assert words(shell, "launch -o ", env, tmp_path) == ["json", "name", "text", "yaml"]
    (tmp_path / "only").mkdir()
    (tmp_path / "only" / "partial.json").touch()
    file = "only/partial.json" if shell == "fish" else "<files>"
    assert words(shell, "merge -f only/", env, tmp_path) == [file]


def test_a_choice_after_an_equals_sign_replaces_what_the_shell_replaces(
    shell: str, env: dict[str, str], tmp_path: Path
) -> None:
    expected = "json" if shell == "bash" else "--output=json"
    assert words(shell, "launch --output=j", env, tmp_path) == [expected]


def test_what_stands_before_a_name_as_of_kubectl_stays(
    shell: str, env: dict[str, str], tmp_path: Path
) -> None:
    assert words(shell, "status job/", env, tmp_path) == ["job/demo"]


def test_containers_columns_and_time_zones_are_completed(
    shell: str, env: dict[str, str], tmp_path: Path
) -> None:
    halves = [f"simulator-{number}" for number in range(1, 5)]
    assert words(shell, "logs demo -c sim", env, tmp_path) == halves
    assert words(shell, "list --sort-by AG", env, tmp_path) == ["AGE"]
    assert words(shell, "logs demo --timezone UT", env, tmp_path) == ["UTC"]


def test_names_written_to_do_harm_never_reach_the_shell(
    shell: str, env: dict[str, str], tmp_path: Path
) -> None:
    assert words(shell, "status ", env, tmp_path) == ["demo"]
    assert not (tmp_path / "harm").exists()


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_of_every_shell_is_printed_and_is_of_that_shell(
    shell: str, env: dict[str, str], tmp_path: Path
) -> None:
    command = ["carla-console", "completion", shell]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    assert done.stdout.endswith("\n")
    assert "carla-console" in done.stdout
    if shutil.which(shell):
        script = tmp_path / "script"
        script.write_text(done.stdout)
        subprocess.run([shell, "-n", str(script)], check=True)


TAB = """
import contextlib, io
from console.cli.main import main
with contextlib.redirect_stdout(io.StringIO()):
    main(["__complete", "bash", "=:", "carla-console {}"])
"""


@pytest.mark.parametrize("line", ["status --output ", "status ", "--context ", "-n "])
def test_a_tab_brings_the_table_and_no_command(line: str) -> None:
    loaded = loaded_modules(TAB.format(line))
    ours = {name for name in loaded if name.startswith("console.cli")}
    assert ours <= {
        *("console.cli", "console.cli.main", "console.cli.flags", "console.cli.loading"),
        "console.cli.parsers",
        *("console.cli.streams", "console.cli.completion", "console.cli.completion.answers"),
        *("console.cli.completion.grammar", "console.cli.completion.known_names"),
        *("console.cli.completion.typed", "console.cli.completion.kubeconfig_glance"),
    }
    assert loaded.isdisjoint(
        {"asyncio", "msgspec", "dataclasses", "typing", "yaml", "console.wiring"}
    )


def test_after_a_list_its_submissions_are_completed(stage) -> None:
    stage.launch("demo")
    stage.run("list")
    assert list(known_names.known("submission", {"--namespace": "races"})) == ["demo"]


def test_a_list_is_told_where_nothing_can_be_remembered(stage) -> None:
    stage.launch("demo")
    folder = paths.last_known_list("").parent
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text("in the way")
    ran = stage.run("list", "-o", "name")
    assert (ran.code, ran.out) == (0, "job.batch/demo\n")
