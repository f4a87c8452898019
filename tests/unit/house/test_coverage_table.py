"""The table of `make coverage`: a package counts as one, by its lines and its branches."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from coverage_by_package import by_package, main


def measured(lines: tuple[int, int], branches: tuple[int, int]) -> dict[str, object]:
    summary = {"covered_lines": lines[0], "num_statements": lines[1]}
    return {"summary": summary | {"covered_branches": branches[0], "num_branches": branches[1]}}


FILES = {
    "console/domain/board.py": measured((9, 10), (4, 10)),
    "console/domain/facts.py": measured((20, 20), (0, 0)),
    "console/cli/main.py": measured((10, 10), (10, 10)),
    "console/cli/__init__.py": measured((0, 0), (0, 0)),
}


def test_a_package_is_measured_over_all_its_files_with_their_branches() -> None:
    packages = by_package({"files": FILES})
    assert packages["console/domain"].percent == pytest.approx(82.5)
    assert packages["console/cli"].percent == 100.0


@pytest.mark.parametrize(("least", "code"), [(90.0, 1), (80.0, 0)])
def test_one_package_that_is_not_covered_enough_fails_the_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], least: float, code: int
) -> None:
    report = tmp_path / "coverage.json"
    report.write_text(json.dumps({"files": FILES}))
    assert main(str(report), least) == code
    first, second, *rest = capsys.readouterr().out.splitlines()
    assert "console/domain" in first
    assert first.startswith("✗") is bool(code)
    assert "console/cli" in second
    assert bool(rest) is bool(code)
