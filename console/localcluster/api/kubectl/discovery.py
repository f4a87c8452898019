"""What the server serves, told in the plain and in the aggregated form. Pure."""

from __future__ import annotations

from console.localcluster.api.resources import Resource, groups, of_group
from console.localcluster.changes import JsonObject


def api_versions(address: str) -> JsonObject:
    """GET /api."""
    where = {"clientCIDR": "0.0.0.0/0", "serverAddress": address}
    return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": [where]}


def group_list() -> JsonObject:
    """GET /apis."""
    listed = [api_group(name) for name in groups()]
    return {"kind": "APIGroupList", "apiVersion": "v1", "groups": listed}


def api_group(name: str) -> JsonObject:
    """One entry of the group list."""
    found = of_group(name)[0]
    served = {"groupVersion": found.api_version, "version": found.version}
    return {"name": name, "versions": [served], "preferredVersion": served}


def resource_list(group: str) -> JsonObject:
    """GET /api/v1, /apis/batch/v1, ..."""
    entries: list[JsonObject] = []
    for resource in of_group(group):
        entries.append(_plain(resource))
        for sub in resource.subresources:
            entry: JsonObject = {"name": f"{resource.name}/{sub.name}", "singularName": ""}
            own = {"group": sub.group, "version": sub.version} if sub.group else {}
            entry |= {"namespaced": resource.namespaced, **own, "kind": sub.kind}
            entries.append(entry | {"verbs": list(sub.verbs)})
    version_of = of_group(group)[0].api_version
    body: JsonObject = {"kind": "APIResourceList", "apiVersion": "v1"}
    return body | {"groupVersion": version_of, "resources": entries}


def aggregated(names: list[str]) -> JsonObject:
    """GET /api (names [""]) or /apis in the aggregated form."""
    items = [_aggregated_group(name) for name in names]
    body: JsonObject = {"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2"}
    return body | {"metadata": {}, "items": items}


def _plain(resource: Resource) -> JsonObject:
    entry: JsonObject = {"name": resource.name, "singularName": resource.kind.lower()}
    entry |= {"namespaced": resource.namespaced, "kind": resource.kind}
    entry["verbs"] = list(resource.verbs)
    if resource.short_names:
        entry["shortNames"] = list(resource.short_names)
    if resource.categories:
        entry["categories"] = list(resource.categories)
    return entry


def _aggregated_group(name: str) -> JsonObject:
    resources = [_aggregated(resource) for resource in of_group(name)]
    served = {"version": of_group(name)[0].version, "resources": resources, "freshness": "Current"}
    return {"metadata": {"name": name} if name else {}, "versions": [served]}


def _aggregated(resource: Resource) -> JsonObject:
    entry: JsonObject = {"resource": resource.name, "responseKind": _response_kind(resource.kind)}
    entry["scope"] = "Namespaced" if resource.namespaced else "Cluster"
    entry |= {"singularResource": resource.kind.lower(), "verbs": list(resource.verbs)}
    if resource.short_names:
        entry["shortNames"] = list(resource.short_names)
    if resource.categories:
        entry["categories"] = list(resource.categories)
    if resource.subresources:
        entry["subresources"] = [
            {
                "subresource": sub.name,
                "responseKind": _response_kind(sub.kind, sub.group, sub.version),
                "verbs": list(sub.verbs),
            }
            for sub in resource.subresources
        ]
    return entry


def _response_kind(kind: str, group: str = "", version: str = "") -> JsonObject:
    """Group and version are left empty where they are the list's own, as a real server does."""
    return {"group": group, "version": version, "kind": kind}
