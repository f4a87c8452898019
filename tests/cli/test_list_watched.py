"""`list --watch`: the list, then a line for each change, whatever form; `-l` leaves the others out."""

from __future__ import annotations

import asyncio
import json
from argparse import Namespace
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from fakes.boards import NOW, row
from msgspec.structs import replace

from console.cli import watched_list
from console.cli.commands.list_submissions import TITLES, cells
from console.cli.connection import chosen_by
from console.cli.watched_list import ChangedRow, GrowingTable, RowChanges
from console.domain.board import SubmissionStatus
from console.domain.fleet import READING, FleetSnapshot
from console.domain.publication import Published, PublishedAs
from console.operations.ports.cluster import Kind
from console.operations.watching.fleet import Fleet

RUNNING, FAILED = SubmissionStatus.RUNNING, SubmissionStatus.FAILED
RAVEN = row("raven", RUNNING, 3, labels=(("team", "raven"),))
HERON = row("heron", RUNNING, 0)
Told = pytest.CaptureFixture[str]


class StillFleet:
    """Remembers which rows are looked at."""

    def __init__(self) -> None:
        self.looked_at: list[tuple[str, str]] = []

    def show_rows(self, keys: list[tuple[str, str]]) -> None:
        self.looked_at = keys


def told(
    *snapshots: FleetSnapshot,
    output: str = "table",
    selector: str = "",
    patience: float = 0.0,
    **more: object,
) -> StillFleet:
    async def each() -> AsyncIterator[FleetSnapshot]:
        for snapshot in snapshots:
            yield snapshot

    fleet = StillFleet()
    options = Namespace(output=output, no_headers=False, **more)
    printer = watched_list._ChangesPrinter(options, TITLES, cells)
    changes = RowChanges(chosen_by(selector))
    tell = watched_list._tell(fleet, each(), changes, printer, patience=patience)  # type: ignore[arg-type]
    asyncio.run(tell)
    return fleet


def live(*rows: object) -> FleetSnapshot:
    return FleetSnapshot(rows, live=True)  # type: ignore[arg-type]


def test_the_list_comes_first_then_only_what_has_changed(capsys: Told) -> None:
    told(live(RAVEN, HERON), live(RAVEN, HERON), live(replace(RAVEN, done=4), HERON))
    head, *lines = capsys.readouterr().out.splitlines()
    assert head.split()[:3] == ["NAMESPACE", "NAME", "LEADERBOARD"]
    assert [line.split()[1] for line in lines] == ["raven", "heron", "raven"]
    assert [line.split()[4] for line in lines] == ["3/20", "0/20", "4/20"]


def test_an_empty_list_has_no_titles_before_its_first_line(capsys: Told) -> None:
    told(live(), live())
    assert capsys.readouterr().out == ""
    told(live(), live(RAVEN))
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()][:1] == ["NAMESPACE"]


def test_what_has_ended_is_called_nothing_before_its_result_was_looked_at(capsys: Told) -> None:
    unread = replace(RAVEN, status=SubmissionStatus.UNVERIFIED, done=None, unread=True)
    rows = (unread, replace(unread, unread=False), replace(RAVEN, status=SubmissionStatus.COMPLETE))
    told(*map(live, rows))
    lines = [line.split() for line in capsys.readouterr().out.splitlines()[1:]]
    assert lines[0][3:] == ["Ended", "?", "?/20", "0/8", "?", "?", lines[0][-1]]
    assert [each[3] for each in lines[1:]] == ["Unverified", "Complete"]
    told(*map(live, rows), output="json")
    documents = map(json.loads, capsys.readouterr().out.splitlines())
    assert [each["status"] for each in documents] == [None, "Unverified", "Complete"]


def test_the_list_waits_for_the_last_words_of_what_has_ended(capsys: Told) -> None:
    unread = replace(RAVEN, status=SubmissionStatus.UNVERIFIED, done=None, unread=True)
    read = replace(RAVEN, status=SubmissionStatus.COMPLETE, done=20)
    told(live(unread, HERON), live(read, HERON), live(unread, HERON), patience=60)
    lines = [line.split() for line in capsys.readouterr().out.splitlines()[1:]]
    told_of = [(name, status) for _, name, _, status, *_ in lines]
    assert told_of == [("raven", "Complete"), ("heron", "Running"), ("raven", "Ended")]


def test_columns_stay_aligned_with_their_titles_and_grow_with_what_comes(capsys: Told) -> None:
    told(live(RAVEN), live(RAVEN, row("a-name-longer-than-any-before", RUNNING, 1)))
    head, first, second = capsys.readouterr().out.splitlines()
    assert head.index("LEADERBOARD") == first.index("2.0")
    assert second.index("2.0") > first.index("2.0")


def test_nothing_is_told_before_the_list_is_whole_and_a_lost_watch_is_said_once(
    capsys: Told,
) -> None:
    gone = FleetSnapshot((RAVEN,), live=False, why="No answer.")
    told(FleetSnapshot((RAVEN,), live=False, why=READING), live(RAVEN), gone, gone, live(RAVEN))
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == 2
    assert err == "note: not live: No answer.\n"


def test_a_list_that_never_comes_says_why_once_each_reason(capsys: Told) -> None:
    begin = FleetSnapshot(why=READING)
    refused, silent = FleetSnapshot(why="Forbidden."), FleetSnapshot(why="No answer.")
    told(begin, refused, refused, silent)
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "note: not live: Forbidden.\nnote: not live: No answer.\n"


def test_what_is_deleted_says_so_in_its_last_line(capsys: Told) -> None:
    told(live(RAVEN, HERON), live(HERON))
    assert capsys.readouterr().out.splitlines()[-1].split()[1:4] == ["raven", "2.0", "Deleted"]
    told(live(RAVEN), live(), output="json")
    first, last = map(json.loads, capsys.readouterr().out.splitlines())
    assert (first["deleted"], last["deleted"], last["name"]) == (False, True, "raven")


@pytest.mark.parametrize(
    ("form", "lines"),
    [
        ("name", ["job.batch/raven", "job.batch/raven"]),
        ("jsonpath={.name} {.status}", ["raven Running", "raven Failed"]),
    ],
)
def test_each_change_is_a_line_of_its_own_in_forms_for_scripts(capsys: Told, form, lines) -> None:
    told(live(RAVEN), live(replace(RAVEN, status=FAILED)), output=form)
    assert capsys.readouterr().out.splitlines() == lines


def test_yaml_is_a_document_a_change(capsys: Told) -> None:
    told(live(RAVEN), live(replace(RAVEN, status=FAILED)), output="yaml")
    assert capsys.readouterr().out.count("---\nnamespace: leaderboard\n") == 2


def test_a_selector_leaves_the_others_out_also_when_they_change(capsys: Told) -> None:
    told(
        live(RAVEN, HERON),
        live(RAVEN, replace(HERON, done=1)),
        output="name",
        selector="team=raven",
    )
    assert capsys.readouterr().out == "job.batch/raven\n"


def test_what_no_longer_has_the_label_is_gone_from_this_list() -> None:
    changes = RowChanges(chosen_by("team"))
    assert [*changes.of([RAVEN])] == [ChangedRow(RAVEN)]
    assert [*changes.of([replace(RAVEN, labels=())])] == [ChangedRow(RAVEN, deleted=True)]


def test_what_a_reader_does_not_see_is_no_change() -> None:
    changes = RowChanges(chosen_by(None))
    assert len([*changes.of([RAVEN])]) == 1
    assert [*changes.of([replace(RAVEN, remark="old")])] == []
    assert len([*changes.of([replace(RAVEN, place="1/3")])]) == 1


def test_a_long_list_has_its_first_rows_looked_at_and_no_other(monkeypatch) -> None:
    monkeypatch.setattr(watched_list, "MOST_ASKED", 1)
    assert told(live(RAVEN, HERON)).looked_at == [("leaderboard", "raven")]


def test_a_cell_of_hostile_text_controls_no_terminal() -> None:
    assert "\x1b" not in GrowingTable(["A"]).line(["\x1b[2Jx"])


@pytest.mark.parametrize(
    ("flags", "word"),
    [
        (("--sort-by", "NAME"), "--sort-by"),
        (("-o", "csv"), "-o csv"),
        (("-o", "custom-columns=N:.name"), "-o custom-columns"),
        (("-l", "team ra ven"), "no requirement of labels"),
        (("-l", ""), "--selector is empty"),
    ],
)
def test_what_cannot_be_watched_is_refused(stage, flags: tuple[str, ...], word: str) -> None:
    ran = stage.run("list", "--watch", *flags)
    assert (ran.code, ran.stdout) == (2, b"")
    assert word in ran.told


def test_the_list_takes_a_selector_too_and_remembers_all_the_same(stage) -> None:
    for name in ("raven", "heron"):
        stage.launch(name)
    assert stage.run("list", "-l", "no-such-label", "-o", "name").stdout == b""
    both = stage.run("list", "-l", "app.kubernetes.io/name=leaderboard-submission", "-o", "name")
    assert len(both.out.split()) == 2


def test_changes_of_a_cluster_come_as_they_happen_and_end_with_the_command(stage) -> None:
    stage.launch("raven")

    async def watched() -> None:
        fleet = Fleet(stage.services, "races")
        names: list[tuple[str, bool]] = []
        changes = RowChanges(chosen_by(None))
        async with watched_list._snapshots(fleet) as snapshots:
            async for snapshot in snapshots:
                if not snapshot.live:
                    continue
                names += [(each.row.name, each.deleted) for each in changes.of(snapshot.rows)]
                if ("raven", True) in names:
                    break
                if ("raven", False) in names:
                    stage.cluster.objects.get((Kind.JOB, "races", "raven")) and stage.cluster.drop(
                        Kind.JOB, "races", "raven"
                    )
        assert names[0] == ("raven", False)

    asyncio.run(asyncio.wait_for(watched(), 30))


def test_what_is_sent_to_evalai_each_minute_is_no_change_and_a_refusal_is(capsys: Told) -> None:
    sent = [Published(PublishedAs.PARTIAL, NOW + n * timedelta(minutes=1), "") for n in range(3)]
    rows = [replace(RAVEN, published=each) for each in (*sent, Published(PublishedAs.REFUSED))]
    told(*(live(each) for each in rows), output="json")
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [each["published"]["state"] for each in lines] == ["partial", "refused"]
