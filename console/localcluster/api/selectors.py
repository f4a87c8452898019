"""Label and field selectors, as in `labelSelector=` and `fieldSelector=`. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable

from console.kubernetes_grammar.selectors import NoSelector, label_selector
from console.localcluster.api.refusals import ApiFailure
from console.localcluster.changes import JsonObject

Matcher = Callable[[JsonObject], bool]

_EQUALITY_TERM = re.compile(r"^(?P<key>[^\s=!,()]+)\s*(?P<op>==|=|!=)\s*(?P<value>[^\s=!,()]*)$")

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
_NEWER_EVENT_FIELDS = {
    "reportingController": "reportingComponent",
    "reason": "reason",
    "type": "type",
    **{
        field.replace("involvedObject", "regarding"): field
        for field in _EVENT_FIELDS
        if field.startswith("involvedObject")
    },
}
"""As events.k8s.io calls them -> as they are stored."""
_SELECTABLE_FIELDS = {
    "pods": (
        *("spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName"),
        "status.phase",
    ),
    "events": _EVENT_FIELDS,
    "events.events.k8s.io": tuple(_NEWER_EVENT_FIELDS),
    "jobs.batch": ("status.successful",),
    "namespaces": ("status.phase",),
    "nodes": ("spec.unschedulable",),
    "secrets": ("type",),
}


def label_matcher(text: str) -> Matcher:
    """A predicate on objects from a label selector. Raises ApiFailure 400."""
    try:
        chooses = label_selector(text)
    except NoSelector as found:
        message = f'unable to parse requirement: found "{found.term}" in "{text}"'
        raise ApiFailure(400, message) from found
    return lambda obj: chooses(obj.get("metadata", {}).get("labels") or {})


def field_matcher(text: str, resource: str) -> Matcher:
    """A predicate on stored objects, of a resource by its qualified name. Raises ApiFailure 400."""
    terms = [_field_term(term.strip(), resource) for term in text.split(",") if term.strip()]
    return lambda obj: all(term(obj) for term in terms)


def _field_term(term: str, resource: str) -> Matcher:
    match = _EQUALITY_TERM.match(term) or re.match(r"^([^=!]+)(?P<op>==|!=|=)(.*)$", term)
    if match is None:
        raise ApiFailure(400, f"invalid selector: '{term}'; can't understand '{term}'")
    path, operator, value = match[1], match["op"], match[3]
    selectable = ("metadata.name", "metadata.namespace", *_SELECTABLE_FIELDS.get(resource, ()))
    if path not in selectable:
        if resource == "jobs.batch":
            raise ApiFailure(400, f'field label "{path}" not supported for Job')
        raise ApiFailure(400, f"field label not supported: {path}")
    if resource == "events.events.k8s.io":
        path = _NEWER_EVENT_FIELDS.get(path, path)
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
