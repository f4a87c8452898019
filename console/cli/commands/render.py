"""`render`: the manifests that a launch would send, or the template for AWS Step Functions."""

from __future__ import annotations

import argparse

from console.cli import output
from console.cli.composing import add_composing_flags, composed, template
from console.cli.connection import add_connection_flags
from console.cli.findings import refuse_faulty
from console.specs.compose import DEFAULT_NAMESPACE
from console.specs.rendering import to_yaml
from console.specs.step_functions import step_functions_state

EMBEDDED_NAMESPACE = "default"
"""The namespace of the embedded cluster's context."""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("render", help="print the Job and its ConfigMap; sends nothing")
    add_connection_flags(parser)
    add_composing_flags(parser)
    parser.add_argument("-o", "--output", choices=["yaml", "json"], default="yaml")
    parser.add_argument(
        "--step-functions", action="store_true", help="the template as an EKS run-job state (JSON)"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    local = getattr(options, "local", False)
    usual = EMBEDDED_NAMESPACE if local else DEFAULT_NAMESPACE
    namespace = getattr(options, "namespace", None) or usual
    if options.step_functions:
        output.as_json(step_functions_state(template(options), namespace=namespace))
        return 0
    ready = composed(options, namespace, local=local)
    refuse_faulty(ready)
    manifests = [ready.config_map, ready.manifest]
    if options.output == "json":
        output.as_json({"apiVersion": "v1", "kind": "List", "items": manifests})
    else:
        output.text("---\n".join(to_yaml(manifest) for manifest in manifests))
    return 0
