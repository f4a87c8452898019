"""The flags that say what to launch, and the composed Job behind them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from console import wiring
from console.cli import narration
from console.cli.queue_flags import queued
from console.cli.refusing import refuse_bad_resumes, refuse_empty
from console.cli.shape_flags import add_shape_flags, shaped, with_embedded_routes
from console.domain.budget import backoff_limit_for
from console.errors import InvalidInput
from console.operations.submitting.sharing_out import shared_out
from console.results.leaderboard import LAUNCHED, USUAL, names
from console.specs.compose import DEFAULT_NAMESPACE, Composed, compose, load_template
from console.specs.many.columns import IMAGE, NAME, flags_of, settings_of
from console.specs.parameters import as_value, parameters
from console.specs.presets import Preset, load_preset
from console.specs.step_functions import step_functions_state
from console.specs.step_input import SECRET, TOLD, remarks
from console.specs.template import Template
from console.specs.turns import into_queue
from console.specs.values import (
    EMBEDDED_PROFILE,
    LARGEST_FILE,
    SITE_PROFILE,
    Values,
    load_profile,
    read_text,
    usual_profile,
)

if TYPE_CHECKING:
    from console.specs.many.reading import FileRow

T = TypeVar("T")
SHORT = {
    "--name": (NAME, "of the submission: names the Job"),
    "--image": (IMAGE, "the team's image"),
}
"""Flags for the values that change with each launch; they stand over --set."""
EMBEDDED_NAMESPACE = "default"
"""The namespace of the embedded cluster's context."""


def usual_namespace(*, local: bool) -> str:
    """Where no flag names one and no cluster is asked."""
    return EMBEDDED_NAMESPACE if local else DEFAULT_NAMESPACE


def add_composing_flags(parser: argparse.ArgumentParser) -> None:
    """What to launch, from where its values come, and how often a pair may be resumed."""
    group = parser.add_argument_group("submission")
    group.add_argument(
        "--leaderboard", choices=names(LAUNCHED), metavar="VERSION",
        help=f"{' or '.join(names(LAUNCHED))} (default {USUAL})",
    )  # fmt: skip
    for flag, (_, text) in SHORT.items():
        group.add_argument(flag, metavar=flag.strip("-").upper(), help=text)
    group.add_argument("--preset", metavar="NAME|FILE", help="values of yours, kept under a name")
    group.add_argument("--spec", metavar="FILE", help="a Job template of your own")
    group.add_argument(
        "--profile",
        metavar="NAME|FILE",
        help=f"cluster's values (default {SITE_PROFILE}; local {EMBEDDED_PROFILE})",
    )
    group.add_argument(
        "-f",
        "--values",
        metavar="FILE",
        action="append",
        default=[],
        help="values over the profile; for launch also submissions: CSV, a YAML list, images",
    )
    group.add_argument(
        "--set", metavar="PATH=VALUE", action="append", default=[], help="submission.name=demo"
    )
    add_shape_flags(group)
    budget = group.add_mutually_exclusive_group()
    budget.add_argument(
        "--resumes",
        type=int,
        metavar="N",
        help="allow N pair resumes (backoffLimit 2N+1), or N of each pair in a pod of its own",
    )
    budget.add_argument("--backoff-limit", type=int, metavar="N", help="default 8: three resumes")


def template(options: argparse.Namespace) -> Template:
    """The template that the flags name."""
    refuse_empty(options, "--spec", "--profile", "--preset")
    source = Path(options.spec) if options.spec else _leaderboard(options)
    return _once(options, ("template", str(source)), lambda: load_template(source))


def composed(
    options: argparse.Namespace, namespace: str, *, local: bool, row: FileRow | None = None
) -> Composed:
    """The Job that the flags ask for, and over them a row; raises InvalidInput with every mistake.

    What is remarkable about values is narrated, but not for each of many rows.
    """
    options = options if row is None else _with_flags_of(row, options)
    chosen = template(options)
    make = partial(
        compose,
        chosen,
        namespace=namespace,
        backoff_limit=_backoff_limit(options),
        repetitions=options.repetitions,
    )
    values = _values(options, chosen, local=local, row=row)
    made, remark = shared_out(values, make, lambda plan: wiring.archive().route_seconds(plan))
    if remark:
        _once(options, ("remark", remark), lambda: narration.say(f"warning: {remark}"))
    return queued(options, into_queue(made, _preset(options).queue))


def state(options: argparse.Namespace, namespace: str, *, local: bool) -> dict[str, Any]:
    """The same Job as a Step Functions state; what its input will tell cannot be said here."""
    chosen = template(options)
    values = _values(options, chosen, local=local, used=(SECRET,))
    origins = {path: values.origin(path) for path in TOLD if values.get(path) is not None}
    profile = _profile(options, local=local).origins
    said = [f"{path} ({who})" for path, who in origins.items() if profile.get(path) != who]
    if said:
        raise InvalidInput(
            f"--step-functions has no use for {', '.join(said)}.",
            why="The state takes it from what the state machine's first step tells.",
            fix="Leave it out.",
        )
    if queue := _preset(options).queue:
        narration.say(f"warning: the preset's queue {queue} is left out: a state names none")
    return step_functions_state(
        chosen,
        values,
        namespace=namespace,
        backoff_limit=_backoff_limit(options),
        repetitions=options.repetitions,
    )


def _backoff_limit(options: argparse.Namespace) -> int | None:
    limit: int | None = options.backoff_limit
    if limit is not None:
        return limit
    refuse_bad_resumes(options)
    resumes = _preset(options).resumes if options.resumes is None else options.resumes
    return None if resumes is None else backoff_limit_for(resumes)


def _once(options: argparse.Namespace, what: tuple[str, str], load: Callable[[], T]) -> T:
    """What these options name, read once however many rows ask: it may be a pipe, and costs time.

    A row's own options share it.
    """
    if not hasattr(options, "read"):
        options.read = {}
    read: dict[tuple[str, str], T] = options.read
    if what not in read:
        read[what] = load()
    return read[what]


def texts(options: argparse.Namespace) -> dict[str, str]:
    """The files of -f; `-` is what is typed."""
    return _once(options, ("texts", ""), lambda: {file: _read(file) for file in options.values})


def _read(file: str) -> str:
    if file != "-":
        return read_text(Path(file))
    content = sys.stdin.buffer.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise InvalidInput(f"What was typed has more than {LARGEST_FILE} bytes.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput("What was typed is not text in UTF-8.") from error


def _with_flags_of(row: FileRow, options: argparse.Namespace) -> argparse.Namespace:
    """What a row says instead of a flag holds; a flag does not stand over a row's value."""
    said = flags_of(row.cells)
    texts(options)
    own: dict[str, Any] = {"preset_read": _preset(options)}
    if said.leaderboard is not None:
        own["leaderboard"] = said.leaderboard
    if said.profile is not None:
        own["profile"] = said.profile
    if said.resumes is not None or said.backoff_limit is not None:
        own |= {"resumes": said.resumes, "backoff_limit": said.backoff_limit}
    if said.repetitions is not None:
        own["repetitions"] = said.repetitions
    if said.queue is not None:
        own |= {"queue": said.queue, "no_queue": False}
    return argparse.Namespace(**{**vars(options), **own})


def _values(
    options: argparse.Namespace,
    chosen: Template,
    *,
    local: bool,
    row: FileRow | None = None,
    used: tuple[str, ...] = (),
) -> Values:
    """`used`: what is taken beside what the template asks for."""
    values = _preset(options).over(_profile(options, local=local), chosen.paths)
    if told := getattr(options, "told", None):
        # A message of EvalAI's; files and flags stand over it.
        said, who = told
        values = values.override(said, origin=who, known=chosen.paths)
    for file, text in texts(options).items():
        values = values.override_file(text, file, known=chosen.paths)
    kinds = {parameter.path: parameter for parameter in parameters(chosen, values)}
    settings = {}
    for text in options.set:
        path, value = _setting(text)
        settings[path] = as_value(kinds[path], value) if path in kinds else value
    values = values.override(settings, origin="--set", known=chosen.paths)
    for flag, (path, _) in SHORT.items():
        if (said := getattr(options, flag.strip("-"))) is not None:
            values = values.override({path: said}, origin=flag, known=chosen.paths)
    values = shaped(options, values, chosen.paths)
    if row is not None:
        said = settings_of(row.cells, kinds)
        return with_embedded_routes(values.override(said, origin=row.at, known=chosen.paths))
    for remark in remarks(values.document, (*chosen.paths, *used)):
        narration.say(remark)
    return with_embedded_routes(values)


def _profile(options: argparse.Namespace, *, local: bool) -> Values:
    name = options.profile or _preset(options).profile or usual_profile(local=local)
    profile = _once(options, ("profile", name), lambda: load_profile(name))
    return profile.values(_leaderboard(options))


def _leaderboard(options: argparse.Namespace) -> str:
    return options.leaderboard or _preset(options).leaderboard or USUAL.name


def _preset(options: argparse.Namespace) -> Preset:
    """Read once: it may be a pipe."""
    if not hasattr(options, "preset_read"):
        options.preset_read = load_preset(options.preset) if options.preset else Preset("")
    read: Preset = options.preset_read
    return read


def _setting(text: str) -> tuple[str, str]:
    if any("\ud800" <= sign <= "\udfff" for sign in text):
        raise InvalidInput(f"--set {text.encode(errors='replace').decode()}: it is not UTF-8.")
    path, equals, value = text.partition("=")
    if not equals:
        raise InvalidInput(f"--set {text}: write PATH=VALUE, for example submission.name=demo.")
    return path, value
