"""A watch of pods, which reads only what is new, tells of each line what a plain reading tells."""

from __future__ import annotations

import contextlib
import copy
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.cluster import decoding, known_specs, pod_reading, wire
from console.cluster.room import PODS_KEPT
from console.domain.facts import PodFacts

RECORDED = Path(__file__).parents[1] / "data" / "cluster"
LINES = [json.loads(line) for line in (RECORDED / "watch-pods.jsonl").read_bytes().splitlines()]
STATES = [line["object"] for line in LINES if line["type"] == "MODIFIED"][:3]
GROUPS = ("initContainerStatuses", "containerStatuses")
Pod = dict[str, Any]
Change = Callable[[dict[str, Any], random.Random], None]


def line_of(pod: Pod, kind: str = "MODIFIED") -> bytes:
    return msgspec.json.encode({"type": kind, "object": pod})


def plainly(line: bytes) -> PodFacts | None:
    """Without any memory; None for what is no pod. Of keys that come twice the last counts."""
    try:
        return pod_reading.Pods().one(msgspec.json.encode(msgspec.json.decode(line)["object"]))
    except (decoding.DecodingFailed, msgspec.DecodeError):
        return None


def watched(reading: pod_reading.Pods, line: bytes) -> PodFacts | None:
    try:
        return reading.line(line).item
    except decoding.DecodingFailed:
        return None


def as_is(pod: Pod, chance: random.Random) -> None:
    """The very same pod again."""


def another_pod(pod: Pod, chance: random.Random) -> None:
    pod["metadata"]["uid"] = str(chance.randrange(3)) * 36
    pod["spec"]["nodeName"] = f"gpu-{chance.randrange(3)}"


def one_ended(pod: Pod, chance: random.Random) -> None:
    status = chance.choice(pod["status"][chance.choice(GROUPS)])
    status["state"] = {"terminated": {"exitCode": chance.randrange(3), "reason": "Error"}}


def shuffled(pod: Pod, chance: random.Random) -> None:
    for group in GROUPS:
        chance.shuffle(pod["status"][group])


def fewer(pod: Pod, chance: random.Random) -> None:
    pod["status"][chance.choice(GROUPS)].pop()


def named_twice(pod: Pod, chance: random.Random) -> None:
    statuses = pod["status"]["containerStatuses"]
    chance.choice(statuses)["name"] = chance.choice(statuses)["name"]


def named_alike_in_the_manifest(pod: Pod, chance: random.Random) -> None:
    containers = pod["spec"]["containers"]
    chance.choice(containers)["name"] = chance.choice(containers)["name"]


def unnamed(pod: Pod, chance: random.Random) -> None:
    pod["status"]["containerStatuses"][0]["name"] = "stranger"


def a_sidecar(pod: Pod, chance: random.Random) -> None:
    pod["spec"]["initContainers"][0]["restartPolicy"] = "Always"


def moved_to_another_group(pod: Pod, chance: random.Random) -> None:
    status = pod["status"]
    status["ephemeralContainerStatuses"] = [status["containerStatuses"].pop()]
    pod["spec"]["ephemeralContainers"] = pod["spec"]["containers"][-2:]


def reordered(pod: Pod, chance: random.Random) -> None:
    for part in (pod, pod["metadata"]):
        keys = list(part)
        chance.shuffle(keys)
        for key in keys:
            part[key] = part.pop(key)


def quoted_in_a_note(pod: Pod, chance: random.Random) -> None:
    text = msgspec.json.encode(pod).decode()
    pod["metadata"] = {"annotations": {"a": text, '"spec"': '"spec":{"nodeName":"no"}'}} | pod[
        "metadata"
    ]


def repeated_elsewhere(pod: Pod, chance: random.Random) -> None:
    other = {"uid": "1" * 36, "spec": copy.deepcopy(pod["spec"]), '\\"spec': pod["spec"]}
    pod["metadata"] = {"managedFields": [other], **pod["metadata"]}


def without_a_spec(pod: Pod, chance: random.Random) -> None:
    del pod["spec"]


def no_pod(pod: Pod, chance: random.Random) -> None:
    pod[chance.choice(["spec", "status"])] = chance.choice([None, 7, "x", {"containers": None}])


CHANGES: list[Change] = [
    as_is, another_pod, one_ended, shuffled, fewer, named_twice, named_alike_in_the_manifest,
    unnamed, a_sidecar, moved_to_another_group, reordered, quoted_in_a_note, repeated_elsewhere,
    without_a_spec, no_pod,
]  # fmt: skip
FORMS = (
    bytes,
    msgspec.json.format,
    lambda line: line.replace(b'"spec":', b'"spec":{"nodeName":"first"},"spec":', 1),
    lambda line: line.replace(b'"status":', b'"spec":{"nodeName":"last"},"status":', 1),
    lambda line: line.replace(b'"uid":"', b'"uid":"%s","uid":"' % (b"2" * 36), 1),
    lambda line: line.replace(b'"type":"MODIFIED"', b'"spec":{},"uid":"","type":"MODIFIED"'),
    lambda line: line[: len(line) // 2],
)


RECIPES = st.tuples(
    st.sampled_from(range(len(STATES))),
    st.lists(st.sampled_from(CHANGES), max_size=3),
    st.integers(0, 99),
    st.sampled_from(FORMS),
)
Recipe = tuple[int, list[Change], int, Callable[[bytes], bytes]]


def made(recipe: Recipe) -> bytes:
    state, changes, seed, form = recipe
    pod, chance = copy.deepcopy(STATES[state]), random.Random(seed)
    for change in changes:
        # An earlier change may have taken away what this one would change.
        with contextlib.suppress(KeyError, TypeError, IndexError, AttributeError):
            change(pod, chance)
    return form(line_of(pod))


@given(st.lists(RECIPES, min_size=2, max_size=4))
def test_a_watch_tells_what_each_of_its_lines_tells_alone(recipes: list[Recipe]) -> None:
    reading, lines = pod_reading.Pods(), [made(recipe) for recipe in recipes]
    for line in (*lines, *reversed(lines)):
        assert watched(reading, line) == plainly(line)


def told_after(*pods: Pod) -> PodFacts:
    """What the last line tells; each of them what it tells alone."""
    reading = pod_reading.Pods()
    for line in map(line_of, pods):
        told = watched(reading, line)
        assert told == plainly(line)
    assert told is not None
    return told


def test_a_sidecar_that_ends_is_one_still() -> None:
    pod = copy.deepcopy(STATES[0])
    a_sidecar(pod, random.Random(1))
    ended = copy.deepcopy(pod)
    ended["status"]["initContainerStatuses"][0]["ready"] = False
    told = told_after(pod, ended)
    assert [each.name for each in told.containers if each.sidecar] == ["prepare"]


def test_a_status_that_comes_in_another_group_is_of_that_group() -> None:
    pod = copy.deepcopy(STATES[0])
    pod["spec"]["ephemeralContainers"] = pod["spec"]["containers"]
    moved = copy.deepcopy(pod)
    status = moved["status"]
    status["ephemeralContainerStatuses"] = [status["containerStatuses"].pop()]
    told = told_after(pod, moved)
    assert [each.name for each in told.containers if each.ephemeral] == ["simulator-4"]


def test_two_statuses_of_one_name_are_one_container_until_they_differ() -> None:
    twice = copy.deepcopy(STATES[0])
    names = [each["name"] for each in twice["status"]["containerStatuses"]]
    twice["status"]["containerStatuses"][1]["name"] = names[0]
    assert len(told_after(STATES[0], twice).containers) == len(names)


def test_a_spec_that_was_read_before_is_cut_out_of_the_next_line() -> None:
    known = known_specs.KnownSpecs()
    for state in STATES:
        line = line_of(state)
        short = known.cut_out(line)
        spec = known.of(msgspec.json.decode(short, type=wire.WatchLine[wire.WatchedPod]).object)
        assert spec.node_name == state["spec"]["nodeName"]
    assert len(short) < len(line) * 2 / 3


def test_an_error_is_told_as_it_was_written_even_with_a_known_spec_in_it() -> None:
    reading = pod_reading.Pods()
    reading.line(line_of(STATES[0]))
    told = reading.line(line_of(STATES[0], "ERROR"))
    assert json.loads(told.status) == STATES[0]


def test_a_container_that_has_not_changed_is_the_same_value_as_before() -> None:
    reading = pod_reading.Pods()
    first, second = (reading.line(line_of(state)).item for state in STATES[:2])
    assert first is not None
    assert second is not None
    pairs = zip(first.containers, second.containers, strict=True)
    assert [old.name for old, new in pairs if old is not new] == ["simulator-1", "agent-1"]


@pytest.mark.parametrize("pods", [PODS_KEPT + 2])
def test_of_ever_new_pods_only_so_many_are_remembered(pods: int) -> None:
    known, small = known_specs.KnownSpecs(), {"metadata": {}, "spec": {"nodeName": "gpu-1"}}
    decode = msgspec.json.Decoder(wire.WatchLine[wire.WatchedPod]).decode
    cut = []
    for number in [*range(pods), pods - 1, 0]:
        line = line_of({**small, "metadata": {"uid": f"{number:036}"}})
        short = known.cut_out(line)
        known.of(decode(short).object)
        cut.append(short != line)
    assert cut == [*[False] * pods, True, False]
