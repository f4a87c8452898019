"""The rules about one container: image, environment, ports, mounts, resources, security."""

from __future__ import annotations

from console.kubernetes_grammar.object_rules import (
    LARGEST_PORT,
    AmountFault,
    SourceFault,
    amount_faults,
    contradicts_itself,
    is_port,
    repeats,
    source_fault,
    sub_path_faults,
)
from console.localcluster.api.refusals import (
    StatusCause,
    duplicate,
    invalid,
    missing,
    required,
)
from console.localcluster.api.validation.words import (
    PATH_WORDS,
    dns_label,
    port_name,
    variable_name,
)
from console.localcluster.changes import JsonObject

_SOURCE_WORDS = {
    SourceFault.NONE: "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`"
    " or `secretKeyRef`",
    SourceFault.MANY: "may not have more than one field specified at a time",
    SourceFault.BESIDE_VALUE: "may not be specified when `value` is not empty",
}
_AMOUNT_WORDS = {
    AmountFault.NO_QUANTITY: "must be a quantity",
    AmountFault.NEGATIVE: "must be greater than or equal to 0",
    AmountFault.NOT_WHOLE: "must be an integer",
    AmountFault.EXCEEDS: "must be less than or equal to {name} limit of {limit}",
    AmountFault.UNEQUAL: "must be equal to {name} limit of {limit}",
}


def check_container(container: JsonObject, path: str, volumes: set[str]) -> list[StatusCause]:
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


def _check_env(variables: list[JsonObject], path: str) -> list[StatusCause]:
    causes: list[StatusCause] = []
    for index, variable in enumerate(variables):
        field, name = f"{path}[{index}]", variable.get("name", "")
        causes += variable_name(f"{field}.name", name) if name else []
        if fault := source_fault(variable):
            causes.append(invalid(f"{field}.valueFrom", "", _SOURCE_WORDS[fault]))
    return causes


def _check_ports(ports: list[JsonObject], path: str) -> list[StatusCause]:
    causes: list[StatusCause] = []
    again = set(repeats(port.get("name") for port in ports))
    for index, port in enumerate(ports):
        field, name = f"{path}[{index}]", port.get("name")
        causes += port_name(f"{field}.name", name) if name else []
        if index in again:
            causes.append(duplicate(f"{field}.name", name))
        for kind in ("containerPort", "hostPort"):
            if port.get(kind) and not is_port(port[kind]):
                text = f"must be between 1 and {LARGEST_PORT}, inclusive"
                causes.append(invalid(f"{field}.{kind}", port[kind], text))
    return causes


def _check_mounts(mounts: list[JsonObject], path: str, volumes: set[str]) -> list[StatusCause]:
    causes: list[StatusCause] = []
    again = set(repeats(mount.get("mountPath") for mount in mounts))
    for index, mount in enumerate(mounts):
        field, name = f"{path}[{index}]", mount.get("name", "")
        if name and name not in volumes:
            causes.append(missing(f"{field}.name", name))
        if index in again:
            causes.append(invalid(f"{field}.mountPath", mount["mountPath"], "must be unique"))
        for kind, fault in sub_path_faults(mount):
            causes.append(invalid(f"{field}.{kind}", mount[kind], PATH_WORDS[fault]))
    return causes


def _check_resources(resources: JsonObject, path: str) -> list[StatusCause]:
    return [
        _about_amount(resources, path, kind, name, fault)
        for kind, name, fault in amount_faults(resources)
    ]


def _about_amount(
    resources: JsonObject, path: str, kind: str, name: str, fault: AmountFault
) -> StatusCause:
    """A fault beside a limit is told of all requests, one of an amount alone at its place."""
    limit = (resources.get("limits") or {}).get(name)
    if fault is AmountFault.UNEQUAL and limit is None:
        text = "Limit must be set for non overcommitable resources"
        return required(f"{path}.limits", text)
    words = _AMOUNT_WORDS[fault].format(name=name, limit=limit)
    beside = fault in (AmountFault.EXCEEDS, AmountFault.UNEQUAL)
    field = f"{path}.{kind}" if beside else f"{path}.{kind}[{name}]"
    return invalid(field, str(resources[kind][name]), words)


def _check_security(security: JsonObject, path: str) -> list[StatusCause]:
    if contradicts_itself(security):
        text = "cannot set `allowPrivilegeEscalation` to false and `privileged` to true"
        return [invalid(path, "{...}", text)]
    return []


def _check_restart_rules(container: JsonObject, path: str) -> list[StatusCause]:
    if container.get("restartPolicyRules") and not container.get("restartPolicy"):
        text = "must specify restartPolicy when restart rules are used"
        return [required(f"{path}.restartPolicy", text)]
    return []
