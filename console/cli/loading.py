"""The commands' names, a line on each, and their modules: one is imported when it is chosen.

The lines stand here, so that the help imports no command. Flags and work only a module itself
knows.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from importlib import import_module

# A type checker alone knows `typing` here: importing it takes half as long as all the rest.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    _Commands = argparse._SubParsersAction[argparse.ArgumentParser]
else:
    _Commands = argparse._SubParsersAction

COMMANDS = {
    "render": ("render", "print the Job and what it owns; sends nothing"),
    "launch": ("launch", "launch a submission"),
    "preflight": (
        "preflight",
        "look at the node before a launch: GPUs, graphics, ports, towns, images",
    ),
    "list": ("list_submissions", "list submissions"),
    "status": ("status", "show pairs, routes, restarts and the budget"),
    "history": ("history", "every recorded submission: deleted ones and lost clusters' too"),
    "replay": ("replay", "play a recorded submission on the screens, as if it were live"),
    "inspect": ("inspect_submission", "say why one failed, whose it is, and what to do next"),
    "runbook": (
        "runbook",
        "what is known of a cause: how it is recognised, whose it is, what to do",
    ),
    "logs": ("logs", "print the log of one or all containers"),
    "events": ("events", "show ended attempts, problems, Job conditions and the cluster's events"),
    "describe": ("describe", "tell of Job, pod, containers and events; -o yaml: the Job itself"),
    "results": ("results", "show the merged scores, routes and infractions"),
    "compare": ("compare", "hold results against each other, route by route"),
    "export": ("export", "write all that is recorded of one into a file to be passed on"),
    "import": ("import_bundle", "take in what export wrote elsewhere; it needs no cluster"),
    "shell": ("entering", "a shell in a container, by kubectl; --attach: its output"),
    "port-forward": ("entering", "ports of a submission's pod on this machine, by kubectl"),
    "publish": ("publish", "its results to EvalAI, or its files to a bucket or a folder"),
    "intake": ("intake", "launch what waits in EvalAI's queue, one by one or by itself"),
    "cancel": ("ending", "stop a submission; its finished routes are published"),
    "delete": ("ending", "delete a submission with its pod and logs"),
    "resume": ("resume", "go on from a cancelled or failed submission; finished routes stay"),
    "rerun": ("rerun", "drive routes of an ended submission again; the others stay, in one result"),
    "merge": ("merge", "merge partial results into one (--compat: upstream's bytes)"),
    "record": ("record", "the recorder, which needs no open console: start, status, stop"),
    "calls": ("calls", "what calls you, in which ways, and what webhooks answered"),
    "local": ("local", "the embedded cluster: up, down, status, kubeconfig"),
    "info": ("info", "versions, and every path: settings, recordings, own log, kubeconfigs, guide"),
    "web": ("web", "the console in a browser of this machine"),
    "completion": ("completion", "print the script that completes words in a shell"),
    "demo": ("demo", "drive one submission on the embedded cluster and print its results"),
}
"""Command -> module of `console.cli.commands` and its line, in the order of the help."""
ALIASES = {"list": "ls"}
MODULES = {
    word: module
    for name, (module, _) in COMMANDS.items()
    for word in (name, ALIASES.get(name))
    if word
}
"""Every word that is taken for a command -> its module."""


class LazyCommands(_Commands):
    """Takes every command of the table as a choice; asks its module when it is the one."""

    def __init__(self, *positional: Any, **named: Any) -> None:
        super().__init__(*positional, **named)
        self.choices = MODULES  # type: ignore[assignment]  # only the names are asked for
        self._asked: set[str] = set()

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        if values and (module := MODULES[values[0]]) not in self._asked:
            self._asked.add(module)
            import_module(f"console.cli.commands.{module}").add(self)
        super().__call__(parser, namespace, values, option_string)

    def add_parser(self, name: str, **named: Any) -> argparse.ArgumentParser:
        """A command's parser, with its aliases; without its line, which the table has told."""
        aliases = [ALIASES[name]] if name in ALIASES else []
        return super().add_parser(name, aliases=aliases, **named)

    def _get_subactions(self) -> list[argparse.Action]:
        """The lines of the help."""
        return [
            self._ChoicesPseudoAction(name, [ALIASES[name]] if name in ALIASES else [], line)
            for name, (_, line) in COMMANDS.items()
        ]
