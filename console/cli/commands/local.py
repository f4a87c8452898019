"""`local`: the embedded cluster, up and down."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from console import wiring
from console.cli import narration, output
from console.cli.flags import CLUSTER_FLAGS, DOCUMENTS, add_output_flag
from console.cli.refusing import refuse_all
from console.errors import Conflict, NotFound
from console.paths import local_command

SLOWEST = 100.0
MOST_GPUS = 256
MOST_NODES = 16


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("local")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    up = actions.add_parser("up", help="start it; it runs until `local down`")
    up.add_argument(
        "--time-factor",
        type=_factor,
        metavar="F",
        help="scale the kubelet's back-off times (0.1: ten times faster)",
    )
    up.add_argument(
        "--gpus",
        type=_up_to(MOST_GPUS),
        metavar="N",
        help="of each of its nodes (default 64: four times sixteen pairs)",
    )
    up.add_argument(
        "--nodes", type=_up_to(MOST_NODES), metavar="N", help="how many it has (default 1)"
    )
    up.set_defaults(run=_up)
    lose = actions.add_parser("lose", help="lose a node and all that runs on it, for a try")
    lose.add_argument("node", metavar="NODE", help="its name, such as local-node-2")
    lose.set_defaults(run=_lose)
    for name, run, text in (
        ("down", _down, "stop it and remove everything it made"),
        ("status", _status, "whether it runs, where, and what it is"),
        ("kubeconfig", _kubeconfig, "the path of its kubeconfig"),
    ):
        action = actions.add_parser(name, help=text)
        if name == "status":
            add_output_flag(action, "text", *DOCUMENTS)
        action.set_defaults(run=run)


def _factor(text: str) -> float:
    factor = float(text)
    if not 0 < factor <= SLOWEST:
        raise argparse.ArgumentTypeError(f"{text!r} is not above 0 and at most {SLOWEST}")
    return factor


def _up_to(most: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        found = int(text)
        if not 1 <= found <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is not from 1 to {most}")
        return found

    return number


def _up(options: argparse.Namespace) -> int:
    _refuse_cluster_flags(options)
    said = {
        "--time-factor": options.time_factor,
        "--gpus": options.gpus,
        "--nodes": options.nodes,
    }
    late = " and ".join(flag for flag, value in said.items() if value is not None)
    if late and wiring.local_status().cluster is not None:
        counts = "count" if " and " in late else "counts"
        raise Conflict(
            f"The embedded cluster runs already: {late} {counts} at its start only.",
            fix=f"Leave it out, or end the cluster first: {local_command('down')}",
        )
    factor = options.time_factor or 1.0
    cluster = wiring.local_up(
        owned=False, time_factor=factor, gpus=options.gpus, nodes=options.nodes
    )
    narration.say(f"embedded cluster running at {cluster.server} (pid {cluster.pid})")
    narration.say(f"export KUBECONFIG={cluster.kubeconfig}")
    return 0


def _lose(options: argparse.Namespace) -> int:
    _refuse_cluster_flags(options)
    if wiring.local_status().cluster is not None:
        from console.cli.connection import refuse_read_only_local  # the others need no cluster

        refuse_read_only_local(options, "To lose a node of the embedded cluster")
    wiring.local_lose(options.node)
    narration.say(
        f"{options.node} is gone with all that ran on it; "
        "its pods count as failed in 40 s (times the time factor)"
    )
    return 0


def _refuse_cluster_flags(options: argparse.Namespace) -> None:
    refuse_all(options, CLUSTER_FLAGS, beside="local, which is about the embedded cluster,")


def _down(options: argparse.Namespace) -> int:
    _refuse_cluster_flags(options)
    if wiring.local_status().cluster is not None:
        from console.cli.connection import refuse_read_only_local  # the others need no cluster

        refuse_read_only_local(options, "To end the embedded cluster")
    stopped = wiring.local_down()
    narration.say(
        "embedded cluster stopped; its Jobs, pods and volumes are gone"
        if stopped
        else "no embedded cluster was running"
    )
    return 0


def _status(options: argparse.Namespace) -> int:
    _refuse_cluster_flags(options)
    status = wiring.local_status()
    cluster = status.cluster
    if output.is_document(options.output):
        output.document(
            {
                "running": cluster is not None,
                "server": cluster.server if cluster else None,
                "kubeconfig": str(cluster.kubeconfig) if cluster else None,
                "pid": cluster.pid if cluster else None,
                "startedAt": status.started_at or None,
            },
            options.output,
        )
    else:
        output.text(status.text)
    return 0 if cluster else NotFound.exit_code


def _kubeconfig(options: argparse.Namespace) -> int:
    _refuse_cluster_flags(options)
    output.text(str(wiring.local_kubeconfig()))
    return 0
