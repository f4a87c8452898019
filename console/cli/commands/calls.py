"""`calls`: on what occasions and in which ways a person is called, and what webhooks answered."""

from __future__ import annotations

import argparse
import shlex
from typing import TYPE_CHECKING, Any

from console import paths, wiring
from console.cli import interruptions, output
from console.cli.flags import CLUSTER_FLAGS, add_output_flag
from console.cli.narration import say
from console.cli.refusing import refuse_all
from console.errors import NotFound

if TYPE_CHECKING:
    from console.operations.ports.call_settings import CallReport, CallSettings, OutboxState


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("calls")
    parser.add_argument(
        "--test", action="store_true", help="send one message to each webhook, and say its answer"
    )
    add_output_flag(parser, "text", "json", "yaml")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """What is on; an exit code of 1 where a test did not arrive."""
    refuse_all(options, CLUSTER_FLAGS, beside="calls, which are the same for every cluster,")
    outbox = wiring.call_outbox()
    settings = outbox.settings()
    if options.test:
        return _test(outbox, settings, options.output)
    state = outbox.state()
    if output.is_document(options.output):
        output.document(_document(outbox, settings, state), options.output)
    else:
        _show(outbox, settings, state)
    return 0


def _test(outbox: CallReport, settings: CallSettings, form: str) -> int:
    if not settings.webhooks:
        raise NotFound(
            "No webhook is set, so that there is none to test.", fix=f"Set one in {outbox.file}."
        )
    told = interruptions.run(outbox.test())
    if output.is_document(form):
        keys = ("host", "answer", "taken")
        output.document([dict(zip(keys, each, strict=True)) for each in told], form)
    else:
        output.columns(
            ("HOST", "TAKEN", "ANSWER"), ((h, "yes" if ok else "no", w) for h, w, ok in told)
        )
    return 0 if all(taken for _, _, taken in told) else 1


def _show(outbox: CallReport, settings: CallSettings, state: OutboxState) -> None:
    from console.cli.call_words import outbox_words
    from console.domain.calls import Occasion

    rows = [(each.value, _on(each in settings.occasions)) for each in Occasion]
    rows.append(("waiting-minutes", f"{settings.patience.total_seconds() / 60:.0f}"))
    ways = {"toast": settings.toast, "bell": settings.bell, "title": settings.title}
    rows += [(name, _on(on)) for name, on in ways.items()]
    rows.append(("desktop", settings.desktop.value))
    for each in settings.webhooks:
        wanted = [o.value for o in Occasion if o in each.occasions & settings.occasions]
        told = "every occasion" if each.occasions >= settings.occasions else ", ".join(wanted)
        rows.append((f"webhook {each.host}", f"{each.form}: {told or 'no occasion'}"))
    output.columns(("CALL", "SET"), rows)
    for line in outbox_words(state):
        output.text(line)
    say(f"set in {outbox.file}")
    if settings.webhooks and outbox.open_to_others:
        say(f"warning: others may read an address: chmod 600 {shlex.quote(str(outbox.file))}")
    if settings.webhooks and not paths.recorder_wanted():
        say(f"warning: {paths.RECORDER_VARIABLE}=off, and only a recorder tells webhooks")


def _on(on: bool) -> str:
    return "on" if on else "off"


def _document(outbox: CallReport, settings: CallSettings, state: OutboxState) -> dict[str, Any]:
    from console.cli.call_words import outbox_document

    return {
        "settings": str(outbox.file),
        "occasions": sorted(settings.occasions),
        "toast": settings.toast,
        "bell": settings.bell,
        "title": settings.title,
        "desktop": settings.desktop.value,
        "waitingMinutes": round(settings.patience.total_seconds() / 60),
        "webhooks": [
            {"host": each.host, "form": each.form.value, "occasions": sorted(each.occasions)}
            for each in settings.webhooks
        ],
        "outbox": outbox_document(state),
    }
