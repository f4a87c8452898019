"""`merge`: the command line of both merges. Run with `python -m console.results.command`.

Exit status: 0 done (without --compat: and complete), 1 the compat merge failed as the original
does, 2 wrong usage or input, 7 written, but not a complete result.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict
from typing import Any, Sequence

from console.results import compat, files, jsontext, layout, trustworthy
from console.results.collecting import Partial
from console.results.plan import STANDARD_SUBSETS, Plan, PlanError, launched
from console.results.report import MergeReport

DONE, FAILED, WRONG, INCOMPLETE = 0, 1, 2, 7

_FALLBACK_REPETITIONS = 1
_BELIEVABLE_TOTAL = 10_000
_MORE_LOOKS = 3
_PAUSE = 0.05
_ROUTES_FILE_LIMIT = 64 * 1024 * 1024


def main(argv: Sequence[str] | None = None) -> int:
    """Merge as the arguments say; returns the exit status."""
    return run(parser().parse_args(argv))


def run(arguments: argparse.Namespace) -> int:
    """The same for arguments that were parsed elsewhere."""
    remote = compat.web_addresses([*arguments.file_paths, arguments.endpoint])
    if remote:
        _narrate(f"The merge was not done: {remote[0]} is a web address; give it files.")
        return WRONG
    if arguments.compat:
        return _compat(arguments)
    try:
        report = trustworthy.merge(_plan(arguments), _partials(arguments.file_paths))
        files.write_text(arguments.endpoint, report.text)
    except (PlanError, OSError) as wrong:
        _narrate(f"The merge was not done: {wrong}")
        return WRONG
    _show(report, arguments.output)
    return DONE if report.complete else INCOMPLETE


def parser(prog: str = "merge") -> argparse.ArgumentParser:
    """All flags of `merge`, under any command's name."""
    flags = argparse.ArgumentParser(prog=prog, description="Join partial results into one.")
    add = flags.add_argument
    add("-f", "--file-paths", nargs="+", required=True, help="the partial results")
    add("-e", "--endpoint", required=True, help="where the joined result goes")
    add("--leaderboard", required=True, choices=layout.VERSIONS, help="version of the partials")
    add("--compat", action="store_true", help="byte for byte what the Leaderboard's program writes")
    add("--pinned", action="store_true", help="with --compat 2.0: as the job image's commit does")
    add("--routes", help="the routes file; ranges of a subset then go by position in it")
    add("--routes-subsets", default=STANDARD_SUBSETS, help="one subset a pair, separated by ;")
    add("--repetitions", type=int, help="of each route; default: what the partials tell")
    add("-o", "--output", choices=("text", "json"), default="text", help="form of the report")
    return flags


def _compat(arguments: argparse.Namespace) -> int:
    """The original's failure is any exception: its message and exit status are the contract."""
    try:
        compat.merge_files(
            arguments.file_paths,
            arguments.endpoint,
            arguments.leaderboard,
            pinned=arguments.pinned,
            say=_say,
        )
    except Exception as failure:  # noqa: BLE001 - any exception of the original is an outcome
        _narrate(f"{type(failure).__name__}: {failure}")
        return FAILED
    return DONE


def _plan(arguments: argparse.Namespace) -> Plan:
    repetitions = arguments.repetitions
    if repetitions is None:
        repetitions = _told_repetitions(arguments)
    routes_xml = None
    if arguments.routes:
        found = files.read_text(arguments.routes, limit=_ROUTES_FILE_LIMIT)
        if found.text is None:
            raise PlanError(f"the routes file {arguments.routes} {found.reason}")
        routes_xml = found.text
    return launched(arguments.leaderboard, arguments.routes_subsets, repetitions, routes_xml)


def _told_repetitions(arguments: argparse.Namespace) -> int:
    """Repetitions as the partials' totals have them, if they all agree."""
    once = launched(arguments.leaderboard, arguments.routes_subsets, 1)
    sizes = {len(pair.routes) for pair in once.pairs}
    totals = {total for total in map(_told_total, arguments.file_paths) if total}
    told = {total // size for total in totals for size in sizes if total % size == 0}
    repetitions = told.pop() if len(told) == 1 else _FALLBACK_REPETITIONS
    _narrate(f"Repetitions were not given; taking {repetitions} from the partials.")
    return repetitions


def _told_total(path: str) -> int:
    text = _whole(path).text
    try:
        document: Any = jsontext.bounded(text or "")
    except ValueError:
        return 0
    try:
        total = document["_checkpoint"]["progress"][1]
    except (KeyError, IndexError, TypeError):
        return 0
    if isinstance(total, bool) or not isinstance(total, int):
        return 0
    return total if 0 < total <= _BELIEVABLE_TOTAL else 0


def _partials(paths: list[str]) -> list[Partial]:
    partials = []
    for path in paths:
        found = _whole(path)
        reason = f"{path} {found.reason}" if found.problem else ""
        partials.append(Partial(0, found.text, found.problem, reason))
    return partials


def _whole(path: str) -> files.FileText:
    """A partial, looked at again where a writer in place may just have cut it."""
    for _ in range(_MORE_LOOKS):
        found = files.read_text(path)
        if found.problem != "torn" and not _cut(found.text):
            return found
        time.sleep(_PAUSE)
    return files.read_text(path)


def _cut(text: str | None) -> bool:
    try:
        jsontext.bounded(text or "0")
    except jsontext.UnreadableJson:
        return True
    except jsontext.HostileJson:
        return False
    return False


def _show(report: MergeReport, form: str) -> None:
    if form == "json":
        _say(json.dumps(summary(report), indent=2))
        return
    _say(f"{report.status}: {report.done} of {report.total} drives")
    if report.statistics:
        means = report.statistics.means
        _say(f"driving score {means.composed:.3f}")
        _say(f"route completion {means.route:.3f}")
        _say(f"infraction penalty {means.penalty:.3f}")
    for problem in report.problems:
        where = f"pair {problem.pair}: " if problem.pair else ""
        _narrate(f"{problem.kind}: {where}{problem.text}")


def summary(report: MergeReport) -> dict[str, Any]:
    """A report as plain JSON values, without its records and its document."""
    return {
        "leaderboard": report.version,
        "status": report.status,
        "done": report.done,
        "total": report.total,
        "problems": [asdict(problem) for problem in report.problems],
        "pairs": [asdict(pair) for pair in report.pairs],
        "statistics": asdict(report.statistics) if report.statistics else None,
    }


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _narrate(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
