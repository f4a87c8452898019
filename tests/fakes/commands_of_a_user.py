"""The console's commands as processes, given by a user with a home and a kubeconfig."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path


class Commands:
    """The console's commands as a user of their own gives them."""

    def __init__(self, home: Path, kubeconfig: Path) -> None:
        self._env = {**os.environ, "HOME": str(home), "KUBECONFIG": str(kubeconfig)}

    async def run(self, *words: str) -> tuple[int, str]:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "console", *words, env=self._env, stdout=asyncio.subprocess.PIPE
        )
        async with asyncio.timeout(300):
            out, _ = await process.communicate()
        return process.returncode or 0, out.decode()
