"""Writes console/cli/carla-console.1, the manual page, from the parsers: `make completion`.

One page for the whole program, a section a command. What stands in it is what each `--help` says, so
that there is nothing to keep up; a test holds the file against what this makes.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from console.cli import loading
from console.cli.parsers import examples_of
from tests.completion_grammar import all_parsers

FILE = Path(__file__).resolve().parents[1] / "console" / "cli" / "carla-console.1"
PROGRAM = "carla-console"
SCREENS = """Without a command it opens the console: a list of submissions, and for each a monitor, its
logs, events, results and what it failed by. There ? or F1 tells the keys."""
ENVIRONMENT = {
    "KUBECONFIG": "The kubeconfig files, as of kubectl.",
    "NO_COLOR": "Not empty: no colours, but where --color always asks for them.",
    "CARLA_CONSOLE_STATE_DIR": "Where recordings and the embedded cluster are kept.",
    "CARLA_CONSOLE_RECORDER": "off: no recorder is started.",
    "CARLA_CONSOLE_KEEP_DAYS": "How long recordings are kept; also _KEEP_SIZE, _ANNOUNCE_BELOW.",
}
"""What a user sets most; console/guide/settings.md tells of all."""
SEE_ALSO = ("kubectl(1)",)


def made() -> str:
    """The page in the man macros, which every reader of manual pages knows."""
    parsers = all_parsers()
    lines = [
        f'.TH {PROGRAM.upper()} 1 "" "CARLA Leaderboard Console" "User Commands"',
        *(".nh", ".ad l", ".SH NAME", rf"{_text(PROGRAM)} \- {_text(_line(parsers['']))}"),
        *(".SH SYNOPSIS", *_synopsis("", parsers[""])),
        *(".SH DESCRIPTION", _text(parsers[""].description or ""), ".PP", _text(SCREENS)),
        *(".SH OPTIONS", *_flags(parsers[""]._actions)),
        ".SH COMMANDS",
    ]
    for words, parser in parsers.items():
        if words:
            lines += _command(words, parser, parsers[""])
    lines += [".SH EXIT STATUS", *_epilog(parsers[""])]
    lines += [".SH ENVIRONMENT"]
    for name, meaning in ENVIRONMENT.items():
        lines += [".TP", rf"\fB{_text(name)}\fR", _text(meaning)]
    lines += [".SH EXAMPLES", *[*_examples(PROGRAM)][1:], ".SH SEE ALSO", ", ".join(SEE_ALSO)]
    return "\n".join(line for line in lines if line) + "\n"


def _line(top: argparse.ArgumentParser) -> str:
    told = (top.description or "").rstrip(".")
    return f"{told[:1].lower()}{told[1:]}"


def _epilog(parser: argparse.ArgumentParser) -> Iterator[str]:
    """Without its title, which the section has; indented lines stay as they are."""
    codes, _, rest = (parser.epilog or "").removeprefix("exit codes:\n").partition("\n\n")
    yield from (".nf", *(_text(line.strip()) for line in codes.splitlines()), ".fi", ".PP")
    yield _text(" ".join(rest.split()))


def _command(
    words: str, parser: argparse.ArgumentParser, top: argparse.ArgumentParser
) -> Iterator[str]:
    """What stands above for the whole program is not said again."""
    above = {(*each.option_strings, each.help) for each in top._actions if each.option_strings}
    yield f".SS {_quoted(words)}"
    told = loading.COMMANDS.get(words, ("", ""))[1] or parser.description or ""
    if told:
        yield from (_text(f"{told[0].upper()}{told[1:]}."), ".PP")
    yield from _synopsis(words, parser)
    own = (e for e in parser._actions if (*e.option_strings, e.help) not in above)
    yield from _flags(own)
    if parser.epilog:
        yield from (".PP", ".nf", *map(_text, parser.epilog.splitlines()), ".fi")
    yield from _examples(parser.prog)


def _synopsis(words: str, parser: argparse.ArgumentParser) -> Iterator[str]:
    """The arguments by name; which flags there are the list below tells."""
    bold = f"{PROGRAM} {words}".strip()
    below = any(isinstance(each, argparse._SubParsersAction) for each in parser._actions)
    places = [_usage(each) for each in parser._actions if _is_place(each)]
    rest = [r"[\fIFLAGS\fR]", *([r"[\fICOMMAND\fR ...]"] if below else places)]
    yield rf"\fB{_text(bold)}\fR {' '.join(rest)}"


def _is_place(action: argparse.Action) -> bool:
    return not (action.option_strings or isinstance(action, argparse._SubParsersAction))


def _usage(action: argparse.Action) -> str:
    name = rf"\fI{_text(_value(action))}\fR"
    return {"?": f"[{name}]", "*": f"[{name} ...]", "+": f"{name} ..."}.get(str(action.nargs), name)


def _flags(actions: Iterable[argparse.Action]) -> Iterator[str]:
    for action in actions:
        if isinstance(action, argparse._SubParsersAction) or action.help == argparse.SUPPRESS:
            continue
        if _is_place(action) and not action.help:
            continue
        yield ".TP"
        yield _named(action)
        yield _text((action.help or "").replace("%(default)s", str(action.default))) or r"\&"


def _named(action: argparse.Action) -> str:
    if _is_place(action):
        return rf"\fI{_text(_value(action))}\fR"
    value = "" if action.nargs == 0 else rf" \fI{_text(_value(action))}\fR"
    return ", ".join(rf"\fB{_text(each)}\fR" for each in action.option_strings) + value


def _value(action: argparse.Action) -> str:
    if action.metavar is not None:
        told = action.metavar
        return told if isinstance(told, str) else " ".join(told)
    if action.choices is not None:
        return "|".join(str(getattr(each, "value", each)) for each in action.choices)
    return action.dest.upper() if action.option_strings else action.dest


def _examples(program: str) -> Iterator[str]:
    told = examples_of(program).splitlines()[2:]
    for line in told:
        if line.startswith("  # "):
            yield from (".PP", _text(f"{line[4:5].upper()}{line[5:]}:"))
        else:
            yield from (".PP", ".RS 4", ".nf", _text(line.strip()), ".fi", ".RE")


def _quoted(words: str) -> str:
    return f'"{_text(words)}"'


def _text(text: str) -> str:
    """Text of ours as troff takes it: hyphens that can be copied, no line that is a request."""
    told = text.replace("\\", r"\e").replace("-", r"\-").replace("'", r"\(aq").replace("…", "...")
    told = re.sub(r"[^\x00-\x7e]", lambda found: rf"\[u{ord(found[0]):04X}]", told)
    return rf"\&{told}" if told.startswith((".", r"\(aq")) else told


if __name__ == "__main__":
    FILE.write_text(made(), encoding="ascii")
