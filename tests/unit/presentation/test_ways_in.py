"""The command lines that lead into a container, and why none does."""

from __future__ import annotations

import shlex

import pytest
from fakes.boards import board, running
from msgspec.structs import replace

from console.domain.board import BoardSnapshot
from console.domain.facts import ContainerExit, ContainerFacts, ContainerState
from console.errors import Forbidden, NotFound
from console.operations.ports.cluster import ClusterDescription, WayIn
from console.presentation.ways_in import (
    WayInto,
    call_of,
    closed,
    entrances,
    forbidden,
    line_of,
    no_kubectl,
    usual,
)

WHERE = ClusterDescription("lab", "https://10.0.0.1:6443", "races")


def with_containers(*containers: ContainerFacts) -> BoardSnapshot:
    whole = board()
    assert whole.pod is not None
    return replace(whole, pod=replace(whole.pod, containers=containers))


def states(shown: BoardSnapshot) -> dict[str, str]:
    return {each.container: each.state for each in entrances(shown)}


def test_a_shell_names_the_pod_the_container_and_the_cluster() -> None:
    call = call_of(WHERE, "demo-x7k2p", "teams", "agent-2")
    words = [
        "kubectl",
        "exec",
        "-it",
        "demo-x7k2p",
        "-c",
        "agent-2",
        "-n",
        "teams",
        "--context",
        "lab",
        "--",
        "sh",
        "-c",
    ]
    assert call.argv[:-1] == tuple(words)
    assert call.environment == {}
    assert shlex.split(line_of(call)) == [*call.argv]


def test_it_is_the_same_login_wherever_that_comes_from() -> None:
    way = WayIn(("/a/config", "/b/config"), acting=("--as", "ann", "--as-group", "ops"))
    call = call_of(replace(WHERE, way=way), "p", "races", "agent-1")
    assert call.environment == {"KUBECONFIG": "/a/config:/b/config"}
    before = call.argv[: call.argv.index("--")]
    assert before[-4:] == ("--as", "ann", "--as-group", "ops")
    assert line_of(call).startswith("KUBECONFIG=/a/config:/b/config kubectl exec ")
    inside = call_of(replace(WHERE, way=WayIn(inside=True)), "p", "races", "agent-1")
    assert "--context" not in inside.argv
    one = call_of(replace(WHERE, way=WayIn(("/my config",))), "p", "races", "agent-1")
    assert "--kubeconfig '/my config'" in line_of(one)


def test_an_output_is_listened_to_and_a_command_of_ones_own_is_run() -> None:
    attached = call_of(WHERE, "p", "races", "logcopy", WayInto.ATTACH)
    assert line_of(attached) == "kubectl attach p -c logcopy -n races --context lab"
    listed = call_of(WHERE, "p", "races", "agent-1", command=("ls", "-l", "my file"))
    assert line_of(listed).endswith(" -- ls -l 'my file'")


def test_ports_are_of_the_pod_whichever_way_it_is_named() -> None:
    forward = WayInto.FORWARD
    of_pod = call_of(WHERE, "p", "races", "simulator-1", forward, ports=(":2000", "9:2010"))
    assert line_of(of_pod) == "kubectl port-forward pod/p :2000 9:2010 -n races --context lab"
    of_job = call_of(WHERE, "job/demo", "races", "", forward, ports=("2000",))
    assert line_of(of_job) == "kubectl port-forward job/demo 2000 -n races --context lab"


@pytest.mark.parametrize(
    ("way", "right"),
    [(WayInto.SHELL, "pods/exec"), (WayInto.ATTACH, "pods/attach"),
     (WayInto.FORWARD, "pods/portforward")],
)  # fmt: skip
def test_each_way_needs_a_right_of_its_own(way: WayInto, right: str) -> None:
    assert way.right == right
    told = forbidden(way, "races", "kubectl …")
    assert isinstance(told, Forbidden)
    assert right in told.what
    assert "job_specs/shell_access.yaml" in told.fix


def test_each_container_says_how_it_is() -> None:
    ended = ContainerExit(137, "OOMKilled", None)
    shown = with_containers(
        running("simulator-1"),
        ContainerFacts("agent-1", ContainerState.WAITING, reason="CrashLoopBackOff"),
        ContainerFacts("simulator-2", ContainerState.TERMINATED, ended=ended),
        ContainerFacts("agent-2", ContainerState.WAITING),
        running("debugger"),
    )
    told = states(shown)
    assert told["simulator-1"] == "running"
    assert told["agent-1"] == "it waits (CrashLoopBackOff)"
    assert told["simulator-2"] == "it ended with 137 (OOMKilled)"
    assert told["agent-2"] == "it waits"
    assert told["agent-3"] == "the cluster says nothing of it"
    assert told["debugger"] == "running"
    assert set(states(replace(board(), pod=None)).values()) == {"it has no pod now"}


def test_only_a_carla_server_has_a_port_that_is_known() -> None:
    ports = {each.container: each.port for each in entrances(board())}
    assert (ports["simulator-1"], ports["simulator-4"]) == (2000, 2300)
    assert ports["agent-1"] is None
    assert ports["logcopy"] is None


def test_the_one_that_is_looked_at_is_the_usual_one_and_else_an_agent_that_runs() -> None:
    assert usual(board(), "simulator-3") == "simulator-3"
    assert usual(board(), "no-such") == "agent-1"
    assert usual(board()) == "agent-1"
    waits = ContainerFacts("agent-1", ContainerState.WAITING)
    assert usual(with_containers(waits, running("agent-2"))) == "agent-2"
    assert usual(with_containers(waits, running("logcopy"))) == "logcopy"
    assert usual(replace(board(), pod=None)) == "agent-1"


def test_there_is_no_way_into_what_does_not_run_or_is_not_there() -> None:
    assert closed(board(), "agent-1", "kubectl …") is None
    told = closed(board(), "private-contents", "kubectl exec …")
    assert isinstance(told, NotFound)
    assert "no way into private-contents of demo: it ended with 0 (Completed)" in told.what
    assert "kubectl exec …" in told.fix
    unknown = closed(board(), "agent-9", "kubectl …")
    assert isinstance(unknown, NotFound)
    assert "has no container agent-9" in unknown.what
    assert "agent-4" in unknown.fix


def test_without_kubectl_the_line_is_told_for_where_there_is_one() -> None:
    assert "kubectl exec p" in no_kubectl("kubectl exec p").fix
