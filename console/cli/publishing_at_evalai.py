"""`publish NAME` without a place: its results at EvalAI, and `publish status`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from console import paths, wiring
from console.cli import interruptions, narration, output
from console.cli.connection import (
    refuse_read_only_of,
    submission_name,
    with_services_or_recorded,
)
from console.cli.documents import moment
from console.cli.going_on_there import to_go_on
from console.cli.recorded import say_all
from console.cli.shown_deliveries import document_of, show_deliveries
from console.domain.hostile_text import neutralise
from console.operations.outcome.publication_marks import resume_wanted
from console.operations.ports.deliveries import Delivery
from console.operations.ports.evalai import EvalAiRequest
from console.operations.ports.publications import Publication, PublicationStage, PublishingRules
from console.operations.ports.publishing_settings import KeptInFile, TokenPlace
from console.operations.publishing.by_hand import (
    ReadyToPublish,
    demand_published,
    of_another_cluster,
    publish_by_hand,
    ready_to_publish,
    said_there,
    server_of,
)
from console.operations.publishing.nobody_looks import left_undone
from console.operations.publishing.sole_sender import SoleSender
from console.operations.services import Services
from console.operations.shell_commands import carla_console
from console.operations.watching.lookup import Wanted, known
from console.presentation.publication_rows import request_head


def publish_at_evalai(options: argparse.Namespace) -> int:
    """Print or send what is recorded; the exit code."""
    name = submission_name(options.submission)
    settings = wiring.publishing_file()

    async def shown(services: Services, space: str, why: str) -> tuple[EvalAiRequest, ...]:
        ready = await _ready(options, services, Wanted(space, name, options.uid or ""), why)
        evalai = server_of(_rules(services, why), ready.place, settings)
        update = ready.update
        return evalai.requests(update) if update is not None else ()

    async def sent(services: Services, space: str, why: str) -> tuple[ReadyToPublish, Publication]:
        ready = await _ready(options, services, Wanted(space, name, options.uid or ""), why)
        rules, ledger = _rules(services, why), wiring.publications()
        evalai = server_of(rules, ready.place, settings)
        sole = SoleSender(services, wiring.place_writer)
        return ready, await publish_by_hand(services, evalai, ledger, ready, rules, sole=sole)

    if options.dry_run:
        _show(with_services_or_recorded(options, shown), options.output)
        return 0
    return _conclude(*with_services_or_recorded(options, sent), options.output)


def _conclude(ready: ReadyToPublish, publication: Publication, form: str) -> int:
    if output.is_document(form):
        output.document(_document(publication), form)
    else:
        output.text(neutralise(f"{ready.place}: {publication.stage}. {publication.words}".strip()))
    if ready.recorded.over:
        demand_published(publication)
    else:
        narration.say("note: it goes on, and a recorder sends what is new: carla-console record")
    return 0


def _rules(services: Services, why: str) -> PublishingRules:
    """A token that is kept in the cluster cannot be read where that does not answer."""
    return wiring.publishing_rules(None if why else services.cluster)


async def _ready(
    options: argparse.Namespace, services: Services, wanted: Wanted, why: str
) -> ReadyToPublish:
    """What the cluster still has of it goes before what is recorded."""
    if why:
        wanted = replace(wanted, recorded=True)
        narration.say(f"note: {why}: this is what is recorded")
    told = await known(services, wanted)
    if not options.dry_run:
        where = told.found.recording.cluster if told.found else services.cluster.description.context
        refuse_read_only_of(options, where, f"To publish {wanted.name}")
    say_all(told.remarks)
    said = await said_there(services, told)
    with interruptions.blocking():
        ready = ready_to_publish(
            services,
            told,
            wiring.publishing_file(),
            unasked=why or of_another_cluster(services, told),
            as_failed=options.as_failed,
            said=said,
        )
    _say_outcome(ready)
    return ready


def _say_outcome(ready: ReadyToPublish) -> None:
    if ready.outcome is None:
        why = ready.recorded.unknown or "no drive has finished yet"
        narration.say(f"nothing is to be sent: {why}")
    elif remark := ready.recorded.view.remark:
        narration.say(remark)


def _show(requests: tuple[EvalAiRequest, ...], form: str) -> None:
    """To the byte, but for the token."""
    if output.is_document(form):
        told = [{"method": r.method, "url": r.url, "body": json.loads(r.body)} for r in requests]
        output.document(told, form)
        return
    for each in requests:
        output.text(request_head(each))
        output.text(each.body)
    if requests:
        narration.say("nothing was sent")


def show_status(form: str) -> int:
    """What went to EvalAI and is to go there, of all this user's submissions."""
    settings = wiring.publishing_file()
    set_up, entries = settings.settings().evalai, wiring.publications().all()
    entries = tuple(sorted(entries, key=lambda each: each.changed))
    if output.is_document(form):
        told = {
            "settings": str(settings.file),
            "server": set_up.server if set_up else None,
            "challenges": sorted(set_up.challenges) if set_up else [],
            "everySeconds": set_up.seconds if set_up else None,
            "publications": [_document(each) for each in entries],
            "deliveries": [document_of(each) for each in wiring.deliveries().all()],
        }
        output.document(told, form)
        return 0
    header = ("SUBMISSION", "EVALAI", "STATE", "SHOWN THERE", "TAKEN", "WHAT")
    output.columns(header, map(_row, entries))
    for each in filter(resume_wanted, entries):
        narration.say(to_go_on(each))
    show_deliveries(settings.settings())
    _say_settings()
    _say_undone(entries)
    return 0


def _say_undone(entries: Sequence[Publication]) -> None:
    """Of each cluster of which something waits, and no recorder runs."""
    known: list[Publication | Delivery] = [*entries, *wiring.deliveries().all()]
    places = {(each.recording.cluster, each.recording.namespace) for each in known}
    for cluster in sorted({cluster for cluster, _ in places} - _recorded_now()):
        if told := left_undone(known, cluster, wiring.now()):
            namespace = min(space for each, space in places if each == cluster)
            where = wiring.recorded_cluster(cluster, namespace)
            start = carla_console(where, "record", "start", namespace=namespace)
            narration.say(neutralise(f"note: {told} ({cluster}): {start}"))


def _recorded_now() -> set[str]:
    return {each.context for each in wiring.recorders()}


def _say_settings() -> None:
    settings = wiring.publishing_file()
    told = settings.settings().evalai
    if told is None:
        narration.say(f"not set up in {settings.file}: nothing goes to EvalAI")
        return
    numbers = ", ".join(map(str, sorted(told.challenges)))
    narration.say(f"set in {settings.file}: {told.server}, challenges {numbers}")
    narration.say(f"the token is read from: {told.token}")
    _say_token_file(told.token)
    if not paths.recorder_wanted():
        narration.say(f"warning: {paths.RECORDER_VARIABLE}=off, and only a recorder publishes")


def _say_token_file(place: TokenPlace) -> None:
    """What can be seen of it without asking a cluster or a keyring."""
    if not isinstance(place, KeptInFile):
        return
    if not place.path.is_file():
        narration.say(f"warning: there is no file {place.path}, which is to hold the token")
    elif place.path.stat().st_mode & 0o077:
        narration.say(f"warning: others may read the token: chmod 600 {place.path}")


def _row(each: Publication) -> tuple[str, ...]:
    taken = f"{each.taken.at:%Y-%m-%d %H:%M:%S}" if each.taken else "-"
    shown = str(each.shown) if each.shown else "?"
    where = f"{each.recording.namespace}/{each.recording.name}"
    words = each.words or "EvalAI has not been asked yet."
    return (where, str(each.place.submission), each.stage, shown, taken, words)


def _document(each: Publication) -> dict[str, Any]:
    place, recording = each.place, each.recording
    return {
        "submission": recording.name,
        "namespace": recording.namespace,
        "uid": recording.uid,
        "server": place.server,
        "challenge": place.challenge,
        "phase": place.phase,
        "evalaiSubmission": place.submission,
        "state": each.stage.value,
        "closed": each.stage in (PublicationStage.PUBLISHED, PublicationStage.REFUSED),
        "what": each.words,
        "shownThere": each.shown.value if each.shown else None,
        "shownAt": moment(each.shown_at) if each.shown_at else None,
        "taken": {"outcome": each.taken.outcome.value, "at": moment(each.taken.at)}
        if each.taken
        else None,
        "notBefore": moment(each.not_before) if each.not_before else None,
    }
