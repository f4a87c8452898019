"""Which recording is meant: by the submission's name, and whatever else tells it apart. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from console.domain.facts import UID_SHOWN
from console.errors import NotFound
from console.operations.ports.recorder import Recording


class Named(msgspec.Struct, frozen=True):
    """What the user said; an empty field says nothing."""

    name: str
    namespace: str = ""
    cluster: str = ""
    """The context that it was recorded in."""
    uid: str = ""
    """Its beginning."""


class ChosenRecording(NamedTuple):
    """The newest that is meant, and the others that could be."""

    recording: Recording
    others: tuple[Recording, ...]

    @property
    def remark(self) -> str:
        """That there are others, and how to name them; empty without any."""
        if not self.others:
            return ""
        uids = ", ".join(each.uid[:UID_SHOWN] for each in self.others)
        return f"there are other recordings of that name; newest last: --uid {uids}"


def chosen(recordings: Iterable[Recording], named: Named) -> ChosenRecording:
    """`recordings` are in order, newest last. Raises NotFound."""
    meant = [each for each in recordings if _is_meant(each, named)]
    if not meant:
        told = "/".join(each for each in (named.namespace, named.name) if each)
        more = f" with the uid {named.uid}" if named.uid else ""
        where = f" from {named.cluster}" if named.cluster else ""
        raise NotFound(
            f"There is no recording of {told}{more}{where}.",
            fix="carla-console history lists what is recorded here.",
        )
    return ChosenRecording(meant[-1], tuple(meant[:-1]))


def _is_meant(recording: Recording, named: Named) -> bool:
    return (
        recording.name == named.name
        and named.namespace in ("", recording.namespace)
        and named.cluster in ("", recording.cluster)
        and recording.uid.startswith(named.uid)
    )
