"""Which Jobs are taken apart for their plans: for who holds that one is enough for all of a shape."""

from __future__ import annotations

from typing import Any

import pytest

from console.cluster import plans
from console.specs.plan import plan_of


def taken_apart(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Their names, which grow as it happens."""
    names: list[str] = []

    def counted(manifest: dict[str, Any]) -> Any:
        names.append(manifest["metadata"]["name"])
        return plan_of(manifest)

    monkeypatch.setattr(plans, "plan_of", counted)
    return names
