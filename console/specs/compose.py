"""Template and values in, manifest and its ConfigMap out; or every mistake, at once.

Creates nothing. Without a nonce of the caller's it draws one; without files it takes the console's
own workers. Everything else is a function of the arguments.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from console import paths
from console.domain.submission import SubmissionPlan
from console.specs.adjustments import ADJUSTMENTS, whole_number
from console.specs.document_places import Place, spell
from console.specs.gpu_ways import claim_template
from console.specs.mistakes import Mistake, SpecRejected, suggestion
from console.specs.plan import plan_of
from console.specs.references import kind_of
from console.specs.schema import misfits
from console.specs.shape import SHAPE_VALUES, left_over, shape
from console.specs.shape import mistakes as shape_mistakes
from console.specs.site_values import DEFAULTS, settle
from console.specs.site_values import mistakes as site_mistakes
from console.specs.step_input import TEAM_NAME, is_theirs, name_team
from console.specs.substitution import ValueReference, fill, unresolved, why_unresolved
from console.specs.template import JOB_VALUES, Template, load_template, parse_template
from console.specs.tracks import follow_track
from console.specs.tree import Document
from console.specs.values import Values, leaves
from console.specs.worker_files import config_map, config_map_name, mount_items

__all__ = ["Composed", "compose", "load_template", "parse_template"]

DEFAULT_NAMESPACE = "leaderboard"
OWN_FLAGS = {
    "submission.name": "--name NAME",
    "submission.submitted_image_uri": "--image IMAGE",
}
"""Values that the commands have flags for; any other is said by --set."""


class Composed(msgspec.Struct, frozen=True, eq=False):
    """A Job that is ready to be validated and sent."""

    manifest: dict[str, Any]
    config_map: dict[str, Any]
    document: Document
    """The template's text, for the lines of findings."""
    further: tuple[dict[str, Any], ...] = ()
    """ConfigMaps with what does not fit into the first one."""
    remark: str = ""
    """What of the values the Job cannot have, though nothing in it is wrong."""

    @property
    def possessions(self) -> tuple[dict[str, Any], ...]:
        """What the Job needs before it starts, and owns."""
        claims = claim_template(self.manifest)
        return (self.config_map, *self.further, *([claims] if claims else []))

    @property
    def plan(self) -> SubmissionPlan:
        """What the Job will do; raises InvalidInput where it contradicts itself."""
        return plan_of(self.manifest)


def compose(
    template: Template,
    values: Values | Mapping[str, Any],
    *,
    namespace: str = DEFAULT_NAMESPACE,
    backoff_limit: int | None = None,
    repetitions: int | None = None,
    nonce: str | None = None,
    files: Mapping[str, str] | None = None,
) -> Composed:
    """Resolve every reference and check each key and type.

    `files` are the workers' (path in the mount -> text). Arguments win over values under `job`.
    Raises SpecRejected with all mistakes.
    """
    given = values if isinstance(values, Values) else Values(dict(values))
    given = given.in_words(template.texts if given.written else ())
    files = paths.worker_files() if files is None else files
    complete = given.merged(_worker_values(template, given, files, nonce), {})
    manifest = _filled(template, given, complete)
    shape(manifest, given)
    adjust = {"backoff_limit": backoff_limit, "repetitions": repetitions}
    _adjust(manifest, given, {key: value for key, value in adjust.items() if value is not None})
    follow_track(manifest)
    manifest["metadata"]["namespace"] = namespace
    settle(manifest, _said_of_site(template, given))
    name_team(manifest, given.get(TEAM_NAME), given.origin(TEAM_NAME))
    name = str(complete.get("workers.config_map"))
    workers, less = config_map(name, namespace, files), left_over(manifest, given)
    return Composed(manifest, workers, template.document, remark=less)


def _worker_values(
    template: Template, given: Values, files: Mapping[str, str], nonce: str | None
) -> dict[str, Any]:
    metadata = fill(template.document.content.get("metadata"), given.document)
    name = metadata.get("name") if isinstance(metadata, dict) else None
    workers = {
        "config_map": given.get("workers.config_map") or config_map_name(str(name)),
        "items": mount_items(files),
        "nonce": nonce or given.get("workers.nonce") or secrets.token_hex(8),
    }
    return {"workers": workers}


def _filled(template: Template, given: Values, complete: Values) -> dict[str, Any]:
    document = template.document
    manifest: dict[str, Any] = fill(document.content, complete.document)
    missing = unresolved(template.references, complete.document)
    gone = {reference.place for reference in missing}
    mistakes = list(_missing(document, missing, _strays(template, given)))
    mistakes += _kind_mistakes(document)
    mistakes += _schema_mistakes(template, manifest, complete, gone)
    mistakes += _unused(template, given)
    mistakes += [*_job_mistakes(given), *shape_mistakes(given)]
    mistakes += site_mistakes(_said_of_site(template, given), given.origins)
    if mistakes:
        raise SpecRejected(document.source, mistakes, fix=_said_by(missing))
    manifest.setdefault("metadata", {})
    return manifest


def _said_by(missing: Iterable[ValueReference]) -> str:
    """How the values that are not there can be said; empty where none is missing."""
    named = dict.fromkeys(each.path for each in missing)
    flags = ", ".join(OWN_FLAGS.get(path, f"--set {path}=VALUE") for path in named)
    return f"Say what is missing: {flags}; or in a preset, or a file for -f." if flags else ""


def _missing(
    document: Document, missing: Iterable[ValueReference], strays: Mapping[str, Any]
) -> Iterator[Mistake]:
    """One mistake for each value that is not there, at the first place that takes it."""
    by_path: dict[str, list[ValueReference]] = {}
    for reference in missing:
        by_path.setdefault(reference.path, []).append(reference)
    for path, (first, *others) in by_path.items():
        more = f" and {len(others)} more" if others else ""
        place, why = f"{spell(first.place)}{more}", why_unresolved(first, strays)
        at = f"{document.source}, line {first.line}"
        takes = "take" if others else "takes"
        yield Mistake(f"{at}: {place} {takes} $.{path}, but {why}", path)


def _strays(template: Template, given: Values) -> dict[str, Any]:
    """Values that nothing asks for by their own names: only such a one may be a missing one with a
    slip of the pen."""
    known = {*template.paths, *DEFAULTS}
    return {
        section: {key: each for key, each in part.items() if f"{section}.{key}" not in known}
        if isinstance(part, Mapping)
        else part
        for section, part in given.document.items()
    }


def _kind_mistakes(document: Document) -> Iterator[Mistake]:
    for key, wanted in (("apiVersion", "batch/v1"), ("kind", "Job")):
        found = document.content.get(key)
        if found != wanted:
            text = "is missing" if found is None else f"is {found}"
            yield Mistake(f"{document.at((key,))}: {key} {text}; {key}: {wanted} is wanted.")
    if "spec" not in document.content:
        yield Mistake(f"{document.at(())}: spec is missing; Job needs it.")


def _schema_mistakes(
    template: Template, manifest: Mapping[str, Any], values: Values, gone: set[Place]
) -> Iterator[Mistake]:
    filled = {reference.place: reference for reference in template.references}
    for misfit in misfits(manifest):
        if misfit.place in gone:
            continue
        at, place = template.document.at(misfit.place), spell(misfit.place)
        sources = (filled.get(misfit.place[:n]) for n in range(len(misfit.place), 0, -1))
        reference = next((source for source in sources if source), None)
        if reference is None or (misfit.about_key and reference.place == misfit.place):
            yield Mistake(f"{at}: {place} {misfit.what}")
        else:
            who = values.origin(reference.path)
            text = f"{at}: {place} takes $.{reference.path} ({who}), which {misfit.what}"
            yield Mistake(text, reference.path)


def _unused(template: Template, given: Values) -> Iterator[Mistake]:
    asked = {reference.path for reference in template.references}
    known = (*template.paths, *(path for path in asked if path.startswith("workers.")))
    for leaf in leaves(given.document):
        if (
            leaf in (*SHAPE_VALUES, *JOB_VALUES, *DEFAULTS)
            or leaf.startswith("workers.")
            or is_theirs(leaf)
        ):
            continue
        if not any(_covers(path, leaf) for path in asked):
            source = template.document.source
            near = suggestion(leaf, known, prefix="$.")
            text = f"{given.origin(leaf)}: $.{leaf} is used nowhere in {source}.{near}"
            yield Mistake(text, leaf)


def _covers(path: str, leaf: str) -> bool:
    """Whether a reference to `path` takes the leaf along, or takes a part of it."""
    return leaf == path or leaf.startswith((f"{path}.", f"{path}[")) or path.startswith(f"{leaf}[")


def _job_mistakes(given: Values) -> Iterator[Mistake]:
    for path in JOB_VALUES:
        value, least = given.get(path), ADJUSTMENTS[path.removeprefix("job.")].least
        if value is not None and whole_number(value, least=least) is None:
            what = repr(value) if isinstance(value, str | int) else kind_of(value)
            wanted = f"a whole number from {least}"
            yield Mistake(f"{given.origin(path)}: {path} is {what}, but {wanted} is wanted.", path)


def _said_of_site(template: Template, given: Values) -> dict[str, Any]:
    """A template of one's own may take one of these values itself: then it is not put in again."""
    asked = {reference.path for reference in template.references}
    return {path: given.get(path) for path in DEFAULTS if path not in asked}


def _adjust(manifest: dict[str, Any], given: Values, arguments: Mapping[str, int]) -> None:
    """Put the numbers of `job`, or of the arguments, into the manifest."""
    for key, (least, change) in ADJUSTMENTS.items():
        value = arguments.get(key, given.get(f"job.{key}"))
        number = None if value is None else whole_number(value, least=least)
        if number is not None:
            change(manifest, number)
        elif value is not None:
            raise SpecRejected("", [Mistake(f"{key} is {value!r}, but {least} is the least.")])
