"""The words of `compare` as results: submissions, recorded ones by name or uid, result files."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from console import wiring
from console.cli.connection import is_file, submission_name, with_services
from console.cli.recorded import say_all
from console.domain.facts import UID_SHOWN
from console.errors import NotFound
from console.operations.outcome.comparison import ComparedResult, as_it_stands
from console.operations.outcome.result_file import result_file
from console.operations.services import Services
from console.operations.watching.lookup import Known, Wanted, known

if TYPE_CHECKING:
    from console.operations.ports.recorder import Recording
    from console.operations.recording.history import Search


def compared_results(options: argparse.Namespace) -> list[ComparedResult]:
    """In the order of the words. The cluster is asked only if one of them may be there."""
    words: Sequence[str] = options.results
    named = [word for word in words if not is_file(word)]
    found = dict(_recorded(options, named) if options.recorded else _present(options, named))
    return [result_file(word) if is_file(word) else found[word] for word in words]


def _recorded(
    options: argparse.Namespace, words: Sequence[str]
) -> list[tuple[str, ComparedResult]]:
    from console.operations.recording.history import Search

    search = Search(
        namespace=getattr(options, "namespace", None) or "",
        cluster=getattr(options, "context", None) or "",
    )
    return [(word, _opened(search, word)) for word in words]


def _opened(search: Search, word: str) -> ComparedResult:
    from console.operations.recording.history import meant

    archive = wiring.archive()
    recording = meant(archive.entries(), search, submission_name(word)).recording
    return as_it_stands(archive.opened(recording).board, origin_of(recording))


def origin_of(recording: Recording) -> str:
    """`recording of lab, uid 1a2b3c4d`."""
    return f"recording of {recording.cluster or '?'}, uid {recording.uid[:UID_SHOWN]}"


def _present(options: argparse.Namespace, words: Sequence[str]) -> list[tuple[str, ComparedResult]]:
    names = [submission_name(word) for word in words]
    if not names:
        return []

    async def work(services: Services, namespace: str) -> list[Known | NotFound]:
        told: list[Known | NotFound] = []
        for name in names:
            try:
                told.append(await known(services, Wanted(namespace, name)))
            except NotFound as error:
                told.append(error)
        return told

    told = with_services(options, work)
    return [
        (word, _known_or_by_uid(name, each))
        for word, name, each in zip(words, names, told, strict=True)
    ]


def _known_or_by_uid(name: str, told: Known | NotFound) -> ComparedResult:
    """What neither the cluster nor a recording of that namespace has may be a recording's uid."""
    if isinstance(told, Known):
        say_all(told.remarks)
        return as_it_stands(told.board, origin_of(told.found.recording) if told.found else "")
    from console.operations.recording.history import Search

    try:
        return _opened(Search(), name)
    except NotFound:
        raise told from None
