"""What went to EvalAI and is to go there, on disk: whole, this user's alone, one writer."""

from __future__ import annotations

import errno
import logging
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from console.domain.facts import EvalAiPlace
from console.operations.ports.evalai import EvalAiUpdate, RemoteOutcome, RemoteStatus
from console.operations.ports.publications import (
    AskedAgain,
    Publication,
    PublicationsFailed,
    PublicationStage,
    SentUpdate,
)
from console.operations.ports.recorder import Recording
from console.publish.ledger import LedgerOnDisk, key_of

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PLACE = EvalAiPlace("https://eval.ai", 2098, 4137, 301234)
KNOWN = Publication(PLACE, Recording("lab", "races", "demo", "uid-1"), NOW, NOW)
FINAL = EvalAiUpdate(2098, 4137, 301234, RemoteOutcome.FINISHED, "stdout ü\n", "[]", '{"a": 1}')


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "publications"


def test_another_process_finds_all_that_was_put(folder) -> None:
    sent = SentUpdate(RemoteOutcome.FINISHED, "digest", NOW, RemoteStatus.RUNNING, "12:00")
    ending = replace(KNOWN, begun=sent, stage=PublicationStage.ENDING, final=sent.outcome, tries=3)
    ledger = LedgerOnDisk(folder)
    ledger.put(KNOWN)
    ledger.keep_final(PLACE, FINAL)
    ledger.put(ending)
    other = LedgerOnDisk(folder)
    assert other.read(PLACE) == ending
    assert other.all() == (ending,)
    assert other.final(PLACE) == FINAL


def test_nothing_is_there_before_anything_was_put(folder) -> None:
    ledger = LedgerOnDisk(folder)
    assert ledger.all() == ()
    assert ledger.read(PLACE) is None
    assert ledger.final(PLACE) is None
    assert not folder.exists()


@pytest.mark.parametrize("stage", list(PublicationStage))
def test_a_final_result_is_kept_until_evalai_shows_it(folder, stage) -> None:
    """One that was refused may be asked for again."""
    ledger = LedgerOnDisk(folder)
    ledger.keep_final(PLACE, FINAL)
    ledger.put(replace(KNOWN, stage=stage, final=FINAL.outcome))
    ledger.put(replace(KNOWN, stage=stage, final=FINAL.outcome))
    left = None if stage is PublicationStage.PUBLISHED else FINAL
    assert ledger.final(PLACE) == left


def test_a_later_submission_of_that_number_has_nothing_of_the_earlier_ones_final(folder) -> None:
    ledger = LedgerOnDisk(folder)
    ledger.keep_final(PLACE, FINAL)
    ledger.put(replace(KNOWN, stage=PublicationStage.REFUSED, final=FINAL.outcome))
    ledger.put(KNOWN)
    assert ledger.final(PLACE) is None


def test_nobody_else_may_read_it(folder) -> None:
    ledger = LedgerOnDisk(folder)
    ledger.put(KNOWN)
    ledger.keep_final(PLACE, FINAL)
    assert ledger.claim(PLACE)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {each.stat().st_mode & 0o777 for each in folder.iterdir()} == {0o600}


def test_a_submission_of_another_server_or_number_is_another_one(folder) -> None:
    places = (
        PLACE,
        replace(PLACE, submission=7),
        replace(PLACE, server="https://staging.eval.ai"),
    )
    assert len({key_of(each) for each in places}) == 3
    ledger = LedgerOnDisk(folder)
    for each in places:
        ledger.put(replace(KNOWN, place=each))
    assert {each.place for each in ledger.all()} == set(places)
    assert key_of(replace(PLACE, phase=1)) == key_of(PLACE), "EvalAI knows it by its number alone"


@pytest.mark.parametrize("left", [b"", b"{", b'{"place": 3}', b"\xff\xfe", b"[" * 100_000])
def test_a_damaged_entry_is_no_missing_one(folder, left, caplog) -> None:
    """Begun anew it would be sent again."""
    ledger = LedgerOnDisk(folder)
    other = replace(KNOWN, place=replace(PLACE, submission=7))
    ledger.put(KNOWN)
    ledger.put(other)
    (folder / f"{key_of(PLACE)}.json").write_bytes(left)
    with pytest.raises(PublicationsFailed) as failed:
        ledger.read(PLACE)
    assert "nothing is sent for it" in failed.value.what
    assert "remove the file" in failed.value.fix
    with caplog.at_level(logging.WARNING):
        assert ledger.all() == (other,)
        assert ledger.all() == (other,)
    assert len(caplog.records) == 1, "it is told once"


def test_a_disk_that_takes_nothing_is_an_error_of_ours(tmp_path) -> None:
    (tmp_path / "file").write_text("no folder")
    ledger = LedgerOnDisk(tmp_path / "file" / "publications")
    for work in (
        lambda: ledger.put(KNOWN),
        lambda: ledger.keep_final(PLACE, FINAL),
        lambda: ledger.claim(PLACE),
        lambda: ledger.all(),
    ):
        with pytest.raises(PublicationsFailed) as failed:
            work()
        assert failed.value.what.startswith("What is to be sent to EvalAI cannot be")
        assert failed.value.why


def test_a_file_that_was_half_written_by_a_kill_is_none(folder) -> None:
    ledger = LedgerOnDisk(folder)
    ledger.put(KNOWN)
    (folder / f".{key_of(PLACE)}.json.0123.tmp").write_bytes(b'{"pl')
    assert ledger.all() == (KNOWN,)


# --- one writer


def test_one_process_has_the_right_to_send_until_it_gives_it_back(folder) -> None:
    mine, others = LedgerOnDisk(folder), LedgerOnDisk(folder)
    assert mine.claim(PLACE)
    assert mine.claim(PLACE), "it has it already"
    assert not others.claim(PLACE)
    assert others.claim(replace(PLACE, submission=7))
    mine.release(PLACE)
    assert others.claim(PLACE)
    mine.release(PLACE)
    assert not mine.claim(PLACE), "what is not ours is not given back"


def test_who_may_not_send_leaves_word_for_who_may(folder) -> None:
    mine, others = LedgerOnDisk(folder), LedgerOnDisk(folder)
    assert mine.wishes() == ()
    others.ask(AskedAgain(PLACE))
    others.ask(AskedAgain(PLACE, as_failed=True))
    others.ask(AskedAgain(replace(PLACE, submission=7)))
    assert mine.all() == (), "a wish is no publication"
    wished = {wish.place.submission: (name, wish.as_failed) for name, wish in mine.wishes()}
    assert {number: failed for number, (_, failed) in wished.items()} == {301234: True, 7: False}
    mine.answered(wished[7][0])
    mine.answered(wished[7][0])
    assert [wish.place for _, wish in others.wishes()] == [PLACE]
    assert (folder / "asked").stat().st_mode & 0o077 == 0


def test_a_disk_without_locks_is_not_taken_for_another_process(folder, monkeypatch) -> None:
    def no_locks(lock: int, how: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr("fcntl.flock", no_locks)
    with pytest.raises(PublicationsFailed) as failed:
        LedgerOnDisk(folder).claim(PLACE)
    assert failed.value.what == "What is to be sent to EvalAI cannot be locked."
    assert failed.value.why == os.strerror(errno.ENOLCK)


def test_the_right_goes_with_the_process_that_has_it(folder) -> None:
    script = (
        "import sys, time, pathlib\n"
        "from console.domain.facts import EvalAiPlace\n"
        "from console.publish.ledger import LedgerOnDisk\n"
        "ledger = LedgerOnDisk(pathlib.Path(sys.argv[1]))\n"
        "print(ledger.claim(EvalAiPlace('https://eval.ai', 2098, 4137, 301234)), flush=True)\n"
        "time.sleep(600)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(folder)], stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "True\n"
        ledger = LedgerOnDisk(folder)
        assert not ledger.claim(PLACE)
        os.kill(other.pid, signal.SIGKILL)
        other.wait()
        assert ledger.claim(PLACE)
