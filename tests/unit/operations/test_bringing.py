"""A place is brought up to date: only what changed, in order, ended between any two steps."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from fakes import recordings
from fakes.demo_recording import DEMO, services_of, unpacked
from msgspec.structs import replace

from console.errors import Conflict
from console.operations.ports.cluster import ClusterDescription
from console.operations.ports.object_place import Blocks, Measure, StoredObject
from console.operations.services import Services, unasked
from console.operations.storing import folder_owner
from console.operations.storing.bringing import FileChange, Step, bring
from console.operations.storing.tree import Tree, tree_of
from console.publish.folder_place import FolderPlace
from console.recorder.recorder import Recorder


class Killed(BaseException):
    """Nobody catches it: as if the process were gone."""


class DyingPlace:
    """A place whose console is killed before the step of that number."""

    def __init__(self, inner: FolderPlace, steps: int) -> None:
        self.inner, self.left = inner, steps
        self.sent: list[str] = []

    where = "the place"

    def listed(self, folder: str) -> Mapping[str, StoredObject]:
        return self.inner.listed(folder)

    def same(self, stored: StoredObject, measure: Measure) -> bool:
        return self.inner.same(stored, measure)

    def read(self, key: str, limit: int) -> bytes | None:
        return self.inner.read(key, limit)

    def put(self, key: str, blocks: Blocks, measure: Measure) -> None:
        self._step(key)
        self.inner.put(key, blocks, measure)

    def put_new(self, key: str, blocks: Blocks, measure: Measure) -> bool:
        self._step(key)
        return self.inner.put_new(key, blocks, measure)

    def remove(self, key: str) -> None:
        self._step(key)
        self.inner.remove(key)

    @contextmanager
    def alone(self, folder: str) -> Iterator[None]:
        with self.inner.alone(folder):
            yield

    def _step(self, key: str) -> None:
        if not self.left:
            raise Killed
        self.left -= 1
        self.sent.append(key)


@pytest.fixture(scope="module")
def tree(tmp_path_factory) -> Tree:
    return tree_of(unpacked(tmp_path_factory.mktemp("finished")), DEMO)


def silent(step: Step) -> None:
    """Nobody is told."""


def files(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file()
    }


def test_a_second_time_nothing_is_sent(tree: Tree, tmp_path: Path) -> None:
    place = FolderPlace(tmp_path)
    assert {step.change for step in bring(place, tree, silent)} == {FileChange.NEW}
    assert {step.change for step in bring(place, tree, silent)} == {FileChange.SAME}


def test_only_what_changed_is_sent(tree: Tree, tmp_path: Path) -> None:
    place = FolderPlace(tmp_path)
    bring(place, tree, silent)
    (tmp_path / "1/evalai/results.json").write_bytes(b"[]")
    (tmp_path / "1/logcopy/logcopy.log").unlink()
    again = DyingPlace(place, 99)
    bring(again, tree, silent)
    assert again.sent == ["1/logcopy/logcopy.log", "1/evalai/results.json"]


def test_a_dry_run_tells_the_same_steps_and_leaves_no_trace(tree: Tree, tmp_path: Path) -> None:
    told: list[Step] = []
    dry = bring(FolderPlace(tmp_path / "there"), tree, told.append, dry=True)
    assert not (tmp_path / "there").exists()
    assert tuple(told) == dry == bring(FolderPlace(tmp_path / "there"), tree, silent)


def test_killed_between_any_two_steps_it_goes_on_and_nothing_is_torn(
    tree: Tree, tmp_path: Path
) -> None:
    some = [*tree.files.items()]
    tree = replace(tree, files=dict([*some[::6], some[-1]]))
    bring(FolderPlace(tmp_path / "whole"), tree, silent)
    whole = files(tmp_path / "whole")
    for steps in range(len(tree.files)):
        place = FolderPlace(tmp_path / str(steps))
        with pytest.raises(Killed):
            bring(DyingPlace(place, steps), tree, silent)
        there = files(tmp_path / str(steps))
        assert there.items() <= whole.items(), "each file is whole, or not there"
        assert "1/containers-status/logcopy.done" not in there
        again = DyingPlace(place, 99)
        bring(again, tree, silent)
        assert len(again.sent) == len(tree.files) - steps, "nothing is sent twice"
        assert files(tmp_path / str(steps)) == whole


def test_marks_of_an_earlier_end_go_before_anything_but_whose_the_folder_is(
    tree: Tree, tmp_path: Path
) -> None:
    status = tmp_path / "1" / "containers-status"
    status.mkdir(parents=True)
    (status / "simulation.cancel").touch()
    (status / "agent-9.crash3").touch()
    (status / "notes.txt").write_text("of a person")
    place = DyingPlace(FolderPlace(tmp_path), 99)
    steps = bring(place, tree, silent)
    assert place.sent[:3] == [
        "1/console/job.json",
        *("1/containers-status/agent-9.crash3", "1/containers-status/simulation.cancel"),
    ]
    assert [step.change for step in steps[:2]] == [FileChange.GONE] * 2
    assert (status / "notes.txt").exists()


def test_another_submission_keeps_its_folder(tree: Tree, tmp_path: Path) -> None:
    bring(FolderPlace(tmp_path / "there"), tree, silent)
    before = files(tmp_path / "there")
    recording = recordings.recorded(tmp_path / "recorded", "other")
    other = tree_of(services_of(tmp_path / "recorded"), recording)
    with pytest.raises(Conflict, match="holds another submission: demo") as refused:
        bring(FolderPlace(tmp_path / "there"), other, silent)
    assert "--folder" in refused.value.fix
    assert files(tmp_path / "there") == before


def test_what_goes_on_from_a_submission_takes_its_folder_over(tmp_path: Path) -> None:
    """However many steps later; the earlier ones do not take it back."""
    recorded, place = tmp_path / "recorded", FolderPlace(tmp_path / "there")
    services = Services(unasked(ClusterDescription("", "", "")), Recorder(recorded), datetime.now)
    chain = [
        recordings.recorded(recorded, name, resumes=before)
        for before, name in itertools.pairwise(("", "demo", "demo-2", "demo-3"))
    ]
    first, _, last = (tree_of(services, each) for each in chain)
    bring(place, first, silent)
    bring(place, last, silent)
    found = place.read("1/console/job.json", 1 << 20)
    assert found is not None
    whose = folder_owner.from_content(found)
    assert whose is not None
    assert (whose.name, whose.earlier) == ("demo-3", ("demo-2", "demo"))
    with pytest.raises(Conflict, match="holds another submission: demo-3"):
        bring(place, first, silent)


def gone_on(root: Path, drives: int) -> Tree:
    """What goes on from `demo`, when so many of its drives are known."""
    services = Services(unasked(ClusterDescription("", "", "")), Recorder(root), datetime.now)
    recordings.recorded(root, "demo")
    return tree_of(services, recordings.recorded(root, "on", resumes="demo", drives=drives))


def test_what_goes_on_takes_no_finished_drive_from_its_folder(tmp_path: Path) -> None:
    """It may end before it has told which it has, and the place may be the last that has them."""
    place = FolderPlace(tmp_path / "there")
    bring(place, gone_on(tmp_path / "first", 2), silent)
    before = files(tmp_path / "there")
    bring(place, gone_on(tmp_path / "begins", 0), silent)
    assert files(tmp_path / "there").keys() == before.keys()
    for name in ("agent/agent_results.json", "agent/agent1/agent_results.json"):
        assert files(tmp_path / "there")[f"1/{name}"] == before[f"1/{name}"]
    assert files(tmp_path / "there")["1/evalai/stdout.txt"] == before["1/evalai/stdout.txt"]
    bring(place, gone_on(tmp_path / "later", 3), silent)
    merged = json.loads(files(tmp_path / "there")["1/agent/agent_results.json"])
    assert len(merged["_checkpoint"]["records"]) == 3


@pytest.mark.parametrize("there", [b"", b"\xff", b"[]", b"{}", b'{"_checkpoint": {"records": 9}}'])
def test_a_damaged_result_at_the_place_is_replaced(there: bytes, tmp_path: Path) -> None:
    place, tree = FolderPlace(tmp_path / "there"), gone_on(tmp_path / "begins", 0)
    bring(place, tree, silent)
    whole = files(tmp_path / "there")
    (tmp_path / "there/1/agent/agent_results.json").write_bytes(there)
    bring(place, tree, silent)
    assert files(tmp_path / "there") == whole


def test_submissions_that_go_on_from_each_other_are_read_once(tmp_path: Path) -> None:
    """As no launch makes them, but whoever may edit Jobs."""
    services = Services(unasked(ClusterDescription("", "", "")), Recorder(tmp_path), datetime.now)
    one = recordings.recorded(tmp_path, "one", resumes="two")
    recordings.recorded(tmp_path, "two", resumes="one")
    assert tree_of(services, one).whose.earlier == ("two",)
