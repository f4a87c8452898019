"""What the validation of a Job found, told before anything is sent."""

from __future__ import annotations

from console.cli import narration
from console.specs.compose import Composed
from console.specs.notes import notes
from console.specs.validation import Judged, Severity, Validated


def refuse_faulty(composed: Composed) -> Validated:
    """What may be launched; narrates the warnings. Raises InvalidInput with all errors."""
    judged = Judged(composed)
    for finding in judged.findings:
        if finding.severity is not Severity.ERROR:
            narration.say(f"warning: {finding}")
    return judged.valid


def tell_needs(composed: Composed) -> None:
    """Narrate what its nodes and images must have, which no dry run sees."""
    for note in notes(composed.manifest):
        narration.say(f"note: {note}")
