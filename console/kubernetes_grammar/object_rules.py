"""What any object must keep to, whoever checks it: sizes, ports, paths inside a volume, amounts.

Each rule is one question about plain values; where in which object they stand is the asker's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeGuard

from console.kubernetes_grammar.quantities import amount

LARGEST_ANNOTATIONS = 256 * 1024
"""Bytes of all keys and values of one object's annotations."""
LARGEST_CONFIG_MAP = 1024 * 1024
"""Bytes of all values of a ConfigMap or Secret."""
LARGEST_PORT = 65535


def size_of_entries(entries: Mapping[str, Any]) -> int:
    """Bytes of keys and values together."""
    return sum(len(f"{key}{value}".encode()) for key, value in entries.items())


def is_port(number: object) -> TypeGuard[int]:
    """A port that something can listen on."""
    return isinstance(number, int) and not isinstance(number, bool) and 1 <= number <= LARGEST_PORT


def climbs(path: str) -> bool:
    """Whether a path has `..` among its parts, with which it could leave its volume."""
    return ".." in path.split("/")


def sources_of(volume: Mapping[str, Any]) -> list[str]:
    """What a volume's content comes from; exactly one source is sound."""
    return [key for key, value in volume.items() if key != "name" and value is not None]


def is_device(resource: str) -> bool:
    """Whether a resource is an extended one (`nvidia.com/gpu`), which is never overcommitted."""
    return "/" in resource


def exceeds(request: Any, limit: Any) -> bool:
    """Whether a request asks for more than its limit; never where either is no quantity."""
    wanted, allowed = amount(request), amount(limit)
    return wanted is not None and allowed is not None and wanted > allowed


def contradicts_itself(security: Mapping[str, Any]) -> bool:
    """A privileged container cannot be kept from gaining privileges: it has them all."""
    return bool(security.get("privileged")) and security.get("allowPrivilegeEscalation") is False
