"""The examples of every `--help`: each is a command line that is taken, and does what it can here."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.bench2drive import routes_xml
from fakes.documents import record

from console.cli.main import parser
from console.cli.parsers import EXAMPLES, examples_of
from console.workers import protocol
from tests.completion_grammar import all_parsers

PARSERS = all_parsers()
LASTING = {
    "--at-most",
    "--watch",
    "-f",
    "--foreground",
    "--wait",
    "--follow",
    "up",
    "start",
    "demo",
    "replay",
    "web",
}
"""What goes on, opens the screens, or starts a process."""
VECTORS = Path(__file__).parents[1] / "data" / "vectors" / "lb20" / "complete_r5_01"
BENCH2DRIVE = VECTORS.parents[1] / "b2d" / "complete_r1_01"


def _of(line: str) -> list[str]:
    """The words behind the program's name, up to what only the shell reads."""
    read = shlex.shlex(line, posix=True, punctuation_chars=True)
    read.whitespace_split = True
    words = [*read]
    begin = words.index("carla-console") + 1
    stop = (n for n, word in enumerate(words) if n >= begin and re.fullmatch(r"[()<>|;&]+", word))
    return words[begin : next(stop, None)]


def _examples() -> Iterator[tuple[str, str]]:
    for words, each in PARSERS.items():
        for line in examples_of(each.prog).splitlines():
            if line.startswith("  ") and not line.startswith("  # "):
                yield words, line.strip()


ALL = [*_examples()]


@pytest.mark.parametrize("words", PARSERS)
def test_no_help_tells_what_is_not_there(words: str) -> None:
    assert "None" not in [line.strip() for line in PARSERS[words].format_help().splitlines()]


@pytest.mark.parametrize("words", PARSERS)
def test_every_help_ends_with_examples_each_with_a_line_that_says_what_for(words: str) -> None:
    _, title, told = PARSERS[words].format_help().rpartition("\nexamples:\n")
    assert title
    lines = told.splitlines()
    assert [line.startswith("  # ") for line in lines] == [True, False] * (len(lines) // 2)
    assert all(line.startswith("  ") for line in lines)


@pytest.mark.parametrize(("words", "line"), ALL, ids=[line for _, line in ALL])
def test_an_example_is_taken_by_the_command_that_it_is_of(words: str, line: str) -> None:
    options = parser().parse_args(_of(line))
    assert words == "" or options.command == words.split()[0]


def test_no_example_is_of_a_command_that_there_is_not() -> None:
    sections = re.findall(r"^\[(.+)\]$", Path(EXAMPLES).read_text(), re.MULTILINE)
    assert sorted(sections) == sorted(each.prog for each in PARSERS.values())


def _drive(route: int) -> bytes:
    payload = protocol.record_payload(1, record("2.0", route, 0, route, 100.0))
    return protocol.format_line("n0nce", route + 1, "record", payload).encode()


@pytest.fixture
def at_work(stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Where the examples' submissions are, and the files that they name."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for number in range(1, 5):
        partial = (VECTORS / f"partial_{number}.json").read_text()
        Path(f"partial_{number}.json").write_text(partial)
    Path("eval_results").mkdir()
    for path in (BENCH2DRIVE / "expected.json", *BENCH2DRIVE.glob("partial_*.json")):
        name = "merged.json" if path.name == "expected.json" else f"eval_results/{path.name}"
        Path(name).write_text(path.read_text())
    Path("bench2drive220.xml").write_text(routes_xml())
    for name in ("raven", "heron"):
        recording = stage.launch(name)
        stage.record(recording, "logcopy", _drive(0))
        stage.record(recording, "agent-1", b"an error", b"tick")
        stage.record(recording, "simulator-1", b"boot")
    return stage


ENDING = [
    line
    for words, line in ALL
    if words and not LASTING & set(_of(line)) and words not in ("launch", "import", "preflight")
]
"""What ends by itself, asks no question, and needs no file of another machine."""
ASKS_A_BUCKET = "s3://"


@pytest.mark.parametrize(
    "line",
    [
        e
        for e in ENDING
        if "-A" not in e and e != "carla-console cancel raven" and ASKS_A_BUCKET not in e
    ],
)
def test_an_example_that_ends_by_itself_does_its_work(at_work, line: str) -> None:
    ran = at_work.command(*_of(line))
    assert ran.code in (0, 5, 6, 7), ran.told
    assert "Traceback" not in ran.told
    if "-o json " in f"{line} " and ran.code == 0 and "logs" not in line:
        json.loads(ran.out)


@pytest.mark.parametrize("line", [e for w, e in ALL if w == "launch" and "--dry-run=client" in e])
def test_an_example_that_only_checks_a_launch_finds_it_valid(
    at_work, line: str, monkeypatch
) -> None:
    import io
    import sys

    images = "registry.example.com/raven:3\nregistry.example.com/heron:1\n"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(images.encode())))
    ran = at_work.command(*_of(line))
    assert ran.code == 0, ran.told
    assert "nothing was sent" in ran.told
