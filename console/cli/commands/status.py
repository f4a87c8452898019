"""`status`: one submission's board, once or as it changes."""

from __future__ import annotations

import argparse
import asyncio

import msgspec

from console import paths
from console.cli import output
from console.cli.boards import board_text
from console.cli.connection import submission_name, with_services
from console.cli.documents import (
    Document,
    board_document,
    cost_document,
    gpu_document,
    origin_document,
)
from console.cli.flags import DOCUMENTS, add_connection_flags, add_output_flag
from console.cli.following import news_of
from console.cli.interruptions import telling
from console.cli.recorded import add_recording_flags, say_all, wanted_of
from console.cli.refusing import refuse_together
from console.cli.time_documents import time_document
from console.domain.board import BoardSnapshot
from console.domain.estimates import BoardTime, board_time
from console.domain.gpu_time import GpuTime
from console.domain.prices import GpuPrice, gpu_price
from console.operations.recording.past_drives import PastDrives
from console.operations.recording.spent_gpu_time import SpentGpuTime, spent
from console.operations.services import Services
from console.operations.shell_commands import carla_console
from console.operations.watching.agents_heard import with_agents
from console.operations.watching.follower import Follower
from console.operations.watching.inspected import follower_inspector, inspected
from console.operations.watching.lookup import Known, known
from console.operations.watching.neighbours import Neighbourhood
from console.presentation.gpu_hours import sentence
from console.presentation.verdicts import answers


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("status")
    parser.add_argument("submission")
    add_connection_flags(parser)
    add_recording_flags(parser)
    parser.add_argument("-w", "--watch", action="store_true", help="again at every change")
    add_output_flag(parser, "text", *DOCUMENTS, "csv", "name")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    name, price = submission_name(options.submission), gpu_price(paths.gpu_hour())
    refuse_together(options, "--watch", "--recorded", why="A recording is shown as it stands.")

    async def work(services: Services, namespace: str) -> None:
        told = await known(services, wanted_of(options, namespace, name))
        say_all(told.remarks)
        if not options.watch or told.recorded:
            board = told.board
            if not told.recorded:
                board = await with_agents(services, await Neighbourhood(services).beside(board))
            why = answers(await inspected(services, told))
            time = await asyncio.to_thread(_time, services, board)
            now = None if told.recorded else services.clock()
            gpu = await asyncio.to_thread(spent, services, told.board, now)
            shown = _Shown(board, time, why, gpu, price, origin_document(told))
            _show(shown, options.output, stream=options.watch)
            return
        words = ("status", name, "--watch")
        again = carla_console(services.cluster.description, *words, namespace=namespace)
        with telling(lambda: f"{name} is as it was; watch it again: {again}"):
            await _watch(services, Follower(services, namespace, name), options.output, price)

    with_services(options, work)
    return 0


async def _watch(services: Services, follower: Follower, form: str, price: GpuPrice | None) -> None:
    """A board at each change, at most two a second, the last one when the run has ended."""
    shown, neighbourhood, known = follower.board, Neighbourhood(services), PastDrives(services)
    hours = SpentGpuTime(services)
    inspector = follower_inspector(services, follower)
    async with news_of(follower) as boards:
        async for board in boards:
            if board is not shown and board.job is not None:
                beside = await neighbourhood.beside(board)
                why = answers(await asyncio.to_thread(inspector.of, board))
                time = board_time(board, await asyncio.to_thread(known.of, board), services.clock())
                gpu = await asyncio.to_thread(hours.of, board)
                told = _Shown(beside, time, why, gpu, price, origin_document(Known(board)))
                _show(told, form, stream=True)
            shown = board


def _time(services: Services, board: BoardSnapshot) -> BoardTime:
    return board_time(board, PastDrives(services).of(board), services.clock())


class _Shown(msgspec.Struct, frozen=True):
    board: BoardSnapshot
    time: BoardTime
    why: tuple[str, ...]
    gpu: GpuTime
    price: GpuPrice | None
    origin: Document


def _show(told: _Shown, form: str, *, stream: bool) -> None:
    if form == "text":
        text = board_text(told.board, told.why, told.time)
        output.text(f"{text}\n{sentence(told.gpu, told.price)}" + ("\n" if stream else ""))
        return
    document = board_document(told.board) | {"why": list(told.why)} | told.origin
    document |= {"time": time_document(told.time)}
    document |= {"gpuHours": gpu_document(told.gpu), "gpuCost": cost_document(told.gpu, told.price)}
    if form == "name":
        output.text(f"job.batch/{told.board.name}")
    elif form == "csv":
        output.document(document["pairs"], form)
    else:
        (output.in_stream if stream else output.document)(document, form)
