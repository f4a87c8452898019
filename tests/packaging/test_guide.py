"""The guide: its pictures are those of the tour, its commands are taken, its links lead somewhere."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from console.cli import loading
from console.cli.main import parser
from console.localcluster.images import scenario_files, team_images
from console.localcluster.images.catalogue import pull
from tests.screenshots import PICTURES, TEN

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "console" / "guide"
CHAPTERS = sorted(GUIDE.glob("*.md"))
TEXTS = {chapter.name: chapter.read_text(encoding="utf-8") for chapter in CHAPTERS}
TOUR = TEXTS["first-hour.md"]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [*CHAPTERS, *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"))]
COMMANDS = {
    f"{name}: {line}": line
    for name, text in TEXTS.items()
    for line in re.findall(r"^carla-console\b.*$", text, re.MULTILINE)
}
MOST_LINES = 120


def anchors(page: Path) -> set[str]:
    """Of its headings, as they are made of Markdown's where it is read."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in headings}


def test_the_guide_shows_each_picture_of_the_tour_once_and_in_its_order() -> None:
    assert re.findall(r"\(\.\./\.\./\.screenshots/(\w+)\.svg\)", TOUR) == list(PICTURES)


def test_each_picture_is_there_and_none_is_left_over() -> None:
    kept = {file.stem for file in (ROOT / ".screenshots").iterdir()}
    assert kept == {*PICTURES}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_link_of_a_page_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))
    for link in (each for each in links if "://" not in each):
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("line", COMMANDS.values(), ids=COMMANDS)
def test_each_command_of_the_guide_is_taken(line: str) -> None:
    words = shlex.split(line.partition(" > ")[0], comments=True)
    parser().parse_args(words[1:])


def test_the_readme_leads_to_each_chapter() -> None:
    linked = set(re.findall(r"\(console/guide/([\w-]+\.md)\)", README))
    assert linked == {*TEXTS}


def test_the_readme_s_table_has_each_command_and_no_other() -> None:
    rows = re.findall(r"^\| (`.*?) \| ", README.partition("## Every screen is a command")[2], re.M)
    listed = [name.split()[0] for row in rows for name in re.findall(r"`(.*?)`", row)]
    assert set(listed) == {*loading.COMMANDS}


def test_a_chapter_is_read_at_one_go() -> None:
    long = {name: len(text.splitlines()) for name, text in TEXTS.items()}
    assert {name: lines for name, lines in long.items() if lines > MOST_LINES} == {}


def test_the_list_of_the_tour_is_the_ten_that_the_guide_gives_to_copy() -> None:
    assert f"```\n{TEN}```" in TOUR
    assert len(TEN.splitlines()) == 1 + 10


def test_each_stand_in_that_the_guide_names_can_be_pulled(tmp_path: Path) -> None:
    table = TEXTS["contexts.md"].partition("## What its stand-ins do")[2]
    rows = re.findall(r"^\| (`.*?) \| ", table.partition("team-agent:`")[2], re.M)
    named = [tag for row in rows for tag in re.findall(r"`(.*?)`", row)]
    assert {*named} == {*scenario_files.names(), *team_images.VARIANTS}
    for tag in named:
        pull(f"console.local/team-agent:{tag}", tmp_path)


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
