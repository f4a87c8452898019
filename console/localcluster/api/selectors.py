"""Label and field selectors, as in `labelSelector=` and `fieldSelector=`. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable

from console.localcluster.api.failures import ApiFailure
from console.localcluster.changes import JsonObject

Matcher = Callable[[JsonObject], bool]

_SET_TERM = re.compile(r"^(?P<key>[^\s=!,()]+)\s+(?P<op>in|notin)\s*\((?P<values>[^()]*)\)$")
_EQUALITY_TERM = re.compile(r"^(?P<key>[^\s=!,()]+)\s*(?P<op>==|=|!=)\s*(?P<value>[^\s=!,()]*)$")
_PRESENCE_TERM = re.compile(r"^(?P<absent>!?)\s*(?P<key>[^\s=!,()]+)$")

_EVENT_FIELDS = (
    "involvedObject.kind",
    "involvedObject.namespace",
    "involvedObject.name",
    "involvedObject.uid",
    "involvedObject.apiVersion",
    "involvedObject.resourceVersion",
    "involvedObject.fieldPath",
    "reason",
    "type",
    "reportingComponent",
    "source",
)
_SELECTABLE_FIELDS = {
    "pods": ("spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "status.phase"),
    "events": _EVENT_FIELDS,
    "jobs": ("status.successful",),
    "namespaces": ("status.phase",),
    "nodes": ("spec.unschedulable",),
    "secrets": ("type",),
}


def label_matcher(text: str) -> Matcher:
    """A predicate on objects from a label selector. Raises ApiFailure 400."""
    terms = [_label_term(term.strip(), text) for term in _split_terms(text)]
    return lambda obj: _all_hold(terms, obj.get("metadata", {}).get("labels") or {})


def field_matcher(text: str, resource: str) -> Matcher:
    """A predicate on objects from a field selector. Raises ApiFailure 400."""
    terms = [_field_term(term.strip(), resource) for term in text.split(",") if term.strip()]
    return lambda obj: all(term(obj) for term in terms)


def _all_hold(terms: list[Callable[[dict[str, str]], bool]], labels: dict[str, str]) -> bool:
    return all(term(labels) for term in terms)


def _split_terms(text: str) -> list[str]:
    """Split at commas outside parentheses."""
    return [term for term in re.split(r",(?![^(]*\))", text) if term.strip()]


def _label_term(term: str, whole: str) -> Callable[[dict[str, str]], bool]:
    if match := _SET_TERM.match(term):
        key, values = match["key"], {value.strip() for value in match["values"].split(",")}
        if match["op"] == "in":
            return lambda labels: labels.get(key) in values
        return lambda labels: labels.get(key) not in values
    if match := _EQUALITY_TERM.match(term):
        key, value = match["key"], match["value"]
        if match["op"] == "!=":
            return lambda labels: labels.get(key) != value
        return lambda labels: labels.get(key) == value
    if match := _PRESENCE_TERM.match(term):
        key, absent = match["key"], bool(match["absent"])
        return lambda labels: (key in labels) is not absent
    raise ApiFailure(400, f'unable to parse requirement: found "{term}" in "{whole}"')


def _field_term(term: str, resource: str) -> Matcher:
    match = _EQUALITY_TERM.match(term) or re.match(r"^([^=!]+)(?P<op>==|!=|=)(.*)$", term)
    if match is None:
        raise ApiFailure(400, f"invalid selector: '{term}'; can't understand '{term}'")
    path, operator, value = match[1], match["op"], match[3]
    selectable = ("metadata.name", "metadata.namespace", *_SELECTABLE_FIELDS.get(resource, ()))
    if path not in selectable:
        if resource == "jobs":
            raise ApiFailure(400, f'field label "{path}" not supported for Job')
        raise ApiFailure(400, f"field label not supported: {path}")
    wanted = operator != "!="
    return lambda obj: (_field_value(obj, path) == value) is wanted


def _field_value(obj: JsonObject, path: str) -> str:
    if path == "source":
        return str(obj.get("source", {}).get("component") or obj.get("reportingComponent") or "")
    if path == "status.successful":
        return str(obj.get("status", {}).get("succeeded", 0))
    value: object = obj
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
