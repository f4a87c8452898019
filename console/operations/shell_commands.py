"""Commands that are shown to be copied: each acts on the cluster that this console talks to.

A shell elsewhere has another current context, another KUBECONFIG and another working directory.
So the context and the namespace are always named, and the files wherever the user named them. The
embedded cluster is found by the state directory, which is named where it is not the usual one.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping

import msgspec

from console import paths
from console.operations.ports.cluster import ClusterDescription, WayIn


class ProgramCall(msgspec.Struct, frozen=True):
    """A program to be started here, word by word."""

    argv: tuple[str, ...]
    environment: Mapping[str, str]
    """Beside our own."""


def carla_console(where: ClusterDescription, *words: str, namespace: str = "") -> str:
    """`carla-console` with these words, as one line for a shell."""
    flags = ("--local",) if where.way.local else _flags(where)
    line = ("carla-console", *where.way.acting, *words, *_namespace(where, namespace), *flags)
    return paths.of_state(shlex.join(line)) if where.way.local else _line(where.way, line)


def console_again(where: ClusterDescription, *, everywhere: bool) -> str:
    """The line that opens the console where it is; `everywhere`: on all namespaces."""
    listed = ("-A",) if everywhere else ("-n", where.namespace)
    if where.way.local:
        return paths.to_type("--local", *listed)
    read_only = ("--readonly",) if where.read_only else ()
    words = (*where.way.acting, *listed, *_flags(where), *read_only)
    return _line(where.way, (paths.program(), *words))


def kubectl(where: ClusterDescription, *words: str, namespace: str = "") -> str:
    """The same for `kubectl`, which does not know the embedded cluster by name."""
    flags = (*_namespace(where, namespace), *_flags(where), *where.way.acting)
    return _line(where.way, ("kubectl", *words, *flags))


def kubectl_call(
    where: ClusterDescription, *words: str, namespace: str = "", behind: tuple[str, ...] = ()
) -> ProgramCall:
    """kubectl to be started; `behind`: words that are not for it, after `--`."""
    flags = (*_namespace(where, namespace), *_flags(where), *where.way.acting)
    several = {"KUBECONFIG": os.pathsep.join(where.way.files)} if len(where.way.files) > 1 else {}
    separated = ("--", *behind) if behind else ()
    return ProgramCall(("kubectl", *words, *flags, *separated), several)


def _namespace(where: ClusterDescription, namespace: str) -> tuple[str, ...]:
    return ("-n", namespace or where.namespace)


def _flags(where: ClusterDescription) -> tuple[str, ...]:
    """A pod's own service account is nobody's context: it is found where no file is."""
    files = where.way.files
    named = ("--kubeconfig", files[0]) if len(files) == 1 else ()
    return named if where.way.inside else (*named, "--context", where.context)


def _line(way: WayIn, words: tuple[str, ...]) -> str:
    """No flag takes several files: they go where they came from."""
    line = shlex.join(words)
    several = len(way.files) > 1
    return f"KUBECONFIG={shlex.quote(os.pathsep.join(way.files))} {line}" if several else line
