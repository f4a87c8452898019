"""Two machines bring the same submission to one folder: one at a time, and who is off loses it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from fakes.demo_recording import DEMO, unpacked
from fakes.evalai_model import BEGIN, VirtualClock
from msgspec.structs import replace

from console.domain.board import BoardSnapshot
from console.operations.delivering.delivery_changes import asked_again
from console.operations.delivering.files_errand import FilesErrand
from console.operations.delivering.standing import Standing, standing_of
from console.operations.ports.deliveries import Delivery, DeliveryKind, DeliveryStage
from console.operations.ports.object_place import Blocks, Measure, PlaceFailed, PlaceWriter
from console.operations.ports.publications import PublicationsFailed
from console.operations.recording.recorded import recorded_board
from console.operations.services import Services
from console.operations.storing.held_claims import HeldClaim
from console.operations.storing.writer_claims import Bringing, WriterTaken
from console.operations.telling.seen_here import SeenHere
from console.publish.folder_place import FolderPlace
from console.publish.own_name import OwnName

CLAIM = "1/console/writer.json"
ALICE, BOB = PlaceWriter("a", "alice@laptop"), PlaceWriter("b", "bob@desk")


class Machine:
    """Its settings, and what its recorder has in its ledger."""

    period, storage, table = timedelta(seconds=60), "bucket", ""

    def __init__(self, services: Services, there: FolderPlace, writer: PlaceWriter) -> None:
        self.there, self.writer = there, writer
        self._errand = FilesErrand(services, self)
        self.known = Delivery(DeliveryKind.FILES, "bucket", DEMO, BEGIN)

    def place(self, target: str) -> FolderPlace:
        return self.there

    def open_table(self, target: str) -> None:
        return None

    def looks(self, here: Standing) -> Delivery:
        self.known = self._errand.advance(self.known, here)
        return self.known


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Services, BoardSnapshot]:
    services = unpacked(tmp_path_factory.mktemp("finished"))
    board = recorded_board(services, DEMO)
    assert board is not None
    return services, board


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def services(recorded, clock) -> Services:
    return replace(recorded[0], clock=clock)


@pytest.fixture
def ended(recorded) -> Standing:
    return standing_of(SeenHere(recorded[1], heard=True))


@pytest.fixture
def runs(ended: Standing) -> Standing:
    return replace(ended, ended=None)


@pytest.fixture
def place(tmp_path: Path) -> FolderPlace:
    return FolderPlace(tmp_path / "bucket")


@pytest.fixture
def alice(services, place) -> Machine:
    return Machine(services, place, ALICE)


@pytest.fixture
def bob(services, place) -> Machine:
    return Machine(services, place, BOB)


def claimed(place: FolderPlace) -> dict:
    return json.loads(place.read(CLAIM, 4096) or b"{}")


def test_while_one_brings_it_the_other_waits_and_says_for_whom(alice, bob, runs, place) -> None:
    alice.looks(runs)
    assert bob.looks(runs).stage is DeliveryStage.OPEN
    assert bob.known.words == (
        "alice@laptop brings it, and has the folder until 2026-11-22 12:45 UTC."
    )
    assert bob.known.failing_since is None
    assert bob.known.not_before == BEGIN + timedelta(minutes=5)
    assert claimed(place)["writer"]["who"] == "alice@laptop"


def test_a_machine_that_is_off_loses_it_by_time(alice, bob, runs, clock, place) -> None:
    alice.looks(runs)
    clock.pass_by(46 * 60)
    assert bob.looks(runs).words == "What is recorded so far is there."
    assert alice.looks(runs).others == "bob@desk"


def test_who_goes_on_renews_it_before_its_time_is_over(alice, bob, runs, clock, place) -> None:
    for _ in range(4):
        assert alice.looks(runs).others == ""
        assert bob.looks(runs).others == "alice@laptop"
        clock.pass_by(25 * 60)


def test_what_one_has_brought_to_its_end_the_other_brings_no_more(alice, bob, ended) -> None:
    alice.looks(ended)
    assert alice.looks(ended).words == "As finished."
    assert (bob.looks(ended).stage, bob.known.words) == (
        *(DeliveryStage.PUBLISHED, "By alice@laptop."),
    )


def test_by_hand_it_is_brought_once_more_whoever_had_brought_it(alice, bob, ended, place) -> None:
    alice.looks(ended)
    alice.looks(ended)
    place.remove("1/agent/agent_results.json")
    bob.known = asked_again(bob.known, BEGIN)
    bob.looks(ended)
    assert bob.looks(ended).words == "As finished."
    assert place.read("1/agent/agent_results.json", 10**6)


def test_an_end_that_one_cannot_tell_is_left_to_who_can(alice, bob, ended) -> None:
    unsure = replace(ended, ended=None, unknown="nobody has heard how it ended")
    alice.looks(unsure)
    assert alice.looks(unsure).words.startswith("Without a final result")
    bob.looks(ended)
    assert bob.looks(ended).words == "As finished."


@pytest.mark.parametrize(
    "there",
    [
        b"{",
        b"[]",
        b'{"writer": {"id": "x", "who": "x"}, "uid": "", "at": "2026-11-22T12:00:00Z"}',
        b'{"writer": {"id": "x", "who": "x"}, "uid": "", "at": "2026-11-22T12:00:00Z",'
        b' "until": "2036-11-22T12:00:00Z"}',
        b'{"writer": {"id": "x", "who": "x"}, "uid": "", "at": "2026-11-22T12:00:00",'
        b' "until": "2026-11-22T13:00:00"}',
    ],
)
def test_what_is_no_claim_keeps_nobody_away(alice, runs, place, tmp_path, there: bytes) -> None:
    (tmp_path / "bucket/1/console").mkdir(parents=True)
    (tmp_path / "bucket" / CLAIM).write_bytes(there)
    assert alice.looks(runs).others == ""
    assert claimed(place)["writer"]["who"] == "alice@laptop"


class Careless(FolderPlace):
    """A server that knows no conditions."""

    def put_new(self, key: str, blocks: Blocks, measure: Measure) -> bool:
        self.put(key, blocks, measure)
        return True


def test_a_server_that_keeps_no_two_apart_is_said_to(services, runs, tmp_path) -> None:
    machine = Machine(services, Careless(tmp_path / "bucket"), ALICE)
    assert "keeps no two writers apart" in machine.looks(runs).words
    assert machine.known.unguarded
    assert "keeps no two writers apart" in machine.looks(runs).words


class Overtaken(FolderPlace):
    """Somebody else is quicker by a moment."""

    def put_new(self, key: str, blocks: Blocks, measure: Measure) -> bool:
        if key == CLAIM:
            HeldClaim(FolderPlace(self._root), "1", bringing(BOB), "u").take()
        return super().put_new(key, blocks, measure)


def bringing(writer: PlaceWriter, now: datetime = BEGIN) -> Bringing:
    return Bringing(writer, lambda: now)


def test_of_two_that_claim_at_once_the_slower_one_gives_way(services, runs, tmp_path) -> None:
    machine = Machine(services, Overtaken(tmp_path / "bucket"), ALICE)
    assert machine.looks(runs).others == "bob@desk"
    assert not (tmp_path / "bucket/1/agent").exists()


def test_a_claim_that_ran_out_is_taken_by_one_of_two(place: FolderPlace) -> None:
    HeldClaim(place, "1", bringing(PlaceWriter("c", "carol@lab")), "u").take()
    later = BEGIN + timedelta(hours=1)

    class Late(FolderPlace):
        def put_over(self, key: str, blocks: Blocks, measure: Measure, before: bytes) -> bool:
            HeldClaim(place, "1", bringing(BOB, later), "u").take()
            return super().put_over(key, blocks, measure, before)

    with pytest.raises(WriterTaken, match="bob@desk brings files to"):
        HeldClaim(Late(place._root), "1", bringing(ALICE, later), "u").take()


def test_a_command_gives_it_back_however_it_ends(place: FolderPlace) -> None:
    claim = HeldClaim(place, "1", bringing(ALICE), "u")

    def breaks() -> None:
        with claim.briefly():
            claim.take()
            raise PlaceFailed("It is full.")

    with pytest.raises(PlaceFailed):
        breaks()
    HeldClaim(place, "1", bringing(BOB), "u").take()
    assert claimed(place)["writer"]["who"] == "bob@desk"


def test_a_word_of_ones_own_is_made_once(tmp_path: Path) -> None:
    first = OwnName(tmp_path / "state", "alice@laptop").writer
    assert OwnName(tmp_path / "state", "alice@laptop").writer == first
    assert OwnName(tmp_path / "other", "alice@laptop").writer.id != first.id
    (tmp_path / "state/writer").write_text("torn")
    assert OwnName(tmp_path / "state", "alice@laptop").writer.id not in ("torn", first.id)


def test_a_disk_that_takes_no_word_is_said(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("no folder")
    with pytest.raises(PublicationsFailed, match="nothing is brought to a place"):
        _ = OwnName(tmp_path / "state", "alice@laptop").writer
