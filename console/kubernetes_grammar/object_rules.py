"""What any object must keep to, whoever checks it: sizes, numbers, choices, paths, amounts.

Each rule is one question about plain values; where in which object they stand is the asker's.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from enum import Enum
from typing import Any, TypeGuard

from console.kubernetes_grammar.quantities import amount

LARGEST_ANNOTATIONS = 256 * 1024
"""Bytes of all keys and values of one object's annotations."""
LARGEST_CONFIG_MAP = 1024 * 1024
"""Bytes of all values of a ConfigMap or Secret."""
LARGEST_PORT = 65535
LEAST_OF_JOB = dict.fromkeys(
    (
        "parallelism",
        "completions",
        "activeDeadlineSeconds",
        "backoffLimit",
        "backoffLimitPerIndex",
        "maxFailedIndexes",
        "ttlSecondsAfterFinished",
    ),
    0,
)
LEAST_OF_POD = {"terminationGracePeriodSeconds": 0, "activeDeadlineSeconds": 1}
"""Field of a spec -> the least number that it may be; the schema tells none."""


def size_of_entries(entries: Mapping[str, Any]) -> int:
    """Bytes of keys and values together."""
    return sum(len(f"{key}{value}".encode()) for key, value in entries.items())


def size_of_values(*entries: Mapping[str, str]) -> int:
    """Bytes of the values alone, which are what a ConfigMap is measured by."""
    return sum(len(str(value).encode()) for each in entries for value in each.values())


def too_small(spec: Mapping[str, Any], least: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    """The numbers of a spec that are below their least."""
    for field, bound in least.items():
        number = spec.get(field)
        if isinstance(number, int) and number < bound:
            yield field, number


def repeats(values: Iterable[Hashable]) -> Iterator[int]:
    """The positions of values that stood before; what is nothing is no value."""
    seen: set[Hashable] = set()
    for index, value in enumerate(values):
        if value and value in seen:
            yield index
        seen.add(value)


def needs_never(job: Mapping[str, Any], restart_policy: Any) -> bool:
    """Whether a Job's spec judges failed pods although its containers are started again."""
    return job.get("podFailurePolicy") is not None and restart_policy != "Never"


def is_port(number: object) -> TypeGuard[int]:
    """A port that something can listen on."""
    return isinstance(number, int) and not isinstance(number, bool) and 1 <= number <= LARGEST_PORT


def climbs(path: str) -> bool:
    """Whether a path has `..` among its parts, with which it could leave its volume."""
    return ".." in path.split("/")


class PathFault(Enum):
    """What is wrong with a path inside a volume."""

    ABSOLUTE = "absolute"
    CLIMBS = "climbs"
    TOLD_TWICE = "told twice"


def path_faults(path: str) -> Iterator[PathFault]:
    """Of a path that must stay inside a volume."""
    if path.startswith("/"):
        yield PathFault.ABSOLUTE
    if climbs(path):
        yield PathFault.CLIMBS


def sub_path_faults(mount: Mapping[str, Any]) -> Iterator[tuple[str, PathFault]]:
    """The field of a mount that says which part of a volume it shows, and what is wrong there."""
    told = [field for field in ("subPath", "subPathExpr") if mount.get(field)]
    if len(told) > 1:
        yield "subPathExpr", PathFault.TOLD_TWICE
        return
    for field in told:
        for fault in path_faults(str(mount[field])):
            yield field, fault


def sources_of(volume: Mapping[str, Any]) -> list[str]:
    """What a volume's content, or a variable's value, comes from; exactly one source is sound."""
    return [key for key, value in volume.items() if key != "name" and value is not None]


class SourceFault(Enum):
    """What is wrong with where a variable has its value from."""

    NONE = "none"
    MANY = "many"
    BESIDE_VALUE = "beside a value"


def source_fault(variable: Mapping[str, Any]) -> SourceFault | None:
    """Of a variable with `valueFrom`; None for all others."""
    source = variable.get("valueFrom")
    if source is None:
        return None
    given = sources_of(source) if isinstance(source, Mapping) else []
    if len(given) != 1:
        return SourceFault.MANY if given else SourceFault.NONE
    return SourceFault.BESIDE_VALUE if variable.get("value") else None


def is_device(resource: str) -> bool:
    """Whether a resource is an extended one (`nvidia.com/gpu`), which is never overcommitted."""
    return "/" in resource


class AmountFault(Enum):
    """What is wrong with one amount of one resource."""

    NO_QUANTITY = "no quantity"
    NEGATIVE = "negative"
    NOT_WHOLE = "not whole"
    EXCEEDS = "exceeds its limit"
    UNEQUAL = "not its limit"


def amount_faults(resources: Mapping[str, Any]) -> Iterator[tuple[str, str, AmountFault]]:
    """`limits` or `requests`, the resource, and what is wrong with its amount there."""
    limits, requests = (_amounts(resources.get(kind)) for kind in ("limits", "requests"))
    for kind, amounts in (("limits", limits), ("requests", requests)):
        for name, quantity in amounts.items():
            if fault := _fault_alone(name, quantity):
                yield kind, name, fault
    for name, quantity in requests.items():
        wanted, allowed = amount(quantity), amount(limits.get(name))
        if is_device(name) and wanted != allowed:
            yield "requests", name, AmountFault.UNEQUAL
        elif wanted is not None and allowed is not None and wanted > allowed:
            yield "requests", name, AmountFault.EXCEEDS


def _amounts(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _fault_alone(name: str, quantity: Any) -> AmountFault | None:
    number = amount(quantity)
    if number is None:
        return AmountFault.NO_QUANTITY
    if number < 0:
        return AmountFault.NEGATIVE
    return AmountFault.NOT_WHOLE if is_device(name) and number.denominator != 1 else None


def contradicts_itself(security: Mapping[str, Any]) -> bool:
    """A privileged container cannot be kept from gaining privileges: it has them all."""
    return bool(security.get("privileged")) and security.get("allowPrivilegeEscalation") is False
