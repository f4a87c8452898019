"""A recorded Job without what a bundle leaves out, and the names of the platform in it. Pure.

A team's bundle has of the Job what the team's containers got; where they were to run, and under
whose account, is the platform's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from console.domain.events import ClusterEventSeen, Event, JobSeen, PodSeen
from console.domain.submission import INIT, LOGCOPY, Images
from console.operations.bundling.cleaned_events import NAMESPACE
from console.operations.bundling.platform_names import HIDDEN_NAME, PlatformNames
from console.operations.bundling.redaction import CREDENTIAL, Redaction
from console.operations.ports.recorder import KeptManifest, Recording
from console.specs import pod
from console.specs.credentials import LEFT_OUT, without_credentials

WHERE = "manifest"
_OURS = "leaderboard.carla.org/"
_OF_JOB = (
    *("backoffLimit", "parallelism", "completions", "activeDeadlineSeconds", "suspend"),
    *("completionMode", "backoffLimitPerIndex"),
)
_OF_POD = ("restartPolicy", "terminationGracePeriodSeconds")
_OF_CONTAINER = ("name", "image", "command", "args", "workingDir", "ports", "restartPolicy")
_NAMING = frozenset(
    (
        *("serviceAccountName", "serviceAccount", "nodeName", "secretName", "claimName"),
        *("priorityClassName", "kubernetes.io/hostname", "schedulerName"),
    )
)
"""Keys of a Job whose values are names of the platform."""
_REFERENCES = frozenset(("imagePullSecrets", "secretKeyRef", "secretRef"))


def cleaned_manifest(manifest: Mapping[str, Any], redaction: Redaction) -> dict[str, Any]:
    """The Job as the bundle has it; still the same submission to whoever reads its plan."""
    whole = without_credentials(manifest)
    redaction.note(WHERE, CREDENTIAL, _count(whole))
    kept = whole if redaction.names is None else _of_team(whole)
    cleaned = _mapped(kept, lambda text: redaction.text(text, WHERE))
    assert isinstance(cleaned, dict)
    return cleaned


def platform_names(
    recording: Recording, kept: KeptManifest | None, events: Iterable[Event]
) -> PlatformNames:
    """What this recording knows of the platform's names, and which names are the team's own."""
    foreign = {recording.cluster, recording.namespace}
    own = {recording.name, INIT, LOGCOPY}
    images: list[Images] = []
    for event in events:
        if isinstance(event, PodSeen):
            foreign.add(event.pod.node)
            own |= {event.pod.name, *(each.name for each in event.pod.containers)}
        elif isinstance(event, JobSeen) and event.job.plan:
            images.append(event.job.plan.images)
        elif isinstance(event, ClusterEventSeen):
            foreign |= _assigned(event.event.message)
    if kept is not None:
        foreign |= {kept.server, urlsplit(kept.server).hostname or "", *_named(kept.manifest)}
        own |= {each.name for each in pod.all_containers(kept.manifest)}
        images += _images(kept.manifest)
    team = {each.agent for each in images}
    platform = {i for each in images for i in (each.leaderboard, each.simulator, each.logcopy)}
    foreign |= {part for image in platform - team for part in _parts(image, team)}
    return PlatformNames(foreign, own | team)


def _assigned(message: str) -> set[str]:
    """The node that the scheduler chose, where the pod itself did not tell it."""
    words = message.split()
    return {words[-1]} if words[1:2] == ["assigned"] else set()


def _parts(image: str, team: set[str]) -> Iterator[str]:
    """The image, without its tag, and its registry; not one from which the team's comes too."""
    registry, slash, path = image.partition("/")
    if not slash:
        return
    yield image
    yield image[: len(registry) + 1] + path.partition("@")[0].partition(":")[0]
    if "." in registry or ":" in registry:
        shared = any(each.startswith(f"{registry}/") for each in team)
        yield from () if shared else (registry,)


def _images(manifest: Mapping[str, Any]) -> list[Images]:
    by_name = {each.name: each.image for each in pod.all_containers(manifest)}
    agents = [image for name, image in by_name.items() if name.startswith("agent-")]
    others = [image for name, image in by_name.items() if not name.startswith("agent-")]
    return [Images(image, image, agent, image) for agent in agents for image in others]


def _named(value: Any, key: str = "") -> Iterator[str]:
    """The values of all keys that name something of the platform."""
    if isinstance(value, str):
        if key in _NAMING:
            yield value
    elif isinstance(value, list):
        for each in value:
            yield from _named(each, key)
    elif isinstance(value, Mapping):
        if key in _REFERENCES and isinstance(value.get("name"), str):
            yield value["name"]
        for inner, each in value.items():
            yield from _named(each, inner)


def _of_team(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """What is known to be no business of the platform; the rest is not told at all."""
    metadata = pod.mapping(manifest.get("metadata"))
    named = _only(metadata, ("name", "uid", "creationTimestamp")) | {"namespace": NAMESPACE}
    for group in ("labels", "annotations"):
        told = pod.mapping(metadata.get(group))
        named[group] = {key: each for key, each in told.items() if key.startswith(_OURS)}
    spec = pod.mapping(manifest.get("spec"))
    of_pod = pod.mapping(pod.descend(manifest, pod.POD))
    inner = _only(of_pod, _OF_POD)
    for group in ("initContainers", "containers"):
        inner[group] = [_container(each) for each in pod.items(of_pod.get(group))]
    return {
        **_only(manifest, ("apiVersion", "kind")),
        "metadata": named,
        "spec": {**_only(spec, _OF_JOB), "template": {"spec": inner}},
    }


def _container(container: dict[str, Any]) -> dict[str, Any]:
    env = [
        each if "value" in each else {"name": each.get("name"), "valueFrom": HIDDEN_NAME}
        for each in pod.items(container.get("env"))
    ]
    resources = pod.mapping(container.get("resources"))
    return {
        **_only(container, _OF_CONTAINER),
        "env": env,
        "resources": _only(resources, ("limits", "requests")),
    }


def _only(found: Mapping[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    return {key: found[key] for key in keys if key in found}


def _mapped(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_mapped(each, change) for each in value]
    if isinstance(value, Mapping):
        return {key: _mapped(each, change) for key, each in value.items()}
    return value


def _count(value: Any) -> int:
    """How many texts have something left out."""
    if isinstance(value, str):
        return LEFT_OUT in value
    inner = value.values() if isinstance(value, Mapping) else value
    return sum(map(_count, inner)) if isinstance(inner, list) or isinstance(value, Mapping) else 0
