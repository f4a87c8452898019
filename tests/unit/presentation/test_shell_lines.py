"""A command in lines: what is copied runs as the one line that it was."""

from __future__ import annotations

import shlex
import subprocess

from hypothesis import given
from hypothesis import strategies as st

from console.presentation.shell_lines import LEAST_WIDTH, in_lines

PATCH = '{"metadata":{"annotations":{"cancelled-at":"2026-11-22T16:01:00Z"}},"spec":{"x":"it\'s"}}'
WORDS = ("printf", "<%s>", "patch", "job", "demo", "--type=merge", "-p", PATCH, "--context", "a b")


def test_a_command_breaks_between_its_words_and_each_line_but_the_last_says_that_it_goes_on() -> (
    None
):
    assert in_lines("kubectl delete job demo -n leaderboard", 26) == [
        *("kubectl delete job demo \\", "-n leaderboard"),
    ]
    assert in_lines("kubectl get jobs", 26) == ["kubectl get jobs"]


def test_a_shell_runs_the_lines_as_the_one_that_they_were() -> None:
    line = shlex.join(WORDS)
    told = [
        subprocess.run(["sh", "-c", each], capture_output=True, check=True).stdout
        for each in (line, "\n".join(in_lines(line, 30)))
    ]
    assert told[0] == told[1]


@given(
    st.lists(
        st.text(st.characters(codec="ascii", categories=("L", "N", "P", "S", "Zs"))), min_size=1
    ),
    st.integers(LEAST_WIDTH, 80),
)
def test_the_words_stay_and_no_line_is_longer_than_its_width(words: list[str], width: int) -> None:
    lines = in_lines(shlex.join(words), width)
    assert max(map(len, lines)) <= width
    assert all(line.endswith("\\") for line in lines[:-1])
    assert shlex.split("".join([*(line[:-1] for line in lines[:-1]), lines[-1]])) == words
