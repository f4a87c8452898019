"""`render`: the manifests that a launch would send, or the template for AWS Step Functions."""

from __future__ import annotations

import argparse

from console.cli import output
from console.cli.composing import add_composing_flags, composed, state, usual_namespace
from console.cli.connection import namespace_of
from console.cli.findings import refuse_faulty
from console.cli.flags import add_connection_flags
from console.cli.queue_flags import add_queue_flags, check_queue
from console.cli.refusing import refuse_all
from console.cli.routes_flag import tell_left_out
from console.errors import InvalidInput
from console.specs.rendering import to_yaml
from console.specs.step_functions import NAMESPACE


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("render")
    add_connection_flags(parser)
    add_composing_flags(parser)
    add_queue_flags(parser, "default: its preset's, if any")
    parser.add_argument("-o", "--output", choices=["yaml", "json"], help="default: yaml")
    parser.add_argument(
        "--step-functions",
        action="store_true",
        help="the Job as the EKS run-job state of upstream's state machine (JSON)",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    local = getattr(options, "local", False)
    check_queue(options)
    if options.step_functions:
        if options.output == "yaml":
            raise InvalidInput("--step-functions is JSON.", fix="Leave out -o yaml.")
        refuse_all(options, ("--queue", "--no-queue"), beside="--step-functions")
        namespace = namespace_of(options, NAMESPACE)
        output.as_json(state(options, namespace, local=local))
        return 0
    namespace = namespace_of(options, usual_namespace(local=local))
    ready = composed(options, namespace, local=local)
    refuse_faulty(ready)
    tell_left_out(ready, options)
    manifests = [*ready.possessions, ready.manifest]
    if options.output == "json":
        output.as_json({"apiVersion": "v1", "kind": "List", "items": manifests})
    else:
        output.text("---\n".join(to_yaml(manifest) for manifest in manifests))
    return 0
