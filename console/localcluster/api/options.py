"""The query parameters of a request, checked once. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from console.localcluster.api.refusals import ApiFailure
from console.localcluster.api.selectors import Matcher, field_matcher, label_matcher
from console.localcluster.changes import JsonObject

_TRUE = ("1", "t", "T", "true", "TRUE", "True")
_FALSE = ("", "0", "f", "F", "false", "FALSE", "False")


@dataclass(frozen=True, slots=True)
class ListOptions:
    """What to list or watch. `version` is None when the client gave none."""

    matches: Matcher
    selects: bool
    """There is a selector."""
    version: int | None
    version_match: str
    limit: int
    continue_token: str
    watch: bool
    bookmarks: bool
    initial_events: bool | None
    timeout_seconds: float | None
    include_object: str


@dataclass(frozen=True, slots=True)
class WriteOptions:
    """How to write: without effect, how strict about unknown fields, in whose name."""

    dry_run: bool
    field_validation: str
    field_manager: str


def list_options(query: Mapping[str, str], resource: str) -> ListOptions:
    """`resource` by its qualified name.

    Raises ApiFailure 400 for what cannot be read and 422 for combinations that make no sense.
    """
    labels = label_matcher(query.get("labelSelector", ""))
    fields = field_matcher(query.get("fieldSelector", ""), resource)
    watch = boolean(query, "watch")
    initial = boolean(query, "sendInitialEvents") if "sendInitialEvents" in query else None
    match = query.get("resourceVersionMatch", "")
    _check_version_match(query, match, watch=watch, initial=initial)
    return ListOptions(
        matches=lambda obj: fields(obj) and labels(obj),
        selects=bool(query.get("labelSelector") or query.get("fieldSelector")),
        version=_version(query.get("resourceVersion", "")),
        version_match=match,
        limit=integer(query, "limit") or 0,
        continue_token=query.get("continue", ""),
        watch=watch,
        bookmarks=boolean(query, "allowWatchBookmarks"),
        initial_events=initial,
        timeout_seconds=integer(query, "timeoutSeconds"),
        include_object=_include_object(query),
    )


def write_options(query: Mapping[str, str]) -> WriteOptions:
    """Raises ApiFailure 400 or 422."""
    validation = query.get("fieldValidation") or "Warn"
    if validation not in ("Ignore", "Warn", "Strict"):
        allowed = 'supported values: "Ignore", "Strict", "Warn"'
        text = f'fieldValidation: Unsupported value: "{validation}": {allowed}'
        raise ApiFailure(422, f' "" is invalid: {text}', reason="Invalid")
    return WriteOptions(
        dry_run=dry_run([query["dryRun"]] if query.get("dryRun") else []),
        field_validation=validation,
        field_manager=query.get("fieldManager", ""),
    )


def dry_run(values: list[str]) -> bool:
    """True for All; anything else than All is refused."""
    if values not in ([], ["All"]):
        shown = f'dryRun: Unsupported value: "{values[0]}": supported values: "All"'
        raise ApiFailure(422, f' "" is invalid: {shown}', reason="Invalid")
    return bool(values)


def boolean(query: Mapping[str, str], name: str) -> bool:
    """A boolean parameter; raises ApiFailure 400."""
    text = query.get(name, "")
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise ApiFailure(400, f'{name}: strconv.ParseBool: parsing "{text}": invalid syntax')


def integer(query: Mapping[str, str], name: str) -> int | None:
    """An integer parameter, None when absent; raises ApiFailure 400."""
    text = query.get(name, "")
    if not text:
        return None
    if not text.removeprefix("-").isdecimal() or len(text) > 18:
        raise ApiFailure(400, f'{name}: strconv.ParseInt: parsing "{text}": invalid syntax')
    return int(text)


def _version(text: str) -> int | None:
    if text == "":
        return None
    if not text.isdecimal() or len(text) > 20:
        cause = {"reason": "FieldValueInvalid", "field": "resourceVersion"}
        details: JsonObject = {"causes": [cause | {"message": "Invalid value"}]}
        message = f'resourceVersion: Invalid value: "{text}": strconv.ParseUint: parsing "{text}"'
        raise ApiFailure(400, message, details=details)
    return int(text)


def _check_version_match(
    query: Mapping[str, str], match: str, *, watch: bool, initial: bool | None
) -> None:
    problem = ""
    if initial is not None and not watch:
        problem = "sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list"
    elif initial is not None and match != "NotOlderThan":
        problem = "resourceVersionMatch: Forbidden: sendInitialEvents requires setting"
        problem += " resourceVersionMatch to NotOlderThan"
    elif match and watch and initial is None:
        problem = "resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden for watch"
        problem += " unless sendInitialEvents is provided"
    elif match and not watch and not query.get("resourceVersion"):
        problem = "resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless"
        problem += " resourceVersion is provided"
    if problem:
        message = f'ListOptions.meta.k8s.io "" is invalid: {problem}'
        raise ApiFailure(422, message, reason="Invalid")


def _include_object(query: Mapping[str, str]) -> str:
    include = query.get("includeObject") or "Metadata"
    if include not in ("None", "Metadata", "Object"):
        raise ApiFailure(400, f"unrecognized includeObject value: {include}")
    return include
