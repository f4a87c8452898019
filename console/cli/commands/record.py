"""`record`: the recorder process of this user and cluster: start, status, stop, --foreground."""

from __future__ import annotations

import argparse
import logging
from typing import TYPE_CHECKING, Any

from console import wiring
from console.cli import interruptions, output
from console.cli.connection import wanted
from console.cli.flags import (
    CLUSTER_FLAGS,
    DOCUMENTS,
    add_connection_flags,
    add_everywhere_flag,
    add_output_flag,
)
from console.cli.narration import say
from console.cli.refusing import refuse_all, refuse_together
from console.domain.hostile_text import neutralise
from console.errors import ClusterUnreachable, InvalidInput, NotFound

if TYPE_CHECKING:
    from console.operations.ports.call_settings import OutboxState
    from console.operations.ports.recorder_process import FollowedNamespace, ProcessState
    from console.operations.recording.retention import StoreState

ACTIONS = ("start", "status", "stop")


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("record")
    add_connection_flags(parser)
    parser.add_argument("action", nargs="?", choices=ACTIONS, metavar="start|status|stop")
    add_everywhere_flag(parser)
    parser.add_argument(
        "--foreground",
        action="store_true",
        help="record in this process, as for a service manager; ends when nothing is active",
    )
    parser.add_argument(
        "--stay",
        action="store_true",
        help="with --foreground: stay when nothing is active, as a Deployment has to",
    )
    parser.add_argument(
        "--live",
        action="store_true",
        help="with status: end with 3 unless all that is followed is live, as for a probe",
    )
    add_output_flag(parser, "text", *DOCUMENTS)
    parser.add_argument("--detached", type=int, help=argparse.SUPPRESS)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    refuse_together(options, "--namespace", "--all-namespaces")
    if options.stay and not options.foreground:
        raise InvalidInput("--stay goes with --foreground.")
    if options.live and options.action != "status":
        raise InvalidInput("--live goes with record status.")
    if options.foreground:
        return _foreground(options)
    actions = {"start": _start, "status": _status, "stop": _stop}
    if options.action is None:
        raise InvalidInput(
            "What is to be done with the recorder is missing.",
            fix="Say one of: record start, record status, record stop, record --foreground",
        )
    return actions[options.action](options)


def _foreground(options: argparse.Namespace) -> int:
    if options.action is not None:
        raise InvalidInput(f"--foreground starts it itself: leave out {options.action!r}.")
    if options.detached is not None:
        wiring.detach(options.detached)
    logging.basicConfig(format="%(asctime)s %(message)s", level=logging.WARNING)
    interruptions.run(
        wiring.record(
            wanted(options),
            all_namespaces=options.all_namespaces,
            stay=options.stay,
            ready=options.detached,
        )
    )
    return 0


def _start(options: argparse.Namespace) -> int:
    asked = wanted(options)
    everywhere = options.all_namespaces
    patience = getattr(options, "request_timeout", None)
    recorder = wiring.recorder_process(asked, all_namespaces=everywhere, patience=patience)
    state = recorder.ensure(None if everywhere else recorder.where.namespace)
    say(f"the recorder (process {state.pid}) records {_where(state)}")
    return 0


def _stop(options: argparse.Namespace) -> int:
    stopped = wiring.recorder_process(wanted(options)).stop()
    say(
        "the recorder has ended; what it read is on disk, and an open console goes on from there"
        if stopped
        else "no recorder was running for this cluster and user"
    )
    return 0


def _status(options: argparse.Namespace) -> int:
    """All recorders of this user, for what was forgotten runs somewhere else; what they keep."""
    refuse_all(options, CLUSTER_FLAGS, beside="record status, which shows every recorder")
    states = wiring.recorders()
    # A probe asks every few seconds, and about recorders only.
    if options.live:
        _show(states, None, None, options.output)
    else:
        _show(states, wiring.archive().store(), wiring.call_outbox().state(), options.output)
    if not states:
        return NotFound.exit_code
    return ClusterUnreachable.exit_code if options.live and not all(map(_live, states)) else 0


def _show(
    states: tuple[ProcessState, ...],
    store: StoreState | None,
    calls: OutboxState | None,
    form: str,
) -> None:
    from console.cli.call_words import outbox_document, outbox_words
    from console.cli.store_words import store_document, store_words

    if output.is_document(form):
        recorders = [_document(state) for state in states]
        kept = store_document(store) if store is not None else None
        sent = outbox_document(calls) if calls is not None else None
        told = {"recorders": recorders, "recordings": kept, "calls": sent}
        return output.document(told, form)
    lines = [_told(state) for state in states] or ["No recorder is running."]
    if store is not None:
        lines += store_words(store)
    if calls is not None:
        lines += outbox_words(calls)
    # The words of a kubeconfig and of a cluster's answers are in it.
    return output.text("\n".join(neutralise(line) for line in "\n".join(lines).split("\n")))


def _live(state: ProcessState) -> bool:
    """One that follows nothing yet is not."""
    return bool(state.followed) and all(each.live for each in state.followed)


def _where(state: ProcessState) -> str:
    spaces = ", ".join(_namespace(each) for each in state.followed)
    return f"{spaces or 'nothing yet'} of {state.context} as {state.user or 'nobody named'}"


def _namespace(followed: FollowedNamespace) -> str:
    return "all namespaces" if followed.namespace is None else followed.namespace


def _told(state: ProcessState) -> str:
    from console.version import VERSION

    lines = [
        f"{state.context} ({state.server}) as {state.user or 'nobody named'}: process {state.pid},"
        f" since {state.started_at:%Y-%m-%d %H:%M:%S} UTC"
    ]
    if state.program != VERSION:
        lines.append(
            f"  it is version {state.program}, and this is {VERSION}: after carla-console record"
            " stop, record start begins this one, which goes on where that one ended"
        )
    for each in state.followed:
        how = "live" if each.live else f"not live: {each.why}"
        lines.append(
            f"  {_namespace(each)}: {how}; {each.active} active, {each.recorded} being recorded"
        )
        if each.unrecorded:
            lines.append(f"    no room to record: {', '.join(each.unrecorded)}")
    return "\n".join(lines)


def _document(state: ProcessState) -> dict[str, Any]:
    return {
        "pid": state.pid,
        "version": state.program,
        "startedAt": state.started_at.isoformat(),
        "context": state.context,
        "server": state.server,
        "user": state.user or None,
        "followed": [
            {
                "namespace": each.namespace,
                "live": each.live,
                "why": each.why or None,
                "active": each.active,
                "recorded": each.recorded,
                "unrecorded": list(each.unrecorded),
            }
            for each in state.followed
        ],
    }
