"""What `-o json` tells of a board of the tests, and a moment in it."""

from __future__ import annotations

from datetime import UTC, datetime

from fakes.boards import board

from console.cli import documents

AT = datetime(2026, 11, 22, 16, 1, 12, 345678, tzinfo=UTC)


def told(**more: object) -> documents.Document:
    return documents.board_document(board(**more))
