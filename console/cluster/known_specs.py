"""The specs of the pods that a watch tells of, so that none is read twice. Pure; knows no fact.

A spec is nearly half of a pod's text, and hardly ever changes once the pod has its node. Where a
line has the very text that was read before, a mark takes its place: to compare and to cut costs a
third of reading over it.
"""

from __future__ import annotations

import os

import msgspec

from console.cluster import wire
from console.cluster.decoding import decoded
from console.cluster.room import PODS_KEPT, make_room
from console.struct_library import decoder_of

_UID, _UID_BYTES = b'"uid":"', 36
_KEY = b'"spec":'
"""Always a key: within a text its quotes would have backslashes before them."""

_spec = decoder_of(wire.PodSpec)


class KnownSpecs:
    """Whatever a line looks like, the same is told of it as without this memory."""

    def __init__(self) -> None:
        self._known: dict[bytes, tuple[int, bytes, wire.PodSpec]] = {}
        """uid -> how far behind it the spec begins, its text with its key, and what it tells."""
        # No server can guess the word, so that no pod has such a spec of its own.
        self._mark = msgspec.Raw(b'"%s"' % os.urandom(16).hex().encode())
        self._instead = _KEY + bytes(self._mark)
        self._cut, self._behind = wire.PodSpec(), 0

    def cut_out(self, line: bytes) -> bytes:
        """That line with a mark in the place of a known spec. Of its pod `of` has to be asked
        before the next line is cut."""
        uid = line.find(_UID)
        begin = uid + len(_UID)
        # A wrong uid only means a wrong text to look for, which does not stand there.
        known = self._known.get(line[begin : begin + _UID_BYTES])
        if known is not None:
            behind, text, spec = known
            at = uid + behind
            # The whole text is compared: a version or a hash would have to be trusted.
            if line.startswith(text, at):
                self._cut = spec
                return b"".join((line[:at], self._instead, line[at + len(text) :]))
        self._behind = line.find(_KEY, begin) - uid
        return line

    def of(self, pod: wire.WatchedPod) -> wire.PodSpec:
        """What its spec tells, or the one that was cut out."""
        if pod.spec == self._mark:
            return self._cut
        text, uid = bytes(pod.spec), pod.metadata.uid.encode(errors="replace")
        spec = decoded(_spec, text)
        if uid not in self._known:
            make_room(self._known, PODS_KEPT)
        self._known[uid] = self._behind, _KEY + text, spec
        return spec
