"""What a recorder reads of its own code when it begins, so that an upgrade beneath it mixes nothing."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import console
from console.wiring.whole_program import ROOMS, read_whole


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package of modules, one of which needs what is not there."""
    place = tmp_path / "gone_through"
    (place / "inner").mkdir(parents=True)
    for name, text in {
        "__init__.py": "",
        "needs.py": "import nobody_has_this",
        "of_old.py": "WHICH = 'old'",
        "__main__.py": "raise SystemExit('it was run')",
        "inner/__init__.py": "",
        "inner/late.py": "WHICH = 'old'",
    }.items():
        (place / name).write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    yield place
    for name in [each for each in sys.modules if each.startswith("gone_through")]:
        del sys.modules[name]


def test_files_that_are_replaced_later_are_not_read_any_more(installed: Path) -> None:
    read_whole("gone_through")
    for file, module in (("of_old.py", "of_old"), ("inner/late.py", "inner.late")):
        (installed / file).write_text("WHICH = 'new, and longer'")
        assert importlib.import_module(f"gone_through.{module}").WHICH == "old"


def test_each_room_is_read_that_a_recorder_works_in() -> None:
    folder = Path(console.__file__).parent
    rooms = {each.parent.name for each in folder.glob("*/__init__.py")}
    assert rooms - set(ROOMS) == {"cli", "localcluster", "tui", "web", "wiring", "workers"}
