"""`import`: a bundle that was exported elsewhere becomes a recording here. Asks no cluster."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from console import wiring
from console.cli import narration, output
from console.cli.flags import add_output_flag

if TYPE_CHECKING:
    from console.operations.ports.recorder import BundleHeader


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("import")
    parser.add_argument("file", metavar="FILE", help="what `export` has written")
    add_output_flag(parser, "text", "json")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    from console.operations.bundling.trust import verified

    header = wiring.recordings().unpack(options.file, verified)
    recording = header.recording
    if options.output == "json":
        output.as_json(
            {
                "namespace": recording.namespace,
                "name": recording.name,
                "uid": recording.uid,
                "context": recording.cluster,
                "importedFrom": header.machine or None,
                "ended": header.ended,
            }
        )
    else:
        output.text(_told(header))
    if not header.ended:
        narration.say("note: it had not ended when the bundle was made")
    where = f"{recording.name} -n {recording.namespace} --recorded --uid {recording.uid}"
    narration.say(f"look at it: carla-console status {where} (logs, events, results alike)")
    return 0


def _told(header: BundleHeader) -> str:
    from console.domain.facts import UID_SHOWN
    from console.domain.hostile_text import neutralise

    recording = header.recording
    whose = f"made by {header.machine}" if header.machine else "made for a team"
    told = f"imported {recording.namespace}/{recording.name} (uid {recording.uid[:UID_SHOWN]})"
    return neutralise(f"{told}, recorded in the context {recording.cluster}, {whose}")
