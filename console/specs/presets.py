"""A user's presets: what they launch again and again, as a file with a name.

A preset says what a form or the flags may say: a Leaderboard, a profile, the resumes allowed, a
queue of Kueue, and values over the profile's. Each of them may be left out. Reads such files and
gives their text; where a launch puts a preset is the caller's business.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from console import paths
from console.errors import InvalidInput
from console.kubernetes_grammar.names import SUBDOMAIN
from console.results.leaderboard import LAUNCHED, names
from console.specs.mistakes import Mistake, SpecRejected, suggestion
from console.specs.names import label_value
from console.specs.tree import Document, parse
from console.specs.values import Values, nested, over, read_text

_KEYS = ("description", "leaderboard", "profile", "resumes", "queue", "values")
_MOST_RESUMES = 9999


class Preset(msgspec.Struct, frozen=True):
    """What such a file says; an empty or missing part leaves that to others."""

    name: str
    leaderboard: str = ""
    profile: str = ""
    resumes: int | None = None
    queue: str = ""
    """Of Kueue."""
    document: Document = Document("", {})

    def over(self, values: Values, known: Collection[str]) -> Values:
        """Those values with the preset's over them. SpecRejected names what nothing takes."""
        return values.override_document(self.document, known=known, below=("values",))


def preset_names() -> tuple[str, ...]:
    """Those of this user, sorted."""
    return tuple(sorted(file.stem for file in paths.presets().glob("*.yaml")))


def preset_file(name: str) -> Path:
    """Where the preset of that name is kept. InvalidInput for what is no name of one."""
    if SUBDOMAIN.faults(name):
        raise InvalidInput(
            f"{name!r} is no name of a preset.",
            fix="Use small letters, digits, '-' and '.', as in a submission's name.",
        )
    return paths.presets() / f"{name}.yaml"


def load_preset(name: str) -> Preset:
    """The preset of that name, or in that file (text with a `/`)."""
    if "/" in name:
        return parse_preset(read_text(Path(name)), Path(name).name)
    if name not in preset_names():
        there = ", ".join(preset_names())
        raise InvalidInput(
            f"There is no preset {name!r} in {paths.presets()}.",
            fix=f"Give a file's path, or one of: {there}." if there else "Give a file's path.",
        )
    return parse_preset(read_text(preset_file(name)), f"{name}.yaml")


def parse_preset(text: str, source: str) -> Preset:
    """A preset from its text; SpecRejected names every key that does not belong there."""
    document = parse(text, source)
    if mistakes := list(_mistakes(document)):
        raise SpecRejected(source, mistakes)
    said = document.content
    return Preset(
        source.removesuffix(".yaml"),
        _word(document, "leaderboard"),
        _word(document, "profile"),
        said.get("resumes"),
        _word(document, "queue"),
        document,
    )


def preset_text(
    *,
    leaderboard: str,
    profile: str,
    resumes: int | None,
    values: Mapping[str, Any],
    queue: str = "",
) -> str:
    """The text of a preset that says this; `values` by their paths."""
    from console.specs.rendering import to_yaml  # only who keeps one needs it

    tree: dict[str, Any] = {}
    for path, value in values.items():
        tree = over(tree, nested(path, value))
    said = {
        "leaderboard": leaderboard,
        "profile": profile,
        "resumes": resumes,
        "queue": queue,
        "values": tree,
    }
    return to_yaml({key: each for key, each in said.items() if each not in ("", None)})


def _word(document: Document, key: str) -> str:
    """`leaderboard: 2.0` is a number to YAML."""
    return document.written.get((key,)) or str(document.content.get(key) or "")


def _mistakes(document: Document) -> Iterator[Mistake]:
    said = document.content
    for key in said:
        if key not in _KEYS:
            what = f"{key} is no key of a preset.{suggestion(key, _KEYS)}"
            yield Mistake(f"{document.at((key,))}: {what}")
    version, resumes = _word(document, "leaderboard"), said.get("resumes")
    if version and version not in names(LAUNCHED):
        what = f"{version} is no Leaderboard.{suggestion(version, names(LAUNCHED))}"
        yield Mistake(f"{document.at(('leaderboard',))}: {what}")
    if resumes is not None and (type(resumes) is not int or not 0 <= resumes <= _MOST_RESUMES):
        yield Mistake(f"{document.at(('resumes',))}: resumes counts pair resumes: 0 or more.")
    if wrong := label_value(_word(document, "queue")):
        yield Mistake(f"{document.at(('queue',))}: the name of a queue {wrong}.")
    if not isinstance(said.get("values", {}), dict):
        yield Mistake(f"{document.at(('values',))}: values is not a mapping.")
