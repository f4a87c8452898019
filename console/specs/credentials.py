"""What looks like a credential in a manifest or in a line of text, and these without it. Pure.

A recording lies on disks and is passed on; a Job may carry a token in plain sight, in the variable
of a container, a command's argument or an address. References to Secrets stay: they hold no value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

LEFT_OUT = "(not recorded: it looks like a credential)"
REDACTED = "(left out: it looks like a credential)"
"""In place of one in a text that is passed on."""
_NAME = re.compile(
    r"""(?:^|[_.-])(?:
        (?:TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|PWD|CREDENTIALS?|APIKEY)S?
      | (?:API|ACCESS|PRIVATE|SECRET|SIGNING|ENCRYPTION|SSH|AUTH)_?KEY
    )(?:$|[_.-])""",
    re.VERBOSE | re.IGNORECASE,
)
_VALUE = re.compile(
    r"""(?:
        -----BEGIN\ [A-Z ]*PRIVATE\ KEY-----.*?(?:-----END\ [A-Z ]*PRIVATE\ KEY-----|$)
      | \bey[JK][A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*      # a JSON web token
      | \b(?:AKIA|ASIA)[0-9A-Z]{16}\b                                       # AWS
      | \bgh[pousr]_[A-Za-z0-9]{20,}\b | \bgithub_pat_[A-Za-z0-9_]{20,}
      | \bglpat-[A-Za-z0-9_-]{20,} | \bhf_[A-Za-z0-9]{20,}\b | \bsk-[A-Za-z0-9_-]{20,}
      | \bxox[abprs]-[A-Za-z0-9-]{10,}
      | (?<=://)[^/\s:@]+:[^/\s@]+(?=@)                                     # user:password@
    )""",
    re.VERBOSE | re.DOTALL,
)
_ASSIGNED = re.compile(
    r"""(?P<name>[A-Za-z0-9_.-]{2,80})(?P<is>["']?\s{0,3}[=:]\s{0,3}["']?)(?P<value>[^\s"',;&}\])]+)"""
)
_CARRIED = re.compile(
    r"(?P<how>\b(?:Bearer|Basic)\s+)[A-Za-z0-9._~+/=-]{8,}|(?P<key>X-Amz-Signature=)[0-9a-f]{16,}",
    re.IGNORECASE,
)
_HARMLESS = re.compile(r"\d{1,6}(?:\.\d+)?|true|false|none|null|\(.*|\[.*|<.*|\*+", re.IGNORECASE)
"""What stands behind a telling name and says nothing: a count, a type, what is hidden already."""
_HINTS = (
    *("token", "secret", "passw", "passphrase", "pwd", "credential", "key", "bearer", "basic"),
    *("signature", "-----begin", "://", "eyj", "eyk", "akia", "asia", "ghp_", "gho_", "ghu_"),
    *("ghs_", "ghr_", "github_pat_", "glpat-", "hf_", "sk-", "xox"),
)
"""One of these is in every text that holds a credential by the rules above, in small letters."""
_COPIES = ("kubectl.kubernetes.io/last-applied-configuration",)
"""Annotations that repeat the whole manifest."""


def without_credentials(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The same with `LEFT_OUT` in the place of each; nothing of the original is changed."""
    cleaned = _clean(manifest)
    assert isinstance(cleaned, dict)
    return cleaned


def without_credentials_in(text: str, instead: str = LEFT_OUT) -> tuple[str, int]:
    """A line of free text with `instead` in the place of each, and how many there were.

    By their form, and by what they are called: `WANDB_API_KEY=...`, `"token": "..."`.
    """
    small = text.lower()
    if not any(hint in small for hint in _HINTS):
        return text, 0
    count = 0

    def assigned(match: re.Match[str]) -> str:
        nonlocal count
        if not _NAME.search(match["name"]) or _HARMLESS.fullmatch(match["value"]):
            return match.group()
        count += 1
        return f"{match['name']}{match['is']}{instead}"

    text, found = _VALUE.subn(lambda _: instead, text)
    text, carried = _CARRIED.subn(lambda m: f"{m['how'] or m['key']}{instead}", text)
    text = _ASSIGNED.sub(assigned, text)
    return text, count + found + carried


def left_out(manifest: Mapping[str, Any]) -> tuple[str, ...]:
    """Where something was: `agent-1: AWS_SECRET_ACCESS_KEY`, or `agent-1: args`; each once."""
    return tuple(dict.fromkeys(_places(manifest, "", "")))


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return _VALUE.sub(LEFT_OUT, value)
    if isinstance(value, list):
        return [_clean(each) for each in value]
    if not isinstance(value, Mapping):
        return value
    if _is_named_secret(value):
        return {**value, "value": LEFT_OUT}
    return {key: _clean(each) for key, each in value.items() if key not in _COPIES}


def _is_named_secret(entry: Mapping[str, Any]) -> bool:
    """A variable that holds its value itself, and whose name says what it is."""
    name, value = entry.get("name"), entry.get("value")
    return isinstance(name, str) and bool(value) and bool(_NAME.search(name))


def _places(value: Any, owner: str, key: str) -> list[str]:
    if isinstance(value, str):
        return [f"{owner}: {key}" if owner else key] if LEFT_OUT in value else []
    if isinstance(value, list):
        return [place for each in value for place in _places(each, owner, key)]
    if not isinstance(value, Mapping):
        return []
    name = str(value.get("name", ""))
    if "value" in value:
        return _places(value["value"], owner, name)
    inner = name if "image" in value else owner
    return [place for key, each in value.items() for place in _places(each, inner, key)]
