"""The first row of every screen as words: where we are, on which cluster, and whether it is live.

Loads no toolkit: the frame before the first screen says the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

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


def heading_line(heading: Heading, width: int) -> Line:
    """Title, subject, context, server, namespace; live or stale since when."""
    subject = heading.subject
    title = text(
        (" ▌", Tone.ACCENT),
        (heading.title, Tone.STRONG),
        (f"  {subject[1]}" if subject else "", Tone.ACCENT),
    )
    state = cut(_state(heading), max(width - width_of(title) - 4, 0))
    right = (*state, (" ", Tone.TEXT))
    origin = heading.origin
    where = recorded_place(origin) if origin else place(heading.connection, width)
    # Before the place: where there is not room for all, a full disk is the news.
    told = neutralise(heading.connection.notice)
    notice = text((told, Tone.WARN)) if told else ()
    return spread(joined([title, notice, where], "   "), right, width)


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
    return liveness(fleet.live, fleet.updated_at, fleet.why)


def _age_of(fleet: FleetSnapshot) -> tuple[str, Tone]:
    """Of when the list is that is shown until there is a live one."""
    if fleet.updated_at is None:
        return "", Tone.MUTED
    at = in_zone(fleet.updated_at, None)
    if fleet.why == THE_RECORDERS:
        return f"{fleet.why} of {at:%H:%M:%S}; ", Tone.OK
    return f"list of {at:%H:%M}, stale; ", Tone.WARN


def place(connection: ClusterLink, width: int) -> Line:
    """Context, whom we act as, namespace and, where there is room, the server."""
    where = connection.description
    if where is None:
        return ()
    parts = [
        text(("context ", Tone.MUTED), where.context),
        text(("ns ", Tone.MUTED), "all" if connection.everywhere else where.namespace),
    ]
    if connection.read_only:
        parts.append(text(("read-only", Tone.WARN)))
    if width >= 100:
        parts.insert(1, text(("server ", Tone.MUTED), where.server))
    if where.acts_as:
        parts.insert(1, text(("as ", Tone.WARN), where.acts_as))
    return joined(parts, "  ")


def recorded_place(origin: Origin) -> Line:
    """Context and namespace that a recording is from, whatever the console is connected to."""
    parts = [
        text(("context ", Tone.MUTED), origin.context or "?"),
        text(("ns ", Tone.MUTED), origin.namespace),
    ]
    return joined(parts, "  ")
