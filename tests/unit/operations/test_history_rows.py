"""One list of what is recorded and of what a cluster has now."""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace
from test_history import NOW, OTHER, TEAM_7, TEAM_8

from console.domain.board import SubmissionStatus
from console.operations.recording.history_rows import HistoryRow, history_rows


def by_name(*told: HistoryRow) -> dict[str, HistoryRow]:
    return {each.recording.name: each for each in told}


def test_what_is_recorded_and_there_too_is_one_row_with_the_clusters_word() -> None:
    assert TEAM_7.row is not None
    now = replace(TEAM_7.row, status=SubmissionStatus.RUNNING, done=3)
    rows = by_name(*history_rows([TEAM_7, TEAM_8], [now], "prod"))
    assert sorted(rows) == ["team-7", "team-8"]
    assert (rows["team-7"].present, rows["team-7"].recorded, rows["team-7"].row) == (
        True,
        True,
        now,
    )
    assert not rows["team-8"].present


def test_what_only_the_cluster_has_is_listed_and_known_as_not_recorded() -> None:
    assert TEAM_7.row is not None
    rows = history_rows([], [TEAM_7.row], "prod")
    assert [(each.present, each.recorded) for each in rows] == [(True, False)]
    assert rows[0].recording == TEAM_7.recording


def test_a_namesake_or_the_same_uid_of_another_cluster_is_another_submission() -> None:
    assert TEAM_7.row is not None
    later = replace(TEAM_7.row, uid="another")
    assert len(history_rows([TEAM_7], [later], "prod")) == 2
    assert len(history_rows([TEAM_7], [TEAM_7.row], "lab")) == 2


def test_a_duration_is_known_from_end_to_end_or_while_the_cluster_has_it() -> None:
    assert TEAM_7.row is not None
    ended = replace(TEAM_7, ended_at=NOW + timedelta(minutes=5))
    later = NOW + timedelta(hours=1)
    (over,) = history_rows([ended], [], "")
    assert over.seconds(later) == 300
    (unseen,) = history_rows([replace(TEAM_7, ended=False)], [], "")
    assert unseen.seconds(later) is None
    present = replace(TEAM_7.row, status=SubmissionStatus.RUNNING)
    (running,) = history_rows([], [present], "prod")
    assert running.seconds(later) == 3600
    # It is still there, and over: nobody here knows since when.
    (failed,) = history_rows([], [TEAM_7.row], "prod")
    assert failed.seconds(later) is None
    (untold,) = history_rows([], [replace(present, created_at=None)], "prod")
    assert untold.seconds(later) is None


def test_what_it_waited_in_a_queue_is_no_part_of_how_long_it_took() -> None:
    assert TEAM_7.row is not None
    queued = replace(TEAM_7.row, started_at=NOW + timedelta(minutes=3))
    entry = replace(TEAM_7, row=queued, ended_at=NOW + timedelta(minutes=5))
    (over,) = history_rows([entry], [], "")
    assert over.seconds(NOW + timedelta(hours=1)) == 120


def test_a_filter_finds_context_uid_image_track_team_and_pins() -> None:
    entry = replace(OTHER, agent_image="Registry/x:1", team="Café", pinned=True)
    (row,) = history_rows([entry], [], "")
    for each in ("lab", "uid-demo", "registry/x", "sensors", "café", "pinned", "races/demo"):
        assert each in row.text
