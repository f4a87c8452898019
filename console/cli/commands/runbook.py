"""`runbook`: what is known of each cause, in a page; asks no cluster."""

from __future__ import annotations

import argparse
from pathlib import Path

from console.cli import output
from console.cli.narration import say
from console.errors import InvalidInput, NotFound


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("runbook")
    parser.add_argument("cause", nargs="?", help="its name, as inspect says it; without: the index")
    parser.add_argument("--write", metavar="FOLDER", help="write all pages there, as Markdown")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print one page, or write all; the exit code."""
    from console.diagnosis.catalogue import catalogue
    from console.presentation import runbook

    known = catalogue()
    if options.write:
        return _write(Path(options.write).expanduser(), dict(runbook.pages(known)))
    if options.cause is None:
        output.text(runbook.index(known).rstrip())
        return 0
    found = [each for each in known.causes if each.name == options.cause]
    if not found:
        raise _unknown(options.cause, [each.name for each in known.causes])
    output.text(runbook.page(found[0], known).rstrip())
    return 0


def _unknown(name: str, names: list[str]) -> NotFound:
    from difflib import get_close_matches

    near = get_close_matches(name, names, n=3)
    return NotFound(
        f"No cause is called {name!r}.",
        why=f"Near are {', '.join(near)}." if near else "",
        fix="carla-console runbook lists all of them.",
    )


def _write(folder: Path, pages: dict[str, str]) -> int:
    from console.results.files import write_text

    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in pages.items():
            write_text(str(folder / f"{name}.md"), text)
    except OSError as error:
        raise InvalidInput(
            f"The pages cannot be written into {folder}.",
            why=error.strerror or str(error),
            fix="Say another folder with --write.",
        ) from error
    say(f"{len(pages)} pages in {folder}; begin with index.md")
    return 0
