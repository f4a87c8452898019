"""Who is told that leaving ends the embedded cluster: its last owner, and nobody else."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.localcluster.lifecycle.owners import ends_with_us, last_owner_gone, register

OWNER = (
    "import sys; from pathlib import Path; from console.localcluster.lifecycle import owners;"
    "owners.register(Path(sys.argv[1]), owner=True); print('owner', flush=True); sys.stdin.read()"
)


@pytest.fixture
def another(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Another process that owns the same cluster."""
    process = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"owner\n"
        yield process
        process.kill()


def test_a_cluster_ends_with_its_only_owner(tmp_path: Path) -> None:
    register(tmp_path, owner=True)
    assert ends_with_us(tmp_path)


def test_a_cluster_that_another_process_owns_too_outlives_this_one(
    tmp_path: Path, another: subprocess.Popen[bytes]
) -> None:
    """Until that one has ended, however it does."""
    register(tmp_path, owner=True)
    assert not ends_with_us(tmp_path)
    another.kill()
    another.wait()
    assert ends_with_us(tmp_path)


def test_a_cluster_that_is_kept_ends_with_nobody(tmp_path: Path) -> None:
    register(tmp_path, owner=False)
    register(tmp_path, owner=True)
    assert not ends_with_us(tmp_path)


def test_a_later_process_with_the_number_of_a_former_owner_owns_nothing(
    tmp_path: Path, another: subprocess.Popen[bytes]
) -> None:
    register(tmp_path, owner=True)
    (registered,) = tmp_path.glob(f"{another.pid}-*")
    registered.rename(tmp_path / f"{another.pid}-1")
    assert ends_with_us(tmp_path)


async def over(folder: Path, grace: float = 0.0) -> None:
    """The cluster would end now."""
    async with asyncio.timeout(20):
        await last_owner_gone(folder, grace)


async def test_a_cluster_that_nobody_owns_ends_after_the_grace(tmp_path: Path) -> None:
    await over(tmp_path)


async def test_a_cluster_ends_with_the_last_of_its_owners_though_it_was_killed(
    tmp_path: Path, another: subprocess.Popen[bytes]
) -> None:
    waiting = asyncio.create_task(over(tmp_path))
    await asyncio.sleep(0)
    assert not waiting.done()
    another.kill()
    await waiting
    another.wait()


async def test_an_owner_that_comes_within_the_grace_keeps_the_cluster(tmp_path: Path) -> None:
    waiting = asyncio.create_task(over(tmp_path, 0.05))
    await asyncio.sleep(0)
    register(tmp_path, owner=True)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(waiting, 0.15)


async def test_a_cluster_that_is_kept_within_the_grace_does_not_end(tmp_path: Path) -> None:
    waiting = asyncio.create_task(over(tmp_path, 0.05))
    await asyncio.sleep(0)
    register(tmp_path, owner=False)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(waiting, 0.15)
