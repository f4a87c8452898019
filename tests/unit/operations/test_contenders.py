"""With what a result can be compared: the same team's last ones first, and nothing that cannot."""

from __future__ import annotations

from datetime import timedelta

from fakes.boards import NOW, row

from console.domain.board import SubmissionStatus
from console.operations.ports.history_entries import HistoryEntry
from console.operations.ports.recorder import Recording
from console.operations.recording.contenders import Contenders, contenders
from console.operations.recording.history_rows import HistoryRow


def listed(name: str, days: int, team: str | None = "falcon", **more: object) -> HistoryRow:
    done = more.pop("done", 20)
    created = NOW - timedelta(days=days)
    told = row(name, SubmissionStatus.COMPLETE, done, created_at=created, **more)  # type: ignore[arg-type]
    entry = HistoryEntry(Recording("lab", "races", name, name), told, True, team=team)
    return HistoryRow(entry, False, True, name)


def names(found: Contenders) -> list[str]:
    return [each.recording.name for each in found.rows]


def test_the_same_teams_last_ones_stand_first() -> None:
    rows = [
        listed("mine", 0),
        listed("others", 1, "heron"),
        listed("older", 9),
        listed("newer", 2),
    ]
    found = contenders(rows, "mine", "2.0")
    assert names(found) == ["newer", "older", "others"]
    assert (found.team, found.of_team) == ("falcon", 2)


def test_it_is_not_compared_with_itself() -> None:
    assert names(contenders([listed("mine", 0)], "mine", "2.0")) == []


def test_what_could_not_be_compared_is_left_out_and_counted() -> None:
    rows = [
        listed("mine", 0),
        listed("old-version", 1, leaderboard="1.0"),
        listed("nothing-driven", 1, done=0),
        HistoryRow(
            HistoryEntry(Recording("lab", "x", "lost", "lost"), None, True), False, True, ""
        ),
        listed("good", 3),
    ]
    found = contenders(rows, "mine", "2.0")
    assert (names(found), found.left_out) == (["good"], 3)


def test_drives_that_nobody_could_count_may_be_there() -> None:
    rows = [listed("mine", 0), listed("unknown", 1, done=None)]
    assert names(contenders(rows, "mine", "2.0")) == ["unknown"]


def test_where_nobody_knows_the_team_the_newest_is_first() -> None:
    for team in (None, ""):
        rows = [listed("mine", 0, team), listed("b", 3, team), listed("a", 1, team)]
        found = contenders(rows, "mine", "2.0")
        assert (names(found), found.of_team, found.team) == (["a", "b"], 0, "")


def test_a_submission_that_is_not_in_the_list_is_compared_with_all() -> None:
    found = contenders([listed("a", 1), listed("b", 2)], "unseen", "2.0")
    assert (names(found), found.team) == (["a", "b"], "")
