"""What has become of a submission's results at EvalAI, in a cell and in a sentence. Pure."""

from __future__ import annotations

from datetime import date, datetime

from console.domain.publication import Published, PublishedAs
from console.presentation.tones import Line, Tone, text

WIDEST = len("cancelled there")
"""No cell has more characters: `cancelled 12:03`, of another day `cancelled 11-29`."""
UNKNOWN, NOWHERE = "?", "-"
_TONES = {
    PublishedAs.FINISHED: Tone.OK,
    PublishedAs.PARTIAL: Tone.ACCENT,
    PublishedAs.CANCELLED_THERE: Tone.WARN,
    PublishedAs.REFUSED: Tone.FAIL,
    PublishedAs.HELD: Tone.WARN,
    PublishedAs.RESUME: Tone.WARN,
}
_SAID = {
    PublishedAs.WAITING: "waiting",
    PublishedAs.CANCELLED_THERE: "cancelled at EvalAI",
    PublishedAs.REFUSED: "refused",
    PublishedAs.HELD: "held",
    PublishedAs.RESUME: "to be resumed",
}


_AS = {PublishedAs.PARTIAL: " partly", PublishedAs.THERE: ""}


def cell(told: Published | None, today: date) -> Line:
    """`finished 12:03`, `waiting`, `refused`; `-` where there is nothing to publish."""
    if told is None:
        return text((UNKNOWN, Tone.MUTED))
    if told.state is PublishedAs.NOWHERE:
        return text((NOWHERE, Tone.MUTED))
    tone = _TONES.get(told.state, Tone.TEXT)
    return text((f"{told.state}{_since(told, today)}", tone))


def in_a_word(told: Published | None) -> str:
    """For a filter: nothing of what is to be published nowhere."""
    if told is None:
        return UNKNOWN
    return "" if told.state is PublishedAs.NOWHERE else told.state.value


def rank(told: Published | None) -> tuple[bool, str] | None:
    """By which they are sorted: what needs somebody, then by its word; None where there is
    nothing to tell."""
    if told is None or told.state is PublishedAs.NOWHERE:
        return None
    return not told.needs_somebody, told.state.value


def _since(told: Published, today: date) -> str:
    if told.at is None or not told.dated:
        return ""
    return f" {told.at:%H:%M}" if told.at.date() == today else f" {told.at:%m-%d}"


def sentence(told: Published | None, now: datetime) -> str:
    """`published at 12:03:09 as FINISHED`, `waiting: …`; empty where nothing is to be published."""
    if told is None:
        return "published: ? (no recorder of this user's tells of it)"
    if told.state is PublishedAs.NOWHERE:
        return told.words
    place = f"{told.where}: " if told.where else ""
    if told.at is not None and told.dated:
        day = "" if told.at.date() == now.date() else f"{told.at:%Y-%m-%d} "
        what = _AS.get(told.state, f" as {told.state.value.upper()}")
        return f"{place}published at {day}{told.at:%H:%M:%S} UTC{what}"
    return f"{place}{_told(told)}"


def _told(told: Published) -> str:
    head = _SAID.get(told.state, told.state.value)
    return f"{head}: {told.words}" if told.words else head


def need(told: Published | None) -> str:
    """Why somebody is needed; empty where nobody is."""
    if told is None or not told.needs_somebody:
        return ""
    return f"{told.where}: {_told(told)}" if told.where else _told(told)


def line(told: Published | None, now: datetime) -> Line:
    """The same, in its tone; nothing where there is nothing to say."""
    said = sentence(told, now)
    tone = _TONES.get(told.state, Tone.TEXT) if told else Tone.MUTED
    return text((said, tone)) if said else ()
