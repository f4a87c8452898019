"""What a plugin is told, and the command line that it becomes. Pure, and no shell's business.

`$NAME` is what the scope names, as in k9s: of `containers` the container, of `pods` the pod, else
the submission. A shell that a plugin starts (`bash -c`) gets its script as it is written, and finds
the same words in its environment: no name can become a part of the script.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import msgspec

from console.tui.user_files.added import UserPlugin

if TYPE_CHECKING:
    from console.domain.board import BoardSnapshot
    from console.operations.ports.cluster import ClusterDescription

Screen = Any
_JOBS, _PODS, _CONTAINERS = ("jobs", "job"), ("pods", "pod", "po"), ("containers", "container")
_OF_ONE = (*_PODS, *_JOBS)
SCOPES: Mapping[str, tuple[str, ...]] = {
    "submissions": _JOBS,
    "history": (),
    "monitor": (*_PODS, *_CONTAINERS, *_JOBS),
    "logs": (*_CONTAINERS, *_PODS),
    "inspect": (*_CONTAINERS, *_PODS),
    "describe": _OF_ONE,
    "events": _OF_ONE,
    "manifest": _JOBS,
    "results": _JOBS,
}
"""Screen -> k9s' words for what it is about, the nearest first; its own name is a scope as well."""
_SHELLS = {"sh", "bash", "dash", "ash", "zsh", "ksh", "fish"}
_VARIABLE = re.compile(r"\$(?:\{([A-Z][A-Z0-9_]*)\}|!?([A-Z][A-Z0-9_]*))")
_MISSING = "{} needs ${}, and that is not known here."


class PluginCall(msgspec.Struct, frozen=True):
    """What a plugin is started with."""

    argv: tuple[str, ...]
    environment: Mapping[str, str]
    """Added to our own."""


def scope_of(plugin: UserPlugin, screen: str) -> str:
    """Which of its scopes that screen is; empty where none."""
    for scope in (*SCOPES.get(screen, ()), screen):
        if scope in plugin.scopes:
            return scope
    return "all" if "all" in plugin.scopes else ""


def fits(plugin: UserPlugin, screen: str) -> bool:
    """Whether it is offered there."""
    return bool(scope_of(plugin, screen))


def variables(
    where: ClusterDescription | None,
    board: BoardSnapshot | None,
    subject: tuple[str, str] | None,
    container: str = "",
) -> dict[str, str]:
    """What is known of where the user is; what is not known is left out."""
    found = {"RESOURCE_GROUP": "batch", "RESOURCE_VERSION": "v1", "RESOURCE_NAME": "jobs"}
    if where is not None:
        found |= {"CONTEXT": where.context, "NAMESPACE": where.namespace, "USER": where.user}
        found |= {"CLUSTER": where.server, "KUBECONFIG": ":".join(where.way.files)}
        found |= {"ACTS_AS": where.acts_as}
    if subject is not None:
        found |= {"NAMESPACE": subject[0], "SUBMISSION": subject[1], "CONTAINER": container}
    if board is not None and board.pods:
        found |= _placed(board, container)
    return {name: value for name, value in found.items() if value}


def _placed(board: BoardSnapshot, container: str) -> dict[str, str]:
    """The pod of that container, and what that calls it; without one, of all the first pod."""
    pod = (board.pod_of(container) if container else None) or board.pods[0]
    facts = pod.container(container)
    return {"POD": pod.name, **({"CONTAINER": facts.asked} if facts and facts.own_name else {})}


def named(plugin: UserPlugin, screen: str, known: Mapping[str, str]) -> dict[str, str]:
    """The same with `$NAME`, by the scope."""
    scope = scope_of(plugin, screen)
    kind = "CONTAINER" if scope in _CONTAINERS else "POD" if scope in _PODS else "SUBMISSION"
    return {**known, **({"NAME": known[kind]} if kind in known else {})}


def told(
    plugin: UserPlugin, known: Mapping[str, str], answers: Mapping[str, str] | None = None
) -> PluginCall:
    """The words of the command line. LookupError names what it asks for and nobody knows."""
    words = {**known, **{f"INPUT_{name}": value for name, value in (answers or {}).items()}}
    words |= {f"INPUT_{name.upper()}": value for name, value in (answers or {}).items()}

    def value(match: re.Match[str]) -> str:
        name = match[1] or match[2]
        if name not in words:
            raise LookupError(_MISSING.format(plugin.name, name))
        return words[name]

    environment = {n: w for n, w in words.items() if n != "USER" or n in asked_for(plugin)}
    if PurePath(plugin.command).name in _SHELLS:
        return PluginCall((plugin.command, *plugin.args), environment)
    filled = (_VARIABLE.sub(value, each) for each in plugin.args)
    return PluginCall((plugin.command, *filled), environment)


def asked_for(plugin: UserPlugin) -> Sequence[str]:
    """The variables that it names."""
    return [m[1] or m[2] for each in plugin.args for m in _VARIABLE.finditer(each)]


def why_not(plugin: UserPlugin, screen: Screen) -> str:
    """Why it cannot run about what is shown, in a sentence; empty when it can."""
    known = named(plugin, screen.TITLE_WORD.lower(), known_of(screen))
    inputs = {f"INPUT_{each.name.upper()}" for each in plugin.inputs}
    if PurePath(plugin.command).name in _SHELLS:
        missing = [n for n in asked_for(plugin) if n in _OURS and n not in known]
    else:
        missing = [n for n in asked_for(plugin) if n not in known and n not in inputs]
    return _MISSING.format(plugin.name, missing[0]) if missing else ""


_OURS = frozenset(("NAMESPACE", "NAME", "CONTAINER", "CONTEXT", "POD", "SUBMISSION"))
"""What a script would go wrong without; another variable may be the user's own."""


def known_of(screen: Screen) -> dict[str, str]:
    """What that screen is about."""
    where = screen.backend.connection().description
    return variables(where, screen.candidate_board(), screen.candidate(), screen.container_shown())
