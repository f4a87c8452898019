"""What only tells that something ended, or how, is never called certain; any reason says more."""

from __future__ import annotations

from typing import Any

import pytest

from console.diagnosis.catalogue import Cause, Owner, catalogue
from console.diagnosis.verdict import Confidence, Verdict, judge
from tests.fakes.scenes import scene_from

HALVES = ("simulator", "agent")
BY_ITSELF = ("crashed", "hang", "vanished", "terminated")
SIGNALS = (4, 5, 6, 7, 8, 9, 11, 13, 15, 31)
SEGFAULT = 11


def end(half: str, **more: Any) -> dict[str, Any]:
    return {"pair": 3, "attempt": 1, "half": half, "reason": "crashed", "at": 900} | more


def by_signal(half: str, number: int) -> dict[str, Any]:
    """As the kubelet and a supervisor both tell it."""
    run = {"exit": 128 + number, "reason": "Error", "at": 900}
    told = end(half, exit=128 + number, signal=number)
    return {"containers": {f"{half}-3": run}, "ended": [told]}


def verdict(**scene: Any) -> Verdict:
    return judge(catalogue(), scene_from(scene))


def told(found: Verdict) -> tuple[str, Owner | None]:
    return (found.cause.name if found.cause else "", found.owner)


@pytest.mark.parametrize("half", HALVES)
@pytest.mark.parametrize("reason", [*BY_ITSELF, "never-ready"])
def test_how_a_half_ended_is_no_certain_cause(half: str, reason: str) -> None:
    assert verdict(ended=[end(half, reason=reason)]).confidence < Confidence.CERTAIN


@pytest.mark.parametrize("half", HALVES)
@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_is_no_certain_cause_but_for_a_server_that_crashed(half: str, number: int) -> None:
    found = verdict(**by_signal(half, number))
    sure = found.confidence is Confidence.CERTAIN
    assert sure == ((half, number) == ("simulator", SEGFAULT))


@pytest.mark.parametrize("cause", [e for e in catalogue().causes if e.bare], ids=lambda e: e.name)
def test_a_bare_end_is_never_certain_but_for_a_server_that_crashed(cause: Cause) -> None:
    assert cause.coarse or cause.name == "simulator-segfault"


def test_a_weak_sign_of_a_reason_takes_from_the_certainty_of_a_crash() -> None:
    crash = by_signal("simulator", SEGFAULT)
    hint = {"reason": "ImageGCFailed", "about": "node", "message": "failed", "at": 890}
    found = verdict(**crash, events=[hint])
    assert told(found) == ("simulator-segfault", Owner.SIMULATOR)
    assert found.confidence is Confidence.LIKELY


def test_what_an_agent_prints_takes_nothing_from_the_certainty_of_the_servers_crash() -> None:
    words = "VK_ERROR_DEVICE_LOST\nCUDA error: uncorrectable ECC error encountered"
    found = verdict(**by_signal("simulator", SEGFAULT), logs={"agent-3": words})
    assert told(found) == ("simulator-segfault", Owner.SIMULATOR)
    assert found.confidence is Confidence.CERTAIN


TROUBLES = {
    "TaskHung": "task nvidia:81 blocked for more than 120 seconds.",
    "IOError": "Buffer I/O error on dev nvme1n1, logical block 4411",
    "Rebooted": "Node gpu-1 has been rebooted, boot id: 5f0c",
    "NodeHasInsufficientMemory": "Node gpu-1 status is now: NodeHasInsufficientMemory",
    "SystemOOM": "System OOM encountered, victim process: python3, pid: 23122",
    "GpuXidError": "NVRM: Xid (PCI:0000:00:1e): 79, GPU has fallen off the bus.",
}


@pytest.mark.parametrize("half", HALVES)
@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("ended", [{"reason": "hang"}, {"exit": 137, "signal": 9}, {"signal": 6}])
def test_a_trouble_of_the_node_at_that_time_says_more_than_how_a_half_ended(
    half: str, trouble: str, ended: dict[str, Any]
) -> None:
    event = {"reason": trouble, "about": "node", "message": TROUBLES[trouble], "at": 800}
    assert verdict(ended=[end(half, **ended)], events=[event]).owner is Owner.NODE


def test_a_trouble_of_the_node_long_before_does_not_own_a_hang() -> None:
    event = {"reason": "TaskHung", "about": "node", "message": TROUBLES["TaskHung"], "at": 30}
    found = verdict(ended=[end("simulator", reason="hang", at=3200)], events=[event])
    assert told(found) == ("simulator-hung", Owner.SIMULATOR)


@pytest.mark.parametrize(
    ("half", "program", "owner"),
    [("agent", "python3", Owner.AGENT), ("simulator", "CarlaUE4-Linux-", Owner.SIMULATOR)],
)
def test_a_containers_own_limit_of_memory_is_its_halfs_and_not_the_nodes(
    half: str, program: str, owner: Owner
) -> None:
    text = f"Memory cgroup out of memory: Killed process 12 ({program}) total-vm:41922kB"
    event = {"reason": "OOMKilling", "about": "node", "message": text, "at": 899}
    found = verdict(ended=[end(half, exit=137, signal=9)], events=[event])
    assert told(found) == (f"{half}-out-of-memory", owner)


@pytest.mark.parametrize("number", [7, 9])
def test_one_signal_for_both_halves_at_once_is_neithers(number: int) -> None:
    both = [end(half, exit=128 + number, signal=number) for half in HALVES]
    assert told(verdict(ended=both)) == ("pair-killed", Owner.NODE)
    both[0]["at"] = 840
    assert told(verdict(ended=both))[0] != "pair-killed"


def test_a_reason_said_shortly_before_a_crash_says_more_than_the_crash() -> None:
    words = "RuntimeError: can't start new thread\nSegmentation fault (core dumped)"
    found = verdict(**by_signal("agent", SEGFAULT), logs={"agent-3": words})
    assert told(found) == ("agent-too-many-processes", Owner.AGENT)
