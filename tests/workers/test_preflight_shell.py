"""The halves' part of a preflight in every shell that an image may have."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from fakes.sweeps import sweep
from pair_bench import SHELLS, eventually, shell_command

from console.domain.preflight.facts import told_by

PROGRAM = Path(__file__).resolve().parents[2] / "console/workers/preflight.sh"
TOOLS = ("sleep", "cat", "rm", "df", "id", "mv", "ls", "kill")


@pytest.fixture(params=sweep(SHELLS, "bash"))
def look(request, tmp_path):
    """`look(role, text, PATH of few tools)` -> what that half tells."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in TOOLS:
        if found := shutil.which(name):
            (tools / name).symlink_to(found)

    shell = shell_command(request.param)

    def run(role, text="exec sleep 30", path=os.environ["PATH"], **more):
        env = {
            "PATH": path,
            "STATUS_DIR": str(tmp_path),
            "CARLA_PORT": "1",
            "SERVER_LIMIT": "1",
            **more,
        }
        done = subprocess.run(
            [shutil.which(shell[0]), *shell[1:], str(PROGRAM), role, text],
            env=env, capture_output=True, text=True, timeout=30, check=True,
        )  # fmt: skip
        return told_by(role, done.stdout.splitlines()), done

    run.tools = str(tools)
    return run


def test_a_server_that_ends_is_told_with_its_last_words(look, tmp_path):
    maps = tmp_path / "home/CarlaUE4/Content/Carla/Maps"
    (maps / "Town12").mkdir(parents=True)
    for name in ("Town01", "Town12/Town12", "Town12/Town12_Tile_0_0", "OpenDrive"):
        (maps / f"{name}.umap").touch()
    text = "echo one; echo; echo 'no GPU; $(echo bad)'; exit 7"
    told, done = look("simulator", text, CARLA_ROOT=str(tmp_path / "home"), DISPLAY=":9999")
    assert done.stderr == ""
    assert told.complete
    assert (told.value("server", "state"), told.value("server", "exit")) == ("ended", "7")
    words = [each.get("text") for each in told.facts if each.topic == "words"]
    assert words == ["one", "no GPU; $(echo bad)"]
    assert told.value("maps", "names") == "Town01,Town12"
    assert told.value("display", "socket") == "no"


def test_a_server_that_never_listens_is_ended_with_its_children(look, tmp_path):
    text = f"sleep 4711 & echo $! >{tmp_path}/child; wait"
    told, _ = look("simulator", text)
    assert told.value("server", "state") == "silent"
    child = (tmp_path / "child").read_text().strip()
    eventually(lambda: not Path(f"/proc/{child}").exists(), "its child is gone")


def test_an_image_without_python_says_so_and_the_rest_is_told(look):
    told, done = look("agent", path=look.tools)
    assert done.stderr == ""
    assert told.complete
    assert told.fact("python").get("version") is None
    assert told.fact("memory").number("shm") is not None
    assert told.fact("evaluator") is None
