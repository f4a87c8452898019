"""The list as one look at the cluster tells it: with no recorder, every start asks anew."""

from __future__ import annotations

import argparse
import contextlib
import gc
from collections.abc import Iterator
from datetime import UTC, datetime

from console import wiring
from console.cli.connection import acting_as, wanted, with_services
from console.cli.narration import say
from console.domain.fleet import SubmissionRow, listed_first
from console.domain.gpu_meetings import meetings, words
from console.domain.hostile_text import neutralise
from console.errors import Forbidden, LoginRefused
from console.operations.at_once import all_asked, side_by_side
from console.operations.outcome.row import as_unread, row_of
from console.operations.ports.cluster import ClusterDescription
from console.operations.ports.recorder_process import RecorderList
from console.operations.services import Services
from console.operations.watching.fleet_once import Look, fleet_once, with_published


def listed(options: argparse.Namespace) -> RecorderList:
    """The rows of the namespace that is meant, or of all. Raises ConsoleError."""

    async def work(services: Services, namespace: str) -> Look:
        look = await fleet_once(services, None if options.all_namespaces else namespace)
        return with_published(services, look)

    with _uncollected():
        try:
            look = _plainly(options) or with_services(options, work)
        except Forbidden as error:
            if isinstance(error, LoginRefused) or not options.all_namespaces:
                raise
            raise _one_at_a_time(options, error) from error
        _never_freed(look)
        return RecorderList(_rows(look), tuple(sorted(look.unasked)))


def _one_at_a_time(options: argparse.Namespace, error: Forbidden) -> Forbidden:
    """Who may not list all namespaces is told of those that the kubeconfig names."""
    from console.wiring.aimed_clusters import known  # for whoever is refused

    named = {each.namespace or "default" for each in known(wanted(options))}
    told = f" The kubeconfig names {', '.join(map(neutralise, sorted(named)))}." if named else ""
    return Forbidden(error.what, why=error.why, fix=f"Name one namespace: -n NAME.{told}")


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """Thousands of values come and none goes: no time is spent on a search for garbage in them."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if before:
            gc.enable()


def _never_freed(value: object) -> None:
    """Until the process ends, which is soon: it takes long to give thousands of values back one by
    one. No search for garbage finds the ring, for all that there is is frozen."""
    ring = [value]
    ring.append(ring)


def _plainly(options: argparse.Namespace) -> Look | None:
    """The same without a loop, where everything is plain."""

    async def work(services: Services) -> tuple[Look, ClusterDescription]:
        where = services.cluster.description
        namespace = None if options.all_namespaces else where.namespace
        look = await fleet_once(services, namespace, side_by_side, listing=all_asked)
        return with_published(services, look), where

    found = wiring.look(wanted(options), work)
    if found is None:
        return None
    look, where = found
    if where.acts_as:
        say(acting_as(where))
    return look


def _rows(look: Look) -> tuple[SubmissionRow, ...]:
    """In the order of the list."""
    met, now = meetings(look.boards), datetime.now(UTC)
    rows = []
    for board, published in zip(look.boards, look.published, strict=True):
        key = (board.namespace, board.name)
        row = row_of(board, words(met.get(key, ())), now, published=published)
        rows.append(as_unread(row) if board.ended and key in look.unasked else row)
    return tuple(listed_first(rows))
