"""Values of the wrong type through every door: an answer that names file and field, no accident."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from fakes.sweeps import sweep

from console.cli.main import main

GIVEN = [
    "--set",
    "submission.submitted_image_uri=r/a:1",
    "--set",
    "cluster.leaderboard_image=r/l:1",
    "--set",
    "cluster.simulator_image=r/s:1",
]
BOMB = "a: &a [x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(9)
)
SCALARS = (
    "2024", "null", "[1, 2]", "{a: 1}", "1" + "0" * 6000, ".nan", "-.inf", "true", "1e400",
    "!!binary aGk=", "!!python/object:os.system x", "'a\\0b'", '"\\ud800"', '"a\\nb"',
    '"\\x1b[2J"', "&a [*a]", "x" * 100_000, "!!set {a}", "!!int abc", "!!bool maybe", "!!float x",
    "!!null x", "!!timestamp 2001-99-99", "12:30:45", "1_000", "=", "'٣'",
)  # fmt: skip
FIELDS = ("submission.name", "cluster.instance_type", "job.repetitions", "cluster.logcopy_image")
DOCUMENTS = (
    "", "# only a comment\n", "null\n", "- a\n", "word\n", "a: 1\n---\nb: 2\n", "1: x\n", "~: x\n",
    "? [a]\n: b\n", "a: " + "[" * 700, "a: \0\n", "a: \x07\n", "submission: x\n", "job:\n",
    "submission:\n\tname: x\n", "submission.name: x\n", "'': x\n", "workers: {items: x}\n",
    "submission: {name: a, name: b}\n", "%YAML 9.9\n---\na: 1\n", "a: *b\n", BOMB, "\ufeff",
    "? " + "k" * 2000 + "\n: 1\n", "'\\x1b': 1\n", '"\\x1b[2J": 1\n', "job: {repetitions: 1.5}\n",
)  # fmt: skip


class Doors:
    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.file, self._capsys = folder / "given.yaml", capsys

    def refused(self, *arguments: str) -> str:
        told = self.answered(*arguments)
        assert told
        return told

    def answered(self, *arguments: str) -> str:
        """What was complained about; nothing where the values are fine."""
        status = main(["render", *GIVEN, *arguments])
        told = self._capsys.readouterr()
        assert (status, bool(told.out)) in ((0, True), (2, False))
        if status == 0:
            return ""
        assert len(told.err) < 3000
        assert all(sign.isprintable() or sign == "\n" for sign in told.err)
        return told.err


@pytest.fixture
def doors(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Doors:
    return Doors(tmp_path, capsys)


@pytest.mark.parametrize("value", sweep(SCALARS, *SCALARS[::5]), ids=lambda value: value[:20])
def test_a_value_of_the_wrong_kind_names_its_file_and_field(doors: Doors, value: str) -> None:
    for field in FIELDS:
        outer, inner = field.split(".")
        if (field, value) == ("job.repetitions", "2024"):
            value = "20240"
        doors.file.write_text(f"{outer}:\n  {inner}: {value}\n")
        told = doors.answered("-f", str(doors.file))
        assert told == "" or "line " in told


@pytest.mark.parametrize(
    "text", sweep(DOCUMENTS, *DOCUMENTS[::5]), ids=lambda text: repr(text[:20])
)
def test_a_document_that_is_none_is_refused_at_every_door(doors: Doors, text: str) -> None:
    doors.file.write_text(text)
    for flag in ("-f", "--profile", "--spec"):
        assert "given.yaml" in doors.refused(flag, str(doors.file)) or flag == "--spec"


@pytest.mark.parametrize(
    "content",
    [b"a: \xff\n", "a: 1".encode("utf-16"), b"#" * 2_000_000],
    ids=["no UTF-8", "UTF-16", "too long"],
)
def test_bytes_that_are_no_document_are_refused(doors: Doors, content: bytes) -> None:
    doors.file.write_bytes(content)
    assert "given.yaml" in doors.refused("-f", str(doors.file))


@pytest.mark.parametrize(
    "path",
    ["/dev/zero", "/proc/self/mem", "/", "", "x" * 5000, "a\0b"],
    ids=lambda path: repr(path[:20]),
)
def test_what_is_no_file_is_refused_with_its_reason(doors: Doors, path: str) -> None:
    assert "error: " in doors.refused("-f", path)


def test_values_come_through_a_pipe_too(doors: Doors) -> None:
    reader, writer = os.pipe()
    os.write(writer, b"submission: {name: piped}\n")
    os.close(writer)
    assert main(["render", *GIVEN, "-f", f"/dev/fd/{reader}"]) == 0
    os.close(reader)


@pytest.mark.parametrize(
    "setting",
    ["x", "=", "a=b", "submission.name=", "submission=x", "submission.name.x=1", "..=1",
     "job.repetitions=x", "job.repetitions=" + "9" * 6000, "job.repetitions=1.5",
     "submission.name=\udcff", "submission.name=a\x1b[2J", "workers.nonce=x", "submission.nam=x",
     "submission.team_name=a\x1b[2J"],
    ids=lambda setting: repr(setting[:40]),
)  # fmt: skip
def test_a_setting_that_cannot_be_is_refused(doors: Doors, setting: str) -> None:
    doors.refused("--set", setting)
