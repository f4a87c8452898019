"""Cases of a sweep: a few of them are for `make test`, all of them for `make thorough`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def sweep(cases: Iterable[Any], *quick: Any) -> list[Any]:
    """For `parametrize`: those that are not among the quick ones are thorough."""
    return [
        case if case in quick else pytest.param(case, marks=pytest.mark.thorough) for case in cases
    ]


def sweep_rows(rows: Iterable[tuple[Any, ...]], *quick: tuple[Any, ...]) -> list[Any]:
    """The same where each case is a value for each of several names."""
    return [row if row in quick else pytest.param(*row, marks=pytest.mark.thorough) for row in rows]
