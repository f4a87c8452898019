"""The ledger of what goes to EvalAI, on disk: a file for each submission there, and its final one.

A file's name is the server and the number, so that of all processes of a user one writes to a
submission. All files are this user's only, and no token is in any.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from console.domain.facts import EvalAiPlace
from console.operations.ports.evalai import EvalAiUpdate
from console.operations.ports.publications import AskedAgain, Publication, PublicationStage
from console.publish.kept_files import KeptFiles
from console.publish.kept_ledger import KeptLedger

FINAL = ".final"


class LedgerOnDisk(KeptLedger[EvalAiPlace, Publication, AskedAgain]):
    """See `operations.ports.publications`."""

    def __init__(self, folder: Path) -> None:
        super().__init__(KeptFiles(folder, "EvalAI"), Publication, AskedAgain, key_of)

    def put(self, entry: Publication, /) -> None:
        super().put(entry)
        # Behind the entry: the final result is needed until it is known to be shown.
        if entry.stage is PublicationStage.PUBLISHED or entry.final is None:
            self._kept.remove(key_of(entry.place) + FINAL)

    def keep_final(self, place: EvalAiPlace, update: EvalAiUpdate) -> None:
        self._kept.save(key_of(place) + FINAL, update)

    def final(self, place: EvalAiPlace) -> EvalAiUpdate | None:
        return self._kept.load(key_of(place) + FINAL, EvalAiUpdate)


def key_of(place: EvalAiPlace) -> str:
    """Of a submission at a server, where only plain characters may stand."""
    return f"{sha256(place.server.encode()).hexdigest()[:12]}-{place.submission}"
