"""Answers that are written piece by piece: what they share. Knows neither logs nor watches."""

from __future__ import annotations

from contextlib import suppress

CLIENT_MAY_LEAVE = suppress(ConnectionResetError)
"""Around every byte of a stream, its first and its last: a client that leaves is no failure.

Usually the handler is cancelled then; a write comes first when the stream had just something to
send. There is nobody left to tell.
"""
