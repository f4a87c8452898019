"""What a fresh Python has imported after some code: nothing of the test's own process is there."""

from __future__ import annotations

import os
import subprocess
import sys


def loaded_modules(code: str, *arguments: str) -> set[str]:
    """Names of all modules. Coverage does not measure that process: it would add its own."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    script = f"{code}\nimport sys\nprint('', *sys.modules, sep='\\n')"
    command = [sys.executable, "-c", script, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=env)
    return set(done.stdout.rpartition("\n\n")[2].split())
