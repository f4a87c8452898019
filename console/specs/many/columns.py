"""What the columns of a row mean: the words of `launch`'s flags, or a value's path. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import msgspec

from console.results.leaderboard import LAUNCHED, names
from console.specs.adjustments import whole_number
from console.specs.mistakes import Mistake, SpecRejected, suggestion
from console.specs.parameters import Parameter, as_value, problem
from console.specs.step_input import TEAM_NAME, is_theirs

NAME, IMAGE = "submission.name", "submission.submitted_image_uri"
WORDS = {
    "name": NAME,
    "image": IMAGE,
    "team": TEAM_NAME,
    "phase": "submission.track_id",
    "track": "submission.track_codename",
}
"""What people call the values that most files are about."""
FLAGS = ("leaderboard", "profile", "resumes", "queue")
"""Columns that are no value: they choose what the values fill, as the flags of `launch` do."""
_LIMIT, _REPETITIONS = "job.backoff_limit", "job.repetitions"


class FlagsOfRow(msgspec.Struct, frozen=True):
    """What a row says instead of flags; None where it says nothing."""

    leaderboard: str | None = None
    profile: str | None = None
    resumes: int | None = None
    backoff_limit: int | None = None
    repetitions: int | None = None
    queue: str | None = None


def canonical(name: str) -> str:
    """A column's name as it is looked for: `Backoff-Limit` is `backoff_limit`."""
    plain = name.strip().lower().replace("-", "_").replace(" ", "_")
    return WORDS.get(plain, plain)


def flags_of(cells: Mapping[str, str]) -> FlagsOfRow:
    """What can be read of the columns that are flags; the rest is a mistake of `settings_of`."""
    resumes, limit, repetitions = (
        whole_number(text, least=0)
        for text in (
            cells.get("resumes"),
            cells.get(_LIMIT, cells.get("backoff_limit")),
            cells.get(_REPETITIONS, cells.get("repetitions")),
        )
    )
    profile, queue = cells.get("profile"), cells.get("queue")
    return FlagsOfRow(_version(cells), profile, resumes, limit, repetitions, queue)


def _version(cells: Mapping[str, str]) -> str | None:
    """A spreadsheet writes 2.0 as 2."""
    said = cells.get("leaderboard", "")
    return next((each for each in (said, f"{said}.0") if each in names(LAUNCHED)), None)


def _flag_mistakes(cells: Mapping[str, str]) -> Iterator[Mistake]:
    version, resumes = cells.get("leaderboard"), cells.get("resumes")
    if version is not None and _version(cells) is None:
        yield Mistake(f"leaderboard: {version} is none. Write {' or '.join(names(LAUNCHED))}.")
    if resumes is not None and whole_number(resumes, least=0) is None:
        yield Mistake(f"resumes: {resumes} is no whole number from 0.")
    if resumes is not None and {_LIMIT, "backoff_limit"} & cells.keys():
        yield Mistake("resumes: backoff_limit says it too. Leave one of them out.")


def settings_of(cells: Mapping[str, str], asked: Mapping[str, Parameter]) -> dict[str, Any]:
    """Path -> value of what a row sets; `asked`: what the template asks for, by path.

    Raises SpecRejected with every unknown column and every value that cannot be one.
    """
    settings: dict[str, Any] = {}
    mistakes = list(_flag_mistakes(cells))
    for column, text in cells.items():
        if column in FLAGS:
            continue
        path = _path(column, asked)
        if path is None:
            mistakes.append(Mistake(f"{column}: there is no such column.{_near(column, asked)}"))
        elif path in settings:
            mistakes.append(Mistake(f"{column}: another column says {path} too.", path))
        elif wrong := problem(asked[path], text) if path in asked else "":
            mistakes.append(Mistake(f"{word(path)}: {wrong}", path))
        else:
            settings[path] = as_value(asked[path], text) if path in asked else text
    if mistakes:
        raise SpecRejected("The row", mistakes)
    return settings


def word(path: str) -> str:
    """What a column with that value is usually called."""
    return next((each for each, known in WORDS.items() if known == path), path.rpartition(".")[2])


def _path(column: str, asked: Collection[str]) -> str | None:
    if column in asked or is_theirs(column):
        return column
    found = [path for path in asked if path.rpartition(".")[2] == column]
    return found[0] if len(found) == 1 else None


def _near(column: str, asked: Collection[str]) -> str:
    return suggestion(column, (*_words(), *(word(path) for path in asked)))


def _words() -> Iterator[str]:
    yield from WORDS
    yield from FLAGS
