"""`carla-console runbook`: a page, the index, all of them as files."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.cli.main import main
from console.diagnosis.catalogue import catalogue


def test_without_a_name_it_is_the_index(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runbook"]) == 0
    told = capsys.readouterr().out
    assert [each.name for each in catalogue().causes if f"({each.name}.md)" not in told] == []


def test_a_cause_is_told_by_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runbook", "simulator-segfault"]) == 0
    assert capsys.readouterr().out.startswith(f"# {catalogue()['simulator-segfault'].title}\n")


def test_of_an_unknown_name_the_nearest_ones_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runbook", "agent-out-of-memry"]) == 5
    assert "Near are agent-out-of-memory" in capsys.readouterr().err


def test_all_pages_are_written_where_one_says(tmp_path: Path) -> None:
    assert main(["runbook", "--write", str(tmp_path / "wiki")]) == 0
    written = {file.stem for file in (tmp_path / "wiki").iterdir()}
    assert written == {"index", *(each.name for each in catalogue().causes)}


def test_where_no_page_can_be_written_the_folder_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "wiki").write_text("a file")
    assert main(["runbook", "--write", str(tmp_path / "wiki")]) == 2
    assert f"cannot be written into {tmp_path}/wiki" in capsys.readouterr().err
