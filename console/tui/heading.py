"""The first row of every screen as words: where we are, on which cluster, and whether it is live.

Loads no toolkit: the frame before the first screen says the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from console.domain.fleet import READING
from console.domain.hostile_text import neutralise
from console.domain.spans import in_zone
from console.errors import LoginRefused
from console.presentation.submission_words import board_liveness, liveness
from console.presentation.tones import Line, Tone, cut, joined, spread, text, width_of
from console.tui.backend import ClusterLink, Link
from console.tui.remembered import THE_RECORDERS

if TYPE_CHECKING:
    from console.domain.board import BoardSnapshot
    from console.domain.fleet import FleetSnapshot
    from console.tui.submission_source import Origin


class Heading(msgspec.Struct, frozen=True):
    """What the row is made of: the screen's title and the latest snapshots."""

    title: str
    connection: ClusterLink
    fleet: FleetSnapshot
    board: BoardSnapshot | None = None
    """Of a screen about one submission, while there is a cluster."""
    subject: tuple[str, str] | None = None
    """Namespace and name of that submission."""
    origin: Origin | None = None
    """Of what is shown of it, where that is not the cluster's present word."""


_LEAST_STATE = len("◌ stale since 10:00:00")
_LEAST_CONTEXT = 6
"""Characters that still tell one context from another."""


def heading_line(heading: Heading, width: int) -> Line:
    """Title, subject, context, server, namespace; live or stale since when."""
    subject = heading.subject
    title = text(
        (" ▌", Tone.ACCENT),
        (heading.title, Tone.STRONG),
        (f"  {subject[1]}" if subject else "", Tone.ACCENT),
    )
    origin = heading.origin
    least = recorded_place(origin) if origin else place(heading.connection, 0)
    # A long reason leaves the place its room: which cluster it is matters for what is typed next.
    free = max(width - width_of(title) - 4, 0)
    state = cut(_state(heading), max(free - width_of(least) - 3, min(_LEAST_STATE, free)))
    right = (*state, (" ", Tone.TEXT))
    # Before the place: where there is not room for all, a full disk is the news.
    told = neutralise(heading.connection.notice)
    before = joined([title, text((told, Tone.WARN)) if told else ()], "   ")
    room = width - width_of(before) - width_of(right) - len("    ")
    where = recorded_place(origin) if origin else place(heading.connection, room)
    return spread(joined([before, where], "   "), right, width)


def _state(heading: Heading) -> Line:
    """Live or since when not, or why there is no cluster."""
    link, fleet = heading.connection.link, heading.fleet
    if heading.origin is not None:
        return text((f"▣ {heading.origin.told}", Tone.WARN))
    if link is Link.CONNECTING:
        return text(_age_of(fleet), ("◌ connecting", Tone.MUTED))
    if link is Link.UNREACHABLE:
        refused = isinstance(heading.connection.problem, LoginRefused)
        return text(("✗ not logged in" if refused else "✗ no cluster", Tone.FAIL))
    if heading.board is not None:
        return board_liveness(heading.board)
    if fleet.why == READING:
        return _reading(fleet)
    return liveness(fleet.live, fleet.updated_at, fleet.why)


def _reading(fleet: FleetSnapshot) -> Line:
    """How far it is, and of when the rows are that it has not come to."""
    told = f": {fleet.heard:,} so far" if fleet.heard else ""
    old = fleet.heard is None or fleet.heard < len(fleet.rows)
    reading = (f"◌ reading the list{told}", Tone.MUTED)
    return text(_age_of(fleet), reading) if old else text(reading)


def _age_of(fleet: FleetSnapshot) -> tuple[str, Tone]:
    """Of when the list is that is shown until there is a live one."""
    if fleet.updated_at is None:
        return "", Tone.MUTED
    at = in_zone(fleet.updated_at, None)
    if fleet.why == THE_RECORDERS:
        return f"{fleet.why} of {at:%H:%M:%S}; ", Tone.OK
    return f"list of {at:%H:%M}, stale; ", Tone.WARN


def place(connection: ClusterLink, room: int) -> Line:
    """Context, whom we act as, server, namespace and whether anything can be changed: the server
    where it has room whole; of a long context the end goes before anything else."""
    where = connection.description
    if where is None:
        return ()
    behind = [
        text(("ns ", Tone.MUTED), "all" if connection.everywhere else where.namespace),
        text(("read-only", Tone.WARN)) if connection.read_only else (),
    ]
    acts = text(("as ", Tone.WARN), where.acts_as) if where.acts_as else ()
    server = text(("server ", Tone.MUTED), where.server)
    context = text(("context ", Tone.MUTED), where.context)
    for form in ([context, acts, server, *behind], [context, acts, *behind]):
        if width_of(told := joined(form, "  ")) <= room:
            return told
    left = room - width_of(joined([acts, *behind], "  ")) - len("  ")
    return joined([cut(text(where.context), max(left, _LEAST_CONTEXT)), acts, *behind], "  ")


def recorded_place(origin: Origin) -> Line:
    """Context and namespace that a recording is from, whatever the console is connected to."""
    parts = [
        text(("context ", Tone.MUTED), origin.context or "?"),
        text(("ns ", Tone.MUTED), origin.namespace),
    ]
    return joined(parts, "  ")
