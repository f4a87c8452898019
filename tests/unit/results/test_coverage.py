"""Complete of what was launched is not complete of the routes file, and nobody may read it so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from console.results import command, trustworthy
from console.results.collecting import Partial
from console.results.coverage import sentence, words
from console.results.drives import Drives
from console.results.leaderboard import V2_0
from console.results.plan import launched

VECTORS = Path(__file__).parents[2] / "data" / "vectors" / "lb20" / "complete_r1_01"
SUBSETS = "0-4;5-9;10-14;15-19"


def routes_file(routes: int) -> bytes:
    return (
        "<routes>" + "".join(f'<route id="{n}"/>' for n in range(routes)) + "</routes>"
    ).encode()


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ((20, 26), "20 of the file's 26 routes"),
        ((20, 20), ""),
        ((20, None), ""),
        ((None, 26), ""),
        ((0, 1), "0 of the file's 1 routes"),
    ],
)
def test_only_what_is_known_to_be_left_out_is_told(numbers, said) -> None:
    assert words(*numbers) == said


def test_the_sentence_never_calls_an_incomplete_result_complete() -> None:
    assert sentence(20, 26, complete=False) == "launched are 20 of the file's 26 routes"
    assert sentence(20, 26, complete=True).startswith("complete of what was launched: 20")


@pytest.mark.parametrize("in_file", [26, 20, None])
def test_a_merge_is_complete_of_what_was_launched_and_knows_the_rest(in_file) -> None:
    partials = [
        Partial(pair, (VECTORS / f"partial_{pair}.json").read_text()) for pair in range(1, 5)
    ]
    plan = launched(Drives.of(V2_0, SUBSETS, 1), routes_file(in_file) if in_file else None)
    report = trustworthy.merge(plan, partials)
    assert (report.complete, report.eligible) == (True, True)
    assert (report.launched_routes, report.file_routes) == (20, in_file)
    assert report.problems == ()


@pytest.mark.parametrize(("in_file", "words"), [(26, ", 20 of the file's 26 routes"), (20, None)])
def test_the_merge_command_says_it_in_both_forms(tmp_path, capsys, in_file, words) -> None:
    (tmp_path / "routes.xml").write_bytes(routes_file(in_file))
    partials = [str(VECTORS / f"partial_{pair}.json") for pair in range(1, 5)]
    flags = ["-f", *partials, "-e", str(tmp_path / "out.json"), "--leaderboard", "2.0"]
    flags += ["--routes", str(tmp_path / "routes.xml"), "--repetitions", "1"]
    flags += ["--routes-subsets", SUBSETS]
    assert command.main(flags) == 0
    first = capsys.readouterr().out.splitlines()[0]
    assert first == "complete: 20 of 20 drives" + (f" of what was launched{words}" if words else "")
    assert command.main([*flags, "-o", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["launched_routes"], told["file_routes"]) == (20, in_file)


def test_without_the_file_nothing_is_claimed(tmp_path, capsys) -> None:
    partials = [str(VECTORS / f"partial_{pair}.json") for pair in range(1, 5)]
    flags = [
        "-f",
        *partials,
        "-e",
        str(tmp_path / "out.json"),
        "--leaderboard",
        "2.0",
        "-o",
        "json",
    ]
    assert command.main(flags) == 0
    assert json.loads(capsys.readouterr().out)["file_routes"] is None
