"""The list as one look at the cluster tells it: with no recorder, every start asks anew."""

from __future__ import annotations

import argparse

from console.cli.connection import with_services
from console.domain.board import BoardSnapshot
from console.domain.fleet import SubmissionRow, listed_first
from console.domain.gpu_meetings import meetings, words
from console.operations.outcome.row import row_of
from console.operations.ports.recorder_process import RecorderList
from console.operations.services import Services
from console.operations.watching.fleet_once import Look, fleet_once


def listed(options: argparse.Namespace) -> RecorderList:
    """The rows of the namespace that is meant, or of all. Raises ConsoleError."""

    async def work(services: Services, namespace: str) -> Look:
        return await fleet_once(services, None if options.all_namespaces else namespace)

    look = with_services(options, work)
    return RecorderList(_rows(look.boards), tuple(sorted(look.unasked)))


def _rows(boards: tuple[BoardSnapshot, ...]) -> tuple[SubmissionRow, ...]:
    """Blocked ones first, then the newest."""
    met = meetings(boards)
    rows = (row_of(each, words(met.get((each.namespace, each.name), ()))) for each in boards)
    return tuple(listed_first(rows))
