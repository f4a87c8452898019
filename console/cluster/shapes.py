"""Pod templates of one shape: texts that are alike but for a few values. Pure; knows no plan.

Compared as text, cut at those values: that costs a hundredth of reading the template. A quote
inside a value is written with a backslash, so that no cut can begin or end within one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from console.domain.submission import LOGCOPY
from console.struct_library import decoder_of

_OWN = (
    rb'"image":"([^"\\]*)"|"name":"PROGRESS_NONCE","value":"([A-Za-z0-9_-]*)"|"(%s-workers)"'
    rb'|"name":"TEAM_ID","value":"([^"\\]*)"'
    rb'|"name":"(?:CHALLENGE|SUBMISSION|TRACK)_ID","value":"([^"\\]*)"'
)
_PLAIN_NONCE = re.compile(rb"[A-Za-z0-9_-]*")
_IMAGE, _NONCE, _WORKERS, _TEAM, _NUMBER = "image", "nonce", "workers", "team", "number"
"""What a cut may be; of the challenge server's numbers a plan has the team's alone."""
_KINDS = (_IMAGE, _NONCE, _WORKERS, _TEAM, _NUMBER)


class _Variable(msgspec.Struct, frozen=True):
    name: str = ""
    value: str = ""


class _ReadContainer(msgspec.Struct, frozen=True):
    name: str = ""
    image: str = ""
    env: tuple[_Variable, ...] = ()


class _ReadPod(msgspec.Struct, frozen=True, rename="camel"):
    containers: tuple[_ReadContainer, ...] = ()
    init_containers: tuple[_ReadContainer, ...] = ()


_pod = decoder_of(_ReadPod)


class OwnValues(msgspec.Struct, frozen=True):
    """What one Job has for itself: the nonce of its progress lines, an image for each container,
    the challenge server's number of its team."""

    nonce: str
    images: dict[str, str]
    team_id: str


class Shape(msgspec.Struct, frozen=True):
    """The texts between the cuts, one more than there are cuts."""

    between: tuple[bytes, ...]
    cuts: tuple[str, ...]
    containers: dict[str, int]
    """Container -> the cut that is its image."""

    def values(self, pod: bytes, name: str) -> OwnValues | None:
        """Of that template of a Job of that name; None where it is of another shape."""
        found = self.cut(pod)
        return self.own(found[0], name) if found is not None and found[1] == len(pod) else None

    def own(self, found: list[bytes], name: str) -> OwnValues | None:
        """The same of what was cut out of it."""
        nonce, team = "", b""
        for kind, value in zip(self.cuts, found, strict=True):
            if kind == _WORKERS and value != f"{name}-workers".encode():
                return None
            if kind == _NONCE:
                if not _PLAIN_NONCE.fullmatch(value):
                    return None
                nonce = value.decode()
            if kind == _TEAM:
                team = value
        try:
            images = {container: found[cut].decode() for container, cut in self.containers.items()}
            return OwnValues(nonce, images, team.decode())
        except UnicodeDecodeError:
            return None

    def with_images_of(self, pod: bytes) -> Shape:
        """The narrower shape of the templates that have just the images of that one."""
        between, cuts = [self.between[0]], []
        values, _ = self.cut(pod) or ([], 0)
        for kind, value, text in zip(self.cuts, values, self.between[1:], strict=True):
            if kind == _IMAGE:
                between[-1] += value + text
            else:
                between.append(text)
                cuts.append(kind)
        return Shape(tuple(between), tuple(cuts), {})

    def cut(self, text: bytes, at: int = 0) -> tuple[list[bytes], int] | None:
        """What is cut out of the template that begins there, and where it ends; None for one of
        another shape."""
        found = []
        for between in self.between[:-1]:
            if not text.startswith(between, at):
                return None
            at += len(between)
            end = text.find(b'"', at)
            value = text[at:end]
            if end < 0 or b"\\" in value:
                return None
            found.append(value)
            at = end
        last = self.between[-1]
        return (found, at + len(last)) if text.startswith(last, at) else None

    def filled(self, values: list[bytes]) -> bytes:
        """The template of which they were cut out."""
        pairs = zip(self.between, [*values, b""], strict=True)
        return b"".join(each for pair in pairs for each in pair)


def shape_of(pod: bytes, name: str) -> Shape | None:
    """The shape of that Job's template; None for one that is unusual."""
    places = [*_places(pod, name)]
    cuts = tuple(kind for kind, _, _ in places)
    if cuts.count(_NONCE) != 1:
        return None
    ends = (0, *(end for _, _, end in places))
    begins = (*(begin for _, begin, _ in places), len(pod))
    between = tuple(pod[end:begin] for end, begin in zip(ends, begins, strict=True))
    numbered = [str(number).encode() for number in range(len(cuts))]
    marked = b"".join(one for pair in zip(between, [*numbered, b""], strict=True) for one in pair)
    try:
        told = _pod.decode(marked)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    each = (*told.init_containers, *told.containers)
    if not _teams_known(cuts, each):
        return None
    return Shape(between, cuts, {one.name: int(one.image) for one in each if one.image.isdecimal()})


def _places(pod: bytes, name: str) -> Iterator[tuple[str, int, int]]:
    """Each cut: what it is, where it begins and ends."""
    for match in re.finditer(_OWN % re.escape(name.encode()), pod):
        group = match.lastindex or 0
        yield _KINDS[group - 1], *match.span(group)


def _teams_known(cuts: tuple[str, ...], containers: tuple[_ReadContainer, ...]) -> bool:
    """A cut that is a team's number is the one that logcopy is told, and there is no other."""
    teams = [str(number) for number, kind in enumerate(cuts) if kind == _TEAM]
    env = [each for one in containers if one.name == LOGCOPY for each in one.env]
    return teams == [each.value for each in env if each.name == "TEAM_ID"]
