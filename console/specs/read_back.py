"""A Job that was launched, back into the values that made it: for a form, and to compare two. Pure.

The reverse of `compose`, by the same template. What was changed by hand in the manifest, and stands
at no value's place, is not told.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import msgspec

from console.domain.submission import Layout
from console.results.version_rules import Leaderboard
from console.specs import pod
from console.specs.credentials import LEFT_OUT
from console.specs.document_places import Place
from console.specs.parameters import parameters, written_out
from console.specs.plan import TEAM_ANNOTATION, layout_of, subsets_of
from console.specs.pods_apart import first_alone
from console.specs.shape import LAYOUT, PAIRS, ROUTES, SPLIT, Split, written_routes
from console.specs.site_values import said_by
from console.specs.step_input import TEAM_NAME
from console.specs.template import JOB_VALUES, Template, load_template
from console.specs.tracks import leaderboard_of


class ReadBack(msgspec.Struct, frozen=True):
    """What made a Job."""

    leaderboard: Leaderboard
    values: Mapping[str, str]
    """Path -> text, for all that its template asks for."""
    backoff_limit: int | None = None


class ChangedValue(msgspec.Struct, frozen=True):
    """A value that two Jobs do not share."""

    label: str
    before: str
    after: str


def read_back(job: Mapping[str, Any]) -> ReadBack | None:
    """None for a Job that belongs to no Leaderboard we have a template of."""
    version = leaderboard_of(job)
    if version is None:
        return None
    template = load_template(version)
    view = _as_in_one_pod(job)
    found: dict[str, Any] = dict(said_by(job, template.document.content))
    for reference in template.references:
        value = _at(view, template.document.content, reference.place)
        if reference.path not in found and not reference.path.startswith("workers."):
            found[reference.path] = value
    for path in JOB_VALUES:
        found[path] = written_out(job, path)
    found |= {PAIRS: len(subsets_of(job)), ROUTES: written_routes(job), SPLIT: Split.COUNT.value}
    found[LAYOUT] = layout_of(job).value
    found[TEAM_NAME] = pod.descend(job, ("metadata", "annotations", TEAM_ANNOTATION))
    told = {
        path: str(value)
        for path, value in found.items()
        if isinstance(value, str | int) and LEFT_OUT not in str(value)
    }
    limit = found["job.backoff_limit"]
    return ReadBack(version, told, limit if isinstance(limit, int) else None)


def _as_in_one_pod(job: Mapping[str, Any]) -> Mapping[str, Any]:
    """The template's containers are those of one pod; the first pair's say what all were told."""
    if layout_of(job) is Layout.ONE_POD:
        return job
    view = copy.deepcopy(dict(job))
    first_alone(view)
    return view


def _at(job: Any, template: Any, place: Place) -> Any:
    """What stands there; of lists, in the item of the same name: a launch adds and takes some."""
    for step in place:
        if isinstance(step, int):
            name = template[step].get("name") if isinstance(template[step], dict) else None
            same = [each for each in pod.items(job) if name and each.get("name") == name]
            job = same[0] if same else None
            template = template[step]
        else:
            job = pod.mapping(job).get(step)
            template = pod.mapping(template).get(step)
    return job


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[ChangedValue, ...]:
    """In which values the Job `after` differs from `before`; what names only itself is left out."""
    old, new = read_back(before), read_back(after)
    if old is None or new is None:
        return ()
    told = []
    if old.leaderboard is not new.leaderboard:
        told.append(ChangedValue("Leaderboard", old.leaderboard.name, new.leaderboard.name))
    for each in parameters(_template_of(new)):
        one, other = old.values.get(each.path, ""), new.values.get(each.path, "")
        if each.path not in OF_ONE_LAUNCH and one != other:
            told.append(ChangedValue(each.label, one, other))
    return tuple(told)


def _template_of(read: ReadBack) -> Template:
    return load_template(read.leaderboard)


OF_ONE_LAUNCH = ("submission.name", "submission.submission_id", "submission.resume")
"""Each launch has its own."""
