"""The Job around its pod: names, labels, annotations, numbers, restart policy, sizes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from console.domain.submission import Layout
from console.kubernetes_grammar.object_rules import (
    LARGEST_ANNOTATIONS,
    LARGEST_CONFIG_MAP,
    LEAST_OF_JOB,
    LEAST_OF_POD,
    needs_never,
    size_of_entries,
    size_of_values,
    too_small,
)
from console.specs import names
from console.specs.checks.findings import JobFinding, Severity
from console.specs.document_places import Place
from console.specs.plan import layout_of
from console.specs.pod import POD, descend, mapping, pod_spec

LARGEST_OBJECT = 3 * 512 * 1024
"""Bytes: what etcd takes in one request."""
CONFIG_MAP_NAME: Place = ("configMap", "metadata", "name")
_LEAST: dict[Place, dict[str, int]] = {
    # Kubernetes takes a deadline of 0, by which the Job has failed before it starts.
    ("spec",): {**LEAST_OF_JOB, "activeDeadlineSeconds": 1},
    POD: LEAST_OF_POD,
}


def check_metadata(manifest: Mapping[str, Any]) -> Iterator[JobFinding]:
    """Everything of the Job that is not about containers or volumes."""
    yield from _names(manifest)
    for place in (("metadata",), ("spec", "template", "metadata")):
        yield from _labels(manifest, place)
        yield from _annotations(manifest, place)
    selector = mapping(pod_spec(manifest).get("nodeSelector"))
    yield from _pairs(selector, (*POD, "nodeSelector"), names.label_value)
    yield from _numbers(manifest)
    yield from _policies(manifest)
    size = len(json.dumps(manifest, default=str).encode())
    if size >= LARGEST_OBJECT:
        yield JobFinding((), f"The Job has {size} bytes; Kubernetes takes {LARGEST_OBJECT}.")


def _names(manifest: Mapping[str, Any]) -> Iterator[JobFinding]:
    place: Place = ("metadata", "name")
    name = str(descend(manifest, place) or "")
    if wrong := names.job_name(name):
        yield JobFinding(place, f"The Job's name {wrong}.")
    elif unwise := names.job_name_warning(name):
        yield JobFinding(place, f"The Job's name {unwise}.", severity=Severity.WARNING)
    namespace = descend(manifest, ("metadata", "namespace"))
    if namespace is not None and (wrong := names.dns_label(str(namespace))):
        yield JobFinding(("metadata", "namespace"), f"The namespace {wrong}.")
    account = pod_spec(manifest).get("serviceAccountName")
    if account is not None and (wrong := names.subdomain(str(account))):
        yield JobFinding((*POD, "serviceAccountName"), f"The service account's name {wrong}.")


def _labels(manifest: Mapping[str, Any], place: Place) -> Iterator[JobFinding]:
    labels = mapping(descend(manifest, (*place, "labels")))
    yield from _pairs(labels, (*place, "labels"), names.label_value)


def _annotations(manifest: Mapping[str, Any], place: Place) -> Iterator[JobFinding]:
    place = (*place, "annotations")
    annotations = mapping(descend(manifest, place))
    yield from _pairs(annotations, place, lambda _: "")
    size = size_of_entries(annotations)
    if size > LARGEST_ANNOTATIONS:
        yield JobFinding(place, f"Annotations of {size} bytes; {LARGEST_ANNOTATIONS} are allowed.")


def _pairs(
    pairs: Mapping[str, Any], place: Place, value_rule: Callable[[str], str]
) -> Iterator[JobFinding]:
    for key, value in pairs.items():
        if wrong := names.label_key(key):
            yield JobFinding((*place, key), f"The key {wrong}.")
        if not isinstance(value, str):
            yield JobFinding((*place, key), "The value is no text.", "Put it in quotes.")
        elif wrong := value_rule(value):
            yield JobFinding((*place, key), f"The value {wrong}.")


def _numbers(manifest: Mapping[str, Any]) -> Iterator[JobFinding]:
    for place, least in _LEAST.items():
        for field, number in too_small(mapping(descend(manifest, place)), least):
            yield JobFinding((*place, field), f"{field} is {number}; {least[field]} is the least.")
    apart = layout_of(manifest) is Layout.POD_PER_PAIR
    for key in () if apart else ("parallelism", "completions"):
        if descend(manifest, ("spec", key)) not in (None, 1):
            yield JobFinding(("spec", key), "All pairs are in one pod.", f"Leave {key} out.")


def _policies(manifest: Mapping[str, Any]) -> Iterator[JobFinding]:
    policy = pod_spec(manifest).get("restartPolicy")
    apart = layout_of(manifest) is Layout.POD_PER_PAIR
    wanted = "Never" if apart else "OnFailure"
    if policy != wanted:
        said = f"restartPolicy is {policy}." if policy else "restartPolicy is missing."
        by = "another pod" if apart else "a restart of its containers"
        fix = f"A pair resumes by {by}: write {wanted}."
        yield JobFinding((*POD, "restartPolicy"), said, fix)
    spec = mapping(manifest.get("spec"))
    if needs_never(spec, policy):
        what = "podFailurePolicy needs restartPolicy Never, which a submission cannot use."
        yield JobFinding(("spec", "podFailurePolicy"), what, "Leave podFailurePolicy out.")
    for key in ("selector", "manualSelector"):
        if spec.get(key):
            yield JobFinding(
                ("spec", key), "Kubernetes chooses the Job's pods itself.", "Remove it."
            )


def check_config_map(manifest: Mapping[str, Any]) -> Iterator[JobFinding]:
    """The ConfigMap with the workers' programs; its places begin with `configMap`."""
    if wrong := names.subdomain(str(descend(manifest, ("metadata", "name")) or "")):
        yield JobFinding(CONFIG_MAP_NAME, f"The ConfigMap's name {wrong}.")
    files = mapping(manifest.get("data"))
    for key in files:
        if wrong := names.config_key(key):
            yield JobFinding(("configMap", "data", key), f"The key {wrong}.")
    size = size_of_values(files)
    if size > LARGEST_CONFIG_MAP:
        what = f"The workers' files have {size} bytes; a ConfigMap holds {LARGEST_CONFIG_MAP}."
        yield JobFinding(("configMap", "data"), what)
