"""The values that fill a template: a profile, then what the user says; who said what is kept.

A value is named by its path: `submission.name`. Values under `job` change numbers that the
template writes out (see `console.specs.adjustments`); values under `workers` come from the launch.
"""

from __future__ import annotations

import copy
import errno
import os
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from console import paths
from console.errors import InvalidInput
from console.results import files, streams
from console.results.leaderboard import LAUNCHED, Leaderboard, names
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

    def get(self, path: str) -> Any:
        """The value at `a.b`, None without one."""
        current: Any = self.document
        for key in path.split("."):
            current = current.get(key) if isinstance(current, Mapping) else None
        return current

    def origin(self, path: str) -> str:
        """Who said it; `the values` where nobody was recorded."""
        return self.origins.get(path, "the values")

    def merged(self, document: Mapping[str, Any], origins: Mapping[str, str]) -> Values:
        """These values with another document over them, key by key."""
        return Values(_over(self.document, document), {**self.origins, **origins})

    def override_file(self, text: str, source: str, *, known: Collection[str]) -> Values:
        """These values with those of a YAML file over them; its lines become the origins."""
        document = parse(text, source)
        _refuse_dots(document)
        origins = {path: document.at(tuple(path.split("."))) for path in leaves(document.content)}
        _demand_known(origins, known, source)
        return self.merged(document.content, origins)

    def override(
        self, settings: Mapping[str, Any], *, origin: str, known: Collection[str]
    ) -> Values:
        """These values with single ones replaced: {"submission.name": "demo"}.

        Raises SpecRejected naming each path that is not in `known`, with the nearest one.
        """
        _demand_known(dict.fromkeys(settings, origin), known, origin)
        values = self
        for path, value in settings.items():
            values = values.merged(_nested(path, value), {path: origin})
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
            values = values.merged(part, origins)
        return values


def leaves(document: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """The path of everything in a values document that is not a non-empty mapping."""
    for key, value in document.items():
        path = f"{prefix}{key}"
        if isinstance(value, Mapping) and value:
            yield from leaves(value, f"{path}.")
        else:
            yield path


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


def _refuse_dots(document: Document, place: tuple[str, ...] = ()) -> None:
    """A key such as `submission.name:` looks like a value's path and would set nothing."""
    content: Any = document.content
    for key in place:
        content = content[key]
    for key, value in content.items():
        if "." in key:
            outer, _, inner = key.partition(".")
            what = f"{document.at((*place, key))}: the key {shortened(key)} holds a dot."
            raise SpecRejected(
                document.source, [Mistake(f"{what} Write {outer}: with {inner}: below it.")]
            )
        if isinstance(value, dict):
            _refuse_dots(document, (*place, key))


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


def _nested(path: str, value: Any) -> dict[str, Any]:
    for key in reversed(path.split(".")):
        value = {key: value}
    return dict(value)


def _over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = copy.deepcopy(dict(below))
    for key, value in above.items():
        if isinstance(value, Mapping) and isinstance(merged.get(key), dict):
            merged[key] = _over(merged[key], value)
        else:
            merged[key] = copy.deepcopy(value)
    return merged
