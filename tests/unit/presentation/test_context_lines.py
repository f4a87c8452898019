"""Contexts and namespaces as rows to choose from, and where the console is as its first row."""

from __future__ import annotations

import pytest
from fakes.boards import ROWS
from msgspec.structs import replace

from console.domain.fleet import FleetSnapshot, SubmissionRow
from console.errors import ClusterUnreachable, ConsoleError, LoginRefused
from console.operations.ports.cluster import ClusterDescription, KnownContext
from console.presentation.context_lines import (
    EMBEDDED_CLUSTER,
    KnownNamespace,
    cells,
    columns,
    detail,
    matches,
    namespace_cells,
    namespace_columns,
    namespace_matches,
)
from console.presentation.fleet_columns import widest
from console.presentation.table import row as table_row
from console.presentation.tones import Line
from console.tui.backend import ClusterLink, Link
from console.tui.heading import Heading, heading_line

PROD = KnownContext("prod", "eu-1", "https://eu-1.example", "ann", "races", read_only=True)


def words(line: Line) -> str:
    return "".join(part for part, _ in line)


def shown(row: KnownContext, width: int, here: str = "") -> str:
    return words(table_row(cells(row, width, here=here), columns(width), width))


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_a_context_says_its_cluster_user_and_namespace_in_every_width(width: int) -> None:
    told = shown(PROD, width)
    user = ["ann"] if width >= 76 else []
    assert told.split() == ["prod", "eu-1", *user, "races", "read-only"]
    assert "as ann" in words(detail(PROD, width)[0])
    assert len(told) <= width


def test_where_the_console_is_counts_before_what_the_kubeconfig_calls_current() -> None:
    current = replace(PROD, current=True, read_only=False)
    assert shown(current, 80, here="prod").startswith(" ●")
    assert shown(current, 80, here="lab").startswith(" *")
    assert shown(PROD, 80, here="lab").startswith("  ")


def test_a_context_without_a_namespace_is_in_the_usual_one() -> None:
    assert "default" in shown(replace(PROD, namespace=""), 80)


@pytest.mark.parametrize("part", ["prod", "EU-1", "ann", "race", "example", "!lab", ""])
def test_a_context_is_found_by_a_part_of_all_that_is_told_of_it(part: str) -> None:
    assert matches(PROD, part)
    assert not part or matches(PROD, f"!{part.lstrip('!')}") is part.startswith("!")


def test_the_selected_context_tells_its_server_or_how_the_embedded_cluster_starts() -> None:
    assert words(detail(replace(PROD, current=True), 120)[0]).startswith("https://eu-1.example")
    assert "current context" in words(detail(replace(PROD, current=True), 120)[0])
    embedded = KnownContext("carla-console-local", EMBEDDED_CLUSTER, "", "", "default")
    assert "local up starts it" in words(detail(embedded, 300)[0])
    assert words(detail(None, 120)[0]) == "No context fits."


def test_a_namespace_has_its_key_and_who_told_of_it() -> None:
    def told(row: KnownNamespace) -> str:
        return words(table_row(namespace_cells(row), namespace_columns(80), 80)).strip()

    assert told(KnownNamespace("", "0")).split() == ["0", "all", "namespaces"]
    assert told(KnownNamespace("races", "1", here=True)).split() == ["●", "1", "races"]
    assert told(KnownNamespace("night", told=False)).split() == ["night", "known", "here"]


def test_names_lose_what_would_control_a_terminal() -> None:
    wild = replace(PROD, name="p\x1b[2J", cluster="c\x07", server="s\x1b]0;x\x07")
    told = shown(wild, 80) + words(detail(wild, 80)[0])
    assert not set(told) & {"\x1b", "\x07"}


def heading(link: ClusterLink, width: int = 120) -> str:
    return words(heading_line(Heading("Submissions", link, FleetSnapshot()), width))


WHERE = ClusterDescription("prod", "https://eu-1", "races")


def test_the_first_row_tells_context_and_namespace_before_there_is_an_answer_too() -> None:
    for link in Link:
        told = heading(ClusterLink(link, WHERE))
        assert "context prod" in told
        assert "ns races" in told


def test_the_first_row_tells_of_all_namespaces_and_that_nothing_can_be_changed() -> None:
    link = ClusterLink(Link.CONNECTED, WHERE, everywhere=True, read_only="--readonly was given.")
    assert "ns all" in heading(link, 80)
    assert "read-only" in heading(link, 80)
    assert "read-only" not in heading(replace(link, read_only=""))


@pytest.mark.parametrize("width", [60, 80, 100, 120])
def test_namespace_and_read_only_are_whole_at_every_width_and_a_server_whole_or_not_there(
    width: int,
) -> None:
    far = ClusterDescription("carla-console-of-the-lab", "https://api.lab.example:6443", "default")
    told = heading(ClusterLink(Link.CONNECTED, far, read_only="--readonly was given."), width)
    assert "ns default  read-only" in told
    assert "carla-console-of-the-lab"[:5] in told
    assert ("server" in told) == ("server https://api.lab.example:6443" in told)


@pytest.mark.parametrize(
    ("problem", "told"),
    [(LoginRefused("expired"), "not logged in"), (ClusterUnreachable("away"), "no cluster"),
     (ConsoleError("else"), "no cluster")],
)  # fmt: skip
def test_a_refused_login_is_told_from_a_cluster_that_does_not_answer(
    problem: ConsoleError, told: str
) -> None:
    assert told in heading(ClusterLink(Link.UNREACHABLE, WHERE, problem))


def test_a_list_of_all_namespaces_names_them_though_they_are_one_by_chance() -> None:
    rows = [_row("races", "one"), _row("races", "two")]
    assert widest(rows).namespace == 0
    assert widest(rows, spaces=True).namespace == len("races")
    assert widest([*rows, _row("night", "three")]).namespace == len("races")


def _row(namespace: str, name: str) -> SubmissionRow:
    return replace(ROWS[0], namespace=namespace, name=name)


def test_a_filter_of_namespaces_may_hide_those_that_it_names() -> None:
    rows = [KnownNamespace(""), KnownNamespace("races"), KnownNamespace("lab")]
    assert [each.name for each in rows if namespace_matches(each, "!RAC")] == ["", "lab"]
    assert [each.name for each in rows if namespace_matches(each, "all")] == [""]


@pytest.mark.parametrize("width", [80, 120, 200])
def test_a_long_reason_leaves_the_place_its_room(width: int) -> None:
    where = ClusterDescription("production-eu", "https://10.0.0.2:6443", "leaderboard")
    stale = FleetSnapshot((), False, "The cluster does not allow: watch jobs. " * 5, None)
    heading = Heading("Submissions", ClusterLink(Link.CONNECTED, where), stale)
    told = words(heading_line(heading, width))
    assert "product" in told
    assert "ns leaderboard" in told
    assert "stale" in told
    assert len(told) <= width
