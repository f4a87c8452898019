"""`preflight`: what a submission would meet on its node, before it is launched."""

from __future__ import annotations

import argparse

from console.cli import narration, output
from console.cli.composing import add_composing_flags, composed
from console.cli.connection import add_connection_flags, with_services
from console.cli.documents import preflight_document
from console.cli.findings import refuse_faulty
from console.domain.hostile_text import neutralise
from console.domain.preflight.checklist import Finding, Verdict
from console.errors import ConsoleError, InvalidInput
from console.operations.preflight import USUAL_LIMIT, Outcome, preflight
from console.operations.services import Services

MARKS = {Verdict.OK: "✓", Verdict.WARNING: "!", Verdict.FAILS: "✗", Verdict.UNKNOWN: "?"}


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "preflight",
        help="look at the node before a launch: GPUs, graphics, ports, towns, images",
        description="Sends a short Job with the submission's images, node and GPUs, says what it"
        " found and takes it away. Exit code 1 when a launch would fail.",
    )
    add_connection_flags(parser)
    add_composing_flags(parser)
    parser.add_argument(
        "--limit", type=int, default=USUAL_LIMIT, metavar="SECONDS",
        help=f"until it is given up; pulling images takes most (default {USUAL_LIMIT})",
    )  # fmt: skip
    parser.add_argument("-o", "--output", choices=["text", "json"], default="text")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    if options.limit < 1:
        raise InvalidInput("--limit counts seconds: 1 or more.")
    local = getattr(options, "local", False)

    async def work(services: Services, namespace: str) -> Outcome:
        ready = composed(options, namespace, local=local)
        refuse_faulty(ready)
        return await preflight(services, ready, seconds=options.limit, tell=narration.say)

    outcome = with_services(options, work)
    if options.output == "json":
        output.as_json(preflight_document(outcome))
    else:
        output.text(checklist_text(outcome))
    return ConsoleError.exit_code if outcome.fails else 0


def checklist_text(outcome: Outcome) -> str:
    """A line for each finding; what to do about it beneath."""
    return "".join(line + "\n" for each in outcome.findings for line in _lines(each))


def _lines(finding: Finding) -> list[str]:
    said = f"{MARKS[finding.verdict]} {finding.topic.value:<10} {neutralise(finding.text)}"
    return [said, *([f"{'':13}{finding.fix}"] if finding.fix else [])]
