"""One table of words for each version, and what follows from it for records and for files."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fakes.sweeps import sweep
from result_vectors import vectors
from sample_merges import merged_files, whole_set

from console.results import layout, statuses
from console.results.leaderboard import KNOWN, MERGED, V2_0_PINNED, named, names
from console.results.partial_document import left_behind

EVERY_WORD = sorted(
    {word for version in KNOWN for word in (*version.words.records, *version.words.entries)}
    | {"banana", "perfect", "Failed -", "Failed - TickRuntime", "Finished "}
)


def _left(version: str, document: Any, rows: list[Any]) -> dict[str, Any]:
    return left_behind(named(version), rows, len(rows), document["sensors"])


def test_every_word_that_the_real_evaluators_wrote_is_in_the_table() -> None:
    for case in vectors():
        words = named(case.version).words
        for part in case.partials():
            try:
                document = json.loads(part.text or "null")
            except ValueError:
                continue
            if document:
                assert document["entry_status"] in words.entries
                rows = document["_checkpoint"]["records"]
                assert {row["status"] for row in rows} <= set(words.records)


@pytest.mark.parametrize("version", sweep(names(MERGED), "2.1"))
@pytest.mark.parametrize("word", EVERY_WORD)
def test_a_record_counts_only_with_a_status_of_a_finished_drive(version: str, word: str) -> None:
    documents = whole_set(version)
    documents[2]["_checkpoint"]["records"][1]["status"] = word
    report = merged_files(version, documents)
    known = word in named(version).words.records
    assert report.done == 19 + known
    texts = [problem.text for problem in report.problems]
    if not known:
        assert not report.complete
        (told,) = [text for text in texts if ": status is " in text]
        route = documents[2]["_checkpoint"]["records"][1]["route_id"]
        assert told.startswith(f"in/partial_3.json: records[1] {route}")
        assert repr(word)[:20] in told
        assert "expected" in told
    original = whole_set(version)[2]["_checkpoint"]["records"][1]["status"]
    assert report.complete is (word == original)


@pytest.mark.parametrize("version", ["2.0", "2.1"])
@pytest.mark.parametrize("word", ["Perfect", "Completed", "Failed"])
@pytest.mark.parametrize("infractions", [0, 1])
@pytest.mark.parametrize("completion", [100, 62.5])
def test_a_status_that_contradicts_its_record_is_never_final(
    version: str, word: str, infractions: int, completion: float
) -> None:
    documents = whole_set(version)
    row = documents[0]["_checkpoint"]["records"][0]
    penalty = {("2.0", 1): 0.7, ("2.1", 1): round(1 / 1.4, 6)}.get((version, infractions), 1.0)
    row["infractions"] = {name: [] for name in layout.INFRACTIONS_V2}
    row["infractions"]["red_light"] = ["Agent ran a red light 3 at (x=1, y=2, z=0)"] * infractions
    composed = round(completion * penalty, 6)
    row["scores"] = {
        "score_route": completion,
        "score_penalty": penalty,
        "score_composed": composed,
    }
    row.update(status=word, num_infractions=infractions)
    documents[0] = _left(version, documents[0], documents[0]["_checkpoint"]["records"])
    report = merged_files(version, documents)
    right = "Failed" if completion < 100 else "Completed" if infractions else "Perfect"
    assert (report.complete, report.eligible) == (word == right, word == right)
    if word != right:
        assert any("partial_1.json: records[0]" in each.text for each in report.problems)


@pytest.mark.parametrize("version", sweep(names(MERGED), "2.1"))
@pytest.mark.parametrize(("name", "word"), statuses.BY_INFRACTION)
def test_what_ended_a_drive_stands_in_its_status_and_in_its_lists(
    version: str, name: str, word: str
) -> None:
    documents = whole_set(version)
    row = documents[0]["_checkpoint"]["records"][0]
    row["infractions"] = {key: [] for key in named(version).infractions}
    row["scores"] = {"score_route": 50.0, "score_penalty": 1.0, "score_composed": 50.0}
    row.update(status=word, **({} if version == "1.0" else {"num_infractions": 0}))
    documents[0] = _left(version, documents[0], documents[0]["_checkpoint"]["records"])
    assert not merged_files(version, documents).complete
    row["infractions"][name] = ["Agent got blocked at (x=1, y=2, z=3)"]
    row.update({} if version == "1.0" else {"num_infractions": 1})
    documents[0] = _left(version, documents[0], documents[0]["_checkpoint"]["records"])
    assert merged_files(version, documents).complete
    row["status"] = "Failed - Agent crashed"
    documents[0] = _left(version, documents[0], documents[0]["_checkpoint"]["records"])
    assert not merged_files(version, documents).complete


@pytest.mark.parametrize(
    ("version", "entry", "place"),
    [
        ("1.0", "Crashed", 3), ("1.0", "Rejected", 3), ("1.0", "Started", 3),
        ("2.0", "Crashed", 2), ("2.0", "Rejected", 3), ("2.0", "Started", 3), ("2.0", "Invalid", 0),
        (V2_0_PINNED.name, "Crashed", 2), (V2_0_PINNED.name, "Started", 2), ("2.1", "Crashed", 2),
    ],
)  # fmt: skip
def test_a_resume_goes_on_where_its_version_does(version: str, entry: str, place: int) -> None:
    assert named(version).words.resumes_at(entry, 3) == place
    assert named(version).words.resumes_at(entry, 0) == 0
