"""`history`: every submission that is recorded here. Asks no cluster.

What is done with one recording (pin, unpin, delete) `console.cli.commands.kept_recordings` does.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from console import paths, wiring
from console.cli import output
from console.cli.commands.confirmation import add_yes_flag
from console.cli.flags import DOCUMENTS, add_output_flag, add_read_only_flags, add_table_flags
from console.cli.narration import say
from console.cli.refusing import refuse_all
from console.cli.search_words import moment_meant, score_meant
from console.domain.sizes import in_words
from console.domain.spans import age
from console.errors import InvalidInput

if TYPE_CHECKING:
    from console.domain.prices import GpuPrice
    from console.operations.ports.history_entries import HistoryEntry

ACTIONS = ("pin", "unpin", "delete")
"""Instead of a name: `history pin NAME`."""
TITLES = (
    *("CONTEXT", "NAMESPACE", "NAME", "UID", "STATUS", "ROUTES", "RESTARTS", "SCORE", "ENTRY"),
    *("BEGUN", "TOOK", "GPU-H", "WASTED", "TEAM", "SIZE", "PIN", "IMAGE"),
)
COST = "COST"
"""A column of its own, where a price is set."""
MORE_TITLES = ("TRACK", "ENDED", "WORLD-LOAD", "AGENT-SET-UP", "FULL UID")
SORTED_BY = {title: title.lower() for title in TITLES} | {
    "ROUTES": "routes.done",
    "SCORE": "drivingScore",
    "ENTRY": "entryStatus",
    "BEGUN": "createdAt",
    "ENDED": "endedAt",
    "GPU-H": "gpuHours.used",
    "WASTED": "gpuHours.wasted",
    COST: "gpuHours.used",
    "WORLD-LOAD": "gpuHours.worldLoad",
    "AGENT-SET-UP": "gpuHours.agentSetUp",
    "SIZE": "bytes",
    "PIN": "pinned",
    "IMAGE": "agentImage",
}
"""A title -> the key of the JSON that tells its order."""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("history")
    parser.add_argument(
        "name", nargs="?", default="", help="a part of the name, or `team-*`; pin, unpin, delete"
    )
    parser.add_argument("meant", nargs="?", help="which one: its name, or its uid's beginning")
    parser.add_argument("-n", "--namespace", metavar="NAME", default="", help="in that namespace")
    parser.add_argument("--context", metavar="NAME", default="", help="recorded in that context")
    parser.add_argument("--status", metavar="WORD", default="", help="Complete, Failed, ...")
    parser.add_argument("--image", metavar="TEXT", default="", help="a part of the agent's image")
    parser.add_argument("--track", metavar="NAME", default="", help="SENSORS, MAP, ...")
    parser.add_argument("--team", metavar="TEXT", default="", help="a part of the team's name")
    parser.add_argument("--score", metavar="60..80", help="a driving score from and to; also 60..")
    parser.add_argument("--since", metavar="7d|DATE", help="begun at most so long ago, or then")
    parser.add_argument("--until", metavar="7d|DATE", help="begun before that")
    add_output_flag(parser, "table", "wide", *DOCUMENTS, "custom-columns=", "csv", "name")
    add_table_flags(parser)
    add_yes_flag(parser)
    add_read_only_flags(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    if options.meant is not None or options.name in ACTIONS:
        _refuse_half_an_action(options.name, options.meant)
        from console.cli.commands.kept_recordings import act

        return act(options)
    refuse_all(options, ("--yes",), beside="a list")
    return _list(options)


def _refuse_half_an_action(verb: str, word: str | None) -> None:
    if verb not in ACTIONS:
        raise InvalidInput(
            f"history {verb} {word}: there is one name at most.",
            fix=f"What can be done with one: {', '.join(ACTIONS)}.",
        )
    if not word:
        raise InvalidInput(
            f"Which recording is meant by history {verb} is missing.",
            fix=f"Give its name or uid; to look for that word in names: history '*{verb}*'",
        )


def _list(options: argparse.Namespace) -> int:
    from console.kubernetes_grammar.names import bare_job_name
    from console.operations.recording.history import Search, found

    now = datetime.now(UTC)
    search = Search(
        name=bare_job_name(options.name),
        namespace=options.namespace,
        cluster=options.context,
        status=options.status,
        image=options.image,
        track=options.track,
        team=options.team,
        since=moment_meant("--since", options.since, now),
        until=moment_meant("--until", options.until, now),
        score=score_meant(options.score),
    )
    _tell(found(wiring.archive().entries(), search), options, now)
    return 0


def _tell(entries: Sequence[HistoryEntry], options: argparse.Namespace, now: datetime) -> None:
    from console.domain.prices import gpu_price  # late: pin, unpin and delete tell no price

    price = gpu_price(paths.gpu_hour())
    if options.sort_by is not None:
        from console.cli.document_forms import by_key

        documents = (_document(each, price) for each in entries)
        entries = [entries[place] for place in by_key(documents, options.sort_by, SORTED_BY)]
    if options.output in ("table", "wide"):
        _tell_table(entries, options, now, price)
    elif options.output == "name":
        names = [f"job.batch/{each.recording.name}" for each in entries]
        output.text("\n".join(names)) if names else None
    else:
        told = [_document(each, price) for each in entries]
        output.documents(told, options.output, headless=options.no_headers)


def _tell_table(
    entries: Sequence[HistoryEntry],
    options: argparse.Namespace,
    now: datetime,
    price: GpuPrice | None,
) -> None:
    from console.presentation.gpu_hours import amount

    titles, lines = list(TITLES), [cells(each, now) for each in entries]
    if price is not None:
        place = titles.index("WASTED") + 1
        titles.insert(place, COST)
        for line, entry in zip(lines, entries, strict=True):
            line.insert(place, amount(entry.gpu, price))
    if options.output == "wide":
        titles += MORE_TITLES
        lines = [line + _more(entry) for line, entry in zip(lines, entries, strict=True)]
    if not lines:
        say("There is no such recording.")
    output.columns(titles, lines, headless=options.no_headers)


def _more(entry: HistoryEntry) -> list[str]:
    """What `-o wide` tells besides."""
    from console.cli.documents import moment
    from console.presentation.gpu_hours import in_hours

    ready = [in_hours(entry.gpu.loading), in_hours(entry.gpu.set_up)]
    return [entry.track or "?", moment(entry.ended_at) or "?", *ready, entry.recording.uid]


def cells(entry: HistoryEntry, now: datetime) -> list[str]:
    """One line of the table. What the recording does not tell is `?`."""
    from console.cli.commands.list_submissions import cells as listed
    from console.domain.facts import UID_SHOWN
    from console.presentation.gpu_hours import in_hours

    recording, row = entry.recording, entry.row
    kept = [in_words(entry.bytes), "pinned" if entry.pinned else "-"]
    origin = entry.machine or "a bundle"
    cluster = f"{recording.cluster}, from {origin}" if entry.imported else recording.cluster
    head = [cluster, recording.namespace, recording.name, recording.uid[:UID_SHOWN]]
    if row is None:
        return [*head, *("?" for _ in TITLES[4:-3]), *kept, "?"]
    status, routes, restarts, score, counts = listed(row, now, unasked=not entry.ended)[3:8]
    if not entry.ended:
        seen = f"{age(entry.seen_at, now)} ago" if entry.seen_at else "?"
        status = f"{status}, seen {seen}"
    begun = age(row.begun_at, now) if row.begun_at else "?"
    took = "?"
    if row.begun_at is not None and entry.ended_at is not None:
        took = age(row.begun_at, entry.ended_at)
    gpu = [in_hours(entry.gpu.used), in_hours(entry.gpu.wasted)]
    team = "?" if entry.team is None else entry.team or "-"
    told = [status, routes, restarts, score, counts, begun, took, *gpu, team]
    return [*head, *told, *kept, entry.agent_image or "?"]


def _document(entry: HistoryEntry, price: GpuPrice | None) -> dict[str, Any]:
    from console.cli.documents import cost_document, gpu_document, moment, row_document

    recording, row = entry.recording, entry.row
    told = row_document(row) if row is not None else {}
    return told | {
        "context": recording.cluster,
        "namespace": recording.namespace,
        "name": recording.name,
        "uid": recording.uid,
        "ended": entry.ended if row is not None else None,
        "endedAt": moment(entry.ended_at),
        "seenAt": moment(entry.seen_at),
        "agentImage": entry.agent_image or None,
        "track": entry.track or None,
        "team": entry.team,
        "gpuHours": gpu_document(entry.gpu),
        "gpuCost": cost_document(entry.gpu, price),
        "pinned": entry.pinned,
        "bytes": entry.bytes,
        "imported": entry.imported,
        "importedFrom": entry.machine or None,
    }
