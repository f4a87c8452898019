"""A host has an EvalAI submission evaluated again from the start: the later run has the folder."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from fakes.demo_recording import DEMO, unpacked
from fakes.evalai_model import BEGIN
from msgspec.structs import replace

from console.domain.facts import EvalAiPlace
from console.operations.ports.object_place import Blocks, Measure, PlaceFailed, PlaceWriter
from console.operations.storing import folder_owner, taking_over
from console.operations.storing.bringing import FileChange, FolderTaken, Step, bring
from console.operations.storing.folder_owner import FolderOwner
from console.operations.storing.held_claims import HeldClaim
from console.operations.storing.tree import Tree, tree_of
from console.operations.storing.writer_claims import Bringing
from console.publish.folder_place import FolderPlace
from console.specs.publishing_annotations import EVALAI_ANNOTATION

AT = "https://eval.ai 1/2/3"
FIRST, SECOND = "2026-11-22T10:00:00Z", "2026-11-23T10:00:00Z"
BESIDE = "1-aaaaaaaa"


def run_of(name: str, uid: str, launched: str, at: str = AT) -> FolderOwner:
    meta = {"creationTimestamp": launched, "annotations": {EVALAI_ANNOTATION: at}}
    return FolderOwner(name, uid, {"metadata": meta})


@pytest.fixture(scope="module")
def tree(tmp_path_factory) -> Tree:
    return tree_of(unpacked(tmp_path_factory.mktemp("finished")), DEMO)


def tree_for(tree: Tree, owner: FolderOwner) -> Tree:
    """Some files, and whose they are."""
    text = folder_owner.as_text(owner).encode()
    own: dict[str, Blocks] = {folder_owner.KEY: lambda: iter((text,))}
    more = {
        "evalai/stdout.txt": lambda: iter((owner.name.encode(),)),
        "containers-status/logcopy.done": lambda: iter((b"",)),
    }
    return replace(tree, whose=owner, files=own | more)


@pytest.fixture
def first(tree: Tree) -> Tree:
    return tree_for(tree, run_of("submission-3", "aaaaaaaa-1", FIRST))


@pytest.fixture
def second(tree: Tree) -> Tree:
    made = tree_for(tree, run_of("submission-3", "bbbbbbbb-2", SECOND))
    return replace(made, files={k: v for k, v in made.files.items() if "status" not in k})


def silent(step: Step) -> None:
    """Nobody is told."""


def files(root: Path) -> dict[str, str]:
    return {p.relative_to(root).as_posix(): p.read_text() for p in root.rglob("*") if p.is_file()}


def claim_of(place: FolderPlace, tree: Tree, word: str, now: datetime = BEGIN) -> HeldClaim:
    by = Bringing(PlaceWriter(word, word), lambda: now)
    return HeldClaim(place, tree.folder, by, tree.whose.uid)


def test_the_later_run_has_the_folder_and_what_the_earlier_left_is_kept_beside(
    first, second, tmp_path
) -> None:
    place = FolderPlace(tmp_path)
    bring(place, first, silent)
    before = files(tmp_path)
    told = bring(place, second, silent, dry=True)
    assert files(tmp_path) == before
    assert bring(place, second, silent) == told
    there = files(tmp_path)
    assert {k: v for k, v in there.items() if k.startswith(BESIDE)} == {
        BESIDE + key.removeprefix("1"): text for key, text in before.items()
    }
    assert '"uid": "bbbbbbbb-2"' in there["1/console/job.json"]
    assert "1/containers-status/logcopy.done" not in there
    assert [each.change for each in told].count(FileChange.BESIDE) == len(before)
    assert {step.change for step in bring(place, second, silent)} == {FileChange.SAME}


def test_the_earlier_run_does_not_take_it_back(first, second, tmp_path) -> None:
    place = FolderPlace(tmp_path)
    bring(place, first, silent)
    bring(place, second, silent)
    there = files(tmp_path)
    with pytest.raises(FolderTaken, match="holds a later run of this EvalAI submission"):
        bring(place, first, silent)
    assert files(tmp_path) == there


def test_while_somebody_brings_the_earlier_run_the_later_one_waits(first, second, tmp_path) -> None:
    place = FolderPlace(tmp_path)
    claim = claim_of(place, first, "a")
    bring(place, first, silent, claim=claim)
    for word in "ab":
        with pytest.raises(PlaceFailed, match="still gets the files of the run before"):
            bring(place, second, silent, claim=claim_of(place, second, word))
    assert not (tmp_path / BESIDE).exists()
    late = BEGIN + timedelta(minutes=46)
    bring(place, second, silent, claim=claim_of(place, second, "b", late))
    assert (tmp_path / BESIDE / "evalai/stdout.txt").exists()


def test_what_was_brought_to_its_end_gives_the_folder_at_once(first, second, tmp_path) -> None:
    place = FolderPlace(tmp_path)
    claim = claim_of(place, first, "a")
    bring(place, first, silent, claim=claim)
    claim.give_back(over=True)
    bring(place, second, silent, claim=claim_of(place, second, "b"))
    assert "bbbbbbbb-2" in files(tmp_path)["1/console/job.json"]


@pytest.mark.parametrize(
    "other",
    [
        run_of("x", "aaaaaaaa-1", FIRST, "https://eval.ai 1/2/4"),
        run_of("x", "aaaaaaaa-1", FIRST, ""),
        run_of("x", "aaaaaaaa-1", "some day"),
        run_of("x", "aaaaaaaa-1", "2026-11-22T10:00:00"),
        run_of("x", "aaaaaaaa-1", SECOND),
        run_of("x", "../../etc", FIRST),
        FolderOwner("x", "aaaaaaaa-1", {}),
    ],
)
def test_any_other_folder_stays_as_it_is(other, tree, second, tmp_path) -> None:
    place = FolderPlace(tmp_path)
    bring(place, tree_for(tree, other), silent)
    there = files(tmp_path)
    with pytest.raises(FolderTaken, match="holds another submission"):
        bring(place, second, silent)
    assert files(tmp_path) == there


class Killed(BaseException):
    """Nobody catches it."""


class KilledBefore(FolderPlace):
    """A folder whose console is killed before the step of that number."""

    def __init__(self, root: Path, left: int) -> None:
        super().__init__(root)
        self.left = left

    def put(self, key: str, blocks: Blocks, measure: Measure) -> None:
        self._step()
        super().put(key, blocks, measure)

    def remove(self, key: str) -> None:
        self._step()
        super().remove(key)

    def _step(self) -> None:
        if not self.left:
            raise Killed
        self.left -= 1


def test_killed_between_any_two_steps_nothing_of_the_earlier_run_is_lost(
    first, second, tmp_path
) -> None:
    bring(FolderPlace(tmp_path / "whole"), first, silent)
    bring(FolderPlace(tmp_path / "whole"), second, silent)
    steps, done = 0, False
    while not done:
        root = tmp_path / str(steps)
        bring(FolderPlace(root), first, silent)
        try:
            bring(KilledBefore(root, steps), second, silent)
            done = True
        except Killed:
            bring(FolderPlace(root), second, silent)
        assert files(root) == files(tmp_path / "whole"), steps
        steps += 1
    assert steps > 5


def test_what_is_too_large_to_be_kept_beside_keeps_the_folder(
    first, second, tmp_path, monkeypatch
) -> None:
    place = FolderPlace(tmp_path)
    bring(place, first, silent)
    there = files(tmp_path)
    monkeypatch.setattr(taking_over, "SIZE_LIMIT", 5)
    with pytest.raises(FolderTaken):
        bring(place, second, silent)
    assert files(tmp_path) == there


def test_a_launch_for_the_same_number_is_no_other_submission() -> None:
    owner = run_of("x", "aaaaaaaa-1", FIRST)
    assert taking_over.is_of(owner, EvalAiPlace("https://eval.ai", 1, 2, 3))
    assert not taking_over.is_of(owner, EvalAiPlace("https://eval.ai", 1, 2, 4))
    assert not taking_over.is_of(FolderOwner("x", "u", {}), None)
