"""`launch -f` with a file of submissions: all are checked, then sent in order, then summed up."""

from __future__ import annotations

import argparse
from collections.abc import Iterable

import msgspec

from console import wiring
from console.cli import narration, output
from console.cli.composing import composed, texts, usual_namespace
from console.cli.connection import namespace_of, with_services
from console.cli.idle_line import waits_for_turn
from console.cli.interruptions import telling
from console.cli.many_at_evalai import held_against_each_other, held_against_evalai, tell_where
from console.cli.many_at_places import held_against_places
from console.cli.many_followed import follow_batch
from console.cli.many_summary import (
    TITLES,
    EndedRow,
    summary_documents,
    summary_lines,
    verdict,
)
from console.cli.many_tables import outcome_documents, outcome_table, row_documents, row_table
from console.cli.publication_words import tell_unasked
from console.cli.queue_words import demand_queues, tell_queues
from console.cli.refusing import refuse_all, refuse_bad_limit, refuse_together
from console.cli.routes_flag import tell_left_out
from console.cli.unattended import recorder_for, tell_all_recorded
from console.errors import InvalidInput
from console.operations.ports.cluster import ClusterDescription
from console.operations.services import Services
from console.operations.shell_commands import carla_console
from console.operations.submitting.launch import DryRun
from console.operations.submitting.launch_many import (
    LaunchedRow,
    QueueLine,
    begin_turns,
    created,
    launch_many,
    new_batch,
)
from console.specs.compose import Composed
from console.specs.many.judging import JudgedRow, demand_whole, judge_rows
from console.specs.many.reading import FileRow, holds_rows, read_rows
from console.specs.turns import refuse_queue


class SentAndEnded(msgspec.Struct, frozen=True):
    """What was sent, and what became of it where it was waited for."""

    sent: tuple[LaunchedRow, ...]
    ended: tuple[EndedRow, ...] | None = None


def rows_of(options: argparse.Namespace) -> tuple[FileRow, ...] | None:
    """The rows of the file of submissions among those of -f; None where there is none.

    The other files of -f stay as values over the profile, for every row.
    """
    files = texts(options)
    listed = [file for file, text in files.items() if holds_rows(text, file)]
    if len(listed) > 1:
        raise InvalidInput(f"{listed[0]} and {listed[1]} both hold submissions: give one of them.")
    return read_rows(files.pop(listed[0]), listed[0]) if listed else None


def run_many(options: argparse.Namespace, rows: tuple[FileRow, ...]) -> int:
    """Launch them all; the exit code."""
    local = getattr(options, "local", False)
    refuse_all(options, ("--name", "--from-evalai"), beside="a file of submissions")
    if options.dry_run != DryRun.NONE:
        refuse_all(options, ("--wait",), beside=f"--dry-run {options.dry_run}")
    if options.dry_run == DryRun.CLIENT:
        namespace = namespace_of(options, usual_namespace(local=local))
        judged = _judged(options, rows, namespace, frozenset(), local=local)
        _checked_here(options, held_against_each_other(wiring.publishing_file(), judged))
        return 0

    line = _line_of(options, rows)

    async def work(services: Services, namespace: str) -> SentAndEnded:
        taken = frozenset(each.name for each in await services.cluster.jobs(namespace))
        judged = _judged(options, rows, namespace, taken, local=local)
        judged = await held_against_evalai(services.publishing, services.evalai, judged)
        judged = await held_against_places(services, judged)
        good = _demanded(options, judged)
        await demand_queues(services, namespace, _jobs(good, line))
        tell_where(services.publishing, good)
        if options.dry_run == DryRun.SERVER:
            server = DryRun.SERVER
            sent = await launch_many(services, good, dry_run=server, line=line, tell=_tell)
            tell_queues(sent, line)
            return SentAndEnded(sent)
        sent = await _launched(options, services, namespace, good, line)
        if not options.wait:
            return SentAndEnded(sent)
        return SentAndEnded(sent, await follow_batch(services, namespace, dict(created(sent))))

    return _conclude(options, with_services(options, work))


async def _launched(
    options: argparse.Namespace,
    services: Services,
    namespace: str,
    good: tuple[JudgedRow, ...],
    line: QueueLine,
) -> tuple[LaunchedRow, ...]:
    recorder = await recorder_for(options, namespace)
    with telling(lambda: _unsure(services, namespace)):
        sent = await launch_many(services, good, line=line, tell=_tell)
        await begin_turns(services, namespace, line.batch)
    await tell_all_recorded(recorder, namespace, created(sent))
    tell_queues(sent, line)
    starts = recorder is not None or options.wait
    _tell_turns(sent, line, services.cluster.description, starts=starts)
    return sent


def _line_of(options: argparse.Namespace, rows: tuple[FileRow, ...]) -> QueueLine:
    """How they queue. Raises InvalidInput for what cannot be meant."""
    refuse_together(options, "--at-most", "--queue", why="Kueue decides how many run.")
    refuse_bad_limit(options)
    limit = options.at_most
    batch = new_batch(rows[0].at.partition(", line")[0]) if limit else ""
    return QueueLine(batch, limit or 0)


def _jobs(rows: tuple[JudgedRow, ...], line: QueueLine) -> tuple[Composed, ...]:
    """Raises InvalidInput where one is to take turns and to wait for Kueue."""
    jobs = tuple(each.valid.composed for each in rows if each.valid is not None)
    if line.at_most:
        for each in jobs:
            refuse_queue(each.manifest)
    return jobs


def _tell_turns(
    sent: tuple[LaunchedRow, ...], line: QueueLine, where: ClusterDescription, *, starts: bool
) -> None:
    """What waits, who starts it, and how to look."""
    waiting = sum(each.queued and not each.queue for each in sent)
    if waiting:
        narration.say(f"{waits_for_turn(waiting)}: at most {line.at_most} run at once")
    if waiting and line.at_most and not starts:
        start = carla_console(where, "record", "start")
        narration.say(f"warning: nobody starts them while no recorder runs: {start}")
    narration.say(f"look at them: {carla_console(where, 'list')}")


def _judged(
    options: argparse.Namespace,
    rows: tuple[FileRow, ...],
    namespace: str,
    taken: frozenset[str],
    *,
    local: bool,
) -> tuple[JudgedRow, ...]:
    def compose_row(row: FileRow) -> Composed:
        return composed(options, namespace, local=local, row=row)

    return judge_rows(rows, compose_row, taken)


def _demanded(options: argparse.Namespace, judged: tuple[JudgedRow, ...]) -> tuple[JudgedRow, ...]:
    """Those to launch; what is wrong with the others is told. Raises InvalidInput."""
    for warning in dict.fromkeys(text for each in judged for text in each.warnings):
        narration.say(f"warning: {warning}")
    try:
        good = demand_whole(judged, skip_faulty=options.skip_faulty)
    except InvalidInput:
        _show_rows(judged, options.output)
        raise
    if len(good) < len(judged):
        narration.say(f"left out: {len(judged) - len(good)} of {len(judged)} have errors")
        for each in judged:
            for error in each.errors:
                narration.say(f"  {each.row.at}: {error}")
    for each in good[:1]:
        assert each.valid is not None
        tell_left_out(each.valid.composed, options)
    return good


def _checked_here(options: argparse.Namespace, judged: tuple[JudgedRow, ...]) -> None:
    good = _demanded(options, judged)
    publishing = wiring.publishing_file()
    tell_where(publishing, good)
    tell_unasked(publishing, [each.valid.composed.manifest for each in good if each.valid])
    _show_rows(judged, options.output)
    told = (
        f"{len(good)} of {len(judged)} submissions are valid"
        if len(judged) > 1
        else "the submission is valid"
    )
    narration.say(f"{told}; nothing was sent")


def _show_rows(judged: tuple[JudgedRow, ...], form: str) -> None:
    if output.is_document(form):
        output.document(row_documents(judged), form)
    elif form == "name":
        _show_names(each.name for each in judged if each.valid is not None)
    else:
        output.columns(*row_table(judged))


def _tell(sent: LaunchedRow) -> None:
    for warning in sent.launched.warnings if sent.launched else ():
        narration.say(f"warning: {sent.name}: {warning}")


def _unsure(services: Services, namespace: str) -> str:
    look = carla_console(services.cluster.description, "list", namespace=namespace)
    return f"which of them were created, only the cluster knows: {look}"


def _conclude(options: argparse.Namespace, outcome: SentAndEnded) -> int:
    if outcome.ended is None:
        _show_sent(options, outcome.sent)
    else:
        _show_ended(options, outcome)
    failed = [each for each in outcome.sent if each.error is not None]
    if not failed:
        return verdict(outcome.ended) if outcome.ended else 0
    first = failed[0].error
    assert first is not None
    raise type(first)(
        f"{len(failed)} of {len(outcome.sent)} submissions were not launched.",
        why=f"{failed[0].name}: {first.what}",
        fix=first.fix,
    )


def _show_sent(options: argparse.Namespace, sent: tuple[LaunchedRow, ...]) -> None:
    done = "would be accepted" if options.dry_run == DryRun.SERVER else "created"
    if output.is_document(options.output):
        output.document(outcome_documents(sent), options.output)
    elif options.output == "name":
        _show_names(each.name for each in sent if each.error is None)
    else:
        output.columns(*outcome_table(sent, done))


def _show_ended(options: argparse.Namespace, outcome: SentAndEnded) -> None:
    """The summary; of those that were not launched their errors stand below it."""
    ended = outcome.ended or ()
    if output.is_document(options.output):
        output.document(summary_documents(ended), options.output)
    elif options.output == "name":
        _show_names(each.row.name for each in ended)
    else:
        output.columns(TITLES, summary_lines(ended))
    for each in outcome.sent:
        if each.error is not None:
            narration.say(f"{each.name} was not launched: {each.error.what}")


def _show_names(names: Iterable[str]) -> None:
    lines = [f"job.batch/{name}" for name in names]
    if lines:
        output.text("\n".join(lines))
