"""Files that are not what they seem: inputs as endpoints, pipes, the kernel's files, long paths."""

from __future__ import annotations

import os
import re
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from result_vectors import vector

from console.results import command, files, streams

VECTOR = vector("lb20-complete_r1_01")


@pytest.fixture
def partials(tmp_path: Path) -> list[str]:
    paths = [tmp_path / f"p{number}.json" for number in range(1, 5)]
    for path, source in zip(paths, VECTOR.paths, strict=True):
        path.write_bytes(Path(source).read_bytes())
    return [str(path) for path in paths]


def merge(paths: list[str], endpoint: str | Path, *flags: str) -> int:
    return command.main(["--leaderboard", "2.0", "-f", *paths, "-e", str(endpoint), *flags])


@pytest.mark.parametrize("how", ["same", "relative", "link", "hard link", "link to link", "dots"])
def test_an_endpoint_that_is_an_input_is_refused_whatever_it_is_called(
    how: str, tmp_path: Path, partials: list[str], monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    victim, other = partials[2], tmp_path / "other.json"
    before = Path(victim).read_bytes()
    endpoint = str(other)
    if how == "link":
        other.symlink_to(victim)
    elif how == "hard link":
        other.hardlink_to(victim)
    elif how == "link to link":
        (tmp_path / "first").symlink_to(victim)
        other.symlink_to("first")
    else:
        endpoint = {"relative": "p3.json", "dots": f"{tmp_path}/./x/../p3.json"}.get(how, victim)
        (tmp_path / "x").mkdir()
    assert merge(partials, endpoint) == 2
    assert "is the partial" in capsys.readouterr().err
    assert Path(victim).read_bytes() == before


def test_the_routes_file_and_a_partial_still_to_come_are_inputs_too(
    tmp_path: Path, partials: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    routes = tmp_path / "routes.xml"
    routes.write_text("<routes>" + "".join(f'<route id="{n}"/>' for n in range(20)) + "</routes>")
    assert merge(partials, routes, "--routes", str(routes)) == 2
    assert "is the routes file" in capsys.readouterr().err
    absent = str(tmp_path / "absent.json")
    assert merge([*partials[:3], absent], absent) == 2
    assert not os.path.exists(absent)


def test_a_pipe_that_nobody_reads_is_an_answer_at_once(
    tmp_path: Path, partials: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert merge(partials, tmp_path / "pipe") == 2
    assert "a pipe that nobody reads" in capsys.readouterr().err


def test_a_pipe_gets_the_result_when_somebody_reads_it(tmp_path: Path, partials: list[str]) -> None:
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    os.set_blocking(reader, True)
    held = os.open(tmp_path / "pipe", os.O_WRONLY)
    read: list[bytes] = []

    def drain() -> None:
        with os.fdopen(reader, "rb") as opened:
            read.append(opened.read())

    reading = threading.Thread(target=drain)
    reading.start()
    status = merge(partials, tmp_path / "pipe")
    os.close(held)
    reading.join()
    assert status == 0
    assert merge(partials, tmp_path / "out.json") == 0
    assert read == [(tmp_path / "out.json").read_bytes()]


def test_a_reader_that_takes_nothing_is_not_waited_for(
    tmp_path: Path, partials: list[str], monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setattr(streams, "PATIENCE", 0.05)
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    writer = os.open(tmp_path / "pipe", os.O_WRONLY | os.O_NONBLOCK)
    assert os.write(writer, b"x" * 2**20) < 2**20
    assert merge(partials, tmp_path / "pipe") == 2
    assert "nobody has read" in capsys.readouterr().err
    os.close(reader)
    os.close(writer)


def test_each_endpoint_that_takes_no_file_is_named_with_its_reason(
    tmp_path: Path, partials: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(tmp_path / "socket"))
    endpoints = {
        tmp_path: "Is a directory",
        f"{tmp_path}/": "Is a directory",
        "/dev/full": "No space left on device",
        tmp_path / "socket": "socket",
        tmp_path / "no" / "out.json": "No such file or directory",
        tmp_path / "p1.json" / "out.json": "Not a directory",
        "/proc/out.json": "",
        tmp_path / ("x" * 300): "File name too long",
        "": "No such file or directory",
    }
    for endpoint, reason in endpoints.items():
        assert merge(partials, endpoint) == 2, endpoint
        told = capsys.readouterr().err
        assert "cannot be written: " in told, endpoint
        assert reason in told, endpoint
    listening.close()


def test_a_result_can_go_to_the_standard_output(partials: list[str]) -> None:
    flags = ["--leaderboard", "2.0", "-f", *partials, "-e", "/dev/stdout", "--repetitions", "1"]
    done = subprocess.run(
        [sys.executable, "-m", "console.results.command", *flags],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0
    assert '"entry_status": "Finished"' in done.stdout


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/proc/self/mem", "cannot be read: Input/output error"),
        ("/proc/sys/kernel/random/boot_id_none", "does not exist"),
        ("/dev/null", "is a device, not a regular file"),
        ("/proc/self", "is a directory, not a regular file"),
        ("a\0b", "cannot be read"),
        ("x" * 5000, "cannot be read: File name too long"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(path: str, reason: str) -> None:
    found = files.read_content(path)
    assert found.content is None
    assert reason in found.reason


def test_a_kernel_file_that_promises_bytes_and_gives_none_is_no_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sysfs = [path for path in Path("/sys").glob("kernel/*") if path.is_file()]
    for path in [*sysfs, Path("/proc/kmsg"), Path("/proc/self/environ")]:
        (tmp_path / "link").unlink(missing_ok=True)
        (tmp_path / "link").symlink_to(path)
        found = files.read_text(str(tmp_path / "link"), limit=2**20)
        assert (found.text is None) == bool(found.reason)
    promising = tmp_path / "promising"
    promising.write_text("x" * 4096)
    monkeypatch.setattr(files, "read_start", lambda path, size: b"")
    assert files.read_text(str(promising)).reason == "is empty, though 4096 bytes are promised"


def test_a_read_that_would_wait_is_a_read_of_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    (tmp_path / "file").write_text("x")
    monkeypatch.setattr(files.os, "open", lambda *_: reader)
    monkeypatch.setattr(files.stat, "S_ISREG", lambda mode: True)
    assert files.read_text(str(tmp_path / "file")).text is None
    os.close(writer)


def test_a_very_long_path_keeps_its_ends_and_its_reason(
    tmp_path: Path, partials: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    deep = tmp_path.joinpath(*["d" * 200] * 12, "partial.json")
    assert merge([str(deep), *partials[1:]], tmp_path / "out.json") == 7
    told = capsys.readouterr().err
    assert "..." in told
    assert "partial.json: does not exist" in told
    assert merge(partials, deep) == 2
    assert "partial.json cannot be written: No such file" in capsys.readouterr().err
    assert merge(partials, tmp_path / "out.json", "--routes", str(deep)) == 2
    assert "partial.json does not exist" in capsys.readouterr().err
    assert files.shown("a\x1b[2Jb\n") == "a?[2Jb?"


def test_blocks_that_fail_leave_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    target = folder / "saved.txt"
    target.write_text("old")

    def blocks() -> Iterator[bytes]:
        yield b"the beginning"
        raise RuntimeError("the reader is gone")

    with pytest.raises(RuntimeError):
        files.replace(str(target), blocks())
    assert [(each.name, each.read_text()) for each in folder.iterdir()] == [("saved.txt", "old")]


def test_a_private_file_is_its_owners_alone_from_the_first_byte(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    target = folder / "saved.txt"
    seen = []

    def blocks() -> Iterator[bytes]:
        seen.extend(stat.S_IMODE(each.stat().st_mode) for each in folder.iterdir())
        yield b"content"

    files.replace(str(target), blocks(), permissions=files.PRIVATE)
    assert [*seen, stat.S_IMODE(target.stat().st_mode)] == [0o600, 0o600]


def test_nobody_else_puts_a_file_in_anothers_place() -> None:
    package = Path(files.__file__).parents[1]
    others = {
        str(path.relative_to(package))
        for path in package.rglob("*.py")
        if path != Path(files.__file__)
        if re.search(r"\bos\.(replace|rename)\(|\bmkstemp\b|NamedTemporaryFile", path.read_text())
    }
    assert others == set()


def test_a_new_file_is_never_written_over_another_one(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    wanted = folder / "routes.csv"
    told = [files.write_new(str(wanted), [text]) for text in (b"1", b"2", b"3")]
    names = ["routes.csv", "routes-2.csv", "routes-3.csv"]
    assert told == [str(folder / name) for name in names]
    assert [(folder / name).read_bytes() for name in names] == [b"1", b"2", b"3"]
    assert len(list(folder.iterdir())) == 3


def test_a_new_file_that_fails_leaves_no_name_taken(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    folder.mkdir()

    def blocks() -> Iterator[bytes]:
        yield b"begun"
        raise ValueError

    with pytest.raises(ValueError):
        files.write_new(str(folder / "x.log"), blocks(), permissions=files.PRIVATE)
    assert list(folder.iterdir()) == []
