"""What the screens and the command line say of a submission that cannot start."""

from __future__ import annotations

from datetime import UTC, datetime

from fakes.folded_boards import JOB, at, board_of, pod

from console.cli.boards import board_text
from console.cli.documents import board_document, row_document
from console.domain.board import BoardSnapshot
from console.domain.events import JobSeen, PodSeen
from console.operations.outcome.row import row_of
from console.presentation import boards, fleet_columns, pairs
from console.presentation.tones import Line, Tone
from tests.unit.domain.test_blocking import stuck

NOW = datetime(2026, 11, 22, 11, tzinfo=UTC)


def blocked() -> BoardSnapshot:
    facts = stuck("ImagePullBackOff", "x: not found")
    return board_of(JobSeen(at(0), JOB), PodSeen(at(2), pod("Pending", containers=facts)))


def plain(line: Line) -> str:
    return "".join(part for part, _ in line)


def test_it_is_blocked_everywhere_with_a_tone_of_alarm_and_a_kind_for_programs() -> None:
    board = blocked()
    row = row_of(board)
    columns = fleet_columns.layout(120, fleet_columns.widest((row,)))
    status = fleet_columns.cells(row, columns, NOW)[2]
    assert (plain(status), status[0][1]) == ("⊗ Blocked", Tone.FAIL)
    for document in (row_document(row), board_document(board)):
        assert (document["status"], document["blockedBy"]) == ("Blocked", "image")
        assert "its image cannot be pulled" in document["reason"]
    assert "Blocked (agent-2: its image cannot be pulled (x: not found)." in board_text(board)


def test_the_budget_promises_nothing_while_it_is_blocked() -> None:
    board = blocked()
    line = boards.budget_line(board, 120)
    assert "resumes can work" not in plain(line)
    assert Tone.OK not in {tone for _, tone in line}
    assert "resumes can work" not in board_text(board)
    assert "no restart helps while it is blocked" in board_text(board)


def test_the_tile_of_a_blocked_pair_says_why() -> None:
    for height in (9, 16):
        shown = [plain(line) for line in pairs.panel(blocked().pairs[1], 60, height, NOW)]
        assert any("⊗ blocked" in line for line in shown)
        assert any("image cannot be pulled" in line for line in shown)
    assert not any("resetting" in plain(line) for line in pairs.rows(blocked().pairs[1], 80, NOW))
