"""Where the product's own files and the user's state live, and the shell lines that find it again.

Creates nothing, reads no settings.

Environment: CARLA_CONSOLE_STATE_DIR replaces the state directory; else XDG_STATE_HOME decides.
CARLA_CONSOLE_CONFIG_DIR replaces the folder of settings; else XDG_CONFIG_HOME decides.
CARLA_CONSOLE_LOGS_DIR replaces the folder of the console's own log.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_PROGRAM = "carla-console"

WORKER_PACKAGES = ("workers", "results")
"""Packages of ours that run inside the submission's containers, by their folder's name."""


def _shipped(folder: str) -> Path:
    """A folder beside the package in a checkout, inside it in an installed wheel."""
    checkout = _PACKAGE.parent / folder
    return checkout if checkout.is_dir() else _PACKAGE / "_bundled" / folder


def job_specs() -> Path:
    """The Job templates, access.yaml, recorder.yaml and value profiles."""
    return _shipped("job_specs")


def guide() -> Path:
    """The chapters for whoever works with the console; in the wheel too."""
    return _PACKAGE / "guide"


DEFAULT_THEME = "leaderboard-dark"
"""The theme file that is used where none is asked for."""


def themes() -> Path:
    """One YAML file a theme."""
    return _shipped("themes")


STATE_VARIABLE = "CARLA_CONSOLE_STATE_DIR"
CONFIG_VARIABLE = "CARLA_CONSOLE_CONFIG_DIR"
LOGS_VARIABLE = "CARLA_CONSOLE_LOGS_DIR"

RECORDER_VARIABLE = "CARLA_CONSOLE_RECORDER"
"""`off`: no recorder is started by itself, and none is asked."""


def recorder_wanted() -> bool:
    """Whether launches and screens start a recorder process, and lists ask it."""
    return os.environ.get(RECORDER_VARIABLE, "on") != "off"


GPU_HOUR_VARIABLE = "CARLA_CONSOLE_GPU_HOUR"


def gpu_hour() -> str:
    """What an hour of a GPU costs, as written; empty where nobody says."""
    return os.environ.get(GPU_HOUR_VARIABLE, "")


def chosen_state() -> Path | None:
    """The state directory that was named for this console alone; None for the usual one."""
    chosen = os.environ.get(STATE_VARIABLE)
    return Path(chosen).absolute() if chosen else None


def state() -> Path:
    """What this user's console remembers: recordings, the embedded cluster, the last values."""
    if chosen := os.environ.get(STATE_VARIABLE):
        return Path(chosen)
    base = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
    return Path(base).expanduser() / "carla-console"


def recordings() -> Path:
    """All recordings of this user."""
    return state() / "recordings"


def local() -> Path:
    """What the embedded cluster keeps."""
    return state() / "local"


def calls() -> Path:
    """What was and is to be sent to this user's webhooks."""
    return state() / "calls"


def publishing() -> Path:
    """What is known of results that are to be at EvalAI."""
    return state() / "publishing"


def plugin_outputs() -> Path:
    """What this user's plugins behind the screens said, one file a plugin."""
    return state() / "plugins"


def settings() -> Path:
    """What this user sets for the console; nothing in it has to be there."""
    if chosen := os.environ.get(CONFIG_VARIABLE):
        return Path(chosen).expanduser()
    base = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    return Path(base).expanduser() / "carla-console"


def own_logs() -> Path:
    """Where the console writes what went wrong inside itself."""
    chosen = os.environ.get(LOGS_VARIABLE)
    return Path(chosen).expanduser() if chosen else state() / "logs"


def user_themes() -> Path:
    """This user's themes, one YAML file each."""
    return settings() / "themes"


def presets() -> Path:
    """This user's presets of launches, one YAML file each."""
    return settings() / "presets"


def asked_cluster(
    kubeconfig: str | None, context: str | None, namespace: str | None, *, local: bool = False
) -> str:
    """The flags as one text: what a last known list was the answer to."""
    return repr((kubeconfig, context, namespace)) + (" local" if local else "")


def last_known_list(asked: str) -> Path:
    """The file with the rows that were shown last for it; KUBECONFIG is part of the question."""
    question = f"{asked} {os.environ.get('KUBECONFIG', '')}"
    name = fingerprint(question.encode(errors="surrogateescape"))
    return state() / "last-known" / f"{name}.json"


def fingerprint(text: bytes) -> str:
    """Sixteen digits that no other text has."""
    try:
        # Python's own: `hashlib` brings OpenSSL, which takes longer than all that a name is for.
        from _sha256 import sha256  # type: ignore[import-not-found]
    except ImportError:
        from hashlib import sha256
    digest: str = sha256(text).hexdigest()
    return digest[:16]


def kubeconfigs(explicit: str | None, environ: Mapping[str, str]) -> list[Path]:
    """As kubectl: --kubeconfig alone, else the KUBECONFIG list, else ~/.kube/config."""
    if explicit:
        return [Path(explicit).expanduser()]
    if listed := environ.get("KUBECONFIG"):
        return [Path(part) for part in listed.split(os.pathsep) if part]
    return [Path("~/.kube/config").expanduser()]


def of_state(line: str) -> str:
    """A shell line that finds this console's state directory from wherever it is run."""
    chosen = chosen_state()
    return f"{STATE_VARIABLE}={_shell_line(str(chosen))} {line}" if chosen else line


def to_type(*words: str) -> str:
    """A shell line for whoever has left this console: starts it again, with its state."""
    return of_state(_shell_line(program(), *words))


def program() -> str:
    """What a shell starts this console by: its name where the PATH has it, else its file. The
    environment of a checkout is rarely an active one."""
    if any(os.access(os.path.join(folder, _PROGRAM), os.X_OK) for folder in os.get_exec_path()):
        return _PROGRAM
    beside = os.path.join(os.path.dirname(sys.executable), _PROGRAM)
    return beside if os.access(beside, os.X_OK) else _PROGRAM


def local_command(action: str) -> str:
    """`carla-console local up`, `down`: of the embedded cluster that this console would find.

    Here, because the embedded cluster's own errors name it and know nothing of the use cases.
    """
    return of_state(_shell_line(_PROGRAM, "local", action))


def _shell_line(*words: str) -> str:
    import shlex  # late: what only lists and merges says no such line

    return shlex.join(words)


def worker_files() -> dict[str, str]:
    """Every file that a submission's containers get from us: path inside the mount -> text."""
    files = {"console/__init__.py": (_PACKAGE / "__init__.py").read_text()}
    for script in sorted((_PACKAGE / "workers").glob("*.sh")):
        files[script.name] = script.read_text()
    for package in WORKER_PACKAGES:
        for module in sorted((_PACKAGE / package).glob("*.py")):
            files[f"console/{package}/{module.name}"] = module.read_text()
    return files
