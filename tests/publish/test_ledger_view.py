"""The ledger for who only looks: always as it is on disk, and of its files only what changed."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest
from fakes.publications import NOW, PLACE, publication, published
from msgspec.structs import replace

from console.operations.ports.deliveries import Delivery, DeliveryKind
from console.operations.ports.publications import Publication, PublicationsFailed
from console.publish import ledger_view
from console.publish.deliveries import DeliveriesOnDisk
from console.publish.kept_files import load
from console.publish.kept_ledger import SUFFIX
from console.publish.ledger import LedgerOnDisk, key_of
from console.publish.ledger_view import LedgerView, PublishedView

THIRD = publication(place=replace(PLACE, submission=3))
FOURTH = publication(place=replace(PLACE, submission=4))


@pytest.fixture
def ledger(tmp_path: Path) -> LedgerOnDisk:
    return LedgerOnDisk(tmp_path / "ledger")


@pytest.fixture
def view(tmp_path: Path) -> LedgerView[Publication]:
    return LedgerView(tmp_path / "ledger", Publication, "EvalAI")


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that were read."""
    names: list[str] = []

    def counted(path: Path, shape: type[Publication], whom: str) -> Publication | None:
        names.append(path.name)
        return load(path, shape, whom)

    monkeypatch.setattr(ledger_view, "load", counted)
    return names


def settled(view: LedgerView) -> None:
    """Two looks in which nothing is new: what comes now has a later time."""
    view.look()
    view.look()


def test_what_no_ledger_holds_is_nothing(view) -> None:
    assert view.look() == {}
    assert view.look() is view.look()


def test_only_what_has_changed_is_read_again(ledger, view, read) -> None:
    ledger.put(THIRD)
    ledger.put(FOURTH)
    settled(view)
    before = view.look()
    assert sorted(read) == sorted(key_of(each.place) + SUFFIX for each in (THIRD, FOURTH))
    read.clear()
    ledger.put(replace(THIRD, words="new"))
    after = view.look()
    assert read == [key_of(THIRD.place) + SUFFIX]
    assert {each.words for each in after.values()} == {"new", ""}
    kept = key_of(FOURTH.place) + SUFFIX
    assert after[kept] is before[kept]


def test_a_quiet_ledger_costs_one_question_to_the_disk(ledger, view, monkeypatch) -> None:
    ledger.put(THIRD)
    settled(view)
    known = view.look()
    monkeypatch.setattr(os, "scandir", None)
    assert view.look() is known


def test_a_change_at_the_very_time_of_a_look_is_seen_at_the_next(ledger, view, tmp_path) -> None:
    """A disk's clock may not tell two changes apart that are a few milliseconds apart."""
    folder = tmp_path / "ledger"
    ledger.put(THIRD)
    told = os.stat(folder)
    assert len(view.look()) == 1
    ledger.put(FOURTH)
    os.utime(folder, ns=(told.st_atime_ns, told.st_mtime_ns))
    assert len(view.look()) == 2


def test_locks_and_final_updates_are_no_publications(ledger, view) -> None:
    ledger.put(published())
    assert ledger.claim(PLACE)
    ledger.release(PLACE)
    assert list(view.look().values()) == [published()]


def test_what_is_removed_is_gone_and_so_is_a_whole_ledger(ledger, view, tmp_path) -> None:
    ledger.put(THIRD)
    ledger.put(FOURTH)
    settled(view)
    (tmp_path / "ledger" / (key_of(THIRD.place) + SUFFIX)).unlink()
    assert list(view.look().values()) == [FOURTH]
    (tmp_path / "ledger" / (key_of(FOURTH.place) + SUFFIX)).unlink()
    (tmp_path / "ledger").rmdir()
    assert view.look() == {}
    ledger.put(THIRD)
    assert list(view.look().values()) == [THIRD]


def test_a_damaged_one_hides_no_other_and_is_said_once(ledger, view, tmp_path, caplog) -> None:
    ledger.put(THIRD)
    ledger.put(FOURTH)
    (tmp_path / "ledger" / (key_of(THIRD.place) + SUFFIX)).write_text('{"place":')
    with caplog.at_level(logging.WARNING):
        settled(view)
        assert list(view.look().values()) == [FOURTH]
    assert len(caplog.messages) == 1
    assert "cannot be understood" in caplog.messages[0]


def test_a_folder_that_cannot_be_read_is_an_error_of_ours(tmp_path) -> None:
    (tmp_path / "ledger").write_text("a file")
    with pytest.raises(PublicationsFailed, match="cannot be read"):
        LedgerView(tmp_path / "ledger" / "in it", Publication, "EvalAI").look()


def test_what_goes_to_places_is_looked_at_too_and_nothing_new_is_the_same_value(tmp_path) -> None:
    ledger, places = LedgerOnDisk(tmp_path / "ledger"), DeliveriesOnDisk(tmp_path / "places")
    both = PublishedView(tmp_path / "ledger", tmp_path / "places")
    files = Delivery(DeliveryKind.FILES, "s3://bucket", THIRD.recording, NOW)
    ledger.put(THIRD)
    places.put(files)
    assert sorted(map(type, both.look().values()), key=str) == [Delivery, Publication]
    both.look()
    known = both.look()
    assert both.look() is known
    places.put(replace(files, words="Busy."))
    assert [each.words for each in both.look().values()] == ["", "Busy."]
