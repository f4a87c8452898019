"""Contexts and namespaces to choose from, as table cells and a line of detail. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from console.domain.hostile_text import neutralise
from console.paths import local_command
from console.presentation import row_filter
from console.presentation.table import ListColumn
from console.presentation.tones import Line, Tone, text
from console.presentation.wrapping import wrapped

if TYPE_CHECKING:
    from console.operations.ports.cluster import KnownContext

EMBEDDED_CLUSTER = "embedded, on this machine"
HERE = "●"
_WIDE = 110
_NARROW = 76
"""Below it the user is told in the detail alone."""


def columns(width: int) -> tuple[ListColumn, ...]:
    """For a table of that many cells."""
    wide = width >= _WIDE
    if width < _NARROW:
        return (
            *(ListColumn("", 1), ListColumn("CONTEXT", 0), ListColumn("CLUSTER", 12)),
            *(ListColumn("NAMESPACE", 12), ListColumn("", 9)),
        )
    return (
        ListColumn("", 1),
        ListColumn("CONTEXT", 0),
        ListColumn("CLUSTER", 28 if wide else 18),
        ListColumn("USER", 24 if wide else 14),
        ListColumn("NAMESPACE", 20 if wide else 12),
        ListColumn("", 9),
    )


def cells(row: KnownContext, width: int, *, here: str) -> tuple[Line, ...]:
    """One row, a line a column; `here`: the context where the console is."""
    mark = HERE if row.name == here else "*" if row.current else ""
    user = (text((neutralise(row.user), Tone.MUTED)),) if width >= _NARROW else ()
    return (
        text((mark, Tone.OK if row.name == here else Tone.MUTED)),
        text((neutralise(row.name), Tone.STRONG)),
        text((neutralise(row.cluster), Tone.TEXT)),
        *user,
        text((neutralise(row.namespace) or "default", Tone.MUTED)),
        text(("read-only" if row.read_only else "", Tone.WARN)),
    )


def matches(row: KnownContext, wanted: str) -> bool:
    """A part of its name, cluster, user or namespace; a leading `!` inverts."""
    told = f"{row.name} {row.cluster} {row.server} {row.user} {row.namespace}".lower()
    return row_filter.wanted(wanted, ()).leaves(told, {}, {})


def detail(row: KnownContext | None, width: int) -> list[Line]:
    """What there is to say about the selected one."""
    if row is None:
        return wrapped(text(("No context fits.", Tone.MUTED)), width)
    current = "  the kubeconfig's current context (*)" if row.current else ""
    told = neutralise(row.server) or f"{local_command('up')} starts it; going there does, too"
    user = f"  as {neutralise(row.user)}" if row.user else ""
    return wrapped(text((told, Tone.TEXT), (user, Tone.MUTED), (current, Tone.MUTED)), width)


class KnownNamespace(msgspec.Struct, frozen=True):
    """One to choose; an empty name is all of them."""

    name: str
    digit: str = ""
    """The key that goes there; empty where none does."""
    here: bool = False
    told: bool = True
    """By the cluster; else it is only known here."""


def namespace_matches(row: KnownNamespace, wanted: str) -> bool:
    """A part of its name; a leading `!` inverts."""
    return row_filter.wanted(wanted, ()).leaves((row.name or "all").lower(), {}, {})


def namespace_columns(_width: int) -> tuple[ListColumn, ...]:
    return ListColumn("", 1), ListColumn("KEY", 3), ListColumn("NAMESPACE", 0)


def namespace_cells(row: KnownNamespace) -> tuple[Line, ...]:
    remark = "" if row.told or not row.name else "  known here"
    return (
        text((HERE if row.here else "", Tone.OK)),
        text((row.digit, Tone.ACCENT)),
        text((neutralise(row.name) or "all namespaces", Tone.STRONG), (remark, Tone.MUTED)),
    )
