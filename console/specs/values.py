"""The values that fill a template: a profile, then what the user says; who said what is kept.

A value is named by its path: `submission.name`. Values under `job` change numbers that the
template writes out (see `console.specs.adjustments`); values under `workers` come from the launch.
"""

from __future__ import annotations

import copy
import errno
import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from console import paths
from console.errors import InvalidInput
from console.results import files, streams
from console.results.leaderboard import LAUNCHED, names
from console.results.version_rules import Leaderboard
from console.specs.document_places import spell
from console.specs.known_routes import NOTHING_KNOWN, KnownRoutes
from console.specs.mistakes import Mistake, SpecRejected, shortened, suggestion
from console.specs.step_input import THEIRS, is_theirs
from console.specs.tree import Document, parse

LARGEST_FILE = 1024 * 1024
"""Bytes of a template, a profile or a values file; the console's own have 30,000."""
EMBEDDED_PROFILE, SITE_PROFILE = "embedded", "g5.12xlarge"
_PROFILE_KEYS = ("description", "values", "leaderboards")


class Values(msgspec.Struct, frozen=True):
    """A values document and the origin of each of its leaves."""

    document: dict[str, Any]
    origins: Mapping[str, str] = msgspec.field(default_factory=dict)
    """Path of a leaf -> who said it: `embedded.yaml, line 12`, `--set`, `the form`."""
    written: Mapping[str, str] = msgspec.field(default_factory=dict)
    """Path of a leaf that YAML reads as a number -> how a file writes it."""
    known: KnownRoutes = NOTHING_KNOWN
    """Not a value of anybody's: what there is to share out."""

    def get(self, path: str) -> Any:
        """The value at `a.b`, None without one."""
        current: Any = self.document
        for key in path.split("."):
            current = current.get(key) if isinstance(current, Mapping) else None
        return current

    def origin(self, path: str) -> str:
        """Who said it; `the values` where nobody was recorded."""
        return self.origins.get(path, "the values")

    def merged(
        self,
        document: Mapping[str, Any],
        origins: Mapping[str, str],
        written: Mapping[str, str] | None = None,
    ) -> Values:
        """These values with another document over them, key by key."""
        kept = {path: text for path, text in self.written.items() if path not in origins}
        told = {**self.origins, **origins}
        numbers = kept | dict(written or {})
        return Values(over(self.document, document), told, numbers, self.known)

    def in_words(self, paths: Iterable[str]) -> Values:
        """A number of a file is the text that stands there, where text is wanted: `team_id: 7`."""
        values = self
        for path in [each for each in paths if each in self.written]:
            text = nested(path, self.written[path])
            values = values.merged(text, {path: self.origin(path)})
        return values

    def override_file(self, text: str, source: str, *, known: Collection[str]) -> Values:
        """These values with those of a YAML file over them; its lines become the origins."""
        return self.override_document(parse(text, source), known=known)

    def override_document(
        self, document: Document, *, known: Collection[str], below: tuple[str, ...] = ()
    ) -> Values:
        """The same with a file's text that was read already, or with the part below a place."""
        part: dict[str, Any] = document.content
        for key in below:
            part = part.get(key) or {}
        _refuse_dots(document, part, below)
        at = {path: document.at((*below, *path.split("."))) for path in leaves(part)}
        _demand_known(at, known, document.source)
        return self.merged(part, at, _written(document, below))

    def override(
        self, settings: Mapping[str, Any], *, origin: str, known: Collection[str]
    ) -> Values:
        """These values with single ones replaced: {"submission.name": "demo"}.

        Raises SpecRejected naming each path that is not in `known`, with the nearest one.
        """
        _demand_known(dict.fromkeys(settings, origin), known, origin)
        values = self
        for path, value in settings.items():
            values = values.merged(nested(path, value), {path: origin})
        return values


class Profile(msgspec.Struct, frozen=True):
    """A cluster's values, for each Leaderboard."""

    name: str
    description: str
    document: Document

    def values(self, leaderboard: Leaderboard | str) -> Values:
        """What the profile says for one Leaderboard: its common values and that one's own."""
        content = self.document.content
        values = Values({})
        for place in (("values",), ("leaderboards", str(leaderboard))):
            part: Any = content
            for key in place:
                part = part.get(key, {})
            origins = {path: self.document.at((*place, *path.split("."))) for path in leaves(part)}
            values = values.merged(part, origins, _written(self.document, place))
        return values


def leaves(document: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """The path of everything in a values document that is not a non-empty mapping."""
    for key, value in document.items():
        path = f"{prefix}{key}"
        if isinstance(value, Mapping) and value:
            yield from leaves(value, f"{path}.")
        else:
            yield path


def _written(document: Document, below: tuple[str, ...]) -> dict[str, str]:
    """How the numbers below that place are written, by their paths."""
    depth = len(below)
    return {
        spell(place[depth:]): text
        for place, text in document.written.items()
        if place[:depth] == below
    }


def usual_profile(*, local: bool) -> str:
    """The profile that fills a spec where nobody names one: that of the embedded cluster there."""
    return EMBEDDED_PROFILE if local else SITE_PROFILE


def profiles() -> tuple[str, ...]:
    """Names of the profiles that come with the console."""
    return tuple(sorted(file.stem for file in (paths.job_specs() / "profiles").glob("*.yaml")))


def load_profile(name: str | Path) -> Profile:
    """A profile by its name, or by the path of a file of one's own (a Path, or text with a `/`)."""
    if isinstance(name, str) and "/" not in name:
        if name not in profiles():
            raise InvalidInput(
                f"There is no profile {name!r}.",
                fix="Give a file's path, or one of: " + ", ".join(profiles()) + ".",
            )
        file = paths.job_specs() / "profiles" / f"{name}.yaml"
    else:
        file = Path(name)
    return parse_profile(read_text(file), file.name)


def read_text(file: Path) -> str:
    """A file's text; InvalidInput where it cannot be had."""
    name = files.shown(str(file))
    try:
        content = _content(file)
    except (OSError, ValueError) as error:
        raise InvalidInput(f"{name} cannot be read.", why=files.why(error)) from error
    if len(content) > LARGEST_FILE:
        raise InvalidInput(f"{name} has more than {LARGEST_FILE} bytes.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        why = f"Byte {error.start} belongs to another encoding."
        raise InvalidInput(f"{name} is not text in UTF-8.", why=why) from error


def _content(file: Path) -> bytes:
    """A pipe is taken too: `-f <(...)`."""
    if file.is_file():
        return files.read_start(str(file), LARGEST_FILE + 1)
    if file.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    return streams.read_bytes(str(file), LARGEST_FILE + 1)


def parse_profile(text: str, source: str) -> Profile:
    """A profile from its text; SpecRejected names every key that does not belong there."""
    document = parse(text, source)
    if mistakes := list(_profile_mistakes(document)):
        raise SpecRejected(source, mistakes)
    description = document.content.get("description", "")
    return Profile(source.removesuffix(".yaml"), str(description), document)


def _profile_mistakes(document: Document) -> Iterator[Mistake]:
    for key in document.content:
        if key not in _PROFILE_KEYS:
            near = suggestion(key, _PROFILE_KEYS)
            yield Mistake(f"{document.at((key,))}: {key} is no key of a profile.{near}")
    for key in ("values", "leaderboards"):
        if not isinstance(document.content.get(key, {}), dict):
            yield Mistake(f"{document.at((key,))}: {key} is not a mapping.")
            return
    for version, part in document.content.get("leaderboards", {}).items():
        at = document.at(("leaderboards", version))
        if version not in names(LAUNCHED):
            near = suggestion(version, names(LAUNCHED))
            yield Mistake(f"{at}: {version} is no Leaderboard.{near}")
        if not isinstance(part, dict):
            yield Mistake(f"{at}: {version} is not a mapping.")


def _refuse_dots(document: Document, content: dict[str, Any], place: tuple[str, ...]) -> None:
    """A key such as `submission.name:` looks like a value's path and would set nothing."""
    for key, value in content.items():
        if "." in key:
            outer, _, inner = key.partition(".")
            what = f"{document.at((*place, key))}: the key {shortened(key)} holds a dot."
            raise SpecRejected(
                document.source, [Mistake(f"{what} Write {outer}: with {inner}: below it.")]
            )
        if isinstance(value, dict):
            _refuse_dots(document, value, (*place, key))


def _demand_known(origins: Mapping[str, str], known: Collection[str], source: str) -> None:
    existing = {*known, *THEIRS}
    mistakes = [
        Mistake(f"{origin}: no value is called {_named(path)}.{suggestion(path, existing)}", path)
        for path, origin in origins.items()
        if path not in known and not is_theirs(path)
    ]
    if mistakes:
        raise SpecRejected(source, mistakes)


def _named(path: str) -> str:
    return path if path and path.isprintable() else repr(path)


def nested(path: str, value: Any) -> dict[str, Any]:
    """`a.b` as a document of its own."""
    for key in reversed(path.split(".")):
        value = {key: value}
    return dict(value)


def over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """A document with another one over it, key by key; shares nothing with either."""
    merged = copy.deepcopy(dict(below))
    for key, value in above.items():
        if isinstance(value, Mapping) and isinstance(merged.get(key), dict):
            merged[key] = over(merged[key], value)
        else:
            merged[key] = copy.deepcopy(value)
    return merged
