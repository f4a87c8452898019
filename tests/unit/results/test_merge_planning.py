"""`merge` where the operator did not say all: what the partials tell is evidence, doubt is said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fakes.documents import record

from console.results import command
from console.results.leaderboard import named
from console.results.partial_document import left_behind

ROUTES_FILE = "<routes>" + "".join(f'<route id="{n}"/>' for n in (0, 10, 20, 30)) + "</routes>"


def partial(routes: list[int], repetitions: int, version: str = "2.0", done: int = 10**6) -> dict:
    drives = [(route, k) for route in routes for k in range(repetitions)]
    records = [record(version, *drive, index) for index, drive in enumerate(drives)][:done]
    return left_behind(named(version), records, len(drives), ["carla_camera"])


class Merge:
    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capsys = folder, capsys

    def __call__(self, *documents: dict, version: str = "2.0", **flags: str) -> tuple[int, dict]:
        paths = []
        for number, document in enumerate(documents, 1):
            paths.append(self.folder / f"part{number}.json")
            paths[-1].write_text(json.dumps(document))
        given = [text for name, value in flags.items() for text in (f"--{name}", value)]
        given = [text.replace("_", "-") if text.startswith("--") else text for text in given]
        out = ["-e", str(self.folder / "out.json"), "-o", "json", "--leaderboard", version]
        status = command.main([*out, *given, "-f", *map(str, paths)])
        said, self.told = self.capsys.readouterr()
        return status, json.loads(said) if said else {}


@pytest.fixture
def merge(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Merge:
    (tmp_path / "routes.xml").write_text(ROUTES_FILE)
    return Merge(tmp_path, capsys)


@pytest.mark.parametrize("version", ["1.0", "2.0"])
@pytest.mark.parametrize("given", [True, False])
def test_repetitions_are_told_by_the_routes_file_and_else_by_whole_partials(
    merge: Merge, given: bool, version: str
) -> None:
    flags = {"routes": str(merge.folder / "routes.xml")} if given else {}
    parts = [partial([0, 10], 2, version), partial([20, 30], 2, version)]
    status, report = merge(*parts, version=version, routes_subsets="0-10;20-30", **flags)
    assert (status, report["status"], report["done"], report["total"]) == (0, "complete", 8, 8)
    assert "taking 2 from the partials" in merge.told


def test_a_range_that_no_partial_bears_out_asks_for_the_routes_file(merge: Merge) -> None:
    parts = [partial([0, 10], 2, done=3), partial([20, 30], 2)]
    status, _ = merge(*parts, routes_subsets="0-10;20-30")
    assert status == 2
    assert "--routes" in merge.told
    assert "part1.json tells of 4 drives" in merge.told
    assert not (merge.folder / "out.json").exists()
    status, report = merge(
        *parts, routes_subsets="0-10;20-30", routes=str(merge.folder / "routes.xml")
    )
    assert (status, report["done"], report["total"]) == (7, 7, 8)


def test_a_range_that_runs_backwards_in_numbers_is_merged_by_its_partial_or_its_file(
    merge: Merge,
) -> None:
    (merge.folder / "routes.xml").write_text(
        '<routes><route id="3"/><route id="1"/><route id="0"/><route id="5"/></routes>'
    )
    flags = {"routes_subsets": "3-0;5", "repetitions": "1"}
    assert merge(partial([3, 1, 0], 1), partial([5], 1), **flags)[0] == 0
    named = {"routes": str(merge.folder / "routes.xml"), **flags}
    assert merge(partial([3, 1, 0], 1), partial([5], 1), **named)[0] == 0
    assert merge(partial([3, 1, 0], 1, done=2), partial([5], 1), **named)[0] == 7
    assert merge(partial([3, 1, 0], 1, done=2), partial([5], 1), **flags)[0] == 2


def test_a_number_read_range_is_still_checked_against_its_partials(merge: Merge) -> None:
    status, report = merge(partial([5, 6, 7], 2), partial([8, 9], 2), routes_subsets="5-7;8-9")
    assert (status, report["total"]) == (0, 10)
    status, report = merge(partial([5, 6, 7], 2), routes_subsets="5-7;8-9")
    assert (status, report["done"]) == (7, 6)
    assert "read as 2 routes by number; no partial bears that out" in merge.told


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ([partial([0, 1], 2), partial([2, 3], 3)], "no one number fits"),
        ([partial([0, 1], 2) | {"_checkpoint": {"progress": [3, 3]}}], "no one number fits"),
        ([{}, {}], "no partial tells a total"),
    ],
)
def test_repetitions_that_the_partials_do_not_agree_on_are_called_a_guess(
    merge: Merge, parts: list[dict], words: str
) -> None:
    status, _ = merge(*parts, routes_subsets="0-1;2-3")
    assert status == 7
    assert "which is a guess" in merge.told
    assert words in merge.told
    assert "Give --repetitions" in merge.told


def test_two_numbers_that_both_fit_are_called_a_guess(merge: Merge) -> None:
    part = partial([0], 2, done=0)
    assert merge(part, routes_subsets="0;1-2")[0] == 7
    assert "more than one number fits" in merge.told


def test_one_damaged_total_does_not_outvote_the_others(merge: Merge) -> None:
    parts = [partial([n], 3) for n in range(4)]
    parts[2]["_checkpoint"]["progress"] = [3, 5]
    assert merge(*parts, routes_subsets="0;1;2;3")[1]["total"] == 12
    assert "taking 3, which is a guess" in merge.told
    assert "part3.json tells of 5 drives" in merge.told


def test_where_every_record_is_foreign_the_subsets_that_were_driven_are_suggested(
    merge: Merge,
) -> None:
    parts = [partial([20, 21, 22], 1), partial([30, 40], 1)]
    status, report = merge(*parts)
    assert status == 7
    assert any("--routes-subsets '20-22;30,40'" in each["text"] for each in report["problems"])
    status, report = merge(*parts, routes_subsets="20-22;30,40")
    assert status == 0
    parts[0]["_checkpoint"]["records"].pop()
    texts = [each["text"] for each in merge(*parts)[1]["problems"]]
    assert any("--routes-subsets which were launched" in text for text in texts)


def test_one_record_of_the_launch_is_enough_to_suggest_nothing(merge: Merge) -> None:
    report = merge(partial([4, 20], 1))[1]
    assert not any("--routes-subsets" in each["text"] for each in report["problems"])


def test_a_routes_file_in_another_encoding_is_read_and_a_lying_one_is_named(merge: Merge) -> None:
    declared = '<?xml version="1.0" encoding="{}"?><!-- ü -->' + ROUTES_FILE
    path = merge.folder / "r.xml"
    flags = {"routes": str(path), "routes_subsets": "0-10;20-30"}
    path.write_bytes(declared.format("ISO-8859-1").encode("iso-8859-1"))
    assert merge(partial([0, 10], 1), partial([20, 30], 1), **flags)[0] == 0
    path.write_bytes(declared.format("UTF-8").encode("iso-8859-1"))
    assert merge(partial([0, 10], 1), **flags)[0] == 2
    assert str(path) in merge.told
    assert "'UTF-8'" in merge.told


@pytest.mark.parametrize(
    "flags",
    [
        {"routes_subsets": "0-9998", "repetitions": "10000"},
        {"routes_subsets": "0-9998;9999-19999"},
        {"routes_subsets": ";" * 500},
        {"routes_subsets": ""},
        {"routes_subsets": "x"},
        {"repetitions": "0"},
        {"repetitions": "-1"},
        {"repetitions": "1" + "0" * 40},
    ],
)
def test_what_no_launch_asks_for_is_wrong_input(merge: Merge, flags: dict[str, str]) -> None:
    assert merge(partial([0], 1, done=0), **flags)[0] == 2
    assert merge.told.startswith("The merge was not done: ")
    assert merge.told.count("\n") == 1
