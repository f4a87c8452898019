"""A Job with a pod for each pair: what Kubernetes and the workers ask of it as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from console.domain.submission import INIT, LOGCOPY, LONGEST_JOB_NAME, Layout
from console.specs.checks.findings import JobFinding, Severity
from console.specs.plan import RESUMES, layout_of, pair_numbers
from console.specs.pod import POD, all_containers, descend, is_sidecar, mapping

_BESIDE = ("simulator", LOGCOPY)
_ORDER = (INIT, *_BESIDE, "agent")


def check_indexed(manifest: Mapping[str, Any]) -> Iterator[JobFinding]:
    """Nothing for a Job that has all pairs in one pod."""
    if layout_of(manifest) is Layout.ONE_POD:
        return
    spec = mapping(manifest.get("spec"))
    if spec.get("completionMode") != "Indexed":
        said = spec.get("completionMode") or "not there"
        yield JobFinding(
            ("spec", "completionMode"), f"completionMode is {said}.", "Write Indexed: a pair each."
        )
    pairs = len(pair_numbers(manifest))
    if pairs and spec.get("completions") != pairs:
        what = f"completions is {spec.get('completions')}, but {pairs} pairs have routes."
        yield JobFinding(("spec", "completions"), what)
    if spec.get("parallelism") == 0:
        yield JobFinding(("spec", "parallelism"), "parallelism is 0: no pair would begin.")
    yield from _budget(spec)
    yield from _name(manifest, pairs)
    yield from _places(manifest)


def _budget(spec: Mapping[str, Any]) -> Iterator[JobFinding]:
    if spec.get(RESUMES) is None:
        what = f"{RESUMES} is missing: the first pair that spends the budget would end all."
        yield JobFinding(("spec", RESUMES), what, "Write how often each pair may be resumed.")
    if spec.get("maxFailedIndexes") is not None:
        what = "maxFailedIndexes lets pairs that fail end those that drive."
        yield JobFinding(("spec", "maxFailedIndexes"), what, "Leave it out.", Severity.WARNING)


def _name(manifest: Mapping[str, Any], pairs: int) -> Iterator[JobFinding]:
    """A pod's host name is the Job's with its index, and is not cut."""
    name = str(descend(manifest, ("metadata", "name")) or "")
    longest = LONGEST_JOB_NAME - len(f"-{max(pairs - 1, 0)}")
    if longest < len(name) <= LONGEST_JOB_NAME:
        what = f"The Job's name has {len(name)} characters; {longest} are allowed, for the pods of"
        yield JobFinding(("metadata", "name"), f"{what} its pairs have a number behind it.")


def _places(manifest: Mapping[str, Any]) -> Iterator[JobFinding]:
    """The agent's end is the pod's: whatever else is regular would hold it."""
    for each in all_containers(manifest):
        if each.name in _BESIDE and not is_sidecar(each):
            what = f"{each.name} is no sidecar: the pod would not end with its agent."
            fix = "Put it among the initContainers, with restartPolicy: Always."
            yield JobFinding(each.place, what, fix)
        elif each.name == "agent" and each.place[-2] != "containers":
            yield JobFinding(each.place, "The agent is an init container: nothing else would run.")
    found = [each.name for each in all_containers(manifest) if each.name in _ORDER]
    if sorted(found) == sorted(_ORDER) and found != list(_ORDER):
        what = f"The containers are in the order {', '.join(found)}."
        yield JobFinding((*POD, "initContainers"), what, f"Wanted: {', '.join(_ORDER)}.")
