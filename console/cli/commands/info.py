"""`info`: which version this is, and where it keeps and looks for what. Makes none of it, asks no
cluster, reads no file: of what stands in one nothing is told."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from console import paths
from console.cli import output
from console.cli.flags import DOCUMENTS, add_output_flag
from console.cli.refusing import refuse_all

PACKAGES = ("textual", "httpx", "msgspec")
"""What answers for most that a terminal or a cluster shows otherwise than expected."""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("info")
    parser.add_argument("--kubeconfig", metavar="FILE", default=argparse.SUPPRESS, help="of it too")
    add_output_flag(parser, "text", *DOCUMENTS)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """--kubeconfig is heeded, for it names a path."""
    refuse_all(options, ("--context", "--namespace", "--local"), beside="info, which asks no one,")
    kubeconfig: str | None = getattr(options, "kubeconfig", None)
    told = [
        (what, os.path.abspath(path), is_there(path))
        for what, path in places(kubeconfig, os.environ)
    ]
    if output.is_document(options.output):
        listed = [dict(zip(("what", "path", "found"), each, strict=True)) for each in told]
        output.document({"versions": _versions(), "paths": listed}, options.output)
        return 0
    output.columns(("WHAT", "VERSION"), _versions().items())
    output.text("")
    words = {True: "yes", False: "no", None: "?"}
    rows = [(what, words[found], path) for what, path, found in told]
    output.columns(("WHAT", "THERE", "PATH"), rows)
    return 0


def places(kubeconfig: str | None, environ: Mapping[str, str]) -> list[tuple[str, Path]]:
    """What this user may look for, by where it is looked for."""
    return [
        ("python", Path(sys.executable)),
        ("settings", paths.settings()),
        ("presets", paths.presets()),
        ("themes", paths.user_themes()),
        ("state", paths.state()),
        ("recordings", paths.recordings()),
        ("calls", paths.calls()),
        ("publishing", paths.publishing()),
        ("embedded cluster", paths.local()),
        ("plugins' output", paths.plugin_outputs()),
        ("own log", paths.own_logs()),
        *(("kubeconfig", file) for file in paths.kubeconfigs(kubeconfig, environ)),
        ("job templates", paths.job_specs()),
        ("shipped themes", paths.themes()),
        ("guide", paths.guide()),
    ]


def is_there(path: Path) -> bool | None:
    """None where this user may not look."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return None
    return True


def _versions() -> dict[str, str]:
    import platform
    from importlib.metadata import version

    from console.version import VERSION

    ours = {"carla-console": VERSION, "python": platform.python_version()}
    return ours | {package: version(package) for package in PACKAGES}
