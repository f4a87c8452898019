"""What a user gets who installs the wheel: the console, away from any checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHIPPED = {"console": "console", "job_specs": "console/_bundled/job_specs"}
SHIPPED |= {"themes": "console/_bundled/themes"}
OPEN = """
from console import paths
from console.tui.theming import load
from console.tui.app import ConsoleApp
print(paths.themes(), *sorted(load(path).name for path in paths.themes().glob("*.yaml")))
print(len(ConsoleApp.CSS_PATH and open(paths.__file__[:-8] + "tui/app.tcss").read()) > 0)
"""


def run(*command: str | Path, cwd: Path, home: Path | None = None, seconds: float = 300) -> str:
    """Its output; nothing of this checkout or of this user reaches it."""
    env = {"PATH": "/usr/bin:/bin", "HOME": str(home or cwd), "LANG": "C.UTF-8"}
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=env,
        capture_output=True,
        text=True,
        timeout=seconds,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
    return next(folder.glob("*.whl"))


def empty_environment(folder: Path) -> Path:
    """Its Python. It knows no package, not even pip."""
    run(sys.executable, "-m", "venv", "--without-pip", folder, cwd=ROOT)
    return folder / "bin" / "python"


def install(python: Path, *what: str | Path) -> None:
    """With this environment's pip and, unlike everything else here, its settings of an index."""
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet"]
    subprocess.run([str(word) for word in (*pip, *what)], check=True, timeout=900)


@pytest.fixture(scope="module")
def console(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The installed program, over the dependencies that are here already."""
    folder = tmp_path_factory.mktemp("environment")
    python = empty_environment(folder)
    install(python, "--no-deps", "--no-index", wheel)
    purelib = sysconfig.get_path("purelib", vars={"base": str(folder)})
    # A .pth line adds a folder without reading the .pth files in it: no editable console comes along.
    (Path(purelib) / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    return folder / "bin" / "carla-console"


def tracked(folder: str) -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", folder], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [name for name in listed.stdout.split("\0") if (ROOT / name).is_file()]


@pytest.mark.parametrize("folder", SHIPPED)
def test_every_file_of_the_product_is_in_the_wheel(wheel: Path, folder: str) -> None:
    packed = set(zipfile.ZipFile(wheel).namelist())
    wanted = {SHIPPED[folder] + name.removeprefix(folder) for name in tracked(folder)}
    assert wanted - packed == set()
    assert wanted


def test_the_wheel_brings_its_licence_and_its_types(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    names = archive.namelist()
    assert "console/py.typed" in names
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)
    metadata = next(name for name in names if name.endswith("METADATA"))
    assert b"License-Expression: MIT" in archive.read(metadata)


def test_nothing_but_the_product_and_its_manual_page_is_in_the_wheel(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    foreign = [n for n in names if not n.startswith("console/") and ".dist-info/" not in n]
    assert [n.partition(".data/")[2] for n in foreign] == ["data/share/man/man1/carla-console.1"]
    assert [n for n in names if "__pycache__" in n] == []


@pytest.mark.slow
def test_an_installed_console_has_its_version_specs_and_themes(
    console: Path, tmp_path: Path
) -> None:
    assert run(console, "--version", cwd=tmp_path).startswith("carla-console ")
    manifest = run(console, "render", "--profile", "embedded", cwd=tmp_path)
    assert "kind: Job" in manifest
    assert "pair_supervisor.sh" in manifest
    told, styled = run(console.with_name("python"), "-c", OPEN, cwd=tmp_path).splitlines()
    assert "_bundled/themes" in told
    assert "leaderboard-dark" in told
    assert styled == "True"


def lives_and_ends(console: Path, home: Path) -> None:
    """A console of its own state, with its embedded cluster."""
    state = home / ".local" / "state" / "carla-console"
    assert not state.exists()
    run(console, "local", "up", cwd=home)
    try:
        assert "[]" in run(console, "--local", "list", "-o", "json", cwd=home)
    finally:
        run(console, "local", "down", cwd=home)
    assert state.exists()


@pytest.mark.slow
def test_an_installed_console_starts_its_embedded_cluster(console: Path, tmp_path: Path) -> None:
    lives_and_ends(console, tmp_path)


@pytest.mark.slow
@pytest.mark.skipif(os.environ.get("PIP_NO_INDEX") == "1", reason="no package index here")
def test_pip_makes_a_working_console_in_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    python = empty_environment(tmp_path / "environment")
    constraints = tmp_path / "constraints.txt"
    lock = (ROOT / ".locks" / "requirements.txt").read_text().splitlines()
    pinned = [line.removesuffix("\\").strip() for line in lock if line[:1].isalnum()]
    constraints.write_text("\n".join(pinned))
    install(python, "--constraint", constraints, wheel)
    home = tmp_path / "empty home"
    home.mkdir()
    console = python.with_name("carla-console")
    assert run(console, "--version", cwd=home).startswith("carla-console ")
    assert "kind: Job" in run(console, "render", "--profile", "embedded", cwd=home)
    assert "leaderboard-dark" in run(python, "-c", OPEN, cwd=home)
    lives_and_ends(console, home)
