"""What a plugin behind the screens says: its end is kept, and nothing that it says holds it up."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from console.tui.plugin_output import MOST_KEPT, keep, new_output, start_keeper
from console.tui.screens.running_plugins import last_words


def test_of_a_plugin_that_says_much_the_end_is_kept_and_what_is_cut_is_counted(
    tmp_path: Path,
) -> None:
    said = b"".join(b"line %d\n" % number for number in range(400_000))
    with new_output(tmp_path, "p") as (_, output):
        keeper, into = start_keeper(output)
        with os.fdopen(into, "wb") as speaks:
            speaks.write(said)
        assert keeper.wait(30) == 0
        assert last_words(output).splitlines()[-1] == "line 399999"
    first, kept = (tmp_path / "p.log").read_bytes().split(b"\n", 1)
    cut = re.fullmatch(rb"\((\d+) bytes that were said before this are cut\)", first)
    assert cut is not None
    assert said == said[: int(cut[1])] + kept
    assert MOST_KEPT // 2 < len(kept) < MOST_KEPT


def test_of_a_plugin_that_says_little_all_is_kept_as_it_is(tmp_path: Path) -> None:
    with new_output(tmp_path, "p") as (_, output):
        keeper, into = start_keeper(output)
        subprocess.run(["printf", "one\\ntwo"], stdout=into, check=True)
        os.close(into)
        assert keeper.wait(30) == 0
    assert (tmp_path / "p.log").read_bytes() == b"one\ntwo"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no disk that is always full")
def test_a_full_disk_ends_no_plugin() -> None:
    source, into = os.pipe()
    with open("/dev/full", "r+b", buffering=0) as full:
        os.write(into, b"words" * 1000)
        os.close(into)
        keep(source, full.fileno())
        assert os.read(source, 1) == b"", "something is left unread"
    os.close(source)


def test_a_run_has_a_file_that_nobody_else_reads_in_the_place_of_the_run_before(
    tmp_path: Path,
) -> None:
    for said in (b"of the run before", b"new"):
        with new_output(tmp_path / "plugins", "p") as (path, output):
            os.write(output.fileno(), said)
    assert path == tmp_path / "plugins" / "p.log"
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0


def test_two_runs_at_once_have_a_file_each_as_long_as_one_of_them_speaks(tmp_path: Path) -> None:
    with new_output(tmp_path, "p") as (path, first):
        keeper, into = start_keeper(first)
    with new_output(tmp_path, "p") as (second, output):
        os.write(output.fileno(), b"of the second")
    with os.fdopen(into, "wb") as speaks:
        speaks.write(b"of the first, when the second had ended")
    assert keeper.wait(30) == 0
    assert (path.name, second.name) == ("p.log", "p.2.log")
    assert path.read_bytes() == b"of the first, when the second had ended"
    assert second.read_bytes() == b"of the second"
    with new_output(tmp_path, "p") as (third, _):
        assert third == path


@pytest.mark.parametrize("name", ["../../.bashrc", "a/b", "..", "x" * 500, "two words\x1b[2J"])
def test_no_name_of_a_plugin_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    with new_output(tmp_path / "plugins", name):
        (made,) = (tmp_path / "plugins").iterdir()
    assert re.fullmatch(r"[A-Za-z0-9._-]+\.log", made.name)
