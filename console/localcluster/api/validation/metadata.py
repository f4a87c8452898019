"""The rules about names, labels and annotations of any object, and what may not change."""

from __future__ import annotations

from console.kubernetes_grammar.object_rules import LARGEST_ANNOTATIONS, size_of_entries
from console.localcluster.api.refusals import StatusCause, invalid, required
from console.localcluster.api.resources import RBAC, Resource
from console.localcluster.api.validation.words import (
    dns_label,
    dns_subdomain,
    label_value,
    qualified_name,
)
from console.localcluster.changes import JsonObject

_IMMUTABLE = ("name", "namespace", "uid", "creationTimestamp")


def check_metadata(resource: Resource, meta: JsonObject) -> list[StatusCause]:
    """Everything wrong with an object's metadata."""
    causes = _check_name(resource, meta)
    causes += check_labels(meta.get("labels") or {}, "metadata.labels")
    return causes + check_annotations(meta.get("annotations") or {}, "metadata.annotations")


def check_labels(labels: JsonObject, field: str) -> list[StatusCause]:
    """Keys and values of labels."""
    causes = []
    for key, value in labels.items():
        causes += qualified_name(field, key) + label_value(field, value)
    return causes


def check_annotations(annotations: JsonObject, field: str) -> list[StatusCause]:
    """Keys of annotations and the size of all together."""
    causes = []
    for key in annotations:
        causes += qualified_name(field, key.lower())
    if size_of_entries(annotations) > LARGEST_ANNOTATIONS:
        text = f"Too long: may not be more than {LARGEST_ANNOTATIONS} bytes"
        causes.append(StatusCause(field, "FieldValueTooLong", text))
    return causes


def check_metadata_update(meta: JsonObject, current: JsonObject) -> list[StatusCause]:
    """Identity does not change."""
    return [
        invalid(f"metadata.{field}", meta[field], "field is immutable")
        for field in _IMMUTABLE
        if meta.get(field) and meta[field] != current.get(field)
    ]


def _check_name(resource: Resource, meta: JsonObject) -> list[StatusCause]:
    name = meta.get("name")
    if not name:
        return [required("metadata.name", "name or generateName is required")]
    if resource.group == RBAC:
        allowed = name not in (".", "..") and "/" not in name and "%" not in name
        return [] if allowed else [invalid("metadata.name", name, "may not contain '/' or '%'")]
    rule = dns_label if resource.name == "namespaces" else dns_subdomain
    return rule("metadata.name", name)
