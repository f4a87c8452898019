"""Reads containers and their environment out of any Job manifest, without trusting its shape."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import msgspec

from console.specs.document_places import Place

POD: Place = ("spec", "template", "spec")


def mapping(value: Any) -> dict[str, Any]:
    """`value` if it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: Any) -> list[dict[str, Any]]:
    """The mappings of a list; nothing where it is none."""
    return [mapping(item) for item in value] if isinstance(value, list) else []


def descend(value: Any, place: Place) -> Any:
    """What stands at a place of mappings, None without it."""
    for step in place:
        value = mapping(value).get(str(step))
    return value


class ContainerSpec(msgspec.Struct, frozen=True, dict=True):
    """One container as the manifest describes it.

    With a dictionary, so that its environment is taken apart once: a plan asks it dozens of times,
    and a list has thousands of plans.
    """

    name: str
    place: Place
    content: dict[str, Any]

    @property
    def image(self) -> str:
        image = self.content.get("image")
        return image if isinstance(image, str) else ""

    @cached_property
    def env(self) -> dict[str, str]:
        """Variables with a written value; the later of two with one name counts."""
        return {
            each["name"]: each["value"]
            for each in items(self.content.get("env"))
            if isinstance(each.get("name"), str) and isinstance(each.get("value"), str)
        }

    @cached_property
    def env_names(self) -> frozenset[str]:
        """All variables, whatever their values come from."""
        return frozenset(
            each["name"]
            for each in items(self.content.get("env"))
            if isinstance(each.get("name"), str)
        )

    def env_place(self, name: str) -> Place:
        """Where a variable's value stands; the container itself when there is no such variable."""
        for index, each in enumerate(items(self.content.get("env"))):
            if each.get("name") == name:
                return (*self.place, "env", index, "value")
        return self.place

    @property
    def mounts(self) -> list[dict[str, Any]]:
        return items(self.content.get("volumeMounts"))


def set_variable(container: Mapping[str, Any], name: str, value: str) -> None:
    """In a container that has it; in any other nothing."""
    for variable in items(container.get("env")):
        if variable.get("name") == name:
            variable["value"] = value


def pod_spec(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The pod template's spec, empty where there is none."""
    return mapping(descend(manifest, POD))


def regular(manifest: Mapping[str, Any]) -> tuple[ContainerSpec, ...]:
    """The containers after the init containers, in the manifest's order."""
    return tuple(_containers(manifest, "containers"))


def containers(manifest: Mapping[str, Any]) -> tuple[ContainerSpec, ...]:
    """Those that live together: the sidecars among the init containers, then the regular ones."""
    init = _containers(manifest, "initContainers")
    return (*(each for each in init if is_sidecar(each)), *regular(manifest))


def all_containers(manifest: Mapping[str, Any]) -> tuple[ContainerSpec, ...]:
    """Init containers, then containers."""
    return (*_containers(manifest, "initContainers"), *regular(manifest))


def is_sidecar(container: ContainerSpec) -> bool:
    """An init container that Kubernetes does not wait for, and ends after the regular ones."""
    return container.place[-2] == "initContainers" and container.content.get("restartPolicy") == (
        "Always"
    )


def _containers(manifest: Mapping[str, Any], key: str) -> Iterator[ContainerSpec]:
    for index, content in enumerate(items(pod_spec(manifest).get(key))):
        yield ContainerSpec(str(content.get("name", "")), (*POD, key, index), content)
