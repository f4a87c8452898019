"""A submission that cannot start says so, with its kind and what to do; one that waits does not."""

from __future__ import annotations

import time

import pytest
from fakes.folded_boards import (
    ENDED,
    JOB,
    PLAN,
    RUNNING,
    WAITING,
    at,
    board_of,
    condition,
    containers,
    pod,
)
from msgspec.structs import replace

from console.domain.blockage import BlockKind
from console.domain.board import BoardSnapshot, PairStatus
from console.domain.board import SubmissionStatus as Status
from console.domain.events import ClusterEventSeen, JobSeen, PodSeen, PodVanished
from console.domain.facts import ClusterEvent, ContainerExit, ContainerFacts, PodFacts
from console.domain.fleet import SubmissionRow, listed_first
from console.domain.folding import fold

NODE_SELECTOR = "node(s) didn't match Pod's node affinity/selector"
NO_HELP = "no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not"
NO_HELP += " helpful for scheduling."
MADE = "Created pod: demo-x1y2z"


def said(reason: str, message: str, second=5, about="Pod/demo-x1y2z", count=1) -> ClusterEventSeen:
    seen = ClusterEvent(f"{reason}{message}", "Warning", reason, message, count, at(second), about)
    return ClusterEventSeen(at(second), seen)


def of_job(reason: str, message: str, second=5) -> ClusterEventSeen:
    return said(reason, message, second, "Job/demo")


def stuck(reason: str, message="", name="agent-2", **more) -> tuple[ContainerFacts, ...]:
    return containers(a=ContainerFacts(name, WAITING, reason=reason, message=message, **more))


def shown(*events) -> BoardSnapshot:
    return board_of(JobSeen(at(0), JOB), *events)


def unplaced(message: str, reason="Unschedulable") -> PodSeen:
    waiting = pod("Pending", containers=(), reason=reason, message=message)
    return PodSeen(at(2), replace(waiting, node=""))


@pytest.mark.parametrize(
    ("reason", "message", "kind"),
    [
        ("ErrImagePull", 'pull access denied for "x", repository does not exist', "image"),
        ("ImagePullBackOff", 'Back-off pulling image "x"', "image"),
        ("InvalidImageName", 'couldn\'t parse image name "X"', "image"),
        ("ErrImageNeverPull", "not present with pull policy of Never", "image"),
        ("ImageInspectError", "Failed to inspect image", "image"),
        ("CreateContainerConfigError", 'secret "keys" not found', "secret"),
        ("CreateContainerConfigError", "couldn't find key a in Secret races/keys", "secret"),
        ("CreateContainerConfigError", 'configmap "workers" not found', "config"),
        ("CreateContainerConfigError", "container has runAsNonRoot and image will run", "config"),
        ("RunContainerError", 'exec: "/bin/sh": stat /bin/sh: no such file or directory', "config"),
        ("RunContainerError", "exec /bin/sh: exec format error", "image"),
        ("CreateContainerError", "nvidia-container-cli: initialization error", "node"),
        ("CreateContainerError", "failed to prepare subPath for volumeMount", "volume"),
    ],
)
@pytest.mark.parametrize("others", [WAITING, RUNNING])
def test_a_container_that_cannot_start_blocks_whether_others_run_or_not(
    reason: str, message: str, kind: str, others
) -> None:
    facts = containers(others, a=ContainerFacts("agent-2", WAITING, 0, reason, message))
    board = shown(PodSeen(at(2), pod("Pending", containers=facts)))
    assert (board.status, board.blocked_by) == (Status.BLOCKED, kind)
    assert board.reason.startswith("agent-2")
    assert board.pairs[1].status is PairStatus.BLOCKED
    assert "agent-2" in board.pairs[1].blocked
    assert not board.ended


def test_while_a_node_waits_before_the_next_pull_its_last_failure_is_the_reason() -> None:
    waiting = PodSeen(at(2), pod("Pending", containers=stuck("ImagePullBackOff", "Back-off")))
    failed = said(
        "Failed", 'Failed to pull image "x": manifest unknown', about="Pod/demo-x1y2z agent-2"
    )
    other = said(
        "Failed", 'Failed to pull image "y": gone', about="Pod/demo-x1y2z agent-1", second=6
    )
    board = shown(waiting, failed, other)
    assert "manifest unknown" in board.reason
    assert board.reason.endswith("Push that image, or launch again with the right name.")


def test_containers_with_the_same_cause_are_named_together() -> None:
    agents = {
        f"a{n}": ContainerFacts(f"agent-{n}", WAITING, 0, "ImagePullBackOff", "x: not found")
        for n in (1, 2, 3, 4)
    }
    board = shown(PodSeen(at(2), pod("Pending", containers=containers(**agents))))
    assert board.reason.startswith("agent-1, agent-2 and 2 more: its image cannot be pulled (x:")
    assert {pair.status for pair in board.pairs} == {PairStatus.BLOCKED}


def test_a_container_that_ran_and_cannot_be_pulled_again_blocks_too() -> None:
    before = ContainerExit(139, "Error", at(20), at(3))
    again = stuck("ImagePullBackOff", "registry down", "simulator-2", previous=before)
    board = shown(PodSeen(at(2), pod()), PodSeen(at(21), pod(containers=again)))
    assert (board.status, board.blocked_by) == (Status.BLOCKED, BlockKind.IMAGE)
    assert board.pairs[1].status is PairStatus.BLOCKED
    assert board.pairs[0].status is PairStatus.BOOTING
    running = fold(board, PodSeen(at(60), pod()))
    assert (running.status, running.blocked_by, running.reason) == (Status.RUNNING, None, "")


def test_a_run_that_never_began_blocks_though_it_is_restarted_like_a_crash() -> None:
    end = ContainerExit(128, "StartError", at(9), None, "exec: no such file or directory")
    for facts in (
        ContainerFacts("agent-2", ENDED, 0, "StartError", end.message, ended=end),
        ContainerFacts("agent-2", WAITING, 1, "CrashLoopBackOff", "back-off 10s", previous=end),
    ):
        board = shown(PodSeen(at(10), pod(containers=containers(a=facts))))
        assert (board.status, board.blocked_by) == (Status.BLOCKED, BlockKind.CONFIG)
        assert "no such file" in board.reason
    crash = ContainerExit(1, "Error", at(9), at(3))
    crashed = containers(
        a=ContainerFacts("agent-2", WAITING, 1, "CrashLoopBackOff", previous=crash)
    )
    assert shown(PodSeen(at(10), pod(containers=crashed))).status is Status.RUNNING


def test_what_a_node_says_while_it_still_fetches_is_no_blockage() -> None:
    passing = "failed to sync configmap cache: timed out waiting for the condition"
    board = shown(PodSeen(at(2), pod(containers=stuck("CreateContainerConfigError", passing))))
    assert board.status is Status.RUNNING
    waiting = PodSeen(at(2), pod("Pending", containers=containers(WAITING)))
    early = said("FailedMount", f'MountVolume.SetUp failed for volume "w" : {passing}')
    assert shown(waiting, early).status is Status.PENDING


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        (f"0/3 nodes are available: 3 {NODE_SELECTOR}. {NO_HELP}", "node"),
        (f"0/3 nodes are available: 3 {NODE_SELECTOR}.", "node"),
        ("0/2 nodes are available: 2 node(s) were unschedulable.", "node"),
        ("0/2 nodes are available: 2 node(s) had untolerated taint {team: other}.", "node"),
        (
            f"0/3 nodes are available: 1 Insufficient nvidia.com/gpu, 2 {NODE_SELECTOR}. {NO_HELP}",
            "node",
        ),
        ("no nodes available to schedule pods", "node"),
        ("0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.", "volume"),
        ('0/1 nodes are available: persistentvolumeclaim "data" not found. ' + NO_HELP, "volume"),
        ("0/1 nodes are available: 1 node(s) had volume node affinity conflict.", "volume"),
    ],
)
def test_a_pod_that_no_node_can_ever_take_is_blocked(message: str, kind: str) -> None:
    board = shown(unplaced(message))
    assert (board.status, board.blocked_by) == (Status.BLOCKED, kind)
    assert "No node can take the pod: " in board.reason
    assert {pair.status for pair in board.pairs} == {PairStatus.BLOCKED}
    by_event = shown(unplaced("", ""), said("FailedScheduling", message))
    assert (by_event.status, by_event.blocked_by) == (Status.BLOCKED, kind)


@pytest.mark.parametrize(
    ("reasons", "advice"),
    [
        ("2 node(s) were unschedulable", "uncordoned"),
        (f"1 node(s) were unschedulable, 2 {NODE_SELECTOR}", "uncordoned"),
        ("2 node(s) had untolerated taint(s)", "taints"),
        (f"1 node(s) had untolerated taint(s), 2 {NODE_SELECTOR}", "instance type"),
        (f"3 {NODE_SELECTOR}", "instance type"),
    ],
)
def test_what_to_do_follows_from_what_the_nodes_were_refused_for(reasons: str, advice: str) -> None:
    assert advice in shown(unplaced(f"0/3 nodes are available: {reasons}. {NO_HELP}")).reason


@pytest.mark.parametrize(
    "message",
    [
        "0/1 nodes are available: 1 Insufficient nvidia.com/gpu.",
        f"0/3 nodes are available: 1 Insufficient nvidia.com/gpu, 2 {NODE_SELECTOR}. preemption: "
        "0/3 nodes are available: 1 No preemption victims found for incoming pod, "
        "2 Preemption is not helpful for scheduling.",
        "0/1 nodes are available: 1 cannot allocate all claims. still not schedulable, "
        "preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.",
        "0/1 nodes are available: 1 Too many pods. preemption: not eligible due to "
        "preemptionPolicy=Never.",
        "0/1 nodes are available: 1 node(s) had untolerated taint "
        "{node.kubernetes.io/not-ready: }. preemption: 0/1 nodes are available: "
        "1 Preemption is not helpful for scheduling.",
    ],
)
def test_a_pod_that_waits_for_room_is_pending_with_the_schedulers_words(message: str) -> None:
    board = shown(unplaced(message))
    assert (board.status, board.blocked_by) == (Status.PENDING, None)
    assert board.reason.startswith("Waiting for room on a node: 0/")
    assert {pair.status for pair in board.pairs} == {PairStatus.WAITING}


def test_a_pod_for_which_a_node_is_being_added_is_not_blocked_until_that_fails() -> None:
    nowhere = unplaced(f"0/3 nodes are available: 3 {NODE_SELECTOR}.")
    coming = said("TriggeredScaleUp", "pod triggered scale-up: [{gpu 0->1}]", 6)
    board = shown(nowhere, coming)
    assert board.status is Status.PENDING
    assert "a node is being added" in board.reason
    assert fold(board, said("NotTriggerScaleUp", "no", 9)).status is Status.BLOCKED
    assert shown(unplaced("gated", "SchedulingGated")).status is Status.PENDING


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ('pods "d-" is forbidden: exceeded quota: gpus, requested: 4, used: 4', "quota"),
        ('pods "d-" is forbidden: maximum memory usage per Pod is 1Gi', "quota"),
        ('pods "d-" is forbidden: violates PodSecurity "baseline:latest": privileged', "admission"),
        ('admission webhook "v.example.com" denied the request: no', "admission"),
        ('Internal error occurred: failed calling webhook "v.example.com": EOF', "admission"),
        ("ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no", "admission"),
        ('error looking up service account races/x: serviceaccount "x" not found', "admission"),
        ("no PriorityClass with name high was found", "admission"),
        ('Pod "d-" is invalid: spec.containers[0].image: Required value', "config"),
    ],
)
def test_a_pod_that_the_cluster_refuses_to_create_blocks(message: str, kind: str) -> None:
    board = shown(of_job("FailedCreate", f"Error creating: {message}"))
    assert (board.status, board.blocked_by) == (Status.BLOCKED, kind)
    assert board.reason.startswith("The cluster does not create the pod: Error creating:")
    made = fold(board, of_job("SuccessfulCreate", MADE, 6))
    assert made.status is Status.PENDING


def test_the_next_pod_that_is_refused_blocks_though_the_lost_one_ran() -> None:
    board = shown(
        PodSeen(at(2), pod()), of_job("SuccessfulCreate", MADE, 2), PodVanished(at(9), "pod-1"),
        of_job("FailedCreate", "exceeded quota: gpus", 10),
    )  # fmt: skip
    assert (board.status, board.blocked_by) == (Status.BLOCKED, BlockKind.QUOTA)


@pytest.mark.parametrize(
    ("reason", "message", "count", "kind"),
    [
        ("FailedMount", 'MountVolume.SetUp failed for volume "w" : configmap "w" not found', 1,
         "config"),
        ("FailedMount", 'MountVolume.SetUp failed for volume "k" : secret "k" not found', 1,
         "secret"),
        ("FailedMount", "Unable to attach or mount volumes: unmounted volumes=[d]", 1, "volume"),
        ("FailedAttachVolume", 'Multi-Attach error for volume "pvc-1"', 1, "volume"),
        ("FailedCreatePodSandBox", "failed to set up network for sandbox", 3, "node"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("begun", [True, False])
def test_a_node_that_cannot_set_the_pod_up_blocks_until_a_container_starts(
    reason: str, message: str, count: int, kind: str, begun: bool
) -> None:
    creating = tuple(
        ContainerFacts(name, WAITING, reason="ContainerCreating") for name in PLAN.containers
    )
    waiting = PodSeen(at(2), pod("Pending", containers=creating if begun else ()))
    board = shown(waiting, said(reason, message, count=count))
    assert (board.status, board.blocked_by) == (Status.BLOCKED, kind)
    assert board.reason.startswith("The node cannot set up the pod: ")
    later = tuple(
        ContainerFacts(n, RUNNING if n == "logcopy" else WAITING, 0, "PodInitializing",
                       started_at=at(8) if n == "logcopy" else None)
        for n in PLAN.containers
    )  # fmt: skip
    assert fold(board, PodSeen(at(9), pod(containers=later))).status is Status.RUNNING
    assert shown(waiting, said(reason, message, about="Pod/another")).status is Status.PENDING


def test_what_has_ended_or_is_stopping_is_not_blocked() -> None:
    refused = PodSeen(at(2), pod("Pending", containers=stuck("ErrImagePull", "x")))
    cancelled = replace(JOB, suspended=True, cancelled=True)
    failed = replace(JOB, conditions=(condition("Failed", "DeadlineExceeded"),))
    for job in (cancelled, failed, replace(JOB, deleting=True)):
        board = shown(refused, JobSeen(at(3), job))
        assert (board.status is Status.BLOCKED, board.blocked_by) == (False, None)
    assert PairStatus.BLOCKED not in {p.status for p in board.pairs}


def test_the_reason_has_room_for_what_to_do_next() -> None:
    long = "rpc error: code = Unknown desc = " + "failed to resolve " * 40
    board = shown(PodSeen(at(2), pod("Pending", containers=stuck("ErrImagePull", long))))
    assert board.reason.endswith(
        "Check the name of the image and that the node reaches the registry."
    )


@pytest.mark.parametrize(
    ("message", "told"),
    [
        (
            'Back-off pulling image "hub.example/x:1": ErrImagePull: rpc error: code = NotFound '
            'desc = failed to pull and unpack image "hub.example/x:1": failed to resolve reference '
            '"hub.example/x:1": hub.example/x:1: not found',
            "(hub.example/x:1: not found). Push",
        ),
        (f"x:1: not found (known: {'many, ' * 40}more)", "(x:1: not found). Push"),
        (
            'Failed to pull image "x": rpc error: code = Unknown desc = pull access denied for x',
            "(pull access denied for x). Give",
        ),
        (
            'Failed to pull image "localhost:1/agent:7": failed to pull and unpack image '
            '"localhost:1/agent:7": failed to resolve reference "localhost:1/agent:7": failed to do '
            'request: Head "http://localhost:1/v2/agent/manifests/7": dial tcp: refused',
            "(localhost:1/agent:7: failed to do request: Head",
        ),
        (
            "failed to pull and unpack image "
            '"localhost:1/agent:7": failed to resolve reference "localhost:1/agent:7": failed to do '
            'request: Head "http://localhost:1/v2/agent/manifests/7": dial tcp: refused',
            "(localhost:1/agent:7: failed to do request: Head",
        ),
        ('Back-off pulling image "x"', '(Back-off pulling image "x"). Check'),
    ],
)
def test_of_a_failed_pull_the_registrys_own_word_is_told(message: str, told: str) -> None:
    board = shown(PodSeen(at(2), pod("Pending", containers=stuck("ImagePullBackOff", message))))
    assert told in board.reason


def test_a_registry_that_says_nothing_at_length_holds_up_nobody() -> None:
    began = time.process_time()
    blank = f"x:1: not found{' ' * 50_000}really"
    board = shown(PodSeen(at(2), pod("Pending", containers=stuck("ErrImagePull", blank))))
    assert "(x:1: not found really). Push" in board.reason
    assert time.process_time() - began < 1


def test_a_blocked_submission_is_first_in_the_list() -> None:
    def row(name: str, status: Status, second: int) -> SubmissionRow:
        return SubmissionRow("races", name, name, "2.0", status, "", 0, 20, 0, 8, at(second))

    rows = [
        row("old", Status.BLOCKED, 1),
        row("new", Status.RUNNING, 9),
        row("x", Status.FAILED, 5),
    ]
    assert [each.name for each in listed_first(rows)] == ["old", "new", "x"]


def test_a_container_that_is_not_ours_blocks_too_and_is_named() -> None:
    foreign = (*containers(), ContainerFacts("istio-proxy", WAITING, 0, "ErrImagePull", "denied"))
    seen: PodFacts = pod("Pending", containers=foreign)
    board = shown(PodSeen(at(2), seen))
    assert (board.status, board.reason.split(":")[0]) == (Status.BLOCKED, "istio-proxy")
    assert PairStatus.BLOCKED not in {pair.status for pair in board.pairs}
