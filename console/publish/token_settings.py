"""Where a user says that the token of EvalAI is kept: one of three keys of `evalai:`. Pure.

```
token-file: evalai-token                                          # beside publishing.yaml
token-secret: {namespace: evalai, name: evalai, key: auth_token}  # of the cluster, by its login
token-keyring: {service: carla-console, user: evalai}             # of this system (extra keyring)
```
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from console.errors import InvalidInput
from console.kubernetes_grammar.names import CONFIG_KEY, LABEL, SUBDOMAIN
from console.operations.ports.publishing_settings import (
    KeptInFile,
    KeptInKeyring,
    KeptInSecret,
    TokenPlace,
)
from console.publish.written_settings import demand_known, mapping

FILE_KEY, SECRET_KEY, KEYRING_KEY = "token-file", "token-secret", "token-keyring"
TOKEN_KEYS = (FILE_KEY, SECRET_KEY, KEYRING_KEY)
"""Exactly one of them is there."""
_KEYRING_ENTRY = {"service": "carla-console", "user": "evalai"}


def token_place(told: Mapping[str, Any], place: str, folder: Path) -> TokenPlace:
    """`folder`: of the settings. Raises InvalidInput."""
    given = [key for key in TOKEN_KEYS if key in told]
    if len(given) != 1:
        raise InvalidInput(
            f"{place} has {'no' if not given else 'more than one'} place of the token.",
            fix=f"Write one of {', '.join(TOKEN_KEYS)}.",
        )
    [key] = given
    where = f"{place}.{key}"
    if key == FILE_KEY:
        return _file(told[key], where, folder)
    return _secret(told[key], where) if key == SECRET_KEY else _keyring(told[key], where)


def _file(told: Any, place: str, folder: Path) -> KeptInFile:
    """Read when it is used, and not before: a token may come later, or be another one."""
    fix = "Name a file that holds the token and that only you may read."
    if not isinstance(told, str) or not told or not told.isprintable():
        raise InvalidInput(f"{place} names no file.", fix=fix)
    try:
        return KeptInFile(folder / Path(told).expanduser())
    except RuntimeError as error:  # a home of nobody
        raise InvalidInput(f"{place} names no file.", why=str(error), fix=fix) from error


def _secret(told: Any, place: str) -> KeptInSecret:
    """All three, for a namespace that follows a flag would name another Secret each time."""
    rules = {"namespace": LABEL, "name": SUBDOMAIN, "key": CONFIG_KEY}
    given = mapping(told, place)
    demand_known(given, rules, place)
    for key, rule in rules.items():
        text = given.get(key)
        if not isinstance(text, str) or rule.faults(text):
            raise InvalidInput(
                f"{place}.{key} names none of a Secret.",
                fix="Write {namespace: evalai, name: evalai, key: auth_token}.",
            )
    return KeptInSecret(given["namespace"], given["name"], given["key"])


def _keyring(told: Any, place: str) -> KeptInKeyring:
    """They stand in a command to be copied: plain words."""
    given = {**_KEYRING_ENTRY, **mapping(told, place)}
    demand_known(given, _KEYRING_ENTRY, place)
    for key, text in given.items():
        if not isinstance(text, str) or SUBDOMAIN.faults(text.lower()):
            raise InvalidInput(
                f"{place}.{key} names no entry of a keyring.",
                fix="Write {service: carla-console, user: evalai}, in letters, digits, . and -.",
            )
    return KeptInKeyring(given["service"], given["user"])
