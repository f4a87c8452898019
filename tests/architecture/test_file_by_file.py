"""`make tests` reads a file when its turn comes: what is reported is what plain pytest reports."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TESTS = """
import pytest

@pytest.fixture(params=["set up", "clear away"])
def faulty(request):
    assert request.param != "set up"
    yield
    assert False

@pytest.mark.parametrize("found", ["right", "wrong"])
def test_found(found): assert found == "right"
def test_faulty(faulty): pass
@pytest.mark.skip
def test_skipped(): pass
@pytest.mark.slow
def test_not_wanted(): assert False
"""

QUICK = "def test_quick(): pass"
SLOW = """
import pytest

@pytest.mark.slow
def test_slow(): assert False
"""
ROOM = {"test_both.py": SLOW + QUICK, "test_slow.py": SLOW}
"""Of the last file of a folder no test is wanted."""

WORDY = {"CI", "BUILD_NUMBER"}
"""Where one of these is set, pytest tells in many lines why a test failed."""


def test_each_test_is_run_and_told_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = slow\n")
    (tmp_path / "test_some.py").write_text(TESTS)
    (tmp_path / "test_broken.py").write_text("import no_such_module")
    (tmp_path / "test_none.py").write_text("")
    (tmp_path / "room").mkdir()
    for name, text in ROOM.items():
        (tmp_path / "room" / name).write_text(text)
    command = [sys.executable, "-m", "pytest", "-p", "tests.file_by_file", "-q", "-m", "not slow"]
    env = {name: value for name, value in os.environ.items() if name not in WORDY}
    env |= {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True)
    assert done.returncode == 1
    *told, summary = done.stdout.partition("short test summary info")[2].splitlines()[1:]
    assert sorted(line.partition(" - ")[0] for line in told) == [
        "ERROR test_broken.py",
        "ERROR test_some.py::test_faulty[clear away]",
        "ERROR test_some.py::test_faulty[set up]",
        "FAILED test_some.py::test_found[wrong]",
    ]
    assert summary.startswith("1 failed, 3 passed, 1 skipped, 3 deselected, 3 errors")
