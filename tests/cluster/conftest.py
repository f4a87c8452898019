"""The world in which kubectl and the console are told the same kubeconfig."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fakes.guarded_server import Authority, Certificate
from fakes.kubectl_twins import KUBECTL, World, world


@pytest.fixture(scope="module")
def made() -> tuple[Authority, dict[str, Certificate]]:
    authority = Authority()
    clients = {name: authority.issue(name) for name in ("alice", "bob")}
    return authority, {**clients, "sealed": authority.issue("sealed", password=b"secret")}


@pytest.fixture
async def here(
    tmp_path: Path, made: tuple[Authority, dict[str, Certificate]]
) -> AsyncIterator[World]:
    if KUBECTL is None:
        pytest.skip("there is no kubectl on the PATH")
    async with world(tmp_path, *made) as found:
        yield found
