"""`merge`: the command line of both merges. Run with `python -m console.results.command`.

Exit status: 0 done (without --compat: complete and eligible), 1 the compat merge failed as the
original does, 2 wrong usage or input, 7 written, but not a complete result, 8 complete, but not
eligible.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time

from console.results import coverage, files, jsontext, routes_file, trustworthy
from console.results.collecting import Partial
from console.results.drives import STANDARD_SUBSETS
from console.results.leaderboard import MERGED, named, names
from console.results.named_tuple import TYPE_CHECKING
from console.results.planning import Planned, WantedMerge, planned, told_by
from console.results.report import GlobalStatistics, MergeReport, Problem, successes_of
from console.results.subsets import ROUTE, PlanError

if TYPE_CHECKING:
    from typing import Any, Sequence

    from console.results.abilities import Successes

DONE, FAILED, WRONG, INCOMPLETE, INELIGIBLE = 0, 1, 2, 7, 8
EXIT_STATUS = """\
exit status:
  0  done; without --compat: complete and eligible
  1  --compat failed as the Leaderboard's own program does
  2  wrong usage or input; nothing was written
  7  written, but a drive is missing or in doubt: not a complete result
  8  written and complete, but the entry does not count (not eligible)
"""

_SUBSETS = (
    "one subset a pair, separated by ;. Default: with --routes all of it, as the partials have"
    f" shared it, else {STANDARD_SUBSETS}"
)
_ADDRESSES = ("http:", "https:", "ftp:")
"""What the original would fetch over the network, which this program never does."""
_LARGEST = routes_file.SIZE_LIMIT
_MORE_LOOKS = 3
_NAMED = 4
_PAUSE = 0.05


def main(argv: Sequence[str] | None = None) -> int:
    """Merge as the arguments say; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="merge",
        description="Join partial results into one.",
        epilog=EXIT_STATUS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_flags(parser)
    return run(parser.parse_args(argv))


def run(arguments: argparse.Namespace) -> int:
    """The same for arguments that were parsed elsewhere."""
    paths = [*arguments.file_paths, arguments.endpoint]
    remote = [path for path in paths if path.startswith(_ADDRESSES)]
    if remote:
        _narrate(f"The merge was not done: {remote[0]} is a web address; give it files.")
        return WRONG
    refused = _open_folders(arguments)
    if arguments.compat and not refused:
        return _compat(arguments)
    refused = refused or _refused_endpoint(arguments)
    if refused:
        _narrate(f"The merge was not done: {refused}.")
        return WRONG
    try:
        report = _merged(arguments)
        files.write_text(arguments.endpoint, report.text)
    except PlanError as wrong:
        _narrate(f"The merge was not done: {wrong}")
        return WRONG
    except OSError as failed:
        endpoint = files.shown(arguments.endpoint)
        _narrate(f"The merge was not done: {endpoint} cannot be written: {files.why(failed)}")
        return WRONG
    _show(report, _successes(report, arguments), arguments.output)
    if not report.complete:
        return INCOMPLETE
    return DONE if report.eligible else INELIGIBLE


def _open_folders(arguments: argparse.Namespace) -> str:
    """Put the files of a folder in its place; why that cannot be, else nothing.

    The Leaderboard's own program takes none, Bench2Drive's takes nothing else.
    """
    keeps = arguments.compat and not named(arguments.leaderboard).merges_records_alone
    if keeps or not any(map(os.path.isdir, arguments.file_paths)):
        return ""
    from console.results import gathering  # late: most merges are told their files

    found = gathering.gathered(arguments.file_paths, arguments.endpoint)
    _tell_left_out(found.left_out)
    arguments.file_paths, arguments.from_folders = list(found.paths), found.from_folders
    return found.refused


def _tell_left_out(paths: Sequence[str]) -> None:
    if paths:
        told = ", ".join(files.shown(path) for path in paths[:_NAMED])
        rest = len(paths) - _NAMED
        _narrate(f"Left out, for they hold no partial: {told}{f' and {rest} more' * (rest > 0)}.")


def _partials(arguments: argparse.Namespace) -> list[Partial]:
    """Those that are named, and what is one of the folders that are. Raises PlanError for none."""
    read = {path: _read_partial(path) for path in arguments.file_paths}
    inside = arguments.from_folders
    others = [path for path, each in read.items() if _stays_out(path, each, path in inside)]
    _tell_left_out(others)
    found = [each for path, each in read.items() if path not in others]
    if not found:
        where = "the folders have no result file" if inside else "none of these is a result file"
        raise PlanError(f"{where}: give the file of each pair or route, or their folder")
    return found


def _stays_out(path: str, partial: Partial, from_folder: bool) -> bool:
    """What a folder has beside its results, by what it holds; what somebody names, by its name."""
    document = partial.document
    if partial.text is None or (isinstance(document, dict) and "_checkpoint" in document):
        return False
    from console.results import gathering  # late: most merges are told their files

    if from_folder:
        return gathering.is_no_result(document)
    return gathering.is_made_of_results(path)


def add_flags(parser: argparse.ArgumentParser) -> None:
    """All flags of `merge`, under any command's name."""
    add = parser.add_argument
    add("-f", "--file-paths", nargs="+", required=True, help="the partial results, or folders")
    add("-e", "--endpoint", required=True, help="where the joined result goes")
    add("--leaderboard", required=True, choices=names(MERGED), help="version of the partials")
    add("--compat", action="store_true", help="byte for byte what the Leaderboard's program writes")
    add("--pinned", action="store_true", help="with --compat 2.0: as the job image's commit does")
    add("--routes", help="the routes file, which tells what there is to drive")
    add("--routes-subsets", metavar="SUBSETS", help=_SUBSETS)
    add("--repetitions", type=int, help="of each route; default: what the partials tell")
    add("-o", "--output", choices=("text", "json"), default="text", help="form of the report")
    parser.set_defaults(from_folders=frozenset())


def _compat(arguments: argparse.Namespace) -> int:
    """The original's failure is any exception: its message and exit status are the contract."""
    from console.results import compat

    try:
        compat.merge_files(
            arguments.file_paths,
            arguments.endpoint,
            named(arguments.leaderboard),
            pinned=arguments.pinned,
            say=_say,
        )
    except Exception as failure:  # noqa: BLE001 - any exception of the original is an outcome
        _narrate(f"{type(failure).__name__}: {failure}")
        return FAILED
    return DONE


def _planned(arguments: argparse.Namespace, partials: Sequence[Partial]) -> Planned:
    """The plan to merge against; what was guessed is narrated. Raises PlanError."""
    routes, subsets = None, arguments.routes_subsets
    if arguments.routes:
        found = files.read_content(arguments.routes, limit=_LARGEST)
        if found.content is None:
            raise PlanError(f"{_routes_name(arguments)} {found.reason}")
        routes = found.content
    asked = WantedMerge(
        leaderboard=named(arguments.leaderboard),
        subsets=None if subsets is None else tuple(subsets.split(";")),
        repetitions=arguments.repetitions,
        routes=routes,
        routes_name=_routes_name(arguments),
    )
    told = [told_by(each.name, each.document) for each in partials]
    result = planned(asked, told)
    for remark in result.remarks:
        _narrate(remark)
    return result


def _routes_name(arguments: argparse.Namespace) -> str:
    return f"the routes file {files.shown(arguments.routes or '')}"


def _merged(arguments: argparse.Namespace) -> MergeReport:
    partials = _partials(arguments)
    found = _planned(arguments, partials)
    noted = (Problem("plan", 0, found.foreign),) if found.foreign else ()
    if found.by_partial:
        partials = [each._replace(pair=pair) for pair, each in enumerate(partials, 1)]
    return trustworthy.merge(found.plan, partials, noted=noted)


def _refused_endpoint(arguments: argparse.Namespace) -> str:
    """Why the result may not go where it is to go: an input would be lost."""
    inputs = [("partial", path) for path in arguments.file_paths]
    inputs += [("routes file", arguments.routes)] if arguments.routes else []
    for word, path in inputs:
        if files.same_file(path, arguments.endpoint):
            endpoint = files.shown(arguments.endpoint)
            return f"the endpoint {endpoint} is the {word} {files.shown(path)}; give another one"
    return ""


def _read_partial(path: str) -> Partial:
    """A partial, looked at again where a writer in place may just have cut it."""
    looks = 1 + _MORE_LOOKS
    while True:
        found = files.read_text(path)
        document, cut = _document(found.text)
        looks -= 1
        if looks == 0 or not (cut or found.problem == "torn"):
            break
        time.sleep(_PAUSE)
    name = files.shown(path)
    return Partial(0, found.text, found.problem, found.reason, name=name, document=document)


def _document(text: str | None) -> tuple[Any, bool]:
    """The value of a text, None where it has none; whether the text may have been cut."""
    try:
        return (None if text is None else jsontext.bounded(text)), False
    except jsontext.UnreadableJson:
        return None, True
    except jsontext.HostileJson:
        return None, False


def _successes(report: MergeReport, arguments: argparse.Namespace) -> Successes | None:
    """None of a version that has no such measure."""
    if not report.leaderboard.counts_successes:
        return None
    found = files.read_content(arguments.routes, limit=_LARGEST) if arguments.routes else None
    told = routes_file.routes(found.content) if found and found.content else ()
    kinds = {f"{ROUTE}{route.id}": route.scenario for route in told}
    return successes_of(report, kinds)


def _show(report: MergeReport, successes: Successes | None, form: str) -> None:
    if form == "json":
        _say(json.dumps(summary(report, successes), indent=2))
        return
    told = coverage.words(report.launched_routes, report.file_routes)
    of_what = f" of what was launched, {told}" if told else ""
    _say(f"{report.status}: {report.done} of {report.total} drives{of_what}")
    counts = "eligible" if report.eligible else "not eligible"
    _say(f"entry status {report.entry_status}, {counts}")
    if report.statistics:
        means = report.statistics.means
        _say(f"driving score {means.composed:.3f}")
        _say(f"route completion {means.route:.3f}")
        _say(f"infraction penalty {means.penalty:.3f}")
    for line in successes.lines() if successes else ():
        _say(line)
    for problem in report.problems:
        where = f"pair {problem.pair}: " if problem.pair else ""
        _narrate(f"{problem.kind}: {where}{problem.text}")


def summary(report: MergeReport, successes: Successes | None = None) -> dict[str, Any]:
    """A report as plain JSON values, without its records and its document."""
    told = {"successes": successes.document()} if successes else {}
    return {
        "leaderboard": report.leaderboard.name,
        "status": report.status,
        "done": report.done,
        "total": report.total,
        "launched_routes": report.launched_routes,
        "file_routes": report.file_routes,
        "entry_status": report.entry_status,
        "eligible": report.eligible,
        "problems": [problem._asdict() for problem in report.problems],
        "pairs": [pair._asdict() for pair in report.pairs],
        "statistics": _statistics(report.statistics),
        **told,
    }


def _statistics(found: GlobalStatistics | None) -> dict[str, Any] | None:
    if found is None:
        return None
    spreads = found.spreads._asdict() if found.spreads else None
    return {**found._asdict(), "means": found.means._asdict(), "spreads": spreads}


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _narrate(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
