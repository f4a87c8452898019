"""SPDY frames as kubectl sends them in a port-forward: in any pieces, and never believed blindly."""

from __future__ import annotations

import struct
import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.localcluster.api.kubectl.spdy import (
    ClientLeaving,
    FrameReader,
    FrameWriter,
    NoSpdy,
    Pinged,
    StreamOpened,
    StreamReset,
    StreamWritten,
    _dictionary,
)


class Client:
    """What a client writes, with the dictionary as Go's library has it."""

    def __init__(self) -> None:
        self._zlib = zlib.compressobj(zdict=_dictionary())

    def opens(self, stream: int, headers: dict[str, str]) -> bytes:
        block = struct.pack(">I", len(headers))
        for word in (word.encode() for pair in headers.items() for word in pair):
            block += struct.pack(">I", len(word)) + word
        packed = self._zlib.compress(block) + self._zlib.flush(zlib.Z_SYNC_FLUSH)
        return control(1, struct.pack(">IIH", stream, 0, 0) + packed)


def control(kind: int, body: bytes, flags: int = 0) -> bytes:
    return struct.pack(">HHI", 0x8003, kind, flags << 24 | len(body)) + body


def conversation() -> tuple[bytes, list[object]]:
    client, first = Client(), {"streamtype": "error", "port": "80", "requestid": "0"}
    second = {**first, "streamtype": "data"}
    sent = client.opens(1, first) + client.opens(3, second)
    sent += struct.pack(">II", 3, 5) + b"hello" + struct.pack(">II", 3, 1 << 24)
    sent += control(4, bytes(4)) + control(6, struct.pack(">I", 9))
    sent += control(3, struct.pack(">II", 3, 5)) + control(7, bytes(8))
    told: list[object] = [StreamOpened(1, first, last=False), StreamOpened(3, second, last=False)]
    told += [StreamWritten(3, b"hello", last=False), StreamWritten(3, b"", last=True)]
    return sent, [*told, Pinged(9), StreamReset(3), ClientLeaving()]


@given(st.lists(st.integers(1, 40), max_size=30))
def test_frames_are_read_in_whichever_pieces_they_come(sizes: list[int]) -> None:
    sent, expected = conversation()
    reader, found = FrameReader(), []
    for size in [*sizes, len(sent)]:
        piece, sent = sent[:size], sent[size:]
        found += reader.feed(piece)
    assert found == expected


@given(st.binary(max_size=200))
def test_what_is_no_frame_is_an_error_by_name_or_waits_for_more(received: bytes) -> None:
    with suppress(NoSpdy):
        for frame in FrameReader().feed(b"\x80\x03\x00\x01" + received):
            assert isinstance(frame, StreamOpened)
            break


def test_a_bomb_of_headers_is_refused() -> None:
    packed = zlib.compressobj(zdict=_dictionary())
    bomb = packed.compress(b"\0" * (1 << 24)) + packed.flush(zlib.Z_SYNC_FLUSH)
    with pytest.raises(NoSpdy, match="more headers"):
        list(FrameReader().feed(control(1, bytes(10) + bomb)))


def test_answers_are_frames_that_need_no_dictionary() -> None:
    writer = FrameWriter()
    reply = writer.accepted(5)
    assert reply[:4] == b"\x80\x03\x00\x02"
    assert zlib.decompressobj().decompress(reply[12:]) == bytes(4)
    assert writer.written(5, b"ab", last=True) == b"\0\0\0\5\1\0\0\2ab"
    assert writer.pinged(7) == control(6, struct.pack(">I", 7))
