"""On a terminal of ASCII alone every mark, bar and border is a letter that it has."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import sys
from pathlib import Path

import pytest
from fakes.boards import NOW, ROWS
from fakes.pilots import until
from fakes.tour import busy_backend, recordings_in, visits
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace
from rich.cells import cell_len

from console import paths, wiring
from console.domain.fleet import FleetSnapshot
from console.presentation.ascii_letters import MARKS, in_ascii
from console.presentation.tones import CELL_MARKS, PAIR_MARKS, SUBMISSION_MARKS
from console.tui import remembered
from console.tui.app import ConsoleApp
from console.tui.letters import ascii_alone
from console.tui.plain_rows import _as_wide

PACKAGE = Path(remembered.__file__).parent.parent
_DRAWN = re.compile("[\u2500-\u259f\u2800-\u28ff]")


@pytest.mark.parametrize(
    ("environment", "alone"),
    [
        ({}, False),
        ({"LANG": "en_GB.UTF-8"}, False),
        ({"LANG": "de_DE.utf8@euro"}, False),
        ({"LC_ALL": "C"}, True),
        ({"LC_ALL": "POSIX", "LANG": "en_GB.UTF-8"}, True),
        ({"LC_ALL": "", "LC_CTYPE": "C.UTF-8", "LANG": "C"}, False),
        ({"LANG": "de_DE.ISO-8859-1"}, True),
        ({"LC_CTYPE": "de_DE@euro", "LANG": "en_GB.UTF-8"}, True),
    ],
)
def test_the_locale_says_whether_a_terminal_has_more_than_ascii(
    environment: dict[str, str], alone: bool
) -> None:
    assert ascii_alone(environment) is alone
    assert ascii_alone(environment, flag=True)


@given(st.text())
@example("a\x1fb")
def test_every_text_becomes_ascii_of_the_same_width(text: str) -> None:
    assert _as_wide(text).isascii()
    assert len(_as_wide(text)) == cell_len(text)


def test_what_a_team_wrote_keeps_what_ascii_has_of_it_and_nothing_becomes_unknown() -> None:
    assert in_ascii("Équipe Müller") == "Equipe Muller"
    assert in_ascii("雪 1") == ".. 1"
    assert in_ascii("score 74.70 ± 22.73, used ≥4") == "score 74.70+/-22.73, used>=4"


@pytest.mark.parametrize("table", [CELL_MARKS, PAIR_MARKS, SUBMISSION_MARKS])
def test_the_marks_of_one_table_stay_apart(table: dict[object, tuple[str, object]]) -> None:
    marks = {mark for mark, _ in table.values()}
    assert len({in_ascii(mark) for mark in marks}) == len(marks)


def test_every_letter_that_our_own_words_have_was_thought_of() -> None:
    sources = [file for room in ("presentation", "tui") for file in (PACKAGE / room).rglob("*.py")]
    letters = {each for file in sources for each in file.read_text() if not each.isascii()}
    strange = {each for each in letters - {*MARKS} if not _DRAWN.match(each)}
    assert {each for each in strange if in_ascii(each) == "."} == set()


async def test_nothing_on_any_screen_is_more_than_ascii(tmp_path: Path) -> None:
    backend = busy_backend()
    app = ConsoleApp(backend, recordings=recordings_in(tmp_path), ascii_alone=True)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await until(pilot, lambda: ("start",) in backend.asked)
        app.notify("It was saved ✓ …")
        more = {
            name: sorted({each for each in told if not each.isascii()})
            async for name, told in visits(app, pilot)
        }
    assert {name: letters for name, letters in more.items() if letters} == {}


def test_a_terminal_of_another_locale_is_written_nothing_but_ascii(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARLA_CONSOLE_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "none"))
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("LC_ALL", "C")
    known = FleetSnapshot((replace(ROWS[0], name="gepäck"), *ROWS), True, "", NOW)
    remembered.remember(remembered.place(wiring.WantedCluster()), known)
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(sys.executable, [sys.executable, "-m", "console"])
    drawn = b""
    try:
        while b"all that is recorded" not in drawn and select.select([terminal], [], [], 60)[0]:
            drawn += os.read(terminal, 65536)
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(terminal)
    assert b"all that is recorded" in drawn, "the first screen of a console without a cluster"
    assert b"gepack" in drawn, "the frame before it"
    assert drawn.isascii()
    assert paths.state() == tmp_path
