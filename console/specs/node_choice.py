"""Which nodes a Job's pod may go to, by their labels: an instance type, others, or none.

Taints are `tolerations`' business. Knows no cluster.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from console.specs import names, pod
from console.specs.references import kind_of

SELECTOR, INSTANCE_TYPE = "cluster.node_selector", "cluster.instance_type"
DEFAULTS: dict[str, str] = {SELECTOR: ""}
LABEL = "node.kubernetes.io/instance-type"


def value_mistake(_path: str, value: Any) -> str:
    """The sentence after the path's name; empty where the value is sound."""
    if value is None:
        return ""
    if not isinstance(value, str):
        return f"is {kind_of(value)}, but text is wanted"
    for part in _parts(value):
        key, equals, label = part.partition("=")
        if not equals or names.label_key(key) or names.label_value(label):
            return f"holds {part!r}; a label such as gpu=a10g is wanted, more after a comma"
    return ""


def choose(job: dict[str, Any], said: Mapping[str, Any]) -> None:
    """Put the labels into the Job; an empty instance type is none."""
    spec = pod.pod_spec(job)
    wanted = {
        key: label
        for key, label in pod.mapping(spec.get("nodeSelector")).items()
        if (key, label) != (LABEL, "")
    }
    for part in _parts(said.get(SELECTOR) or ""):
        key, _, label = part.partition("=")
        wanted[key] = label
    if wanted:
        spec["nodeSelector"] = wanted
    else:
        spec.pop("nodeSelector", None)


def said_by(job: Mapping[str, Any], template: Mapping[str, Any]) -> dict[str, str]:
    """The values that `choose` was given for a Job of that template."""
    there = pod.mapping(pod.pod_spec(job).get("nodeSelector"))
    written = pod.mapping(pod.pod_spec(template).get("nodeSelector"))
    taken = {key.removesuffix(".$") for key in written}
    others = ",".join(f"{key}={label}" for key, label in there.items() if key not in taken)
    asked = {INSTANCE_TYPE: str(there.get(LABEL) or "")} if LABEL in taken else {}
    return {SELECTOR: others, **asked}


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
