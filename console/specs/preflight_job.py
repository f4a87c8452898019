"""A composed submission as the short Job that looks at its node beforehand. Pure.

The same images, node, GPUs, mounts and privileges, so that it finds what the submission would find;
only the programs are others. It is no submission: no list shows it, no secret is given to it.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from console.domain.submission import LOGCOPY, LONGEST_JOB_NAME, Layout
from console.errors import InvalidInput
from console.specs import pod
from console.specs.compose import Composed
from console.specs.gpu_ways import rename_claims
from console.specs.plan import HALF, layout_of
from console.specs.pods_apart import first_alone
from console.specs.surroundings import X11_SOCKETS
from console.specs.worker_files import config_map_name

SUFFIX = "-preflight"
LABEL = {"app.kubernetes.io/name": "leaderboard-preflight"}
KEPT_SECONDS = 600
"""How long a cluster keeps one that its console could not delete."""
_SUPERVISOR, _PROGRAM = "pair_supervisor.sh", "preflight.sh"
_LOGCOPY, _NODE = "console.workers.logcopy", "console.workers.preflight_node"
_PLACES = {"X11_SOCKETS": X11_SOCKETS, "SHARED_MEMORY": "/dev/shm"}


def preflight_of(composed: Composed, *, seconds: int) -> Composed:
    """The Job to send before that submission; it ends after `seconds` at the latest.

    Raises InvalidInput for a template of one's own whose containers do not run our programs.
    """
    manifest = copy.deepcopy(composed.manifest)
    if layout_of(manifest) is Layout.POD_PER_PAIR:
        # One node of those that its pods may get, as one pair would find it.
        first_alone(manifest)
    name = manifest["metadata"]["name"][: LONGEST_JOB_NAME - len(SUFFIX)].rstrip("-.") + SUFFIX
    manifest["metadata"] |= {"name": name, "labels": dict(LABEL)}
    spec = manifest["spec"]
    spec |= {
        "backoffLimit": 0,
        "activeDeadlineSeconds": seconds,
        "ttlSecondsAfterFinished": KEPT_SECONDS,
    }
    template = spec["template"]
    template["metadata"] = {**pod.mapping(template.get("metadata")), "labels": dict(LABEL)}
    template["spec"] |= {"restartPolicy": "Never", "terminationGracePeriodSeconds": 1}
    workers = _delivered(manifest, composed.config_map, config_map_name(name))
    rename_claims(manifest, name)
    for each in pod.containers(manifest):
        if HALF.fullmatch(each.name):
            _run(each.content, _SUPERVISOR, _PROGRAM)
            each.content["env"] = [*pod.items(each.content.get("env")), *_variables()]
        elif each.name == LOGCOPY:
            _run(each.content, _LOGCOPY, _NODE)
            each.content["env"] = [e for e in pod.items(each.content["env"]) if "value" in e]
    return replace(composed, manifest=manifest, config_map=workers, further=())


def node_labels(manifest: Mapping[str, Any]) -> str:
    """Those that its node must have, `zone=a, gpu=a10g`; empty where any node will do."""
    chosen = pod.mapping(pod.pod_spec(manifest).get("nodeSelector"))
    return ", ".join(f"{name}={value}" for name, value in chosen.items())


def _variables() -> list[dict[str, Any]]:
    return [{"name": name, "value": value} for name, value in _PLACES.items()]


def _delivered(manifest: dict[str, Any], workers: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Let the volumes of the submission's ConfigMap hold one of this Job's own; that one."""
    for volume in pod.items(pod.pod_spec(manifest).get("volumes")):
        source = pod.mapping(volume.get("configMap"))
        if source.get("name") == workers["metadata"]["name"]:
            source["name"] = name
    own = {**workers["metadata"], "name": name, "labels": dict(LABEL)}
    return {**workers, "metadata": own}


def _run(container: dict[str, Any], program: str, instead: str) -> None:
    words = [str(word) for word in container.get("command") or ()]
    if not any(word.endswith(program) for word in words):
        raise InvalidInput(
            f"{container.get('name')} does not run {program}: a preflight cannot take its place.",
            fix="Use the templates in job_specs, or launch without a preflight.",
        )
    container["command"] = [
        word[: -len(program)] + instead if word.endswith(program) else word for word in words
    ]
