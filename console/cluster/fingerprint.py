"""Which login is meant, as a short text: two that could act as different users have different ones.

Tells nothing of a secret. What a login renews by itself (a token file, a provider's tokens) is no
part of it; a token or a certificate that stands in the file is, for another one is another login.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import msgspec

from console.cluster.impersonation import ActingAs
from console.cluster.kubeconfig import Access
from console.cluster.naming import access, described, named_files
from console.cluster.schema import Cluster, User
from console.operations.ports.cluster import ClusterDescription
from console.paths import fingerprint

_OF_THE_TERMINAL = (
    *("_", "SHLVL", "PWD", "OLDPWD", "TERM", "TERM_PROGRAM", "TERM_PROGRAM_VERSION", "COLORTERM"),
    *("COLUMNS", "LINES", "WINDOWID", "DISPLAY", "WAYLAND_DISPLAY", "STY", "WINDOW", "TMUX"),
    *("TMUX_PANE", "PS1", "PROMPT_COMMAND", "PYTEST_CURRENT_TEST", "LS_COLORS", "MAIL"),
)
# Told by the kubeconfig's files, or nothing to a plug-in.
_OURS = ("KUBECONFIG", "CARLA_CONSOLE_STATE_DIR", "CARLA_CONSOLE_RECORDER")
_OF_THE_SESSION = ("SSH_", "XDG_SESSION_", "VTE_", "KONSOLE_", "ITERM_", "GNOME_TERMINAL_")
_RENEWED = ("id-token", "refresh-token", "access-token", "expiry", "expires-on")


class IdentifiedLogin(msgspec.Struct, frozen=True):
    """Where to and as whom, by its names, and the text that tells it from any other."""

    description: ClusterDescription
    fingerprint: str


def login(
    kubeconfig: str | None,
    context: str | None,
    namespace: str | None,
    *,
    environ: Mapping[str, str] = os.environ,
    local: bool = False,
    acts_as: ActingAs | None = None,
) -> IdentifiedLogin:
    """The one that these flags mean. Reads files; with the errors of `naming.access`."""
    chosen = access(kubeconfig, context, namespace, environ, acts_as)
    files = named_files(kubeconfig, environ)
    return IdentifiedLogin(
        described(chosen, files, local=local, asked=acts_as),
        fingerprint_of(chosen, files, environ),
    )


def fingerprint_of(chosen: Access, files: tuple[str, ...], environ: Mapping[str, str]) -> str:
    """Of a login that is known. A plug-in's answer depends on its environment too."""
    told = [
        [chosen.context, chosen.server, chosen.user_name, chosen.inside, files],
        _cluster(chosen.cluster),
        _user(chosen.user),
        _environment(environ) if chosen.user.plugin is not None else [],
    ]
    text = msgspec.json.encode(told, order="deterministic", enc_hook=_data)
    return fingerprint(text)


def _data(value: object) -> str:
    """Certificates and keys are bytes of their own type."""
    if isinstance(value, bytes):
        return value.hex()
    raise NotImplementedError(type(value))


def _cluster(cluster: Cluster) -> dict[str, Any]:
    return {**msgspec.structs.asdict(cluster), "extensions": None}


def _user(user: User) -> dict[str, Any]:
    """Without the password: few are long enough to be hidden by a hash."""
    told = {**msgspec.structs.asdict(user), "password": None, "extensions": None}
    if (provider := user.auth_provider) is not None:
        fixed = {key: text for key, text in provider.config.items() if key not in _RENEWED}
        told["auth_provider"] = [provider.name, fixed]
    return told


def _environment(environ: Mapping[str, str]) -> list[list[str]]:
    """All that a plug-in may heed: whatever a terminal sets for itself is not."""
    return sorted(
        [name, value]
        for name, value in environ.items()
        if name not in (*_OF_THE_TERMINAL, *_OURS) and not name.startswith(_OF_THE_SESSION)
    )
