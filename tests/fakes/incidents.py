"""A recorded submission that went wrong, with names of its platform wherever one can stand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from console.domain.events import (
    ClusterEventSeen,
    ConsoleActed,
    ConsoleVerb,
    Event,
    JobSeen,
    MergedReported,
    PodSeen,
    StreamChanged,
    StreamState,
)
from console.domain.facts import (
    ClusterEvent,
    ContainerExit,
    ContainerFacts,
    ContainerState,
    JobCondition,
    JobFacts,
    PodFacts,
)
from console.domain.progress import MergedResult
from console.operations.ports.recorder import KeptManifest, RecorderPort, Recording
from console.specs.compose import compose
from console.specs.plan import plan_of
from console.specs.template import load_template
from console.specs.values import load_profile
from console.workers import protocol

T0 = datetime(2026, 11, 22, 10, tzinfo=UTC)
RECORDING = Recording(
    "zebra-cluster", "okapi-space", "team-7", "5f0c1d2e-aaaa-4bbb-8ccc-0123456789ab"
)
SERVER = "https://api.walrus.example:6443"
KUBERNETES = "v1.34.4-walrus"
TEAM_IMAGE = "registry.shared.example/team-7/agent:3"
SECRETS = ("hunter2hunter2", "AKIAZZZZZZZZZZZZZZZZ", "c2VjcmV0LWtleS1ib2R5", "s3cr3tpassword")
"""Credentials that a container printed."""
PLATFORM = (
    *("zebra-cluster", "okapi-space", "walrus", "gnu-17", "ibex-node", "lynx-account"),
    *("puma-pull", "moose-secret", "heron-registry", "10.20.30.40", "fd12:3456::7"),
    *("tenant-quokka", "quokka-job", "dedicated-narwhal", "emu-host", "raven-queue", "alice@stork"),
    "meerkat-login",
)
"""None of these may be in a team's bundle."""


def manifest() -> dict[str, Any]:
    """The Job with a node's name, an account, secrets and a foreign registry in it."""
    template, values = load_template("2.0"), load_profile("embedded").values("2.0")
    values = values.override(
        {"submission.name": RECORDING.name, "submission.submitted_image_uri": TEAM_IMAGE},
        origin="test",
        known=template.paths,
    )
    made = compose(template, values, namespace=RECORDING.namespace, nonce="n0nce").manifest
    made["metadata"] |= {
        "uid": RECORDING.uid,
        "annotations": {"kueue.x-k8s.io/queue": "raven-queue"},
    }
    spec = made["spec"]["template"]["spec"]
    spec |= {
        "serviceAccountName": "lynx-account",
        "imagePullSecrets": [{"name": "puma-pull"}],
        "nodeSelector": {"kubernetes.io/hostname": "ibex-node"},
        "tolerations": [{"key": "dedicated-narwhal"}],
    }
    for container in (*spec["containers"], *spec["initContainers"]):
        if not container["name"].startswith("agent"):
            container["image"] = "heron-registry.example/private/leaderboard:2"
    reference = {"secretKeyRef": {"name": "moose-secret", "key": "token"}}
    spec["containers"][0].setdefault("env", []).append({"name": "EVALAI", "valueFrom": reference})
    return made


def job(**more: Any) -> JobFacts:
    """Failed, for its budget is spent."""
    plan = plan_of(manifest())
    failed = JobCondition(
        "Failed", True, "BackoffLimitExceeded", "on node gnu-17", T0 + timedelta(minutes=9)
    )
    facts = JobFacts(
        RECORDING.name,
        RECORDING.namespace,
        RECORDING.uid,
        T0,
        2,
        (failed,),
        leaderboard="2.0",
        plan=plan,
    )
    return replace(facts, **more)


def pod() -> PodFacts:
    """Its agent 1 was killed twice."""
    ended = ContainerExit(
        139, "Error", T0 + timedelta(minutes=8), T0, "host emu-host said 10.20.30.40"
    )
    agent = ContainerFacts("agent-1", ContainerState.TERMINATED, 2, ended=ended)
    return PodFacts(
        "team-7-bcdfg", RECORDING.namespace, "0a1b2c3d-pod", RECORDING.name, "Failed",
        (agent, ContainerFacts("logcopy", ContainerState.TERMINATED)), node="gnu-17",
        message="0/3 nodes are available: 1 node(s) had untolerated taint {dedicated: tenant-quokka}",
        created_at=T0, owner=RECORDING.uid,
    )  # fmt: skip


def told_by(about: str, message: str) -> ClusterEventSeen:
    """An event of the cluster, in its last minute."""
    return _event(500, about, message)


def _event(number: int, about: str, message: str) -> ClusterEventSeen:
    at = T0 + timedelta(seconds=number)
    return ClusterEventSeen(at, ClusterEvent(f"e{number}", "Normal", "Told", message, 1, at, about))


def events() -> list[Event]:
    """What a recorder noted of it, oldest first."""
    return [
        JobSeen(T0, job(conditions=())),
        _event(1, "Pod/team-7-bcdfg", "Successfully assigned okapi-space/team-7-bcdfg to gnu-17"),
        _event(2, "Pod/team-7-bcdfg", 'Pulling image "heron-registry.example/private/leaderboard:2"'),
        _event(3, "Pod/team-7-bcdfg", "Preempted by tenant-quokka/quokka-job on node emu-host"),
        _event(4, "Pod/quokka-job-bcdfg", "Started container"),
        _event(5, "Job/team-7-night", "Created pod: team-7-night-bcdfg of tenant-quokka"),
        ConsoleActed(T0 + timedelta(minutes=7), ConsoleVerb.LAUNCHED, "alice@stork", "meerkat-login"),
        PodSeen(T0 + timedelta(minutes=8), pod()),
        StreamChanged(T0 + timedelta(minutes=8), "agent-2", StreamState.LOST, "dial tcp 10.20.30.40:10250"),
        JobSeen(T0 + timedelta(minutes=9), job()),
    ]  # fmt: skip


def agent_lines() -> list[bytes]:
    return [
        b"loading my.agent on gnu-17, address 10.20.30.40 and fd12:3456::7",
        b"WANDB_API_KEY=hunter2hunter2 and AKIAZZZZZZZZZZZZZZZZ",
        b"-----BEGIN RSA PRIVATE KEY-----",
        b"c2VjcmV0LWtleS1ib2R5",
        b"-----END RSA PRIVATE KEY-----",
        b"cloning https://bob:s3cr3tpassword@git.example/x for namespace okapi-space",
        b"my own route 7 went wrong: \xff\xfe, 127.0.0.1:2000 is there",
    ]  # fmt: skip


def record_lines() -> list[bytes]:
    """logcopy's, one of them in parts that are cut within a name of the platform."""
    text = '{"note": "' + "x" * 6_485 + ' gnu-17"}'
    assert text[:6_500].endswith(" gnu-")
    payload = {"v": 1, "t": 1, "status": "running", "done": 3, "total": 20, "pairs": []}
    lines = [protocol.format_line("n0nce", 1, "snapshot", payload)]
    parts = protocol.merged_parts(text)
    lines += [protocol.format_line("n0nce", 2 + n, "merged", part) for n, part in enumerate(parts)]
    return [line.encode() for line in lines]


def merged() -> MergedReported:
    """A document that somebody calls final."""
    text = '{"note": "not checked on gnu-17"}'
    result = MergedResult(protocol.digest_of(text), text, True, "", "Finished", True)
    return MergedReported(T0 + timedelta(minutes=9), result)


def record(recorder: RecorderPort, *more: Event) -> Recording:
    """All of it, and these events, on disk."""
    writer = recorder.claim(RECORDING)
    assert writer is not None
    for event in (*events(), *more):
        writer.note(event)
    writer.keep(KeptManifest(manifest(), SERVER, KUBERNETES))
    for container, lines in (("agent-1", agent_lines()), ("logcopy", record_lines())):
        spool = writer.open_spool(container, 0, pod="0a1b2c3d-pod")
        for second, line in enumerate(lines):
            spool.write(b"2026-11-22T10:00:%02d.000000000Z %b\n" % (second, line))
        spool.gap("missing since 10.20.30.40 went", at="2026-11-22T10:01:00.000000Z")
        spool.close()
    writer.release()
    return RECORDING
