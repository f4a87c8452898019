"""`local`: the embedded cluster, up and down."""

from __future__ import annotations

import argparse

from console import wiring
from console.cli import narration, output
from console.errors import NotFound


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("local", help="the embedded cluster: up, down, status, kubeconfig")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    up = actions.add_parser("up", help="start it; it runs until `local down`")
    up.add_argument(
        "--time-factor",
        type=float,
        default=1.0,
        metavar="F",
        help="scale the kubelet's back-off times (0.1: ten times faster)",
    )
    up.set_defaults(run=_up)
    for name, run, text in (
        ("down", _down, "stop it and remove everything it made"),
        ("status", _status, "whether it runs, where, and what it is"),
        ("kubeconfig", _kubeconfig, "the path of its kubeconfig"),
    ):
        action = actions.add_parser(name, help=text)
        if name == "status":
            action.add_argument("-o", "--output", choices=["text", "json"], default="text")
        action.set_defaults(run=run)


def _up(options: argparse.Namespace) -> int:
    cluster = wiring.local_up(owned=False, time_factor=options.time_factor)
    narration.say(f"embedded cluster running at {cluster.server} (pid {cluster.pid})")
    narration.say(f"export KUBECONFIG={cluster.kubeconfig}")
    return 0


def _down(_: argparse.Namespace) -> int:
    stopped = wiring.local_down()
    narration.say(
        "embedded cluster stopped; its Jobs, pods and volumes are gone"
        if stopped
        else "no embedded cluster was running"
    )
    return 0


def _status(options: argparse.Namespace) -> int:
    status = wiring.local_status()
    cluster = status.cluster
    if options.output == "json":
        output.as_json(
            {
                "running": cluster is not None,
                "server": cluster.server if cluster else None,
                "kubeconfig": str(cluster.kubeconfig) if cluster else None,
                "pid": cluster.pid if cluster else None,
                "startedAt": status.started_at or None,
            }
        )
    else:
        output.text(status.text)
    return 0 if cluster else NotFound.exit_code


def _kubeconfig(_: argparse.Namespace) -> int:
    output.text(str(wiring.local_kubeconfig()))
    return 0
