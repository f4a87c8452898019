"""Which copy of a checkpoint is resumed from, and what a cut one proves: at every single byte."""

import json

import pytest
from fakes.sweeps import sweep
from logcopy_pod import VECTORS

from console.results.checkpoint import checkpoint_of
from console.results.leaderboard import named
from console.workers.checkpoint_copies import richest, salvaged, whole, within_its_records

SOURCES = {"2.0": "lb20/complete_r1_01", "1.0": "lb10/complete_r1_01"}


def document(version: str, done: int, *, final: bool = False) -> dict:
    """The checkpoint after `done` of five drives."""
    path = VECTORS / SOURCES[version] / "partial_1.json"
    told = json.loads(path.read_text())
    if final:
        return told
    inner = told["_checkpoint"]
    inner.update(records=inner["records"][:done], progress=[done, 5], global_record={})
    told.update(entry_status="Started", eligible=False, values=[], labels=[])
    return told


def text_of(told: dict) -> str:
    return json.dumps(told, indent=4)


def places(text: str) -> list[int]:
    """Every byte that can be the last one; of an indentation only its first."""
    return [cut for cut in range(len(text)) if text[max(cut - 2, 0) : cut] != "  "]


@pytest.mark.parametrize("every", sweep([1, 31], 31))
@pytest.mark.parametrize("version", SOURCES)
@pytest.mark.parametrize("final", [False, True], ids=["next-route", "global-record"])
def test_a_write_cut_at_any_byte_costs_no_earlier_drive_and_invents_none(version, final, every):
    """The copy of the version before was missed; the one before that was kept."""
    told = document(version, 5, final=final)
    text, truth = text_of(told), told["_checkpoint"]["records"]
    kept = whole(text_of(document(version, 3)))
    gained = set()
    for cut in places(text)[::every]:
        copy = salvaged(text[:cut], kept)
        if copy is None:
            continue
        finished = list(copy.finished)
        assert finished == truth[: len(finished)]
        assert len(finished) > 3
        assert copy.document["sensors"] == told["sensors"]
        assert not copy.complete
        gained.add(len(finished))
    assert gained == {4, 5}
    assert salvaged(text[:-2], kept).finished == tuple(truth)


def test_the_last_record_of_a_cut_write_counts_only_if_it_was_no_crash():
    told = document("2.0", 2)
    for status, finished in (
        ("Completed", 2),
        ("Failed - Agent crashed", 2),
        ("Failed - Simulation crashed", 1),
        ("Failed - Agent got blocked", 1),
    ):
        told["_checkpoint"]["records"][1]["status"] = status
        text = text_of(told)
        copy = salvaged(text[: text.index('"entry_status"')], None)
        assert len(copy.finished) == finished, status


def test_a_cut_file_of_another_run_or_place_proves_nothing():
    kept = whole(text_of(document("2.0", 1)))
    told = document("2.0", 3)
    told["_checkpoint"]["progress"] = [3, 9]
    assert salvaged(text_of(told)[:-2], kept) is None
    told = document("2.0", 3)
    told["_checkpoint"]["records"][0]["route_id"] = "RouteScenario_77_rep0"
    assert salvaged(text_of(told)[:-2], kept) is None
    told = document("2.0", 3)
    told["_checkpoint"]["records"][1]["index"] = 2
    assert salvaged(text_of(told)[:-2], kept) is None


@pytest.mark.parametrize("text", ["", "{", "[" * 5000, '{"a": 1', '{"_checkpoint": 3', "\0" * 99])
def test_nonsense_proves_nothing_and_is_no_checkpoint(text):
    assert whole(text) is None
    assert salvaged(text, None) is None


def test_a_record_taken_out_by_an_evaluator_that_repeats_it_is_not_lost():
    """The commit of the 2.0 image repeats its last drive at every resume: never more than that."""
    kept = whole(text_of(document("2.0", 3)))
    repeating = whole(text_of(document("2.0", 2)))
    assert richest(repeating, kept) is kept
    again = whole(text_of(document("2.0", 3)))
    assert richest(again, kept) is again


def test_an_evaluator_that_refused_the_kept_copy_is_not_given_it_again():
    kept = document("2.0", 3)
    present = whole(text_of(document("2.0", 1)))
    assert richest(present, whole(text_of({**kept, "entry_status": "Invalid"}))) is present
    kept["_checkpoint"]["progress"] = [3, 7]
    assert richest(present, whole(text_of(kept))) is present


@pytest.mark.parametrize("version", SOURCES)
@pytest.mark.parametrize("kept", [0, 1, 3])
def test_a_progress_that_counts_a_drive_without_a_record_is_brought_back(version, kept):
    """As a route leaves it that could not be stopped: the commit of the 2.0 image ends there."""
    told = document(version, kept)
    told["_checkpoint"]["progress"] = [kept + 1, 5]
    sound = within_its_records(whole(text_of(told)))
    assert sound.document["_checkpoint"]["progress"] == [kept, 5]
    assert list(sound.finished) == told["_checkpoint"]["records"]
    assert within_its_records(sound) is sound


def test_a_crashed_record_is_not_finished_in_2_x_and_does_not_advance_1_0():
    second = {**document("2.0", 3), "entry_status": "Crashed"}
    assert len(whole(text_of(second)).finished) == 2
    first = {**document("1.0", 3), "entry_status": "Crashed"}
    first["_checkpoint"]["progress"] = [2, 5]
    assert len(whole(text_of(first)).finished) == 2


def test_a_1_0_route_without_length_leaves_nothing_to_drive_although_no_summary_can_come():
    told = document("1.0", 5)
    assert not whole(text_of(told)).complete
    record = told["_checkpoint"]["records"][2]
    record["meta"]["route_length"] = 0.0
    record["scores"]["score_route"] = 0
    assert not whole(text_of(told)).complete
    record["scores"]["score_route"] = 100.0
    assert whole(text_of(told)).complete
    told["_checkpoint"]["progress"] = [4, 5]
    assert not whole(text_of(told)).complete


@pytest.mark.parametrize("version", SOURCES)
@pytest.mark.parametrize("status", ["Started", "Crashed"])
@pytest.mark.parametrize("behind", [-1, 0, 1])
def test_a_pair_goes_on_where_the_merge_says_that_a_resume_does(version, status, behind):
    """`behind`: how many records there are more than the progress counts."""
    for done in range(5):
        told = document(version, min(max(done + behind, 0), 5))
        told["_checkpoint"]["progress"][0] = done
        told["entry_status"] = status
        seen = checkpoint_of(told, named(version))
        kept = [r for place, r in enumerate(seen.records) if not seen.provisional(place)]
        assert list(whole(text_of(told)).finished) == kept


def test_a_whole_file_without_a_length_is_complete_for_both_in_the_first_version_alone():
    for version, complete in (("1.0", True), ("2.0", False)):
        told = document(version, 5)
        told["_checkpoint"]["records"][2]["meta"]["route_length"] = 0
        assert whole(text_of(told)).complete is complete
        assert checkpoint_of(told, named(version)).settled is complete
