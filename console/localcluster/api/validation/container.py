"""The rules about one container: image, environment, ports, mounts, resources, security."""

from __future__ import annotations

from console.kubernetes_grammar.object_rules import (
    LARGEST_PORT,
    climbs,
    contradicts_itself,
    exceeds,
    is_device,
    is_port,
)
from console.kubernetes_grammar.quantities import amount
from console.localcluster.api.failures import (
    Cause,
    duplicate,
    invalid,
    missing,
    required,
)
from console.localcluster.api.schemas import all_schemas
from console.localcluster.api.validation.words import (
    dns_label,
    port_name,
    variable_name,
)
from console.localcluster.changes import JsonObject

_SOURCE = "io.k8s.api.core.v1.EnvVarSource"


def check_container(container: JsonObject, path: str, volumes: set[str]) -> list[Cause]:
    """Everything wrong with one container at `path`, given the pod's volume names."""
    name = container.get("name", "")
    causes = dns_label(f"{path}.name", name) if name else []
    image = container.get("image", "")
    if not image:
        causes.append(required(f"{path}.image"))
    elif image != image.strip():
        text = "must not have leading or trailing whitespace"
        causes.append(invalid(f"{path}.image", image, text))
    causes += _check_env(container.get("env") or [], f"{path}.env")
    causes += _check_ports(container.get("ports") or [], f"{path}.ports")
    causes += _check_mounts(container.get("volumeMounts") or [], f"{path}.volumeMounts", volumes)
    causes += _check_resources(container.get("resources") or {}, f"{path}.resources")
    causes += _check_security(container.get("securityContext") or {}, f"{path}.securityContext")
    return causes + _check_restart_rules(container, path)


def _check_env(variables: list[JsonObject], path: str) -> list[Cause]:
    causes: list[Cause] = []
    for index, variable in enumerate(variables):
        field, name = f"{path}[{index}]", variable.get("name", "")
        causes += variable_name(f"{field}.name", name) if name else []
        source = variable.get("valueFrom")
        if source is None:
            continue
        given = [kind for kind in all_schemas()[_SOURCE]["properties"] if source.get(kind)]
        if not given:
            text = "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`"
            causes.append(invalid(f"{field}.valueFrom", "", f"{text} or `secretKeyRef`"))
        elif len(given) > 1:
            text = "may not have more than one field specified at a time"
            causes.append(invalid(f"{field}.valueFrom", "", text))
        elif variable.get("value"):
            text = "may not be specified when `value` is not empty"
            causes.append(invalid(f"{field}.valueFrom", "", text))
    return causes


def _check_ports(ports: list[JsonObject], path: str) -> list[Cause]:
    causes: list[Cause] = []
    names: set[str] = set()
    for index, port in enumerate(ports):
        field, name = f"{path}[{index}]", port.get("name")
        if name:
            causes += port_name(f"{field}.name", name)
            if name in names:
                causes.append(duplicate(f"{field}.name", name))
            names.add(name)
        for kind in ("containerPort", "hostPort"):
            if port.get(kind) and not is_port(port[kind]):
                text = f"must be between 1 and {LARGEST_PORT}, inclusive"
                causes.append(invalid(f"{field}.{kind}", port[kind], text))
    return causes


def _check_mounts(mounts: list[JsonObject], path: str, volumes: set[str]) -> list[Cause]:
    causes: list[Cause] = []
    seen: set[str] = set()
    for index, mount in enumerate(mounts):
        field, name, target = f"{path}[{index}]", mount.get("name", ""), mount.get("mountPath", "")
        if name and name not in volumes:
            causes.append(missing(f"{field}.name", name))
        if target in seen:
            causes.append(invalid(f"{field}.mountPath", target, "must be unique"))
        seen.add(target)
        causes += _check_sub_path(mount, field)
    return causes


def _check_sub_path(mount: JsonObject, field: str) -> list[Cause]:
    path, expression = mount.get("subPath", ""), mount.get("subPathExpr", "")
    if path and expression:
        return [
            invalid(f"{field}.subPathExpr", expression, "subPathExpr and subPath are exclusive")
        ]
    causes = []
    for kind, value in (("subPath", path), ("subPathExpr", expression)):
        if value.startswith("/"):
            causes.append(invalid(f"{field}.{kind}", value, "must be a relative path"))
        if climbs(value):
            causes.append(invalid(f"{field}.{kind}", value, "must not contain '..'"))
    return causes


def _check_resources(resources: JsonObject, path: str) -> list[Cause]:
    limits, requests = resources.get("limits") or {}, resources.get("requests") or {}
    causes = []
    for kind, amounts in (("limits", limits), ("requests", requests)):
        for name, quantity in amounts.items():
            if (amount(quantity) or 0) < 0:
                text = "must be greater than or equal to 0"
                causes.append(invalid(f"{path}.{kind}.{name}", str(quantity), text))
    for name, quantity in requests.items():
        if exceeds(quantity, limits.get(name)):
            text = f"must be less than or equal to {name} limit of {limits[name]}"
            causes.append(invalid(f"{path}.requests", str(quantity), text))
    for name in limits:
        if is_device(name) and amount(requests.get(name, limits[name])) != amount(limits[name]):
            text = f"must be equal to {name} limit of {limits[name]}"
            causes.append(invalid(f"{path}.requests", str(requests[name]), text))
    return causes


def _check_security(security: JsonObject, path: str) -> list[Cause]:
    if contradicts_itself(security):
        text = "cannot set `allowPrivilegeEscalation` to false and `privileged` to true"
        return [invalid(path, "{...}", text)]
    return []


def _check_restart_rules(container: JsonObject, path: str) -> list[Cause]:
    if container.get("restartPolicyRules") and not container.get("restartPolicy"):
        text = "must specify restartPolicy when restart rules are used"
        return [required(f"{path}.restartPolicy", text)]
    return []
