"""What a compose form is filled with: launches of before, and the user's presets, on disk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from console.domain.budget import RestartBudget, backoff_limit_for
from console.domain.queues import DEFAULT
from console.errors import InvalidInput
from console.results import files
from console.specs.parameters import as_value
from console.specs.presets import load_preset, preset_file, preset_text
from console.specs.read_back import OF_ONE_LAUNCH, ReadBack, read_back
from console.specs.tree import parse
from console.specs.turns import queue_of
from console.specs.values import leaves
from console.tui import composing
from console.tui.drafts import Draft
from console.tui.form_state import NAME, OF_THE_TEAM, Filling

MOST_USED = 4
"""Texts that are offered for one field."""


def of_manifest(text: str) -> Filling | None:
    """All that a Job's YAML tells; None where it is no Job of a Leaderboard."""
    job = parse(text, "the Job").content
    read = read_back(job)
    return None if read is None else replace(_filling(read, read.values), queue=queue_of(job))


def of_last_launch(jobs: Iterable[Mapping[str, Any]]) -> Filling | None:
    """Of the first that can be read: its team, phase, image and resumes, not its cluster."""
    for read in map(read_back, jobs):
        if read is not None:
            own = {path: each for path, each in read.values.items() if path.startswith(OF_THE_TEAM)}
            own.pop(NAME, None)
            return _filling(read, own)
    return None


def _filling(read: ReadBack, values: Mapping[str, str]) -> Filling:
    kept = {p: each for p, each in values.items() if p == NAME or p not in OF_ONE_LAUNCH}
    return Filling(kept, read.leaderboard.name, backoff_limit=read.backoff_limit)


def used_before(jobs: Iterable[Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    """What stood in each field in these launches, in their order."""
    used: dict[str, dict[str, None]] = {}
    for read in map(read_back, jobs):
        for path, text in read.values.items() if read is not None else ():
            if text and path not in OF_ONE_LAUNCH:
                used.setdefault(path, {})[text] = None
    return {path: tuple(texts)[:MOST_USED] for path, texts in used.items()}


def of_preset(name: str, leaderboard: str, profile: str) -> Filling:
    """What a preset says, for a form of that version and profile where it names none itself.

    Raises InvalidInput for one that cannot be read.
    """
    preset = load_preset(name)
    version, cluster = preset.leaderboard or leaderboard, preset.profile or profile
    said = {each.path: each for each in composing.asked_of(version, cluster, preset)}
    named = leaves(preset.document.content.get("values") or {})
    values = {path: composing.default_text(said[path]) for path in named if path in said}
    limit = None if preset.resumes is None else backoff_limit_for(preset.resumes)
    return Filling(values, preset.leaderboard, preset.profile, limit, preset.queue)


def keep_preset(name: str, draft: Draft) -> str:
    """Write what that draft says over its profile as a preset; the file's path.

    What was there before is replaced. Raises InvalidInput for a name that is none.
    """
    file = preset_file(name)
    asked = {each.path: each for each in composing.asked_of(draft.leaderboard, draft.profile)}
    own = {
        path: as_value(asked[path], text)
        for path, text in draft.values.items()
        if path not in OF_ONE_LAUNCH and text != composing.default_text(asked[path])
    }
    # The spec's own limit may be more than its resumes need: said as resumes, it would shrink.
    unchanged = (
        draft.backoff_limit == composing.form(draft.leaderboard, draft.profile).backoff_limit
    )
    resumes = None if unchanged else RestartBudget(draft.backoff_limit).resumes_left
    told = preset_text(
        leaderboard=draft.leaderboard,
        profile=draft.profile,
        resumes=resumes,
        values=own,
        queue="" if draft.queue == DEFAULT else draft.queue,
    )
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        files.replace(str(file), [told.encode()], permissions=files.PRIVATE)
    except OSError as error:
        raise InvalidInput(f"{file} cannot be written.", why=files.why(error)) from error
    return str(file)
