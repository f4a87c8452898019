"""Each container by itself: name, image, environment, resources, ports, security."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from console.kubernetes_grammar.object_rules import contradicts_itself, exceeds, is_device, is_port
from console.kubernetes_grammar.quantities import amount
from console.specs import names
from console.specs.checks.findings import JobFinding
from console.specs.pod import ContainerSpec, all_containers, containers, items, mapping
from console.specs.tree import Place


def check_containers(manifest: Mapping[str, Any]) -> Iterator[JobFinding]:
    """Everything that can be said of containers without knowing what they are for."""
    seen: set[str] = set()
    for container in all_containers(manifest):
        place = (*container.place, "name")
        if wrong := names.dns_label(container.name):
            yield JobFinding(place, f"The container's name {wrong}.")
        if container.name in seen:
            yield JobFinding(place, f"A container {container.name} is there already.")
        seen.add(container.name)
        yield from _image(container)
        yield from _environment(container)
        yield from _resources(container)
        yield from _security(container)
    yield from _ports(manifest)


def _image(container: ContainerSpec) -> Iterator[JobFinding]:
    if wrong := names.image(container.image):
        what = f"The image {container.image!r} of {container.name} {wrong}."
        yield JobFinding((*container.place, "image"), what)


def _environment(container: ContainerSpec) -> Iterator[JobFinding]:
    seen: set[str] = set()
    for index, each in enumerate(items(container.content.get("env"))):
        place: Place = (*container.place, "env", index)
        name = str(each.get("name", ""))
        if wrong := names.variable(name):
            yield JobFinding((*place, "name"), f"The variable's name {name!r} {wrong}.")
        if name in seen:
            yield JobFinding(
                (*place, "name"), f"{container.name} has {name} twice; the last counts."
            )
        seen.add(name)
        value = each.get("value")
        if value is not None and not isinstance(value, str):
            yield JobFinding((*place, "value"), f"{name} is no text.", "Put it in quotes.")
        if value and "valueFrom" in each:
            yield JobFinding(place, f"{name} has value and valueFrom.", "Keep one of them.")
        if "valueFrom" in each and len(mapping(each["valueFrom"])) != 1:
            yield JobFinding((*place, "valueFrom"), f"{name} needs exactly one source.")


def _resources(container: ContainerSpec) -> Iterator[JobFinding]:
    place: Place = (*container.place, "resources")
    resources = mapping(container.content.get("resources"))
    limits, requests = mapping(resources.get("limits")), mapping(resources.get("requests"))
    for kind, quantities in (("limits", limits), ("requests", requests)):
        for name, quantity in quantities.items():
            if wrong := _quantity(name, quantity):
                yield JobFinding((*place, kind, name), f"{name} is {quantity!r}: {wrong}.")
    for name, quantity in requests.items():
        at, limit = (*place, "requests", name), limits.get(name)
        if exceeds(quantity, limit):
            yield JobFinding(at, f"{container.name} requests more {name} than its limit allows.")
        elif is_device(name) and amount(quantity) != amount(limit):
            yield JobFinding(at, f"{name} needs a limit that equals the request.")


def _quantity(name: str, quantity: Any) -> str:
    number = amount(quantity)
    if number is None:
        return "no quantity such as 500m, 2 or 1Gi"
    if number < 0:
        return "less than nothing"
    if is_device(name) and number.denominator != 1:
        return "devices come in whole numbers"
    return ""


def _security(container: ContainerSpec) -> Iterator[JobFinding]:
    if contradicts_itself(mapping(container.content.get("securityContext"))):
        place = (*container.place, "securityContext")
        yield JobFinding(
            place, f"{container.name} is privileged, so it may escalate its privileges."
        )


def _ports(manifest: Mapping[str, Any]) -> Iterator[JobFinding]:
    taken: dict[tuple[int, str], str] = {}
    for container in containers(manifest):
        for index, port in enumerate(items(container.content.get("ports"))):
            place: Place = (*container.place, "ports", index, "containerPort")
            number, protocol = port.get("containerPort"), str(port.get("protocol", "TCP"))
            if not is_port(number):
                yield JobFinding(place, "A port is a number from 1 to 65535.")
            elif (number, protocol) in taken:
                other = taken[number, protocol]
                what = f"{container.name} and {other} share the pod's network and both have port"
                yield JobFinding(place, f"{what} {number}.")
            else:
                taken[number, protocol] = container.name
