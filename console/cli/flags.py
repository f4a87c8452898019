"""The flags that more than one command has. Adds them to a parser; knows no cluster behind them."""

from __future__ import annotations

import argparse

CLUSTER_FLAGS = ("--kubeconfig", "--context", "--namespace")
SCREEN_FLAGS = ("--theme", "--no-mouse")
"""What only the screens heed."""


def add_connection_flags(parser: argparse.ArgumentParser) -> None:
    """--kubeconfig, --context, -n/--namespace, --local; accepted before and after the command."""
    group = parser.add_argument_group("cluster")
    for names, metavar, text in (
        (("--kubeconfig",), "FILE", "kubeconfig to use (default: $KUBECONFIG, ~/.kube/config)"),
        (("--context",), "NAME", "context of the kubeconfig"),
        (("-n", "--namespace"), "NAME", "namespace (default: the context's)"),
    ):
        group.add_argument(*names, metavar=metavar, default=argparse.SUPPRESS, help=text)
    group.add_argument(
        "--local",
        action="store_true",
        default=argparse.SUPPRESS,
        help="use the embedded cluster (see the command local)",
    )


def add_screen_flags(top: argparse.ArgumentParser) -> None:
    """--theme and --no-mouse: they stand before a command, and beside none."""
    top.add_argument("--theme", metavar="NAME", help="colours (see themes/)")
    top.add_argument("--no-mouse", action="store_true", help="leave the mouse to the terminal")
