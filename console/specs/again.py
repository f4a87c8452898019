"""A Job that was on a cluster, as a new one that goes on from finished drives.

Everything of the old Job stays as it was: images, budget, changes by hand; the routes of its pairs
too, unless some are driven again. Pure; which drives are finished is the caller's business.
"""

from __future__ import annotations

import copy
import secrets
from collections.abc import Mapping
from typing import Any

import msgspec

from console import paths
from console.domain.driven_again import DrivenAgain, why_not_counted
from console.domain.submission import INIT, LOGCOPY, Layout
from console.errors import InvalidInput
from console.specs import pod, resume_pieces
from console.specs.adjustments import set_backoff_limit
from console.specs.again_annotation import AGAIN_ANNOTATION, as_annotation
from console.specs.compose import Composed
from console.specs.gpu_ways import CLASS_ANNOTATION, rename_claims
from console.specs.pair_making import open_folders, set_pairs
from console.specs.plan import HALF, RESUMES_ANNOTATION, TEAM_ANNOTATION, layout_of, subsets_of
from console.specs.pods_apart import name_kept, tell_pairs
from console.specs.tree import Document
from console.specs.turns import BATCH_LABEL, left_queue
from console.specs.worker_files import config_map, config_map_name, mount_items

RESUME_FOLDER = "resume"
"""In the workers' mount; `private_contents.sh` looks there for partial_N.json."""
DEADLINE_ANNOTATION = "leaderboard.carla.org/deadline"
"""The deadline in seconds that a Job had before a cancel ended it by one."""
_OF_THE_SERVER = ("selector", "manualSelector", "suspend")
_OF_A_CANCEL = ("parallelism", "activeDeadlineSeconds")
_NOT_ITS_OWN = ("controller-uid", "job-name", BATCH_LABEL)
"""Labels that the Job controller adds, or that belong to whom it was launched with."""
_KUEUE = "kueue.x-k8s.io/"
_BATCH = "batch.kubernetes.io/"
_SUPERVISOR = "pair_supervisor.sh"


class Rerouted(msgspec.Struct, frozen=True):
    """In what a Job differs that drives finished routes again."""

    subsets: tuple[str, ...]
    """Of each pair; as many as before."""
    driven_again: tuple[DrivenAgain, ...]


def again(
    job: Mapping[str, Any],
    name: str,
    partials: Mapping[int, str],
    *,
    backoff_limit: int | None = None,
    files: Mapping[str, str] | None = None,
    rerun: Rerouted | None = None,
) -> Composed:
    """The Job to send as `name`. `partials`: pair -> the text of its checkpoint, if it has one.

    `rerun`: which pair drives which route, where that is another one than before.
    Raises InvalidInput where the old Job has no volume with the workers' files.
    """
    files = dict(paths.worker_files() if files is None else files)
    alone = {f"{RESUME_FOLDER}/partial_{pair}.json": text for pair, text in partials.items()}
    one = resume_pieces.fit_one(files | alone)
    files |= alone if one else {}
    old = pod.mapping(job.get("metadata"))
    workers, namespace = config_map_name(name), str(old.get("namespace") or "default")
    manifest = _renamed(job, old, name, namespace)
    volume = _deliver(manifest, workers, mount_items(files))
    pieces = () if one else resume_pieces.pieces_of(partials)
    further = resume_pieces.config_maps(name, namespace, pieces)
    resume_pieces.mount(manifest, INIT, further)
    _continue(manifest, volume, "" if one else resume_pieces.FOLDER)
    rename_claims(manifest, name)
    if layout_of(manifest) is Layout.ONE_POD:
        open_folders(manifest, len(subsets_of(manifest)))
    else:
        name_kept(manifest)
    if rerun is not None:
        _reroute(manifest, rerun)
    if backoff_limit is not None:
        set_backoff_limit(manifest, backoff_limit)
    document = Document(f"the Job {old.get('name')}", manifest)
    return Composed(manifest, config_map(workers, namespace, files), document, further)


def _renamed(
    job: Mapping[str, Any], old: Mapping[str, Any], name: str, namespace: str
) -> dict[str, Any]:
    """The old Job under its new name, without what the server wrote into it."""
    spec = copy.deepcopy(pod.mapping(job.get("spec")))
    told = pod.mapping(old.get("annotations"))
    if spec.get("parallelism") == 0:
        _revive(spec, told)
    manifest = {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "name": name,
            "namespace": namespace,
            "labels": {**_own_labels(old), **left_queue(told)},
            "annotations": {**_kept_annotations(old), RESUMES_ANNOTATION: str(old.get("name"))},
        },
        "spec": {key: value for key, value in spec.items() if key not in _OF_THE_SERVER},
    }
    template = pod.mapping(pod.descend(manifest, ("spec", "template", "metadata")))
    template["labels"] = _without_kueues(_own_labels(template))
    if "annotations" in template:
        template["annotations"] = _without_kueues(pod.mapping(template["annotations"]))
    template.pop("creationTimestamp", None)
    return manifest


def _kept_annotations(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """What belongs to the Job's content, not to its history."""
    told = pod.mapping(metadata.get("annotations"))
    kept = (CLASS_ANNOTATION, TEAM_ANNOTATION, AGAIN_ANNOTATION)
    return {key: told[key] for key in kept if key in told}


def _reroute(manifest: dict[str, Any], rerun: Rerouted) -> None:
    """Other routes for the same pairs; what is driven again is said on the Job and to logcopy."""
    one = layout_of(manifest) is Layout.ONE_POD
    (set_pairs if one else tell_pairs)(manifest, rerun.subsets)
    manifest["metadata"]["annotations"][AGAIN_ANNOTATION] = as_annotation(rerun.driven_again)
    if told := why_not_counted(rerun.driven_again):
        for container in pod.all_containers(manifest):
            if container.name == LOGCOPY:
                _set(container.content, "CHOSEN_AGAIN", told)


def _revive(spec: dict[str, Any], annotations: Mapping[str, Any]) -> None:
    """Take back how a cancel ended the Job; a deadline of its own holds for the new one too."""
    for key in _OF_A_CANCEL:
        spec.pop(key, None)
    if spec.get("completionMode") == "Indexed":
        spec["parallelism"] = spec.get("completions", 1)
    deadline = str(annotations.get(DEADLINE_ANNOTATION, ""))
    if deadline.isascii() and deadline.isdigit():
        spec["activeDeadlineSeconds"] = int(deadline)


def _own_labels(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Those that the Job controller adds belong to the old Job's pods, its batch to its launch."""
    return {
        key: value
        for key, value in pod.mapping(metadata.get("labels")).items()
        if key not in _NOT_ITS_OWN and not key.startswith(_BATCH)
    }


def _without_kueues(told: Mapping[str, Any]) -> dict[str, Any]:
    """What Kueue writes into the pod as it admits it names its own objects for the old Job."""
    return {key: value for key, value in told.items() if not key.startswith(_KUEUE)}


def _deliver(manifest: dict[str, Any], name: str, items: list[dict[str, str]]) -> str:
    """Let the volume of the old workers hold the new ones; its name."""
    for volume in pod.items(pod.pod_spec(manifest).get("volumes")):
        source = pod.mapping(volume.get("configMap"))
        if any(item.get("path") == _SUPERVISOR for item in pod.items(source.get("items"))):
            source.update(name=name, items=items)
            return str(volume.get("name"))
    raise InvalidInput("The Job has no volume with the workers' files: it cannot be resumed.")


def _continue(manifest: dict[str, Any], volume: str, folder: str) -> None:
    """The init container hands the partials out; each supervisor resumes from what it finds."""
    for container in pod.all_containers(manifest):
        if container.name == INIT:
            mounted = (each for each in container.mounts if each.get("name") == volume)
            workers = next((str(each.get("mountPath")) for each in mounted), "")
            _set(container.content, "RESUME", "1")
            _set(container.content, "RESUME_DIR", folder or f"{workers}/{RESUME_FOLDER}")
        elif container.name == LOGCOPY:
            _set(container.content, "PROGRESS_NONCE", secrets.token_hex(8))
        elif HALF.fullmatch(container.name) and "RESUME" in container.env_names:
            # Leaderboard 1.0 loses its progress when it resumes from nothing.
            _set(container.content, "RESUME", "")


def _set(container: dict[str, Any], name: str, value: str) -> None:
    variables = [each for each in pod.items(container.get("env")) if each.get("name") != name]
    container["env"] = [*variables, {"name": name, "value": value}]
