"""What stands in the compose form: what it is filled with, and what is typed over that. Pure.

Nothing typed is lost: what another version or profile has no place for waits for one that has.
Knows neither widgets nor where a filling comes from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec
from msgspec.structs import replace

from console.domain.budget import backoff_limit_for
from console.domain.queues import QueuesOffered, named_by
from console.tui.drafts import ROUTES, ComposeForm, Draft, FormField

OF_THE_TEAM = "submission."
"""Values that hold whatever the version and the cluster."""
NAME = "submission.name"
LEADERBOARD, PROFILE, RESUMES, PRESET, QUEUE = (
    "run.leaderboard",
    "run.profile",
    "run.resumes",
    "run.preset",
    "run.queue",
)
NO_PRESET = "(none)"
"""No file can have that name."""
_CHOSEN = (LEADERBOARD, PROFILE, PRESET)
"""Fields that say which form it is: what stands in them is chosen, not typed."""
_ROUTES_HELP = (
    "A copy of the image's file, here: routes go by its order, and it is told what of it is not "
    "launched. May stay empty."
)


class Filling(msgspec.Struct, frozen=True):
    """What a form is filled with beneath what is typed: a launch of before, or a preset."""

    values: Mapping[str, str] = {}
    leaderboard: str = ""
    profile: str = ""
    """Of whichever, where they are empty."""
    backoff_limit: int | None = None
    queue: str = ""
    """Of Kueue; empty where it says nothing of it."""


def filled(
    form: ComposeForm, fillings: Iterable[Filling], used: Mapping[str, tuple[str, ...]]
) -> ComposeForm:
    """The form with what of the fillings applies to it; a later one stands over those before."""
    said: dict[str, str] = {}
    limit = form.backoff_limit
    for each in fillings:
        said |= _applying(each, form)
        limit = limit if each.backoff_limit is None else each.backoff_limit
    fields = tuple(
        replace(each, default=text_of(each, said), used=used.get(each.path, ()))
        for each in form.fields
    )
    return replace(form, fields=fields, backoff_limit=limit)


def _applying(filling: Filling, form: ComposeForm) -> Mapping[str, str]:
    """Images of 2.0 do not go into a form of 1.0, nor one cluster's nodes into another's."""
    same = filling.leaderboard in ("", form.leaderboard) and filling.profile in ("", form.profile)
    return {
        path: text
        for path, text in filling.values.items()
        if path != NAME and (same or path.startswith(OF_THE_TEAM))
    }


def name_of(fillings: Iterable[Filling]) -> str:
    """What they call the submission; the form gives it the next free number."""
    return next((each.values[NAME] for each in fillings if NAME in each.values), "")


def run_fields(
    form: ComposeForm,
    *,
    leaderboards: tuple[str, ...],
    profiles: tuple[str, ...],
    presets: tuple[str, ...],
    preset: str,
) -> tuple[FormField, ...]:
    """The fields above those of the spec: which form it is, and what is no value of the Job."""
    limit = f"{form.resumes} is backoffLimit {form.backoff_limit}"
    budget = f"Of crashed pairs, over all of them; with a pod each, of each. {limit}."
    chosen = FormField(PRESET, "Preset", preset, choices=(NO_PRESET, *presets))
    return (
        *((chosen,) if presets else ()),
        FormField(LEADERBOARD, "Leaderboard", form.leaderboard, choices=leaderboards),
        FormField(PROFILE, "Profile", form.profile, choices=profiles),
        FormField(RESUMES, "Resumes allowed", str(form.resumes), budget, check=whole),
        FormField(ROUTES, "Routes file", help=_ROUTES_HELP),
    )


def with_queue(
    fields: tuple[FormField, ...], offered: QueuesOffered, named: str
) -> tuple[FormField, ...]:
    """The same with the field of the queue, where there is a choice; `named`: by a filling."""
    own = tuple(each for each in fields if each.path != QUEUE)
    choices = offered.choices(named)
    if not choices:
        return own
    told = " ".join(offered.stopped)
    queue = FormField(
        QUEUE, "Queue of Kueue", offered.usual(named), told, choices, check=offered.problem
    )
    place = next((at for at, each in enumerate(own, 1) if each.path == PROFILE), 0)
    return (*own[:place], queue, *own[place:])


def whole(text: str) -> str:
    """Why a text is no count of resumes."""
    sound = text.isascii() and text.isdigit() and len(text) < 5
    return "" if sound else "A whole number is wanted."


def draft_of(form: ComposeForm, texts: Mapping[str, str]) -> Draft | None:
    """What a form says with these texts in it; None where the resumes are no number."""
    if RESUMES not in texts or whole(texts[RESUMES]):
        return None
    resumes = int(texts[RESUMES])
    limit = form.backoff_limit if resumes == form.resumes else backoff_limit_for(resumes)
    own = {path: text for path, text in texts.items() if not path.startswith("run.")}
    routes, queue = texts.get(ROUTES, "").strip(), named_by(texts.get(QUEUE, ""))
    return Draft(form.leaderboard, form.profile, own, limit, routes, queue)


def text_of(field: FormField, said: Mapping[str, str]) -> str:
    """What stands in the field at first: what was said of it, where it can be."""
    text = said.get(field.path, field.default)
    return text if not field.choices or text in field.choices else field.default


def typed(
    fields: Iterable[FormField], shown: Mapping[str, str], before: Mapping[str, str]
) -> dict[str, str]:
    """What the user wants where it is another than the default, of this form and those before.

    `shown` are the texts of these fields now, `before` what was typed when they were shown.
    """
    now = dict(before)
    for each in fields:
        text = shown.get(each.path)
        if text is None or each.path in _CHOSEN or text == text_of(each, before):
            continue
        now.pop(each.path, None)
        if text != each.default:
            now[each.path] = text
    return now


def left_behind(fields: Iterable[FormField], wanted: Mapping[str, str]) -> tuple[str, ...]:
    """What is lost with a form in which that was typed, in plain sentences; empty for nothing."""
    known = {each.path: each for each in fields}
    lost = [
        path for path, text in wanted.items() if path not in known or text != known[path].default
    ]
    if not lost:
        return ()
    told = ", ".join(known[path].label if path in known else path for path in lost)
    return (f"What you typed is not launched and kept nowhere: {told}.",)
