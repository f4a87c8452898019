"""A bundle comes from a stranger: whatever is wrong with it, nothing of it is taken."""

from __future__ import annotations

import gzip
import io
import json
import random
import stat
import tarfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
from fakes import incidents

from console.errors import Conflict, ConsoleError, InvalidInput
from console.operations.bundling.export import WantedBundle, export
from console.operations.bundling.trust import verified
from console.operations.ports.recorder import Recording
from console.operations.services import Services
from console.presentation.bundle_report import report
from console.recorder import staging
from console.recorder.identity import IDENTITY, identified
from console.recorder.importing import import_bundle
from console.recorder.recorder import Recorder
from console.recorder.recording_files import folder_of
from console.recorder.unpacking import Bounds

Members = list[tuple[tarfile.TarInfo, bytes]]


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Of the same recording it is the same bytes: made once."""
    folder = tmp_path_factory.mktemp("lab")
    services = Services(
        cast(Any, None), Recorder(folder / "lab"), lambda: datetime(2026, 11, 29, tzinfo=UTC)
    )
    incidents.record(services.recorder)
    file = folder / "b.tar.gz"
    export(services, WantedBundle(incidents.RECORDING, False, str(file)), report)
    return file.read_bytes()


@pytest.fixture
def bundle(tmp_path: Path, exported: bytes) -> Path:
    file = tmp_path / "b.tar.gz"
    file.write_bytes(exported)
    return file


@pytest.fixture
def away(tmp_path: Path) -> Recorder:
    """The recordings of another machine."""
    return Recorder(tmp_path / "away")


def members(bundle: Path) -> Members:
    with tarfile.open(bundle) as archive:
        return [
            (each, cast(io.BufferedReader, archive.extractfile(each)).read()) for each in archive
        ]


def written(file: Path, found: Members, form: int = tarfile.GNU_FORMAT) -> str:
    with tarfile.open(file, "w:gz", format=form) as archive:
        for info, content in found:
            archive.addfile(info, io.BytesIO(content))
    return str(file)


def plain(name: str, content: bytes = b"x\n", **more: Any) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    for key, value in more.items():
        setattr(info, key, value)
    return info, content


def nothing_is_left(tmp_path: Path) -> bool:
    """No file, and no folder of a recording; what is outside of the recordings' root neither."""
    files = [each for each in (tmp_path / "away").rglob("*") if each.is_file()]
    beside = {each.name for each in tmp_path.iterdir()} - {"lab", "away", "home"}
    return files == [] and all(each.endswith(".tar.gz") for each in beside)


def test_what_an_export_wrote_is_taken_as_this_users_only(
    bundle: Path, away: Recorder, tmp_path: Path
) -> None:
    header = away.unpack(str(bundle), verified)
    assert away.recordings() == (header.recording,) == (incidents.RECORDING,)
    modes = {
        (each.is_dir(), stat.S_IMODE(each.stat().st_mode))
        for each in (tmp_path / "away").rglob("*")
    }
    assert modes == {(True, 0o700), (False, 0o600)}
    assert away.containers(header.recording) == ("agent-1", "logcopy")


@pytest.mark.parametrize(
    "member",
    [
        plain("../../evil"),
        plain("/tmp/evil"),
        plain("recording/../../evil"),
        plain("recording/agent-1/../../../evil.log"),
        plain("recording/.hidden"),
        plain("recording/agent-1/0.log/x"),
        plain("recording/agent-1/0.sh"),
        plain("recording/writer.lock"),
        plain("recording/imported.json"),
        plain("recording/agent-1/" + "9" * 40 + ".log"),
        plain("recording/Agent 1/0.log"),
        plain("recording/agent-9/0.log", b"", type=tarfile.SYMTYPE, linkname="/etc/passwd"),
        plain("recording/agent-9/0.log", b"", type=tarfile.LNKTYPE, linkname="bundle.json"),
        plain("recording/agent-9", b"", type=tarfile.DIRTYPE),
        plain("recording/agent-9/0.log", b"", type=tarfile.CHRTYPE, devmajor=1, devminor=3),
        plain("recording/agent-9/0.log", b"", type=tarfile.FIFOTYPE),
        plain("recording/agent-1/0.0a1b2c3d.log"),
        plain("recording/AGENT-1/0.0a1b2c3d.log"),
        plain("RECORDING/agent-1/0.0a1b2c3d.log"),
        plain("partials/pair-1.json/../../x"),
        plain("x" * 300),
    ],
    ids=lambda member: member[0].name[:40],
)
@pytest.mark.parametrize("form", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_a_member_that_no_export_writes_refuses_all_of_it(
    bundle: Path, away: Recorder, tmp_path: Path, member: Any, form: int
) -> None:
    file = written(tmp_path / "bad.tar.gz", [*members(bundle), member], form)
    with pytest.raises(InvalidInput) as refused:
        away.unpack(file, verified)
    assert refused.value.why
    assert nothing_is_left(tmp_path)


def test_a_name_with_control_characters_reaches_no_terminal(
    bundle: Path, away: Recorder, tmp_path: Path
) -> None:
    file = written(tmp_path / "bad.tar.gz", [*members(bundle), plain("\x1b[2Jx")])
    with pytest.raises(InvalidInput) as refused:
        away.unpack(file, verified)
    assert "\x1b" not in str(refused.value)


def _cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def _without_end(content: bytes) -> bytes:
    return gzip.compress(gzip.decompress(content)[:-1024])


def _something_behind(content: bytes) -> bytes:
    return gzip.compress(gzip.decompress(content) + b"more")


def _wrong_checksum(content: bytes) -> bytes:
    return content[:-8] + b"\0\0\0\0" + content[-4:]


@pytest.mark.parametrize(
    "spoil",
    [
        _cut,
        _without_end,
        _something_behind,
        _wrong_checksum,
        lambda content: content + b"x",
        lambda _: b"",
        lambda _: b"PK\x03\x04 a foreign file",
        lambda _: gzip.compress(b"no tar" * 1000),
        lambda _: gzip.compress(bytes(1024)),
        gzip.decompress,
    ],
)
def test_a_torn_or_foreign_file_is_refused(
    bundle: Path, away: Recorder, tmp_path: Path, spoil: Callable[[bytes], bytes]
) -> None:
    bundle.write_bytes(spoil(bundle.read_bytes()))
    with pytest.raises(InvalidInput):
        away.unpack(str(bundle), verified)
    assert nothing_is_left(tmp_path)


@pytest.mark.parametrize(
    "seed", [*range(5), *(pytest.param(each, marks=pytest.mark.thorough) for each in range(5, 40))]
)
def test_a_bundle_with_some_wrong_bytes_is_taken_whole_or_not_at_all(
    bundle: Path, away: Recorder, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    spoilt = bytearray(gzip.decompress(bundle.read_bytes()))
    for _ in range(chance.randint(1, 4)):
        spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
    bundle.write_bytes(gzip.compress(bytes(spoilt)))
    try:
        away.unpack(str(bundle), verified)
    except ConsoleError:
        assert nothing_is_left(tmp_path)
    else:
        (recording,) = away.recordings()
        list(away.history(recording))
        view = away.log(recording, "agent-1")
        view.lines(0, view.line_count())


def _with_header(found: Members, change: Callable[[dict[str, Any]], None]) -> Members:
    told = json.loads(found[0][1])
    change(told)
    return [plain("bundle.json", json.dumps(told).encode()), *found[1:]]


@pytest.mark.parametrize("key", ["format", "journal"])
def test_a_bundle_of_a_newer_console_is_refused_as_such(
    bundle: Path, away: Recorder, tmp_path: Path, key: str
) -> None:
    def newer(told: dict[str, Any]) -> None:
        told |= {key: 99, "console": "9.9.9"}

    file = written(tmp_path / "new.tar.gz", _with_header(members(bundle), newer))
    with pytest.raises(InvalidInput, match=r"newer console \(9\.9\.9\)") as refused:
        away.unpack(file, verified)
    assert "Update" in refused.value.fix


@pytest.mark.parametrize(
    "names",
    [
        {"name": "../../evil"},
        {"namespace": "a/b"},
        {"uid": "../x"},
        {"cluster": "\x1b[2J"},
        {"cluster": ""},
        {"name": "another"},
        {"uid": None},
    ],
)
def test_names_that_are_none_or_another_recordings_are_refused(
    bundle: Path, away: Recorder, tmp_path: Path, names: dict[str, Any]
) -> None:
    def rename(told: dict[str, Any]) -> None:
        told["submission"] |= names

    file = written(tmp_path / "bad.tar.gz", _with_header(members(bundle), rename))
    with pytest.raises(InvalidInput):
        away.unpack(file, verified)
    assert nothing_is_left(tmp_path)


@pytest.mark.parametrize(
    ("bounds", "why"),
    [
        (Bounds(total=20_000), "unpacks to more than 20000 bytes"),
        (Bounds(files=3), "more than 3 files"),
    ],
)
def test_a_bundle_beyond_the_bounds_is_refused_while_it_is_read(
    bundle: Path, tmp_path: Path, bounds: Bounds, why: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        bounded(bundle, tmp_path / "away", bounds)
    assert why in refused.value.why
    assert nothing_is_left(tmp_path)


def bounded(bundle: Path, root: Path, bounds: Bounds) -> None:
    import_bundle(
        root,
        str(bundle),
        verified,
        identified=lambda folder: identified(folder / IDENTITY),
        recordings=(),
        bounds=bounds,
    )


def test_a_bomb_is_refused_by_what_it_says_of_its_size_before_the_disk_is_full(
    bundle: Path, tmp_path: Path
) -> None:
    with pytest.raises(ConsoleError, match="no room for the bundle"):
        bounded(bundle, tmp_path / "away", Bounds(spare=1 << 62))
    assert nothing_is_left(tmp_path)


def test_a_line_that_no_recorder_writes_is_refused(
    bundle: Path, away: Recorder, tmp_path: Path
) -> None:
    long = plain("recording/agent-2/0.log", b"x" * (33 << 20))
    file = written(tmp_path / "bad.tar.gz", [*members(bundle), long])
    with pytest.raises(InvalidInput, match="trusted") as refused:
        away.unpack(file, verified)
    assert "longer than any" in refused.value.why


@pytest.mark.parametrize("name", ["partials/pair-9.json", "recording/merged.json"])
def test_a_document_longer_than_any_is_refused_before_it_is_unpacked(
    bundle: Path, away: Recorder, tmp_path: Path, name: str
) -> None:
    info = tarfile.TarInfo(name)
    info.size = 1 << 36
    unpacked = gzip.decompress(bundle.read_bytes())[:-1024]
    bundle.write_bytes(gzip.compress(unpacked + info.tobuf(tarfile.GNU_FORMAT)))
    with pytest.raises(InvalidInput) as refused:
        away.unpack(str(bundle), verified)
    assert f"Its {name.removeprefix('recording/')} has 68719476736 bytes" in refused.value.why
    assert nothing_is_left(tmp_path)


def test_a_submission_that_is_recorded_here_is_never_written_over(
    bundle: Path, away: Recorder, tmp_path: Path
) -> None:
    own = Recording("elsewhere", "races", "demo", incidents.RECORDING.uid)
    writer = away.claim(own)
    assert writer is not None
    with pytest.raises(Conflict, match="recorded here already") as known:
        away.unpack(str(bundle), verified)
    assert "--uid 5f0c1d2e" in known.value.fix
    assert away.recordings() == (own,)
    writer.release()


def test_a_folder_in_its_place_is_never_written_over(
    bundle: Path, away: Recorder, tmp_path: Path
) -> None:
    place = folder_of(tmp_path / "away", incidents.RECORDING)
    place.mkdir(parents=True)
    (place / "damaged").write_text("mine")
    with pytest.raises(Conflict):
        away.unpack(str(bundle), verified)
    assert [each.name for each in place.iterdir()] == ["damaged"]


def test_what_a_killed_import_left_is_taken_away_by_the_next(
    bundle: Path, away: Recorder, tmp_path: Path
) -> None:
    home = tmp_path / "away" / staging.FOLDER
    (home / "dead").mkdir(parents=True)
    (home / "dead" / "half.log").write_text("x")
    (home / "dead.lock").touch()
    with staging.staged(tmp_path / "away") as living:
        away.unpack(str(bundle), verified)
        assert living.is_dir()
    assert list(home.iterdir()) == []


def test_an_imported_one_is_as_old_as_its_newest_word(bundle: Path, away: Recorder) -> None:
    """Of several of one name the newest answers, not the one that was imported last."""
    newer = Recording("zebra-cluster", "okapi-space", "team-7", "another")
    writer = away.claim(newer)
    assert writer is not None
    writer.release()
    away.unpack(str(bundle), verified)
    assert away.recordings()[-1] == newer
