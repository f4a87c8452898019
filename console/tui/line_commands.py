"""What the `:` line understands: its words, the user's aliases of them, what is near a wrong one.

Knows no screen; who runs the action is the app.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import msgspec

from console.tui.places import Place


class LineCommand(msgspec.Struct, frozen=True):
    """What the `:` line understands everywhere."""

    names: tuple[str, ...]
    """Its own first, then those that k9s and kubectl have for it."""
    action: str
    """An app action. It is given what follows the word, where there is something to follow."""
    help: str
    takes: str = ""
    """What may follow the word: `NAME`."""
    about: Place | None = None
    """What it shows of one submission, whose name may follow the word; None for what is of none."""


class Understood(msgspec.Struct, frozen=True):
    """A typed line that means something."""

    command: LineCommand
    argument: str = ""


class NotUnderstood(msgspec.Struct, frozen=True):
    """One that does not, and what may have been meant, in a sentence."""

    told: str


def _to(place: Place) -> str:
    return f"go('{place}')"


def _of_one(names: tuple[str, ...], place: Place, told: str) -> LineCommand:
    return LineCommand(names, _to(place), told, "SUBMISSION", place)


LINE_COMMANDS = (
    LineCommand(("submissions", "job", "jobs"), _to(Place.SUBMISSIONS), "the list of submissions"),
    LineCommand(("history", "recorded"), _to(Place.HISTORY), "all submissions, recorded ones too"),
    LineCommand(
        ("compose", "new", "launch"), _to(Place.COMPOSE), "compose and launch a submission"
    ),
    LineCommand(("intake", "queue"), _to(Place.INTAKE), "what waits in EvalAI's queue"),
    _of_one(("monitor", "watch", "po", "pod", "pods"), Place.MONITOR, "watch the selected one"),
    _of_one(("logs", "log", "containers"), Place.LOGS, "its logs"),
    _of_one(("results", "score"), Place.RESULTS, "its results"),
    _of_one(("versus", "compare", "diff"), Place.COMPARISON, "it against other results"),
    _of_one(("plots",), Place.PLOTS, "plots of its results"),
    _of_one(("inspect", "why"), Place.INSPECT, "why it failed: timeline and both logs"),
    _of_one(("events", "ev", "event"), Place.EVENTS, "its conditions and events"),
    _of_one(("describe", "desc"), Place.DESCRIBE, "it as kubectl describe tells of it"),
    _of_one(("manifest", "yaml"), Place.MANIFEST, "its Job as YAML"),
    LineCommand(
        ("ctx", "context", "contexts"), "contexts", "the contexts of the kubeconfig", "NAME"
    ),
    LineCommand(
        ("ns", "namespace", "namespaces"),
        "namespaces",
        "the namespaces, or all of them",
        "NAME|all",
    ),
    LineCommand(("theme", "skin"), "themes", "choose the colours, or wear those", "NAME"),
    LineCommand(("aliases", "alias"), "command_palette", "all words and commands"),
    LineCommand(("help",), "help", "the keys of this screen"),
    LineCommand(("quit", "q", "q!", "qa", "exit"), "leave", "close the console"),
)
_MOST_ALIASES = 8
"""That lead from one to the next: a circle of them ends."""


def words(aliases: Mapping[str, str]) -> tuple[str, ...]:
    """All that can be typed, by its first word."""
    return (*(name for command in LINE_COMMANDS for name in command.names), *aliases)


def completed(
    typed: str,
    aliases: Mapping[str, str],
    themes: Iterable[str],
    names: Callable[[], Iterable[str]],
) -> str | None:
    """The first line that begins so: a word, or one with what may follow it, where that is known.

    `names`: of the submissions, asked for behind a word that is about one.
    """
    word, blank, _ = typed.partition(" ")
    if not blank:
        return _first(words(aliases), typed)
    found = understood(word, aliases)
    if not isinstance(found, Understood) or found.argument:
        return None
    themed = themes if found.command.action == "themes" else ()
    followed = names() if found.command.about else themed
    return _first((f"{word} {each}" for each in followed), typed)


def _first(offered: Iterable[str], begun: str) -> str | None:
    begun = begun.lower()
    return next((each for each in offered if each.lower().startswith(begun)), None)


def understood(typed: str, aliases: Mapping[str, str]) -> Understood | NotUnderstood:
    """The command that a typed line names, by a word or the beginning of one."""
    text, followed = typed.strip().lstrip(":").strip(), 0
    while (alias := _alias(text, aliases)) and followed < _MOST_ALIASES:
        text, followed = alias, followed + 1
    word, _, argument = text.partition(" ")
    found = _named(_resource(word.lower()))
    if len(found) == 1:
        return _with_argument(found[0], argument.strip())
    return NotUnderstood(_told(word, typed, found, aliases))


def _alias(text: str, aliases: Mapping[str, str]) -> str:
    """What an alias in front stands for, with what follows it. Its whole word, never a part."""
    word, _, rest = text.partition(" ")
    meant = aliases.get(word.lower(), "")
    return f"{meant} {rest}".strip() if meant and meant.lower() != word.lower() else ""


def _resource(word: str) -> str:
    """k9s' aliases name resources with their group and version: `batch/v1/jobs`."""
    return word.rpartition("/")[2]


def _named(word: str) -> list[LineCommand]:
    for command in LINE_COMMANDS:
        if word in command.names:
            return [command]
    return [c for c in LINE_COMMANDS if word and any(n.startswith(word) for n in c.names)]


def _with_argument(command: LineCommand, argument: str) -> Understood | NotUnderstood:
    if argument and not command.takes:
        return NotUnderstood(f":{command.names[0]} stands alone; {argument!a} means nothing there.")
    return Understood(command, argument)


def _told(word: str, typed: str, found: Iterable[LineCommand], aliases: Mapping[str, str]) -> str:
    meant = typed.strip().lstrip(":").strip().partition(" ")[0]
    through = f":{meant} stands for {word}. " if meant.lower() != word.lower() else ""
    if several := [f":{each.names[0]}" for each in found]:
        return f"{through}:{word} may be {' or '.join(several)}."
    from console.specs.mistakes import nearest  # where somebody mistypes

    near = nearest(word.lower(), words(aliases))
    known = ", ".join(f":{each.names[0]}" for each in LINE_COMMANDS)
    meaning = f"Did you mean :{near}?" if near else f"There is {known}."
    return f"{through}There is no :{word}. {meaning}"
