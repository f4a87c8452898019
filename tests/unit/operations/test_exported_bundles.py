"""What is in an incident bundle, what is not, and that it says so."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
from fakes import incidents
from fakes.demo_recording import DEMO

from console.domain.board import SubmissionStatus
from console.errors import Conflict, NotFound
from console.operations.bundling.export import Exported, WantedBundle, export
from console.operations.bundling.trust import verified
from console.operations.outcome.view import results
from console.operations.ports.recorder import Recording
from console.operations.recording.archive import Archive
from console.operations.recording.recorded import recorded_board
from console.operations.services import Services
from console.presentation.bundle_report import report
from console.recorder import settling
from console.recorder.history_index import History
from console.recorder.recorder import Recorder
from console.version import VERSION

NOW = datetime(2026, 11, 29, tzinfo=UTC)


class OfAlice(Recorder):
    """Her recordings, whoever runs the test."""

    def owner(self) -> str:
        return "alice@stork"


def services(root: Path, now: datetime = NOW) -> Services:
    return Services(cast(Any, None), OfAlice(root), lambda: now)


@pytest.fixture
def lab(tmp_path: Path) -> Services:
    made = services(tmp_path / "lab")
    incidents.record(made.recorder)
    return made


def exported(lab: Services, file: Path, *, team: bool = False) -> Exported:
    wanted = WantedBundle(incidents.RECORDING, team, str(file))
    return export(lab, wanted, report)


def files(bundle: Path) -> dict[str, str]:
    with tarfile.open(bundle) as archive:
        return {
            each.name: cast(io.BufferedReader, archive.extractfile(each)).read().decode("utf-8", "replace")
            for each in archive
        }  # fmt: skip


def test_a_bundle_holds_all_that_is_recorded_and_a_report(lab: Services, tmp_path: Path) -> None:
    exported(lab, tmp_path / "b.tar.gz")
    found = files(tmp_path / "b.tar.gz")
    assert found.keys() == {
        *("bundle.json", "report.md", "attempts.json", "left-out.json"),
        *("recording/recording.json", "recording/journal.jsonl", "recording/manifest.json"),
        *("recording/agent-1/0.0a1b2c3d.log", "recording/logcopy/0.0a1b2c3d.log"),
    }
    header = json.loads(found["bundle.json"])
    assert (header["console"], header["kubernetes"], header["machine"], header["ended"]) == (
        *(VERSION, incidents.KUBERNETES, "alice@stork"), True,
    )  # fmt: skip
    assert "my own route 7 went wrong" in found["recording/agent-1/0.0a1b2c3d.log"]
    assert "#2026-11-22T10:01:00.000000Z missing since" in found["recording/logcopy/0.0a1b2c3d.log"]


def test_the_report_says_how_it_ended_and_that_nothing_is_final(
    lab: Services, tmp_path: Path
) -> None:
    exported(lab, tmp_path / "b.tar.gz")
    told = files(tmp_path / "b.tar.gz")["report.md"]
    assert "**Failed**" in told
    assert "**NOT FINAL**" in told
    assert "registry.shared.example/team-7/agent:3" in told
    assert "BackoffLimitExceeded" in told
    assert "10:07:00 UTC  launched by alice@stork" in told
    assert f"Kubernetes {incidents.KUBERNETES}" in told
    assert "| agent-1 | 1 | 7 | 1 |" in told
    assert "log of agent-1 | credential | 4" in told


def test_what_a_container_prints_controls_neither_the_report_nor_its_reader(
    lab: Services, tmp_path: Path
) -> None:
    writer = lab.recorder.claim(incidents.RECORDING)
    assert writer is not None
    writer.note(incidents.told_by("Pod/team-7-bcdfg", "\x1b[2J<script>|[x](http://evil)"))
    writer.release()
    exported(lab, tmp_path / "b.tar.gz")
    told = files(tmp_path / "b.tar.gz")["report.md"]
    assert "\x1b" not in told
    assert r"\<script\>\|\[x\](http://evil)" in told


@pytest.mark.parametrize("team", [False, True])
def test_no_credential_that_a_container_printed_leaves_and_the_bundle_says_how_many(
    lab: Services, tmp_path: Path, team: bool
) -> None:
    told = exported(lab, tmp_path / "b.tar.gz", team=team)
    unpacked = gzip.decompress((tmp_path / "b.tar.gz").read_bytes())
    assert [secret for secret in incidents.SECRETS if secret.encode() in unpacked] == []
    counts = {(each.where, each.what): each.count for each in told.left_out}
    assert counts["log of agent-1", "credential"] == 4
    assert json.loads(files(tmp_path / "b.tar.gz")["left-out.json"]) == [
        {"where": each.where, "what": each.what, "count": each.count} for each in told.left_out
    ]


def test_a_teams_bundle_names_nothing_of_the_platform(lab: Services, tmp_path: Path) -> None:
    exported(lab, tmp_path / "b.tar.gz", team=True)
    unpacked = gzip.decompress((tmp_path / "b.tar.gz").read_bytes())
    assert [name for name in incidents.PLATFORM if name.encode() in unpacked] == []
    assert b"root" not in unpacked[:512]


def test_a_teams_bundle_has_no_event_of_a_node_and_the_other_one_has(
    lab: Services, tmp_path: Path
) -> None:
    writer = lab.recorder.claim(incidents.RECORDING)
    assert writer is not None
    writer.note(incidents.told_by("Node/pool-a-17", "victim process: of-another-team"))
    writer.release()
    for team in (True, False):
        exported(lab, tmp_path / f"{team}.tar.gz", team=team)
        unpacked = gzip.decompress((tmp_path / f"{team}.tar.gz").read_bytes())
        found = [each in unpacked for each in (b"pool-a-17", b"of-another-team")]
        assert found == [not team] * 2


def test_the_other_bundle_has_these_names(lab: Services, tmp_path: Path) -> None:
    """Or the test above could not fail."""
    exported(lab, tmp_path / "b.tar.gz")
    unpacked = gzip.decompress((tmp_path / "b.tar.gz").read_bytes())
    assert [name for name in incidents.PLATFORM if name.encode() not in unpacked] == []


def test_a_teams_bundle_keeps_what_is_the_teams(lab: Services, tmp_path: Path) -> None:
    exported(lab, tmp_path / "b.tar.gz", team=True)
    found = files(tmp_path / "b.tar.gz")
    log = found["recording/agent-1/0.0a1b2c3d.log"]
    assert "my own route 7 went wrong" in log
    assert "127.0.0.1:2000" in log
    assert incidents.TEAM_IMAGE in found["recording/manifest.json"]
    assert "team-7-bcdfg" in found["recording/journal.jsonl"]
    assert "0/3 nodes are available" in found["recording/journal.jsonl"]
    assert "| states and events | event of another object | 2 |" in found["report.md"]


def test_a_name_that_lies_across_two_parts_of_a_text_is_hidden_and_the_text_stays_whole(
    lab: Services, tmp_path: Path
) -> None:
    exported(lab, tmp_path / "b.tar.gz", team=True)
    away = services(tmp_path / "away")
    header = away.recorder.unpack(str(tmp_path / "b.tar.gz"), verified)
    board = recorded_board(away, header.recording)
    assert board is not None
    assert board.merged is not None
    assert board.merged.text.endswith('x (name)"}')


@pytest.mark.parametrize("team", [False, True])
def test_the_same_recording_gives_the_same_bytes_whenever_and_wherever(
    lab: Services, tmp_path: Path, team: bool
) -> None:
    other = services(tmp_path / "other", datetime(2031, 1, 1, tzinfo=UTC))
    incidents.record(other.recorder)
    exported(lab, tmp_path / "a.tar.gz", team=team)
    exported(other, tmp_path / "b.tar.gz", team=team)
    assert (tmp_path / "a.tar.gz").read_bytes() == (tmp_path / "b.tar.gz").read_bytes()


def test_a_settled_recording_gives_the_same_bytes_before_and_after_it_is_compressed(
    lab: Services, tmp_path: Path
) -> None:
    exported(lab, tmp_path / "a.tar.gz")
    (log,) = (tmp_path / "lab").rglob("agent-1/*.log")
    settling.compress(log, lambda: False)
    assert not log.exists()
    exported(services(tmp_path / "lab"), tmp_path / "b.tar.gz")
    assert (tmp_path / "a.tar.gz").read_bytes() == (tmp_path / "b.tar.gz").read_bytes()


def test_an_imported_recording_opens_as_one_that_was_imported(
    lab: Services, tmp_path: Path
) -> None:
    exported(lab, tmp_path / "b.tar.gz")
    away = services(tmp_path / "away")
    header = away.recorder.unpack(str(tmp_path / "b.tar.gz"), verified)
    told = [
        Archive(each, History(tmp_path / name)).opened(header.recording).imported
        for name, each in (("lab", lab), ("away", away))
    ]
    assert told == [False, True]


def test_one_that_still_runs_is_exported_as_of_its_newest_word_and_says_so(tmp_path: Path) -> None:
    lab = services(tmp_path / "lab")
    writer = lab.recorder.claim(incidents.RECORDING)
    assert writer is not None
    writer.note(incidents.events()[0])
    spool = writer.open_spool("agent-1", 0)
    spool.write(b"2026-11-22T10:00:05.000000000Z one\n")
    told = exported(lab, tmp_path / "b.tar.gz")
    assert not told.ended
    found = files(tmp_path / "b.tar.gz")
    assert "it had not ended then" in found["report.md"]
    assert "newest word in this bundle is of 2026-11-22 10:00:05 UTC" in found["report.md"]
    spool.write(b"2026-11-22T10:00:06.000000000Z two\n")
    assert lab.recorder.log(incidents.RECORDING, "agent-1").line_count() == 2


def test_an_export_writes_over_no_file_and_leaves_nothing_where_it_fails(
    lab: Services, tmp_path: Path
) -> None:
    (tmp_path / "b.tar.gz").write_text("mine")
    with pytest.raises(Conflict):
        exported(lab, tmp_path / "b.tar.gz")
    assert (tmp_path / "b.tar.gz").read_text() == "mine"
    nothing = Recording("zebra-cluster", "okapi-space", "nobody", "u")
    with pytest.raises(NotFound):
        export(lab, WantedBundle(nothing, False, str(tmp_path / "n")), report)
    assert [each.name for each in tmp_path.glob("*") if each.is_file()] == ["b.tar.gz"]
    assert list((tmp_path / "lab" / ".staging").iterdir()) == []
    assert lab.recorder.recordings() == (incidents.RECORDING,)


def test_an_imported_bundle_is_the_recording_that_was_exported(
    lab: Services, tmp_path: Path
) -> None:
    exported(lab, tmp_path / "b.tar.gz")
    away = services(tmp_path / "away")
    header = away.recorder.unpack(str(tmp_path / "b.tar.gz"), verified)
    assert (header.recording, header.machine) == (incidents.RECORDING, "alice@stork")
    here, there = recorded_board(lab, incidents.RECORDING), recorded_board(away, header.recording)
    assert here is not None
    assert there is not None
    assert there.status is SubmissionStatus.FAILED
    assert (there.reason, there.pairs, there.events) == (here.reason, here.pairs, here.events)
    assert away.recorder.imported(header.recording) == header
    assert lab.recorder.imported(incidents.RECORDING) is None


def test_a_bundle_of_a_bundle_is_the_same_recording(lab: Services, tmp_path: Path) -> None:
    exported(lab, tmp_path / "a.tar.gz")
    away = services(tmp_path / "away")
    away.recorder.unpack(str(tmp_path / "a.tar.gz"), verified)
    exported(away, tmp_path / "b.tar.gz")
    first, second = files(tmp_path / "a.tar.gz"), files(tmp_path / "b.tar.gz")
    kept = [name for name in first if name.endswith((".log", "manifest.json"))]
    assert {name: second[name] for name in kept} == {name: first[name] for name in kept}


@pytest.mark.parametrize("team", [False, True])
def test_a_result_that_was_final_is_final_on_the_other_machine_too(
    demo_services: Services, tmp_path: Path, team: bool
) -> None:
    """For it is checked there once more, against what was launched."""
    file = str(tmp_path / "b.tar.gz")
    export(demo_services, WantedBundle(DEMO, team, file), report)
    told = files(tmp_path / "b.tar.gz")["report.md"]
    assert "**FINAL**" in told
    assert "Attempts of pair 2 that did not end well:" in told
    away = services(tmp_path / "away")
    board = recorded_board(away, away.recorder.unpack(file, verified).recording)
    assert board is not None
    here = recorded_board(demo_services, DEMO)
    assert here is not None
    assert results(board).final
    assert results(board).mean == results(here).mean


def test_a_bundle_that_calls_a_result_final_is_not_believed(tmp_path: Path) -> None:
    lab = services(tmp_path / "lab")
    incidents.record(lab.recorder, incidents.merged())
    exported(lab, tmp_path / "b.tar.gz")
    away = services(tmp_path / "away")
    header = away.recorder.unpack(str(tmp_path / "b.tar.gz"), verified)
    found = [e.result for e in away.recorder.history(header.recording) if hasattr(e, "result")]
    assert [(each.final, each.eligible, each.entry_status) for each in found] == [
        (False, None, None)
    ]
    assert found[0].why_not
