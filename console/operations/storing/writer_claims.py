"""Who brings files to a folder at a place: one at a time, whichever machine it is on. Pure.

A claim is a file there. It holds for a while and is renewed, so that a machine that is off keeps
nobody away for long; it says when all is there, so that nobody's recorder brings it once more.
Clocks of machines differ: the while is longer than a server of a bucket lets them.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from console.errors import Conflict
from console.operations.ports.clock import Clock
from console.operations.ports.object_place import PlaceWriter
from console.results.quoting import printable
from console.struct_library import decoder_of

KEY = "console/writer.json"
LIMIT = 4096
CLOCKS_DIFFER = timedelta(minutes=15)
LEAST = timedelta(minutes=30)
"""As long as a recorder pauses after a failure at the most."""
LONGEST = timedelta(hours=24) + CLOCKS_DIFFER
"""Between two looks a user sets a day at the most: who claims more keeps nobody away."""


class WriterClaim(msgspec.Struct, frozen=True):
    """What the file tells."""

    writer: PlaceWriter
    uid: str
    """Of the submission whose files are brought."""
    at: datetime
    until: datetime
    over: bool = False
    """All that there will ever be of it is there."""

    def renewed_late(self, now: datetime) -> bool:
        """More than half of its time has gone."""
        return now - self.at > (self.until - self.at) / 2


class Bringing(msgspec.Struct, frozen=True):
    """Who writes, and for how long until they are heard of again."""

    writer: PlaceWriter
    clock: Clock
    pause: timedelta = timedelta(0)
    """Until the next look."""
    asked: bool = False
    """Somebody wants it brought by hand, though all of it may have been there once."""


class WriterTaken(Conflict):
    """Somebody else brings the files of that folder."""

    def __init__(self, where: str, claim: WriterClaim) -> None:
        self.claim, who = claim, printable(claim.writer.who, 60)
        super().__init__(
            f"{who} brings files to {where}.",
            why="One at a time writes into a folder, whichever machine it is on.",
            fix=f"End the recorder there, and wait until {claim.until:%Y-%m-%d %H:%M} UTC: then the"
            " folder is free.",
        )


def made(by: Bringing, uid: str) -> WriterClaim:
    """From now on."""
    now, lasts = by.clock(), max(LEAST, by.pause) + CLOCKS_DIFFER
    return WriterClaim(by.writer, uid, now, now + lasts)


def given_back(claim: WriterClaim, now: datetime, *, over: bool) -> WriterClaim:
    """Nobody has to wait for it any more."""
    return msgspec.structs.replace(claim, until=min(claim.until, now), over=over)


def another(there: WriterClaim | None, by: Bringing, uid: str) -> WriterClaim | None:
    """Whose it is, where it is not ours to take."""
    if there is None or there.writer.id == by.writer.id:
        return None
    if there.over and there.uid == uid:
        return None if by.asked else there
    return there if by.clock() < there.until else None


def as_bytes(claim: WriterClaim) -> bytes:
    return msgspec.json.encode(claim)


def from_content(content: bytes | None) -> WriterClaim | None:
    """None where there is none, or what is there is no claim."""
    try:
        found = decoder_of(WriterClaim).decode(content or b"")
    except ValueError:
        return None
    zoned = found.at.tzinfo is not None and found.until.tzinfo is not None
    return found if zoned and found.until - found.at <= LONGEST else None
