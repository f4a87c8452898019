"""The guide: its pictures are those of the tour, and its commands are taken."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from console.cli.main import parser
from tests.screenshots import PICTURES, TEN

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "console" / "GUIDE.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_guide_shows_each_picture_of_the_tour_once_and_in_its_order() -> None:
    assert re.findall(r"\(\.\./\.screenshots/(\w+)\.svg\)", GUIDE) == list(PICTURES)


def test_each_picture_is_there_and_none_is_left_over() -> None:
    kept = {file.stem for file in (ROOT / ".screenshots").iterdir()}
    assert kept == {*PICTURES}
    assert {*re.findall(r"\(\.screenshots/(\w+)\.svg\)", README)} <= kept


@pytest.mark.parametrize("line", re.findall(r"^carla-console .*$", GUIDE, re.MULTILINE))
def test_each_command_of_the_guide_is_taken(line: str) -> None:
    parser().parse_args(shlex.split(line)[1:])


def test_the_readme_leads_to_the_guide() -> None:
    assert "(console/GUIDE.md)" in README


def test_the_list_of_the_tour_has_the_ten_that_the_guide_tells_of() -> None:
    header, *rows = TEN.splitlines()
    assert f"`{header}`" in GUIDE
    assert len(rows) == 10


@pytest.mark.slow
def test_a_newcomers_tour_gets_to_each_picture(tmp_path: Path) -> None:
    pictures = tmp_path / "pictures"
    command = [sys.executable, "-m", "tests.screenshots", str(pictures)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert {file.stem for file in pictures.iterdir()} == {*PICTURES}
    words = {"monitor": "driving", "fleet": "Blocked", "inspect": "certain", "compare": "Δ"}
    for name, word in words.items():
        assert word in (pictures / f"{name}.svg").read_text(encoding="utf-8"), name
