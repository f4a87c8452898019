"""The ledger of what goes to EvalAI, on disk: a file for each submission there, and its final one.

A file's name is the server and the number, so that of all processes of a user one writes to a
submission. All files are this user's only, and no token is in any.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from console.domain.facts import EvalAiPlace
from console.operations.ports.evalai import EvalAiUpdate
from console.operations.ports.publications import (
    AskedAgain,
    Publication,
    PublicationsFailed,
    PublicationStage,
)
from console.publish import kept_files
from console.publish.kept_files import KeptFiles

SUFFIX, FINAL = ".json", ".final"
ASKED = "asked"
"""The folder of what is wished by hand of another process."""
_WHOM = "EvalAI"


class LedgerOnDisk:
    """See `operations.ports.publications`. One thread at a time."""

    def __init__(self, folder: Path) -> None:
        self._kept = KeptFiles(folder, _WHOM)

    def all(self) -> tuple[Publication, ...]:
        return tuple(self._kept.all(SUFFIX, Publication))

    def read(self, place: EvalAiPlace) -> Publication | None:
        return self._kept.load(key_of(place) + SUFFIX, Publication)

    def put(self, publication: Publication) -> None:
        key = key_of(publication.place)
        self._kept.save(key + SUFFIX, publication)
        if publication.stage is PublicationStage.PUBLISHED or publication.final is None:
            self._kept.remove(key + FINAL)

    def keep_final(self, place: EvalAiPlace, update: EvalAiUpdate) -> None:
        self._kept.save(key_of(place) + FINAL, update)

    def final(self, place: EvalAiPlace) -> EvalAiUpdate | None:
        return self._kept.load(key_of(place) + FINAL, EvalAiUpdate)

    def ask(self, place: EvalAiPlace, wish: AskedAgain) -> None:
        self._kept.save(f"{ASKED}/{key_of(place)}{SUFFIX}", wish)

    def wishes(self) -> tuple[tuple[str, AskedAgain], ...]:
        found = []
        for name in sorted(self._kept.names(SUFFIX, ASKED)):
            wish = self._kept.load(f"{ASKED}/{name}", AskedAgain)
            if wish is not None:
                found.append((name, wish))
        return tuple(found)

    def answered(self, name: str) -> None:
        self._kept.remove(f"{ASKED}/{name}")

    def claim(self, place: EvalAiPlace) -> bool:
        return self._kept.claim(key_of(place))

    def release(self, place: EvalAiPlace) -> None:
        self._kept.release(key_of(place))


def load(path: Path, shape: type[Publication]) -> Publication | None:
    """What that file of a ledger holds; None where there is none. Raises PublicationsFailed."""
    return kept_files.load(path, shape, _WHOM)


def failed(verb: str, error: OSError) -> PublicationsFailed:
    """What the disk said, in our words."""
    return kept_files.failed(verb, error, _WHOM)


def key_of(place: EvalAiPlace) -> str:
    """Of a submission at a server, where only plain characters may stand."""
    return f"{sha256(place.server.encode()).hexdigest()[:12]}-{place.submission}"
