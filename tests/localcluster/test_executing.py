"""A process beside a container's first one: what was opened for it is closed with it."""

from __future__ import annotations

import asyncio
import gc
import os
import warnings
from pathlib import Path

import pytest

from console.localcluster.node.executing import execute
from console.localcluster.node.processes import Launch


@pytest.mark.parametrize("stdin", [False, True])
async def test_a_terminal_leaves_nothing_open_whether_it_is_typed_into_or_not(
    tmp_path: Path, stdin: bool
) -> None:
    said: list[bytes] = []

    async def send(_channel: int, data: bytes) -> None:
        said.append(data)

    launch = Launch(("sh",), {"PATH": os.environ["PATH"]}, tmp_path, "id", str)
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        process = await execute(launch, ["echo", "hello"], tty=True, stdin=stdin)
        code = await process.run(send)
        process.hang_up()
        del process
        await asyncio.sleep(0)
        gc.collect()
    assert (code, b"".join(said)) == (0, b"hello\r\n")
    assert [str(each.message) for each in warned if each.category is ResourceWarning] == []
