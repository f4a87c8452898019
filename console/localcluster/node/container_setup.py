"""From a container's spec and its image to argv, environment and directory of a real process.

Only the image's and the declared environment reach the process, never the host's. All processes
belong to the user who runs the cluster: a securityContext is kept in the object and not applied.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from console.localcluster.node import volumes
from console.localcluster.node.environment import Lookup, declared
from console.localcluster.node.expansion import expand
from console.localcluster.node.path_translation import PathTranslation
from console.localcluster.node.processes import Launch
from console.localcluster.store import JsonObject

Devices = Callable[[JsonObject, JsonObject, Path, Mapping[str, str]], dict[str, str]]
"""(pod, container, its directory, its variables) -> the variables that come with its devices."""


class UnpackedImage(Protocol):
    """An image on disk, as far as a container needs it."""

    @property
    def digest(self) -> str: ...
    @property
    def root(self) -> Path: ...
    @property
    def paths(self) -> tuple[str, ...]: ...
    @property
    def env(self) -> dict[str, str]: ...
    @property
    def working_dir(self) -> str | None: ...
    @property
    def command(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class PodPlace:
    """Where a pod lives on disk and which volumes it has."""

    folder: Path
    volumes: Mapping[str, Path]

    def container(self, name: str) -> Path:
        """A container's own directory, kept over its restarts."""
        return self.folder / "containers" / name


def launch_of(
    container: JsonObject,
    pod: JsonObject,
    image: UnpackedImage,
    place: PodPlace,
    find: Lookup,
    container_id: str,
    devices: Devices,
) -> Launch:
    """Everything that starts one run. Raises ConfigMissing and VolumeNotReady."""
    own = place.container(container["name"])
    values = declared(container, pod, find)
    paths = {path: image.root / path.lstrip("/") for path in image.paths}
    paths.update(volumes.mounts(container, place.volumes, values))
    message = message_file(place, container, container_id)
    paths[container["terminationMessagePath"]] = message
    translate = PathTranslation(paths)
    argv = tuple(translate(expand(word, values)) for word in _words(container, image))
    env = {**image.env, **values}
    env |= devices(pod, container, own, env)
    env = {name: translate(value) for name, value in env.items()}
    directory = _directory(container.get("workingDir") or image.working_dir, translate, own)
    return Launch(argv, {**_own_env(pod, own, message), **env}, directory, container_id, translate)


def message_file(place: PodPlace, container: JsonObject, container_id: str) -> Path:
    """The real file behind terminationMessagePath of one run."""
    return place.container(container["name"]) / f"termination-{container_id[-12:]}"


def _own_env(pod: JsonObject, own: Path, message: Path) -> dict[str, str]:
    home, temporary = own / "home", own / "tmp"
    for folder in (home, temporary):
        folder.mkdir(parents=True, exist_ok=True)
    return {
        "HOME": str(home),
        "TMPDIR": str(temporary),
        "HOSTNAME": pod["spec"].get("hostname") or pod["metadata"]["name"],
        "TERMINATION_MESSAGE": str(message),
    }


def _words(container: JsonObject, image: UnpackedImage) -> list[str]:
    command = container.get("command") or list(image.command)
    return [*command, *container.get("args", [])]


def _directory(wanted: str | None, translate: PathTranslation, own: Path) -> Path:
    """The working directory; outside image and volumes it is a private one of the container."""
    real = translate.real(wanted) if wanted else None
    directory = real or own / "root" / (wanted or "").lstrip("/")
    directory.mkdir(parents=True, exist_ok=True)
    return directory
