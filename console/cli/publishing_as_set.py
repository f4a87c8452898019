"""`publish NAME` without a place: to all that the settings name, each told in a line."""

from __future__ import annotations

import argparse

from console import wiring
from console.cli import narration, output
from console.cli.connection import refuse_read_only, submission_name, with_services
from console.cli.deliveries import document_of
from console.cli.interruptions import blocking
from console.cli.recorded import say_all
from console.domain.hostile_text import neutralise
from console.errors import InvalidInput
from console.operations.delivering.by_hand import deliver_now, demand_delivered
from console.operations.delivering.errands import Errands
from console.operations.ports.deliveries import Delivery, DeliveryKind
from console.operations.ports.publishing import PublishingSettings
from console.operations.services import Services
from console.operations.watching.lookup import Wanted, known


def publish_as_set(options: argparse.Namespace) -> int:
    """EvalAI's part is said and done where there is one, or nothing else is set."""
    from console.cli.publishing_at_evalai import publish_at_evalai

    settings = wiring.publishing_file().settings()
    others = targets_of(settings)
    if others and settings.evalai and output.is_document(options.output):
        raise InvalidInput(
            f"-o {options.output} tells of one target, and the settings name several.",
            fix="Name one: --to PLACE",
        )
    if settings.evalai is not None or not others:
        publish_at_evalai(options)
    if others and options.dry_run:
        narration.say(f"its files: publish {options.submission} --to {others[0][1]} --dry-run")
    elif others:
        refuse_read_only(options, f"To publish {options.submission}")
        _deliver(options, others)
    return 0


def targets_of(settings: PublishingSettings) -> list[tuple[DeliveryKind, str]]:
    """What is set beside EvalAI."""
    return [(DeliveryKind.FILES, settings.storage.to)] if settings.storage else []


def _deliver(options: argparse.Namespace, others: list[tuple[DeliveryKind, str]]) -> None:
    name = submission_name(options.submission)

    async def work(services: Services, namespace: str) -> list[Delivery]:
        told = await known(services, Wanted(namespace, name, options.uid or "", recorded=True))
        say_all(told.remarks)
        errands, ledger = Errands(services, wiring.targets()), wiring.deliveries()
        with blocking():
            return [
                deliver_now(services, errands, ledger, told.board, kind, target)
                for kind, target in others
            ]

    made = with_services(options, work)
    if output.is_document(options.output):
        output.document([document_of(each) for each in made], options.output)
    else:
        for each in made:
            output.text(neutralise(f"{each.where}: {each.stage}. {each.words}"))
    for each in made:
        demand_delivered(each)
