"""Asking a recorder over its socket: an answer, or none in time; never a wrong one."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import stat
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from console.operations.ports.recorder_process import ProcessState
from console.recorder_process.answering import answering
from console.recorder_process.asking import OtherProtocol, ask
from console.recorder_process.messages import Inquiry, RecorderReply
from console.recorder_process.recorder_folder import ProcessFolder

STATE = ProcessState(7, "0.1.0", datetime(2026, 11, 22, tzinfo=UTC), "prod", "https://a", "alice")


@pytest.fixture
def folder(tmp_path: Path) -> ProcessFolder:
    found = ProcessFolder(tmp_path / "recorder")
    found.make()
    return found


async def respond(inquiry: Inquiry) -> RecorderReply:
    return RecorderReply(state=STATE, saw=inquiry.name == "demo")


@contextlib.contextmanager
def told(folder: ProcessFolder, text: bytes) -> Iterator[None]:
    """Whoever connects gets these bytes, and then an end."""
    with socket.socket(socket.AF_UNIX) as server, folder.address() as address:
        server.bind(address)
        server.listen()

        def serve() -> None:
            with contextlib.suppress(OSError):
                connection, _ = server.accept()
                connection.recv(1000)
                connection.sendall(text)
                connection.close()

        thread = threading.Thread(target=serve)
        thread.start()
        yield
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


async def test_a_question_has_its_answer(folder: ProcessFolder) -> None:
    async with answering(folder, respond):
        found = await asyncio.to_thread(ask, folder, Inquiry("saw", "races", "demo"), seconds=5)
    assert found == RecorderReply(state=STATE, saw=True)


async def test_a_folder_however_deep_can_be_asked(tmp_path: Path) -> None:
    """The kernel takes no address of more than 107 bytes."""
    deep = ProcessFolder(tmp_path / ("d" * 100) / ("e" * 100))
    deep.make()
    async with answering(deep, respond):
        found = await asyncio.to_thread(ask, deep, Inquiry("state"), seconds=5)
    assert found is not None
    assert found.state == STATE


async def test_the_socket_and_its_folder_are_this_users_only(folder: ProcessFolder) -> None:
    async with answering(folder, respond):
        modes = [stat.S_IMODE(each.stat().st_mode) for each in (folder.path, folder.socket)]
    assert modes == [0o700, 0o600]
    assert not folder.socket.exists()


async def test_what_a_killed_one_left_is_replaced(folder: ProcessFolder) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(folder.socket))
    assert ask(folder, Inquiry("state"), seconds=1) is None
    async with answering(folder, respond):
        assert await asyncio.to_thread(ask, folder, Inquiry("state"), seconds=5) is not None


def test_where_none_runs_there_is_no_answer(folder: ProcessFolder) -> None:
    assert ask(folder, Inquiry("state"), seconds=1) is None


def test_one_that_says_nothing_is_not_waited_for_longer_than_asked(folder: ProcessFolder) -> None:
    with socket.socket(socket.AF_UNIX) as silent, folder.address() as address:
        silent.bind(address)
        silent.listen()
        assert ask(folder, Inquiry("state"), seconds=0.05) is None


@pytest.mark.parametrize(
    "text", [b"", b'{"protocol":1,"sta', b"nonsense\n", b'{"protocol":1,"state":7}\n', b"\xff\n"]
)
def test_half_an_answer_is_none(folder: ProcessFolder, text: bytes) -> None:
    with told(folder, text):
        assert ask(folder, Inquiry("state"), seconds=5) is None


def test_one_of_another_version_is_told_from_one_that_does_not_run(folder: ProcessFolder) -> None:
    with told(folder, b'{"protocol":99,"other":{}}\n'), pytest.raises(OtherProtocol):
        ask(folder, Inquiry("state"), seconds=5)


@pytest.mark.parametrize("text", [b"", b"nonsense\n", b'{"ask":"burn"}\n', b"x" * 100_000])
async def test_nonsense_does_not_end_the_recorder(folder: ProcessFolder, text: bytes) -> None:
    async with answering(folder, respond):
        _, writer = await asyncio.open_unix_connection(str(folder.socket))
        writer.write(text)
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
        assert await asyncio.to_thread(ask, folder, Inquiry("state"), seconds=5) is not None


def test_the_lock_tells_whether_one_runs_and_which_process_it_is(folder: ProcessFolder) -> None:
    assert not folder.taken
    assert folder.pid is None
    held = folder.take()
    assert held is not None
    import os

    assert (folder.taken, folder.pid, folder.take()) == (True, os.getpid(), None)
    os.close(held)
    assert not folder.taken
