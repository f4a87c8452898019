"""The compose form over `console.specs`: fields from a template, a draft into a manifest. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache, partial
from typing import Any

from msgspec.structs import replace

from console.domain.submission import SubmissionPlan
from console.errors import ConsoleError
from console.operations.ports.publishing_settings import PublishingFile, PublishingSettings
from console.operations.submitting.publishing_plan import (
    PublishingPlan,
    publishing_plan,
    with_place,
)
from console.operations.submitting.routes_file import (
    RoutesFile,
    ids_of,
    read_routes,
    remarks,
)
from console.operations.submitting.sharing_out import Timed, shared_out
from console.presentation.publishing_words import plan_words
from console.results.leaderboard import LAUNCHED, USUAL, names
from console.specs.compose import Composed, compose
from console.specs.document_places import Place, spell
from console.specs.known_routes import KnownRoutes
from console.specs.mistakes import SpecRejected
from console.specs.notes import notes
from console.specs.parameters import Parameter, as_value, parameters, problem
from console.specs.presets import Preset
from console.specs.publishing_annotations import team_of
from console.specs.references import Unresolved, resolve
from console.specs.rendering import to_yaml
from console.specs.shape import SPLIT
from console.specs.template import Template, load_template
from console.specs.turns import into_queue
from console.specs.validation import Judged, Severity
from console.specs.values import Values, load_profile
from console.tui.drafts import ROUTES, ComposeForm, Composition, Draft, DraftFinding, FormField

LEADERBOARDS = names((USUAL, *(each for each in LAUNCHED if each is not USUAL)))
BACKOFF_LIMIT = "job.backoff_limit"
MISSET = "PUBLISHING, at the form's end: its settings are wrong."


@lru_cache(maxsize=8)
def _template(leaderboard: str) -> Template:
    return load_template(leaderboard)


@lru_cache(maxsize=16)
def _values(leaderboard: str, profile: str) -> Values:
    return load_profile(profile).values(leaderboard)


@lru_cache(maxsize=16)
def _parameters(leaderboard: str, profile: str) -> tuple[Parameter, ...]:
    return parameters(_template(leaderboard), _values(leaderboard, profile))


def form(leaderboard: str, profile: str, *, name: str = "") -> ComposeForm:
    """The fields of a spec, filled from the profile; `name` replaces its submission's name."""
    asked = _parameters(leaderboard, profile)
    limit = next(int(each.default) for each in asked if each.path == BACKOFF_LIMIT)
    fields = tuple(_field(each, name) for each in asked if each.path != BACKOFF_LIMIT)
    return ComposeForm(leaderboard, profile, fields, limit)


def asked_of(leaderboard: str, profile: str, preset: Preset | None = None) -> tuple[Parameter, ...]:
    """What a form asks for, with the defaults of that profile, and of a preset over it."""
    if preset is None:
        return _parameters(leaderboard, profile)
    template = _template(leaderboard)
    return parameters(template, preset.over(_values(leaderboard, profile), template.paths))


def default_text(asked: Parameter) -> str:
    """A default as it stands in a field."""
    return "" if asked.default is None else str(asked.default)


def _field(asked: Parameter, name: str) -> FormField:
    default = default_text(asked)
    if asked.path == "submission.name" and name:
        default = name
    check = partial(problem, asked)
    return FormField(asked.path, asked.label, default, asked.help, asked.choices, check=check)


def profile_name(leaderboard: str, profile: str) -> str:
    """What the profile calls its submission."""
    return str(_values(leaderboard, profile).get("submission.name") or "submission")


def nobody_timed(_plan: SubmissionPlan) -> Mapping[str, float]:
    """Where no recordings are asked."""
    return {}


def composition(
    draft: Draft,
    namespace: str,
    publishing: PublishingFile | None = None,
    timed: Timed = nobody_timed,
) -> Composition:
    """The draft as a validated manifest; everything wrong with it as findings. Reads files."""
    file, found = _routes_file(draft)
    try:
        made, remark = _composed(draft, namespace, file, timed)
    except SpecRejected as error:
        mistakes = tuple(DraftFinding(m.text, m.path) for m in error.mistakes)
        return Composition(draft, findings=(*found, *mistakes))
    except ConsoleError as error:
        return Composition(draft, findings=(*found, DraftFinding(str(error))))
    try:
        settings = publishing.settings() if publishing else PublishingSettings()
    except ConsoleError as error:
        # Its file's path alone fills the row of the verdict.
        told = " ".join(str(error).split())
        return Composition(draft, findings=(*found, DraftFinding(MISSET)), publishing=told)
    made = with_place(made, settings)
    judged, plan = Judged(made), publishing_plan(made.manifest, settings)
    found += tuple(_findings(draft, judged, file, remark, plan))
    told = plan_words(plan, settings, str(publishing.file)) if publishing else ""
    goes_to = plan if plan.storage or plan.table else None
    published = (told, plan.place, team_of(made.manifest), goes_to)
    text = to_yaml(made.manifest)
    if any(not each.warning for each in found):
        return Composition(draft, text, found, "", None, (), *published)
    ready, needs = judged.valid, notes(made.manifest)
    return Composition(draft, text, found, _summary(made), ready, needs, *published)


def _findings(
    draft: Draft, judged: Judged, file: RoutesFile | None, remark: str, plan: PublishingPlan
) -> Iterator[DraftFinding]:
    """Of the fields, of the manifest, then of what the draft says beside it."""
    wrong = _wrong_fields(draft)
    yield from (DraftFinding(told, asked.path) for asked, told in wrong)
    # What a field says wrongly is told by its name, and not by each line that takes it: the
    # template's own, and those of pairs that were made after them.
    taken = {place for asked, _ in wrong for place in asked.used_at}
    said = {
        (place.rpartition(".")[2], draft.values[asked.path])
        for asked, _ in wrong
        for place in asked.used_at
    }
    manifest = judged.composed.manifest
    for each in judged.findings:
        if spell(each.place) not in taken and _key_and_value(manifest, each.place) not in said:
            yield DraftFinding(str(each), warning=each.severity is not Severity.ERROR)
    yield from _of_routes(file, judged.composed)
    if remark:
        yield DraftFinding(remark, SPLIT, warning=True)
    yield from _of_publishing(plan)


def _key_and_value(manifest: Mapping[str, Any], place: Place) -> tuple[str, Any]:
    """What stands there under which key; None where nothing does."""
    try:
        return str(place[-1]) if place else "", resolve(manifest, place)
    except Unresolved:
        return "", None


def _wrong_fields(draft: Draft) -> list[tuple[Parameter, str]]:
    """Those that say of themselves what is wrong with them."""
    asked = [
        each for each in _parameters(draft.leaderboard, draft.profile) if each.path in draft.values
    ]
    told = ((each, problem(each, draft.values[each.path])) for each in asked)
    return [(each, wrong) for each, wrong in told if wrong]


def _of_publishing(plan: PublishingPlan) -> Iterator[DraftFinding]:
    """Its challenge is published, and this launch would not be."""
    if plan.wanted:
        yield DraftFinding(f"Not published: {plan.why_not}.", plan.at, warning=True)


def _routes_file(draft: Draft) -> tuple[RoutesFile | None, tuple[DraftFinding, ...]]:
    """The named one, or why it cannot be read."""
    if not draft.routes:
        return None, ()
    try:
        file = read_routes(draft.routes)
        ids_of(file)
    except ConsoleError as error:
        return None, (DraftFinding(f"{error.what} {error.why}".strip(), ROUTES),)
    return file, ()


def _of_routes(file: RoutesFile | None, made: Composed) -> Iterator[DraftFinding]:
    """What the named routes file has that the launch leaves out, or why it does not fit."""
    if file is None:
        return
    try:
        told = remarks(made.plan, file)
    except ConsoleError as error:
        yield DraftFinding(f"{error.what} {error.why}".strip(), ROUTES)
        return
    yield from (DraftFinding(each, ROUTES, warning=True) for each in told)


def _composed(
    draft: Draft, namespace: str, file: RoutesFile | None, timed: Timed
) -> tuple[Composed, str]:
    """The submission, and what is to be said of how its routes are shared out."""
    known = {each.path: each for each in _parameters(draft.leaderboard, draft.profile)}
    given: dict[str, Any] = {
        path: as_value(known[path], text) for path, text in draft.values.items() if path in known
    }
    values = _values(draft.leaderboard, draft.profile)
    filled = values.override(given, origin="the form", known=tuple(known))
    if file is not None:
        filled = replace(filled, known=KnownRoutes(ids_of(file)))
    make = partial(
        compose,
        _template(draft.leaderboard),
        namespace=namespace,
        backoff_limit=draft.backoff_limit,
    )
    made, remark = shared_out(filled, make, timed)
    return into_queue(made, draft.queue), remark


def _summary(made: Composed) -> str:
    plan = made.plan
    drives = plan.drives.total or "?"
    return f"{len(plan.containers)} containers, {drives} drives, {len(plan.pairs)} GPUs"
