"""The Job of an order: composed and launched, or going on from what is recorded of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec

from console.domain.facts import EvalAiPlace, Turn
from console.errors import ConsoleError, InvalidInput, NotFound
from console.operations.intake.message_fate import ToLaunch
from console.operations.intake.orders import IntakeOrder, compose_order
from console.operations.intake.sight import Sight
from console.operations.intake.told_running import UNTOLD, demand_first, told_name
from console.operations.ports.cluster import Kind, Propagation
from console.operations.ports.evalai import EvalAiError
from console.operations.ports.evalai_queue import EvalAiQueue
from console.operations.services import Services
from console.operations.submitting.launch import Launched, launch
from console.operations.submitting.launch_many import begin_turns
from console.operations.submitting.publishing_plan import publishing_plan
from console.operations.submitting.resume import resume
from console.specs.compose import Composed
from console.specs.turns import queue_of
from console.specs.validation import Judged

ComposeOrder = Callable[[IntakeOrder, str], Composed]


class LaunchingFor(msgspec.Struct, frozen=True):
    """As whose word something is launched, and how many of those run at a time."""

    by_hand: bool = True
    """A person has asked for just this one."""
    batch: str = ""
    at_most: int = 0
    """0: it runs at once."""
    compose: ComposeOrder | None = None
    """Instead of what its phase says alone."""


class LaunchedOrder(msgspec.Struct, frozen=True):
    """What was launched, and what has to be known of it."""

    manifest: dict[str, Any]
    remarks: tuple[str, ...] = ()


async def launched_for(
    services: Services, sight: Sight, queue: EvalAiQueue, what: ToLaunch, how: LaunchingFor
) -> LaunchedOrder:
    """Launch it. Raises ConsoleError where nothing was: Conflict if its name is taken, or if
    somebody launches it elsewhere."""
    namespace = sight.namespace
    composed, remarks = await composed_for(services, namespace, what, how)
    await asyncio.to_thread(_demand_its_place, services, composed, what.order)
    valid = (await asyncio.to_thread(Judged, composed)).valid
    # What its preset puts into a queue of Kueue takes no turns: Kueue decides how many run.
    turn = None if queue_of(composed.manifest) else await _turn(services, namespace, how)
    if what.instead_of:
        await _take_back(services, namespace, what)
    only = OnlyLaunch(sight, queue, what.order.place, what.order.name)
    launched = await launch(services, valid, turn=turn, sure=only.demand)
    remarks = (*remarks, *only.remarks)
    try:
        await begin_turns(services, namespace, how.batch)
    except ConsoleError as error:
        remarks = (*remarks, f"It waits for its turn; nobody could begin it now: {error.what}")
    remarks = (*remarks, *_no_limit(launched, how))
    return LaunchedOrder(launched.manifest, (*remarks, *launched.warnings))


def _no_limit(launched: Launched, how: LaunchingFor) -> tuple[str, ...]:
    """By its preset or its namespace it is in a queue of Kueue."""
    if not how.at_most or not launched.queue:
        return ()
    limit = f"{how.at_most} at a time does not hold for it"
    return (f"Kueue's queue {launched.queue} decides when it runs: {limit}.",)


class OnlyLaunch:
    """That this launch is the only one of its submission, asked between its Job and its start."""

    def __init__(self, sight: Sight, queue: EvalAiQueue, place: EvalAiPlace, name: str) -> None:
        self._sight, self._queue, self._place, self._name = sight, queue, place, name
        self.remarks: tuple[str, ...] = ()

    async def demand(self, uid: str) -> None:
        """Raises ConsoleError where it is not, or where nobody tells."""
        place, mark = self._place, self._sight.mark
        await self._sight.demand_alone(place, uid)
        told = told_name(self._name, mark, uid)
        try:
            taken = await demand_first(self._queue, place, told, mark)
        except EvalAiError as error:
            # Whoever takes the Job back says so in an error of the same kind.
            what = "EvalAI does not take word of the launch."
            raise ConsoleError(what, why=error.why, fix=error.fix) from error
        if not taken:
            self.remarks = (UNTOLD,)


def _demand_its_place(services: Services, composed: Composed, order: IntakeOrder) -> None:
    """By its place a Job is known again when its message comes back. Raises InvalidInput."""
    assert services.publishing is not None, "who launches has settings of publishing"
    plan = publishing_plan(composed.manifest, services.publishing.settings())
    if plan.place != order.place:
        raise InvalidInput(
            f"The Job {order.name} would not say that it is {order.place}.",
            why=plan.why_not or f"It says {plan.place}.",
            fix="Let its values be those of the message.",
        )


async def composed_for(
    services: Services, namespace: str, what: ToLaunch, how: LaunchingFor
) -> tuple[Composed, tuple[str, ...]]:
    """The Job to be sent, and what has to be known of it. Raises InvalidInput, and NotFound for one
    that would go on from zero without a person's word."""
    order = what.order
    remarks: tuple[str, ...] = ()
    if order.resuming:
        try:
            return await _resumed(services, namespace, what)
        except NotFound as unknown:
            if not how.by_hand:
                raise NotFound(
                    f"Submission {order.place.submission} does not go on by itself.",
                    why=f"{unknown.what} {unknown.why}".strip(),
                    fix="Launch it by hand: all is driven again.",
                ) from unknown
            remarks = (f"All is driven again: {unknown.what} {unknown.why}".strip(),)
    local = services.cluster.description.way.local
    make = how.compose or partial(compose_order, local=local)
    return await asyncio.to_thread(make, order, namespace), remarks


async def _resumed(
    services: Services, namespace: str, what: ToLaunch
) -> tuple[Composed, tuple[str, ...]]:
    """Raises NotFound where nothing that finished is known."""
    old, order = what.goes_on_from, what.order
    if not old:
        raise NotFound(f"Nothing of submission {order.place.submission} is recorded here.")
    found = await resume(services, namespace, old, new_name=order.name)
    stay = f"It goes on from {old}: {found.kept} of {found.total} drives stay."
    again = (f"{each} is driven again: its pair goes on before it." for each in found.repeated)
    return found.composed, (stay, *found.remarks, *again)


async def _turn(services: Services, namespace: str, how: LaunchingFor) -> Turn | None:
    """Behind all that came before it: the others wait in the cluster, where nothing is lost."""
    if not how.at_most:
        return None
    jobs = await services.cluster.jobs(namespace)
    places = [each.turn.place for each in jobs if each.turn and each.turn.batch == how.batch]
    place = max(places, default=0) + 1
    return Turn(how.batch, place, place, how.at_most)


async def _take_back(services: Services, namespace: str, what: ToLaunch) -> None:
    """What a killed launch has left. Only that one: somebody may have launched it meanwhile."""
    background = Propagation.BACKGROUND
    await services.cluster.delete(
        Kind.JOB, namespace, what.order.name, propagation=background, uid=what.instead_of
    )
