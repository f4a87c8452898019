"""URLs to what they name: resource, namespace, object, subresource. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from console.localcluster.api.refusals import no_such_path
from console.localcluster.api.resources import Resource, find_resource


@dataclass(frozen=True, slots=True)
class Target:
    """What a request is about; `name` is empty for a collection."""

    resource: Resource
    namespace: str | None
    name: str = ""
    subresource: str = ""

    def subresource_verbs(self) -> tuple[str, ...]:
        """What may be done with the subresource; empty when there is none of that name."""
        found = (s.verbs for s in self.resource.subresources if s.name == self.subresource)
        return next(found, ())


def parse_target(group: str, version: str, rest: str) -> Target:
    """`rest` is what follows the group's version. Raises ApiFailure 404."""
    parts = rest.split("/")
    namespace = None
    if parts[0] == "namespaces" and len(parts) > 2 and not _is_subresource(group, version, parts):
        namespace, parts = parts[1], parts[2:]
    resource = find_resource(group, version, parts[0])
    if resource is None or len(parts) > 3 or "" in parts:
        raise no_such_path()
    if resource.namespaced is (namespace is None) and (namespace is not None or len(parts) > 1):
        raise no_such_path()
    name = parts[1] if len(parts) > 1 else ""
    target = Target(resource, namespace, name, parts[2] if len(parts) > 2 else "")
    if target.subresource and not target.subresource_verbs():
        raise no_such_path()
    return target


def _is_subresource(group: str, version: str, parts: list[str]) -> bool:
    namespaces = find_resource(group, version, "namespaces")
    known = (s.name for s in namespaces.subresources) if namespaces else ()
    return len(parts) == 3 and parts[2] in (*known, "finalize")
