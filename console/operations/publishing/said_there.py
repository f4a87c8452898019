"""What a team reads at EvalAI of its submission: the three files, from what is verified here.

To the byte those of the original scripts. What they have no word for is said above them: how much
is missing, and that a complete result does not count, which drives are driven again. Pure.
"""

from __future__ import annotations

import msgspec

from console.domain.driven_again import in_short
from console.domain.facts import EvalAiPlace
from console.operations.outcome.view import ResultsView
from console.operations.ports.evalai import EvalAiUpdate, RemoteOutcome, whole_characters
from console.operations.storing import result_files
from console.results.leaderboard import USUAL, find
from console.workers import protocol

NO_RESULT = "[]"
"""EvalAI asks for none of what failed or was cancelled."""
NOTHING_MERGED = "{}"


class SaidThere(msgspec.Struct, frozen=True):
    """The texts of the three files."""

    stdout: str
    result: str
    metadata: str

    def update(self, place: EvalAiPlace, outcome: RemoteOutcome) -> EvalAiUpdate:
        """All that is sent with it."""
        numbers = (place.challenge, place.phase, place.submission)
        return EvalAiUpdate(*numbers, outcome, self.stdout, self.result, self.metadata)


def digest_of(said: EvalAiUpdate | SaidThere) -> str:
    """The same for what says the same."""
    return protocol.digest_of("\0".join((said.stdout, said.result, said.metadata)))


def of_merged(text: str, view: ResultsView) -> SaidThere:
    """Of a merged file, whatever it holds."""
    files = result_files.for_evalai(text, find(view.leaderboard) or USUAL)
    stdout, result, metadata = (
        whole_characters(files[result_files.EVALAI.format(name)]) for name in _FILES
    )
    return SaidThere(stdout, result, metadata)


def of_final_result(view: ResultsView) -> SaidThere | None:
    """What the verified result says; None where it is not final."""
    if view.document is None or not view.final:
        return None
    said = of_merged(view.document, view)
    if again := in_short(view.driven_again):
        said = _above(said, again)
    if view.eligible:
        return said
    why = view.why_not_eligible or f"The entry is {view.entry_status}."
    return _above(said, f"This result is complete, and it does not count: {why}")


def of_an_end(
    outcome: RemoteOutcome, view: ResultsView, merged: str | None, handed_on: int = 0
) -> SaidThere:
    """What is left of one that failed or was cancelled; `merged`: what is finished of it, of which
    so many drives are `handed_on` by those from which it went on."""
    cancelled = outcome is RemoteOutcome.CANCELLED
    how = "was cancelled" if cancelled else "ended without a complete result"
    done = handed_on or ("?" if view.done is None else view.done)
    since = ", all from before it went on" if handed_on else ""
    drives = f"{done} of {view.total or '?'} drives have a finished record{since}."
    said = of_merged(merged or NOTHING_MERGED, view)
    told = _above(said, f"The submission {how}: {drives}")
    return msgspec.structs.replace(told, result=NO_RESULT)


_FILES = ("stdout.txt", "results.json", "metadata.json")


def _above(said: SaidThere, sentence: str) -> SaidThere:
    return msgspec.structs.replace(said, stdout=f"{whole_characters(sentence)}\n\n{said.stdout}")
