"""A shell that a test types into: what its completion offers, and what it does besides."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

PREFIX = "OFFERED "


def environment(state: Path, program: Path) -> dict[str, str]:
    """Of a user who has that program on PATH, and nothing remembered but what is in `state`."""
    kept = {"PATH": f"{program.parent}:{os.environ['PATH']}", "HOME": str(state), "LANG": "C.UTF-8"}
    return kept | {"CARLA_CONSOLE_STATE_DIR": str(state), "TERM": "dumb"}


def bash_offers(line: str, env: dict[str, str], cwd: Path) -> list[str]:
    """As readline would put them in place of the word, as bash has taken the line apart."""
    script = f"""
source <(carla-console completion bash)
type compopt >/dev/null && compopt() {{ echo "{PREFIX}<files>"; }}
COMP_LINE=$1; COMP_POINT=${{#1}}
_carla_console carla-console
printf '{PREFIX}%s\\n' "${{COMPREPLY[@]}}"
"""
    return _offered(["bash", "--norc", "-c", script, "bash", line], env, cwd)


def zsh_offers(line: str, env: dict[str, str], cwd: Path) -> list[str]:
    """With zsh's own completion functions replaced: they need a terminal."""
    script = f"""
compdef() {{ :; }}
_describe() {{ printf '{PREFIX}%s\\n' "${{(@P)@[-1]}}"; }}
_files() {{ echo "{PREFIX}<files>"; }}
compset() {{ :; }}
source <(carla-console completion zsh)
words=("${{(z@)1}}"); [[ $1 == *' ' ]] && words+=("")
CURRENT=$#words
_carla-console
"""
    return _offered(["zsh", "-f", "-c", script, "zsh", line], env, cwd)


def fish_offers(line: str, env: dict[str, str], cwd: Path) -> list[str]:
    """As fish itself completes a command line."""
    script = f"""
carla-console completion fish | source
for offered in (complete -C $argv[1])
    printf '{PREFIX}%s\\n' $offered
end
"""
    return _offered(["fish", "--no-config", "-c", script, line], env, cwd)


def _offered(command: list[str], env: dict[str, str], cwd: Path) -> list[str]:
    done = subprocess.run(command, env=env, cwd=cwd, capture_output=True, text=True, timeout=60)
    assert done.stderr == "", done.stderr
    lines = done.stdout.splitlines()
    return [
        line.removeprefix(PREFIX) for line in lines if line.startswith(PREFIX) and line != PREFIX
    ]
