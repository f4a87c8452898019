"""`history pin`, `unpin` and `delete`: what becomes of one recording. Asks no cluster."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from console import wiring
from console.cli import narration
from console.cli.commands.confirmation import confirm
from console.cli.connection import refuse_read_only_of
from console.cli.refusing import refuse_all
from console.domain.sizes import in_words
from console.errors import InvalidInput
from console.kubernetes_grammar.names import bare_job_name
from console.operations.recording.history import Search, lost_with, meant

if TYPE_CHECKING:
    from console.operations.ports.history_entries import HistoryEntry

_OF_A_LIST = ("--status", "--image", "--track", "--since", "--output")


def act(options: argparse.Namespace) -> int:
    """`name` is what is to be done, `meant` of which one. Raises InvalidInput, NotFound, ReadOnly,
    and Conflict for what is pinned, being written or several.
    """
    verb, word = options.name, bare_job_name(options.meant)
    _refuse_the_lists_flags(options)
    entry = meant(
        wiring.archive().entries(),
        Search(namespace=options.namespace, cluster=options.context),
        word,
    )
    if verb != "delete":
        refuse_all(options, ("--yes",), beside=f"history {verb}")
    refuse_read_only_of(options, entry.recording.cluster, f"To {verb} the recording of {word}")
    if verb == "delete":
        return _delete(options, entry)
    wiring.recordings().pin(entry.recording, on=verb == "pin")
    stays = "stays whatever its age and size" if verb == "pin" else "goes when a limit wants it"
    narration.say(f"{_named(entry)} is {verb}ned: it {stays}")
    return 0


def _refuse_the_lists_flags(options: argparse.Namespace) -> None:
    given = [flag for flag in _OF_A_LIST if _value(options, flag) not in ("", None, "table")]
    if given:
        raise InvalidInput(
            f"history {options.name} has no use for {', '.join(given)}.", fix="Leave it out."
        )


def _value(options: argparse.Namespace, flag: str) -> str | None:
    found: str | None = getattr(options, flag.removeprefix("--"))
    return found


def _delete(options: argparse.Namespace, entry: HistoryEntry) -> int:
    confirm(options, lost_with(entry, datetime.now(UTC)), f"Delete the recording {_named(entry)}?")
    wiring.recordings().remove(entry.recording)
    narration.say(f"the recording of {_named(entry)} is gone: {in_words(entry.bytes)}")
    return 0


def _named(entry: HistoryEntry) -> str:
    recording = entry.recording
    return f"{recording.namespace}/{recording.name} (uid {recording.uid})"
