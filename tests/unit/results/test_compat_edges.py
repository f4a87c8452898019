"""`--compat` meets odd partials and odd paths as the Leaderboard's own programs do."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from result_vectors import ROOT

from console.results import command

VERSIONS = {"lb10": ("1.0",), "lb20": ("2.0", "2.1")}


def _cases() -> list[Any]:
    return [
        pytest.param(version, json.loads(line), id=f"{version}-{json.loads(line)['name']}")
        for name, versions in VERSIONS.items()
        for line in (ROOT / "edges" / f"{name}.jsonl").read_text().splitlines()
        for version in versions
        if version != "2.1" or not json.loads(line)["pinned"]
    ]


def _laid_out(case: dict[str, Any], folder: Path) -> dict[str, bytes]:
    (folder / "folder").mkdir()
    for name, text in case["files"].items():
        content = text.encode() if isinstance(text, str) else base64.b64decode(text["base64"])
        (folder / name).write_bytes(content)
    return _found(folder)


def _found(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize(("version", "case"), _cases())
def test_an_odd_case_ends_as_the_leaderboards_program_ends_it(
    version: str,
    case: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    expected = _laid_out(case, tmp_path)
    monkeypatch.chdir(tmp_path)
    flags = ["--compat", "--leaderboard", version] + ["--pinned"] * case["pinned"]
    status = command.main([*flags, "-f", *case["file_paths"], "-e", case["endpoint"]])
    said, told = capsys.readouterr()
    assert (status, said) == (1 if case["exception"] else 0, case["stdout"])
    assert told.startswith(f"{case['exception']}: " if case["exception"] else "")
    if case["message"].startswith("Stopping.") or not case["exception"]:
        assert told.removesuffix("\n").removeprefix("ValueError: ") == case["message"]
    if case["written"] is not None:
        document = json.dumps(json.loads(case["written"]), indent=4)
        expected[str(Path(case["endpoint"]))] = document.encode()
    assert _found(tmp_path) == expected


@pytest.mark.parametrize("compat", [["--compat"], []])
@pytest.mark.parametrize("address", ["http://h/r.json", "https://h/r.json", "ftp://h/r.json"])
def test_a_web_address_is_refused_by_name_instead_of_passing_for_a_missing_file(
    compat: list[str],
    address: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    for paths in (["-f", "a.json", address, "-e", "out.json"], ["-f", "a.json", "-e", address]):
        assert command.main([*compat, "--leaderboard", "2.0", *paths]) == 2
        assert f"{address} is a web address" in capsys.readouterr().err
    assert list(here.iterdir()) == []


def test_the_longest_file_name_can_be_written(tmp_path: Path) -> None:
    out = tmp_path / ("x" * 255)
    flags = ["--compat", "--leaderboard", "2.0", "-f", str(tmp_path / "absent")]
    assert command.main([*flags, "-e", str(out)]) == 0
    assert json.loads(out.read_text())["_checkpoint"]["progress"] == [0, 0]
