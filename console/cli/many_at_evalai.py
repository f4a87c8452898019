"""`launch -f …`: each row that is for a submission of EvalAI, held against what EvalAI shows.

In the words of a single launch. What would reach nobody, or another team's submission, is an error
of its row, since of many nobody reads a warning before they run; the rest is a remark.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from console.cli import narration
from console.domain.facts import EvalAiPlace
from console.operations.ports.publications import PublishingRules
from console.operations.ports.publishing_settings import PublishingFile, PublishingSettings
from console.operations.publishing.asked_before import AT_ONCE, PAUSE, AskedBefore, ask_each
from console.operations.submitting.publishing_plan import SUBMISSION, publishing_plan
from console.presentation.before_launch import BeforeLaunch, before_launch
from console.specs.many.columns import word
from console.specs.many.judging import JudgedRow
from console.specs.publishing_annotations import team_of

ALONE = "Launched alone, it goes all the same."
Rules = Callable[[], PublishingRules]


async def held_against_evalai(
    publishing: PublishingFile | None, rules: Rules | None, judged: Sequence[JudgedRow]
) -> tuple[JudgedRow, ...]:
    """The rows with what EvalAI shows otherwise; all as they are where nothing is published."""
    if publishing is None or rules is None or (settings := publishing.settings()).evalai is None:
        return tuple(judged)
    rows = held_against_each_other(publishing, judged)
    places = {each.row.place: place for each in rows if (place := _place(each, settings))}
    asked = await _asked(rules(), tuple(dict.fromkeys(places.values())))
    return tuple(
        _held(each, asked[places[each.row.place]]) if each.row.place in places else each
        for each in rows
    )


def held_against_each_other(
    publishing: PublishingFile, judged: Sequence[JudgedRow]
) -> tuple[JudgedRow, ...]:
    """The rows with what can be told without EvalAI: that two are for one submission there."""
    settings = publishing.settings()
    if settings.evalai is None:
        return tuple(judged)
    rows = [_of_no_number(each, settings, str(publishing.file)) for each in judged]
    first: dict[EvalAiPlace, int] = {}
    for number, each in enumerate(rows):
        place = _place(each, settings)
        if place is not None and place in first:
            rows[number] = _twice(each, first[place], place)
        elif place is not None:
            first[place] = each.row.place
    return tuple(rows)


async def _asked(
    rules: PublishingRules, places: tuple[EvalAiPlace, ...]
) -> dict[EvalAiPlace, AskedBefore]:
    """And how that went, told in a line."""
    if not (count := len(places)):
        return {}
    minutes = f": about {max(1, round(count * PAUSE / 60))} min" if count > AT_ONCE else ""
    narration.say(f"EvalAI is asked for {_counted(count)}{minutes}")
    found = {each.place: each async for each in ask_each(rules, places)}
    silent = [each for each in found.values() if each.there is None and not each.refused]
    if silent:
        told = f"EvalAI does not tell of {len(silent)} of them: {silent[0].why_not}"
        narration.say(f"note: {told} They can be launched all the same.")
    return found


def _counted(count: int) -> str:
    return f"{count} submission{'s' if count > 1 else ''}"


def tell_where(publishing: PublishingFile | None, rows: Sequence[JudgedRow]) -> None:
    """Narrate where the results of those that are launched go; nothing where to nowhere."""
    settings = publishing.settings() if publishing is not None else PublishingSettings()
    plans = [publishing_plan(each.valid.composed.manifest, settings) for each in rows if each.valid]
    if settings.evalai and (count := sum(each.place is not None for each in plans)):
        told = f"the recorder sends the results of {count} of {len(plans)} to EvalAI"
        narration.say(f"note: {told} ({settings.evalai.server})")
    if settings.storage and plans:
        narration.say(f"note: their files go to {settings.storage.to}, to a folder for each")
        if shared := len(plans) - len({each.storage for each in plans}):
            told = f"{shared} of {len(plans)} name a folder that another row has"
            fix = "only the first to start is brought there; give each row a submission id"
            narration.say(f"warning: {told}: {fix}")
    if count := sum(bool(each.table) for each in plans):
        told = f"DynamoDB's table {settings.table} is told when each starts and how it ends"
        narration.say(f"note: {told} ({count} of {len(plans)})")


def _place(judged: JudgedRow, settings: PublishingSettings) -> EvalAiPlace | None:
    if judged.valid is None:
        return None
    return publishing_plan(judged.valid.composed.manifest, settings).place


def _of_no_number(judged: JudgedRow, settings: PublishingSettings, file: str) -> JudgedRow:
    """Somebody will wait for results that do not come."""
    if judged.valid is None:
        return judged
    plan = publishing_plan(judged.valid.composed.manifest, settings)
    if not plan.wanted:
        return judged
    told = f"{judged.name}: Nothing goes to EvalAI: {plan.why_not} ({file})."
    return replace(judged, warnings=(*judged.warnings, told))


def _twice(judged: JudgedRow, first: int, place: EvalAiPlace) -> JudgedRow:
    told = f"row {first} is for EvalAI's submission {place.submission} too. Launch one of them."
    return _faulty(judged, (f"{word(SUBMISSION)}: {told}",))


def _held(judged: JudgedRow, asked: AskedBefore) -> JudgedRow:
    assert judged.valid is not None
    told = before_launch(asked, team_of(judged.valid.composed.manifest))
    remarks = tuple(f"{judged.name}: {each}" for each in _remarks(asked, told))
    judged = replace(judged, warnings=(*judged.warnings, *remarks))
    errors = tuple(f"{word(each.at)}: {each.text}" for each in told.mismatches if each.grave)
    return _faulty(judged, (*errors[:-1], f"{errors[-1]} {ALONE}")) if errors else judged


def _remarks(asked: AskedBefore, told: BeforeLaunch) -> Iterator[str]:
    if asked.there is None:
        yield from (told.line,) if asked.refused else ()
        return
    yield from (each.text for each in told.mismatches if not each.grave)


def _faulty(judged: JudgedRow, errors: tuple[str, ...]) -> JudgedRow:
    return replace(judged, valid=None, errors=(*judged.errors, *errors))
