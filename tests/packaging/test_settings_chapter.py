"""The chapter of settings names each file and variable that the code reads, and its examples are taken."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from console import paths
from console.operations.ports.publishing_settings import EvalAiSettings, KeptInFile
from console.publish import settings_file
from console.publish.publishing_file import PublishingOnDisk
from console.recorder import limits_file
from console.specs.presets import load_preset
from console.tui import theming
from console.tui.user_files.loading import PLUGIN_FOLDER, load
from console.wiring.read_only import why_read_only
from console.wiring.wanted import WantedCluster

CONSOLE = Path(paths.__file__).parent
GUIDE = CONSOLE / "guide"
CHAPTER = (GUIDE / "settings.md").read_text(encoding="utf-8")


@cache
def told_in_code() -> frozenset[str]:
    """Each text of the product's code that is no docstring; the embedded cluster's marks are its own."""
    modules = [each for each in CONSOLE.rglob("*.py") if "localcluster" not in each.parts]
    trees = (ast.parse(module.read_text(encoding="utf-8")) for module in modules)
    constants = (
        node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)
    )
    return frozenset(node.value for node in constants if isinstance(node.value, str))


def shipped() -> set[str]:
    """Names of our own files of YAML."""
    folders = (CONSOLE, paths.job_specs(), paths.themes())
    return {file.name for folder in folders for file in folder.rglob("*.yaml")}


def test_each_variable_that_the_code_reads_stands_in_the_chapter_and_no_other() -> None:
    read = {text for text in told_in_code() if re.fullmatch(r"CARLA_CONSOLE_[A-Z_]+", text)}
    listed = re.findall(r"^\| `(CARLA_CONSOLE_[A-Z_]+)` \|", CHAPTER, re.MULTILINE)
    assert sorted(listed) == sorted(read)


def test_each_file_that_the_code_reads_stands_in_the_chapter_and_no_other() -> None:
    files = {text for text in told_in_code() if re.fullmatch(r"[a-z]+\.yaml", text)}
    folders = (paths.presets().name, paths.user_themes().name, PLUGIN_FOLDER)
    read = files - shipped() | {f"{folder}/NAME.yaml" for folder in folders}
    rows = re.findall(r"^\| (`.*?\.yaml`) \|", CHAPTER.partition("\n## Env")[0], re.MULTILINE)
    assert sorted(name for row in rows for name in re.findall(r"`(.*?)`", row)) == sorted(read)


def example(name: str) -> str:
    """The block of YAML below the heading of that file, else the first that names it in its first
    line: chapters show parts of it."""
    below = rf"^### {re.escape(name)}\n\n```yaml\n(.*?)^```"
    named = rf"^```yaml\n(# (?:\S*/)?{re.escape(name)}[:;].*?)^```"
    chapters = [each.read_text(encoding="utf-8") for each in sorted(GUIDE.glob("*.md"))]
    for form in (below, named):
        for text in chapters:
            if found := re.search(form, text, re.M | re.S):
                return found[1]
    raise LookupError(name)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(paths.CONFIG_VARIABLE, str(tmp_path))
    return tmp_path


def written(folder: Path, name: str, *, below: str = "") -> Path:
    file = folder / below / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(example(f"{below}/NAME.yaml" if below == "themes" else name))
    return file


def test_the_example_of_read_only_contexts_is_taken(settings: Path) -> None:
    written(settings, "config.yaml")
    assert why_read_only(WantedCluster(), lambda: "staging") == ""
    assert "production" in why_read_only(WantedCluster(), lambda: "production")


def test_the_example_of_calls_is_taken(settings: Path) -> None:
    (settings / "slack-url").write_text("https://hooks.slack.com/services/x")
    told = settings_file.read(written(settings, "calls.yaml"))
    assert [webhook.host for webhook in told.webhooks] == ["hooks.slack.com", "ops.example"]
    assert not told.bell


def test_the_example_of_publishing_says_what_is_usual(settings: Path) -> None:
    evalai = PublishingOnDisk(written(settings, "publishing.yaml").parent).settings().evalai
    assert evalai is not None
    assert evalai == EvalAiSettings(KeptInFile(settings / "evalai-token"), frozenset([2098]))


def test_the_example_of_limits_says_what_is_usual(settings: Path) -> None:
    usual = limits_file.read(settings / "none.yaml", {})
    assert limits_file.read(written(settings, "recordings.yaml"), {}) == usual


def test_the_examples_of_a_preset_and_a_theme_are_taken(settings: Path) -> None:
    written(settings, "season.yaml", below="presets")
    assert load_preset("season").resumes == 3
    assert theming.load(written(settings, "own.yaml", below="themes")).primary == "#7daea3"


def test_the_examples_of_keys_words_and_programs_are_taken(settings: Path) -> None:
    for name in ("keys.yaml", "aliases.yaml", "hotkeys.yaml", "plugins.yaml"):
        written(settings, name)
    told = load(settings)
    assert (told.problems, told.aliases["why"]) == ((), "inspect")
    assert [*(each.command for each in told.plugins)] == ["stern"]
