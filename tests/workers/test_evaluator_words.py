"""What an evaluator says at its start, written in its container and read outside of it."""

from __future__ import annotations

import hashlib
import sys
import types
from pathlib import Path

import pytest

from console.workers import evaluator_reports, loaded_files
from console.workers.evaluator_reports import EvaluatorReport, LoadedFile
from console.workers.loaded_files import Report
from console.workers.official_sources import Sources


class Container:
    """An agent's container with its private contents, and a status directory."""

    def __init__(self, folder: Path) -> None:
        self.leaderboard = folder / "leaderboard"
        self.status = folder / "status"
        self.leaderboard.mkdir()
        self.status.mkdir()
        self.evaluator = self.file("leaderboard_evaluator.py", "print('drive')\n")
        self.env = {"PAIR": "2", "ATTEMPT": "3", "STATUS_DIR": str(self.status)}

    def file(self, name: str, text: str) -> Path:
        path = self.leaderboard / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def report(self) -> Report:
        return Report(Sources("", "", str(self.leaderboard)), self.env)

    def read(self) -> EvaluatorReport | None:
        return evaluator_reports.read(str(self.status), 2, 3)


@pytest.fixture
def container(tmp_path: Path) -> Container:
    return Container(tmp_path)


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch):
    """Has Python believe that a module was loaded from a file, or from nowhere."""

    def load(name: str, path: Path | None) -> None:
        module = types.ModuleType(name)
        if path is not None:
            module.__file__ = str(path)
        monkeypatch.setitem(sys.modules, name, module)

    return load


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_bytes_that_are_run_are_the_ones_that_are_told(container: Container) -> None:
    report = container.report()
    before = digest(container.evaluator)
    assert report.take(str(container.evaluator)) == b"print('drive')\n"
    container.evaluator.write_text("print('something else')\n")
    report.loaded()
    place = "LEADERBOARD_ROOT/leaderboard_evaluator.py"
    assert container.read() == EvaluatorReport(
        "loaded", "", (LoadedFile(before, "__main__", place),)
    )


def test_modules_of_the_official_packages_are_told_and_no_others(
    container: Container, loaded
) -> None:
    inside = container.file("leaderboard/utils/route.py", "ROUTE = 1\n")
    loaded("leaderboard.utils.route", inside)
    loaded("team_agent.net", inside)
    loaded("leaderboards", inside)
    container.report().loaded()
    told = container.read()
    assert told is not None
    assert [(each.module, each.place, each.sha256) for each in told.files] == [
        ("leaderboard.utils.route", "LEADERBOARD_ROOT/leaderboard/utils/route.py", digest(inside))
    ]


def test_a_module_from_elsewhere_is_told_with_its_whole_path(
    container: Container, loaded, tmp_path: Path
) -> None:
    own = tmp_path / "team.py"
    own.write_text("")
    loaded("srunner", own)
    container.report().loaded()
    told = container.read()
    assert told is not None
    assert [each.place for each in told.files] == [str(own)]


def test_a_module_out_of_an_egg_has_the_eggs_hash(container: Container, loaded) -> None:
    egg = container.file("carla-0.9.14-py3.7-linux-x86_64.egg", "PK")
    loaded("carla.libcarla", egg / "carla" / "libcarla.py")
    container.report().loaded()
    told = container.read()
    assert told is not None
    assert [(each.place, each.sha256) for each in told.files] == [
        (f"LEADERBOARD_ROOT/{egg.name}", digest(egg))
    ]


def test_a_module_without_a_file_is_told_as_one(container: Container, loaded) -> None:
    """A namespace package, or one that something made up in memory."""
    loaded("agents", None)
    container.report().loaded()
    told = container.read()
    assert told is not None
    assert [(each.sha256, each.place) for each in told.files] == [("-", "-")]


def test_a_line_break_in_a_path_makes_no_line_of_its_own(container: Container, loaded) -> None:
    loaded("carla", container.file("odd\nstate=loaded", ""))
    container.report().loaded()
    told = container.read()
    assert told is not None
    assert [each.place for each in told.files] == ["LEADERBOARD_ROOT/odd?state=loaded"]


def test_a_missing_module_lasts_and_a_busy_moment_does_not(container: Container) -> None:
    path = container.status / "pair-2.agent.evaluator-3"
    container.report().failed(ModuleNotFoundError("No module named 'py_trees'"))
    assert path.read_text() == (
        "state=failed lasting=yes error=ModuleNotFoundError: No module named 'py_trees'\n"
    )
    container.report().failed(OSError(12, "Cannot allocate memory"))
    assert path.read_text().startswith("state=failed lasting=no ")
    told = container.read()
    assert told is not None
    assert (told.state, told.error) == ("failed", "OSError: [Errno 12] Cannot allocate memory")


def test_an_error_cannot_steer_a_terminal_nor_fill_a_screen(container: Container) -> None:
    container.report().failed(ValueError("\x1b[2J\n" + "x" * 5000))
    told = container.read()
    assert told is not None
    assert told.error.isprintable()
    assert len(told.error) < 310


def test_no_report_no_driving_a_full_disk_is_waited_for_and_told_once(
    container: Container, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    waits: list[float] = []

    def disk_has_room_after_two_looks(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 2:
            container.status.mkdir()

    container.status.rmdir()
    monkeypatch.setattr(loaded_files.time, "sleep", disk_has_room_after_two_looks)
    container.report().loaded()
    assert container.read() == EvaluatorReport("loaded")
    assert len(waits) == 2
    assert capsys.readouterr().out.count("waiting until the disk takes it") == 1


@pytest.mark.parametrize(
    "text", ["", "state=flying\n", "state=loaded\nnonsense\n", "state=loaded\r\n"]
)
def test_a_report_that_is_not_understood_is_none_of_any_state(
    container: Container, text: str
) -> None:
    (container.status / "pair-2.agent.evaluator-3").write_text(text, newline="")
    assert container.read() == EvaluatorReport("")


def test_what_is_no_file_is_no_report_and_without_any_nobody_has_started(
    container: Container,
) -> None:
    assert container.read() is None
    assert evaluator_reports.signature(str(container.status), 2, 3) == ()
    (container.status / "pair-2.agent.evaluator-3").mkdir()
    assert container.read() == EvaluatorReport("")


def test_a_report_that_was_written_again_has_another_signature(container: Container) -> None:
    container.report().loaded()
    first = evaluator_reports.signature(str(container.status), 2, 3)
    assert first == evaluator_reports.signature(str(container.status), 2, 3)
    container.report().loaded()
    assert evaluator_reports.signature(str(container.status), 2, 3) != first
