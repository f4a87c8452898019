"""`completion`: the script that a shell sources to complete this program's words."""

from __future__ import annotations

import argparse
import os

from console.cli import completion, output
from console.cli.flags import CLUSTER_FLAGS
from console.cli.refusing import refuse_all

SHELLS = {
    "bash": "source <(carla-console completion bash)",
    "zsh": "source <(carla-console completion zsh)",
    "fish": "carla-console completion fish | source",
}
"""Shell -> the line of its start-up file."""
_EPILOG = "A line for the shell's start-up file:\n" + "\n".join(
    f"  {line}" for line in SHELLS.values()
)


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "completion", epilog=_EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("shell", choices=[*SHELLS])
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """No cluster takes part in it."""
    refuse_all(options, (*CLUSTER_FLAGS, "--local"), beside="completion")
    folder = os.path.dirname(completion.__file__)
    with open(os.path.join(folder, f"carla-console.{options.shell}"), encoding="utf-8") as script:
        output.text(script.read().rstrip("\n"))
    return 0
