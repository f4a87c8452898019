"""What the kernel tells of a file's writers: who waits at a lease, what was written in a folder."""

from __future__ import annotations

import errno
import fcntl
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from console.workers import kernel_notices
from console.workers.kernel_notices import Lease, Notices

AT_ONCE = 0.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "agent_results.json"


@pytest.fixture
def lease(path: Path) -> Iterator[Lease]:
    """On a file of two bytes. The kernel's word of a waiting writer is a signal that ends who hears none."""
    path.write_text("{}")
    before = signal.signal(signal.SIGIO, signal.SIG_IGN)
    taken = Lease(str(path))
    yield taken
    taken.release()
    signal.signal(signal.SIGIO, before)


@pytest.fixture
def noticing() -> Iterator[Callable[[Path], Notices]]:
    """Notices of a path. They are the process's own and never end, so the test takes them back."""
    before, ours = signal.getsignal(signal.SIGIO), set[str]()

    def notices_of(path: Path) -> Notices:
        open_before = open_files()
        notices = Notices(str(path))
        ours.update(open_files() - open_before)
        return notices

    yield notices_of
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGIO, before)
    for descriptor in ours & open_files():
        os.close(int(descriptor))


@pytest.fixture
def notices(noticing: Callable[[Path], Notices], path: Path) -> Notices:
    return noticing(path)


def open_files() -> set[str]:
    """The descriptors of this process; the one that lists them is closed again."""
    listed = os.listdir("/proc/self/fd")
    return {name for name in listed if os.path.exists(f"/proc/self/fd/{name}")}


def begin_to_write(path: Path) -> None:
    """As the evaluator opens its checkpoint, but without waiting where it has to wait."""
    os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))


def test_the_next_writer_waits_as_long_as_a_lease_is_held(lease: Lease, path: Path) -> None:
    assert lease.take()
    with pytest.raises(BlockingIOError):
        begin_to_write(path)
    lease.release()
    assert not lease.held
    begin_to_write(path)


def test_a_lease_that_is_taken_again_is_of_the_file_that_has_the_path_now(
    lease: Lease, path: Path
) -> None:
    assert lease.take()
    path.rename(path.with_suffix(".old"))
    path.write_text("{}")
    assert lease.take()
    begin_to_write(path.with_suffix(".old"))
    with pytest.raises(BlockingIOError):
        begin_to_write(path)


def test_a_file_that_is_being_written_is_not_leased_but_may_be_later(
    lease: Lease, path: Path
) -> None:
    with path.open("a"):
        assert not lease.take()
        assert not lease.held
    assert lease.possible
    assert lease.take()


def test_a_path_without_a_regular_file_is_not_leased(lease: Lease, path: Path) -> None:
    path.unlink()
    assert not lease.take()
    path.mkdir()
    assert not lease.take()
    path.rmdir()
    os.mkfifo(path)
    assert not lease.take()
    assert lease.possible


def test_a_filesystem_that_grants_no_lease_is_asked_once(
    lease: Lease, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def refuses(*words: int) -> int:
        asked.append(words)
        raise OSError(errno.EINVAL, "Invalid argument")

    monkeypatch.setattr(fcntl, "fcntl", refuses)
    assert not lease.take()
    assert not lease.possible
    assert not lease.take()
    assert len(asked) == 1


def test_a_file_that_was_written_wakes_its_reader_at_once(notices: Notices, path: Path) -> None:
    assert notices.possible
    path.write_text("{}")
    assert notices.wait(AT_ONCE)


def test_a_file_that_was_moved_into_place_wakes_its_reader_too(
    notices: Notices, path: Path
) -> None:
    other = path.with_name("new")
    other.write_text("{}")
    notices.wait(AT_ONCE)
    other.rename(path)
    assert notices.wait(AT_ONCE)


def test_what_is_written_beside_it_wakes_nobody(notices: Notices, path: Path) -> None:
    for number in range(30):
        path.with_name(f"agent_results.json.torn-{number}").write_text("{}")
    assert not notices.wait(AT_ONCE)


def test_among_many_others_the_one_file_is_not_missed(notices: Notices, path: Path) -> None:
    for number in range(3):
        path.with_name(f"log-{number}").write_text("")
    path.write_text("{}")
    path.with_name("log-3").write_text("")
    assert notices.wait(AT_ONCE)


def test_a_writer_that_waits_for_the_lease_wakes_its_holder(
    lease: Lease, notices: Notices, path: Path
) -> None:
    assert lease.take()
    with pytest.raises(BlockingIOError):
        begin_to_write(path)
    assert notices.wait(AT_ONCE)
    assert not notices.wait(AT_ONCE)


def test_a_folder_that_is_not_there_tells_nothing_and_says_so(
    noticing: Callable[[Path], Notices], path: Path
) -> None:
    nowhere = noticing(path.with_name("none") / "file")
    assert not nowhere.possible
    assert not nowhere.wait(AT_ONCE)


def test_without_the_right_to_wake_first_it_goes_on_as_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuses(_: int) -> int:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "nice", refuses)
    kernel_notices.wake_eagerly()


def test_a_c_library_without_notices_is_one_more_place_without_them(
    noticing: Callable[[Path], Notices], path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on macOS, and in a container whose seccomp filter forbids them."""
    monkeypatch.setattr(kernel_notices.ctypes, "CDLL", lambda _: object())
    assert not noticing(path).possible
    assert kernel_notices.die_with_parent(os.getppid())
    assert not kernel_notices.die_with_parent(os.getpid())
