"""Version x entry status x global record x progress x eligible: what a partial cannot say at once."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from fakes.sweeps import sweep
from sample_merges import merged_files, whole_set

from console.results import statuses
from console.results.leaderboard import KNOWN, MERGED, named, names
from console.results.partial_document import left_behind

ENTRIES = sorted({word for version in KNOWN for word in version.words.entries})
PROGRESS = ([5, 5], [4, 5], [5, 6], [6, 5], [0, 5], [])
ELIGIBLE = (True, False, "")


@pytest.mark.parametrize("version", sweep(names(MERGED), "2.0"))
@pytest.mark.parametrize("entry", ENTRIES)
@pytest.mark.parametrize("summarised", [True, False])
def test_only_what_an_evaluator_leaves_behind_at_its_end_is_complete(
    version: str, entry: str, summarised: bool
) -> None:
    """Every other combination over all drives is unfinished, void or nobody's writing."""
    whole = whole_set(version)
    for progress in PROGRESS:
        for eligible in ELIGIBLE:
            documents = copy.deepcopy(whole)
            changed = documents[1]
            changed.update(entry_status=entry, eligible=eligible)
            changed["_checkpoint"]["progress"] = progress
            if not summarised:
                changed["_checkpoint"]["global_record"] = {}
                changed.update(values=[], labels=[])
            report = merged_files(version, documents)
            assert report.complete is (changed == whole[1]), (entry, progress, eligible)
            if not report.complete:
                assert any("in/partial_2.json" in problem.text for problem in report.problems)
                assert not report.eligible


@pytest.mark.parametrize("version", ["2.0", "2.1"])
def test_invalid_in_every_partial_is_not_final(version: str) -> None:
    documents = whole_set(version)
    for document in documents:
        document.update(entry_status="Invalid", eligible=False)
    report = merged_files(version, documents)
    assert (report.status, report.done) == ("incomplete", 20)
    for number in range(1, 5):
        assert any(
            f"partial_{number}.json: entry_status is 'Invalid'" in problem.text
            for problem in report.problems
        )


@pytest.mark.parametrize(
    ("version", "status", "entry"),
    [
        ("2.0", statuses.SIMULATION_CRASHED, "Crashed"),
        ("2.0", statuses.SENSORS_INVALID, "Rejected"),
        ("2.1", statuses.SENSORS_INVALID, "Rejected"),
        ("1.0", statuses.SENSORS_INVALID, "Rejected"),
    ],
)
def test_a_complete_set_with_a_crashed_or_rejected_drive_says_so_and_does_not_count(
    version: str, status: str, entry: str
) -> None:
    documents = whole_set(version)
    row = documents[2]["_checkpoint"]["records"][4]
    row["infractions"] = {name: [] for name in named(version).infractions}
    row["scores"] = {"score_route": 0, "score_penalty": 1.0, "score_composed": 0.0}
    row.update(status=status, **({} if version == "1.0" else {"num_infractions": 0}))
    rows = documents[2]["_checkpoint"]["records"]
    documents[2] = left_behind(named(version), rows, 5, documents[2]["sensors"])
    report = merged_files(version, documents)
    assert (report.status, report.entry_status, report.eligible) == ("complete", entry, False)
    (problem,) = report.problems
    assert (problem.kind, problem.pair) == ("ineligible", 3)
    assert problem.text.startswith("in/partial_3.json: records[4] RouteScenario_14")
    assert status.split("'")[0] in problem.text
    wrongly = copy.deepcopy(documents)
    good = "Finished with agent errors" if version == "1.0" and "Agent" in status else "Finished"
    wrongly[2].update(entry_status=good, eligible=True)
    if version != "1.0":
        assert not merged_files(version, wrongly).complete


def test_a_complete_set_without_any_sensors_names_every_file() -> None:
    documents = whole_set("2.0")
    for document in documents:
        document["sensors"] = []
    report = merged_files("2.0", documents)
    assert (report.status, report.entry_status, report.eligible) == ("complete", "Invalid", False)
    (problem,) = report.problems
    assert problem.kind == "ineligible"
    assert all(f"in/partial_{number}.json" in problem.text for number in range(1, 5))


@pytest.mark.parametrize("version", names(MERGED))
@pytest.mark.parametrize("entry", ["", "Started"])
def test_the_states_on_the_way_are_unfinished_and_nothing_worse(version: str, entry: str) -> None:
    if entry not in named(version).words.under_way:
        return
    documents = whole_set(version)
    rows = documents[3]["_checkpoint"]["records"][: 0 if entry == "" else 3]
    documents[3] = left_behind(named(version), rows, 5, documents[3]["sensors"])
    documents[3].update(entry_status=entry, eligible=named(version).words.eligible_with(entry))
    report = merged_files(version, documents)
    assert {problem.kind for problem in report.problems} == {"missing", "unsettled"}
    assert report.done == 15 + len(rows)


def test_a_missing_entry_status_is_called_missing() -> None:
    documents = whole_set("2.0")
    del documents[0]["entry_status"]
    told = [problem.text for problem in merged_files("2.0", documents).problems]
    assert any("in/partial_1.json: entry_status is missing, expected" in text for text in told)


@pytest.mark.parametrize("version", sweep(names(MERGED), "2.0"))
@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("status",), "Perfect!"), (("index",), 0), (("route_id",), None),
        (("meta", "exceptions"), [["RouteScenario_1_rep0", 1, "Failed"]]), (("meta", "exceptions"), 5),
    ],
)  # fmt: skip
def test_the_words_of_a_global_record_follow_from_its_records(
    version: str, path: tuple[str, ...], value: Any
) -> None:
    documents = whole_set(version)
    holder = documents[1]["_checkpoint"]["global_record"]
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    report = merged_files(version, documents)
    assert not report.complete
    told = [problem.text for problem in report.problems if problem.kind == "contradiction"]
    assert any(f"in/partial_2.json: global_record/{'/'.join(path)} is" in text for text in told)
