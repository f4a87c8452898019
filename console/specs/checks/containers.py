"""Each container by itself: name, image, environment, resources, ports, security."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from console.kubernetes_grammar.object_rules import (
    AmountFault,
    SourceFault,
    amount_faults,
    contradicts_itself,
    is_port,
    repeats,
    source_fault,
)
from console.specs import names
from console.specs.checks.findings import JobFinding
from console.specs.document_places import Place
from console.specs.pod import ContainerSpec, all_containers, containers, items, mapping


def check_containers(manifest: Mapping[str, Any]) -> Iterator[JobFinding]:
    """Everything that can be said of containers without knowing what they are for."""
    every = all_containers(manifest)
    again = set(repeats(container.name for container in every))
    for index, container in enumerate(every):
        place = (*container.place, "name")
        if wrong := names.dns_label(container.name):
            yield JobFinding(place, f"The container's name {wrong}.")
        if index in again:
            yield JobFinding(place, f"A container {container.name} is there already.")
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
    variables = items(container.content.get("env"))
    again = set(repeats(str(each.get("name", "")) for each in variables))
    for index, each in enumerate(variables):
        place: Place = (*container.place, "env", index)
        name = str(each.get("name", ""))
        if wrong := names.variable(name):
            yield JobFinding((*place, "name"), f"The variable's name {name!r} {wrong}.")
        if index in again:
            yield JobFinding(
                (*place, "name"), f"{container.name} has {name} twice; the last counts."
            )
        value, fault = each.get("value"), source_fault(each)
        if value is not None and not isinstance(value, str):
            yield JobFinding((*place, "value"), f"{name} is no text.", "Put it in quotes.")
        if fault is SourceFault.BESIDE_VALUE:
            yield JobFinding(place, f"{name} has value and valueFrom.", "Keep one of them.")
        elif fault:
            yield JobFinding((*place, "valueFrom"), f"{name} needs exactly one source.")


_AMOUNT_WORDS = {
    AmountFault.NO_QUANTITY: "{name} is {amount!r}: no quantity such as 500m, 2 or 1Gi.",
    AmountFault.NEGATIVE: "{name} is {amount!r}: less than nothing.",
    AmountFault.NOT_WHOLE: "{name} is {amount!r}: devices come in whole numbers.",
    AmountFault.EXCEEDS: "{container} requests more {name} than its limit allows.",
    AmountFault.UNEQUAL: "{name} needs a limit that equals the request.",
}


def _resources(container: ContainerSpec) -> Iterator[JobFinding]:
    resources = mapping(container.content.get("resources"))
    for kind, name, fault in amount_faults(resources):
        told = {"container": container.name, "name": name, "amount": resources[kind][name]}
        what = _AMOUNT_WORDS[fault].format_map(told)
        yield JobFinding((*container.place, "resources", kind, name), what)


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
