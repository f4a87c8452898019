"""`publish NAME` without a place: to all that the settings name, each told in a line."""

from __future__ import annotations

import argparse
import json
from functools import partial
from typing import Any

from console import wiring
from console.cli import narration, output
from console.cli.connection import (
    refuse_read_only,
    submission_name,
    with_services,
    with_services_or_recorded,
)
from console.cli.interruptions import blocking
from console.cli.recorded import say_all
from console.cli.shown_deliveries import document_of
from console.domain.hostile_text import neutralise
from console.errors import ConsoleError, InvalidInput, ReadOnly
from console.operations.delivering.by_hand import deliver_now, demand_delivered, marks_now
from console.operations.delivering.errands import Errands
from console.operations.ports.deliveries import Delivery, DeliveryKind, targets_of
from console.operations.publishing.by_hand import of_another_cluster, said_there, standing_now
from console.operations.services import Services
from console.operations.watching.lookup import Wanted, known


def publish_as_set(options: argparse.Namespace) -> int:
    """EvalAI's part is said and done where there is one, or nothing else is set. What fails there
    keeps nothing from the others, and is told behind them."""
    settings = wiring.publishing_file().settings()
    others = targets_of(settings)
    if others and settings.evalai and output.is_document(options.output):
        raise InvalidInput(
            f"-o {options.output} tells of one target, and the settings name several.",
            fix="Name one: --to PLACE",
        )
    asked = settings.evalai is not None or not others
    failed = _at_evalai(options, alone=not others) if asked else None
    try:
        if options.as_failed and (failed is not None or not asked):
            _demand_unknown(options)
        _to_others(options, others)
    except ConsoleError:
        if failed is not None:
            narration.complain(failed)
        raise
    if failed is not None:
        raise failed
    return 0


def _at_evalai(options: argparse.Namespace, *, alone: bool) -> ConsoleError | None:
    """What has failed, where others come after it. Raises it where none do."""
    from console.cli.publishing_at_evalai import publish_at_evalai

    try:
        publish_at_evalai(options)
    except ConsoleError as error:
        # What was asked wrongly, or may not be, is so for the others too.
        if alone or isinstance(error, InvalidInput | ReadOnly):
            raise
        return error
    return None


def _to_others(options: argparse.Namespace, others: list[tuple[DeliveryKind, str]]) -> None:
    if options.dry_run:
        _show(options, others)
    elif others:
        refuse_read_only(options, f"To publish {options.submission}")
        _deliver(options, others)


def _demand_unknown(options: argparse.Namespace) -> None:
    """Raises InvalidInput where somebody knows how it ended; EvalAI's part asks that itself."""
    name = submission_name(options.submission)

    async def work(services: Services, namespace: str, why: str) -> None:
        wanted = Wanted(namespace, name, options.uid or "", recorded=bool(why))
        told = await known(services, wanted)
        said = await said_there(services, told)
        with blocking():
            unasked = why or of_another_cluster(services, told)
            standing_now(services, told, unasked=unasked, as_failed=True, said=said)

    with_services_or_recorded(options, work)


def _show(options: argparse.Namespace, others: list[tuple[DeliveryKind, str]]) -> None:
    """A table's requests to the letter; there is no login in them."""
    name = submission_name(options.submission)
    for _, place in (each for each in others if each[0] is DeliveryKind.FILES):
        narration.say(f"its files: publish {name} --to {place} --dry-run")
    for _, table in (each for each in others if each[0] is DeliveryKind.TABLE):

        async def work(services: Services, namespace: str, table: str = table) -> list[Any]:
            wanted = Wanted(namespace, name, options.uid or "", recorded=True)
            told = await known(services, wanted)
            with blocking():
                errands, failed = _errands(services), options.as_failed
                marks = marks_now(services, errands, told.board, table, as_failed=failed)
            return [wiring.update_item(table, each) for each in marks]

        requests = with_services(options, work)
        if output.is_document(options.output):
            output.document(requests, options.output)
        else:
            output.text("\n".join(f"UpdateItem {json.dumps(each, indent=1)}" for each in requests))


def _errands(services: Services) -> Errands:
    return Errands(services, wiring.targets())


def _deliver(options: argparse.Namespace, others: list[tuple[DeliveryKind, str]]) -> None:
    name = submission_name(options.submission)

    async def work(services: Services, namespace: str) -> list[Delivery]:
        told = await known(services, Wanted(namespace, name, options.uid or "", recorded=True))
        say_all(told.remarks)
        errands, ledger = _errands(services), wiring.deliveries()
        deliver = partial(deliver_now, services, errands, ledger, told.board)
        with blocking():
            failed = options.as_failed
            return [await deliver(kind, target, as_failed=failed) for kind, target in others]

    made = with_services(options, work)
    if output.is_document(options.output):
        output.document([document_of(each) for each in made], options.output)
    else:
        for each in made:
            output.text(neutralise(f"{each.where}: {each.stage}. {each.words}"))
    for each in made:
        demand_delivered(each)
