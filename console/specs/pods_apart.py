"""The Job with a pod for each pair, made by rule from the one that has all pairs in one pod. Pure.

Its one template is the first pair's: the simulator and a logcopy live beside the agent as sidecars,
so that the agent's end is the pod's. Which pair a pod is, and which routes are its own, the halves
tell from its index. No GPU is named by hand: where a pod runs the cluster chooses.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from console.domain.budget import RestartBudget, backoff_limit_for
from console.domain.submission import INIT, LOGCOPY, Layout
from console.specs import pod
from console.specs.kept_for_pods import kept_name
from console.specs.pair_making import FOLDERS, PAIR
from console.specs.plan import NUMBERED_HALF, RESUMES, SUBSET, SUBSETS, layout_of, subsets_of
from console.specs.pod import ContainerSpec

KEPT_FOLDER = "/opt/leaderboard-console-kept"
"""Where the init container finds what is known of the pair's finished drives."""
_KEPT_VOLUME, _KEPT_DIR = "kept", "KEPT_DIR"
_FAILURES = "metadata.annotations['batch.kubernetes.io/job-index-failure-count']"
BEFORE = {"name": "ATTEMPTS_BEFORE", "valueFrom": {"fieldRef": {"fieldPath": _FAILURES}}}
"""How many pods of this pair have failed before, in the Job controller's words."""
_BESIDE = {"restartPolicy": "Always"}


def take_apart(manifest: dict[str, Any], subsets: Sequence[str]) -> None:
    """Let a Job of one pod have a pod for each of these subsets."""
    by_name = {each.name: each for each in pod.all_containers(manifest)}
    first = min(int(found[2]) for name in by_name if (found := NUMBERED_HALF.fullmatch(name)))
    halves = {role: _alone(by_name[f"{role}-{first}"], role) for role in ("simulator", "agent")}
    spec, given = pod.pod_spec(manifest), manifest["spec"]
    beside = [{**halves["simulator"], **_BESIDE}, {**by_name[LOGCOPY].content, **_BESIDE}]
    spec["initContainers"] = [*pod.items(spec.get("initContainers")), *beside]
    ours = [name for name in by_name if NUMBERED_HALF.fullmatch(name) or name == LOGCOPY]
    others = [each for each in pod.items(spec["containers"]) if each.get("name") not in ours]
    spec["containers"] = [halves["agent"], *others]
    spec["restartPolicy"] = "Never"
    limit = given.pop("backoffLimit", 6)
    given |= {"completionMode": "Indexed", "completions": 1, "parallelism": 1}
    _set(by_name[INIT].content, FOLDERS, "1")
    tell_pairs(manifest, subsets)
    set_limit_of_each(manifest, limit)


def first_alone(manifest: dict[str, Any]) -> None:
    """The reverse, for the first pair: a Job of one pod with regular containers only."""
    by_name = {each.name: each.content for each in pod.all_containers(manifest)}
    spec, given, subset = pod.pod_spec(manifest), manifest["spec"], subsets_of(manifest)[0]
    for key in ("completionMode", "completions", "parallelism", RESUMES):
        given.pop(key, None)
    beside = ("simulator", LOGCOPY)
    spec["initContainers"] = [e for e in spec["initContainers"] if e.get("name") not in beside]
    for role in ("simulator", "agent"):
        _set(by_name[role], PAIR, "1")
        by_name[role]["name"] = f"{role}-1"
    for each in (by_name["simulator"], by_name[LOGCOPY]):
        each.pop("restartPolicy", None)
    spec["containers"] = [by_name["simulator"], *spec["containers"], by_name[LOGCOPY]]
    _set(by_name["agent"], SUBSET, subset)


def tell_pairs(manifest: dict[str, Any], subsets: Sequence[str]) -> None:
    """Let a Job that has a pod for each pair have one for each of these subsets."""
    for each in pod.containers(manifest):
        if each.name in ("agent", LOGCOPY):
            _set(each.content, SUBSETS, ";".join(subsets))
    manifest["spec"] |= {"completions": len(subsets), "parallelism": len(subsets)}
    name_kept(manifest)


def set_limit_of_each(manifest: dict[str, Any], limit: int) -> None:
    """As many resumes of each pair as that sum of restarts allows to one."""
    manifest["spec"][RESUMES] = RestartBudget(limit).resumes_left


def limit_of_each(manifest: Mapping[str, Any]) -> int | None:
    """The reverse: the least sum that allows as many; None where nothing is said."""
    resumes = pod.descend(manifest, ("spec", RESUMES))
    return backoff_limit_for(resumes) if isinstance(resumes, int) else None


def name_kept(manifest: dict[str, Any]) -> None:
    """Let the init container see what is kept of the pairs of this Job, by its name; none has to be
    there."""
    if layout_of(manifest) is Layout.ONE_POD:
        return
    spec, name = pod.pod_spec(manifest), str(pod.descend(manifest, ("metadata", "name")))
    pairs = range(1, int(manifest["spec"]["completions"]) + 1)
    sources = [{"configMap": {"name": kept_name(name, n), "optional": True}} for n in pairs]
    others = [each for each in pod.items(spec.get("volumes")) if each.get("name") != _KEPT_VOLUME]
    spec["volumes"] = [*others, {"name": _KEPT_VOLUME, "projected": {"sources": sources}}]
    init = next(each for each in pod.all_containers(manifest) if each.name == INIT)
    _set(init.content, _KEPT_DIR, KEPT_FOLDER)
    mounts = [each for each in init.mounts if each.get("name") != _KEPT_VOLUME]
    kept = {"name": _KEPT_VOLUME, "mountPath": KEPT_FOLDER, "readOnly": True}
    init.content["volumeMounts"] = [*mounts, kept]


def _alone(half: ContainerSpec, role: str) -> dict[str, Any]:
    """A half that is whichever pair its pod is."""
    content = copy.deepcopy(half.content)
    told = [each for each in pod.items(content.get("env")) if each.get("name") != PAIR]
    for variable in told:
        if variable.get("name") == SUBSET:
            variable |= {"name": SUBSETS}
    return {**content, "name": role, "env": [*told, copy.deepcopy(BEFORE)]}


def _set(container: dict[str, Any], name: str, value: str) -> None:
    there = pod.items(container.get("env"))
    if all(each.get("name") != name for each in there):
        container["env"] = [*there, {"name": name, "value": value}]
    for variable in there:
        if variable.get("name") == name:
            variable["value"] = value
