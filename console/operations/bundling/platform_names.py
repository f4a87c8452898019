"""The names that belong to the platform and not to the team, and text without them. Pure.

Two rules: in the words of a container only what is known to be a name of the platform is hidden,
and every address; in those of the cluster everything that may be a name and is not the team's own.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable

HIDDEN_NAME, HIDDEN_ADDRESS = "(name)", "(address)"
PUBLIC = frozenset(
    ("default", "leaderboard", "evalai", "kubernetes", "carla", "simulator", "agent", "logcopy")
)
"""Words of the product itself: in a log they name no platform."""
_SHORTEST = 3
"""Letters of a name that is looked for in a log; a shorter one is a part of everything."""
_COLONS = 7
"""In an address of version 6 that has nothing left out."""
_TELLING = 6
"""Letters of a name that is no plain word, from which on it is found inside other words too."""
_NOTHING = r"(?!)"
_ADDRESS = re.compile(
    r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}(?![\w.]*\w)|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]+)(?!\w)"
)
_WORD = re.compile(
    r"""[A-Za-z]+(?:'[a-z]+)?
      | \d{1,9}(?:[./]\d{1,9})?(?:%|[A-Za-z]{1,2})?
      | [x×]\d{1,9}
      | \d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)? | \d\d:\d\d:\d\d(?:\.\d+)?
      | [-–=+/&|.…]+""",
    re.VERBOSE,
)
_KEPT = frozenset(
    (
        *("back-off", "Back-off", "re-pull", "read-only", "non-zero", "time-out", "init:"),
        *("affinity/selector", "nvidia.com/gpu", "ephemeral-storage", "no-op", "out-of-memory"),
    )
)
"""Of the cluster's own phrases those that are no plain words."""
_TOKEN = re.compile(r"[^\s,;()]+")
_NAMED = re.compile(
    r"(\bassigned \S+ to |\bnode (?!affinity|selector|is|are|had|has|was|not|that|did|could|port|or"
    r"|and|ports|taint|taints|condition|failure|resources|declared|the|lost|shutdown|ready)"
    r"|\bPreempted by |\bclaim |\bquota:? )(\S+)"
)
_EDGES = "\"'`.:,!?<>"


class PlatformNames:
    """`foreign` is hidden wherever it stands, `own` stays whatever is a part of it."""

    def __init__(self, foreign: Iterable[str], own: Iterable[str]) -> None:
        self._own = frozenset(each for each in own if each)
        hidden = {each for each in foreign if len(each) >= _SHORTEST} - self._own
        hidden = {each for each in hidden if each.lower() not in PUBLIC}
        telling = {each for each in hidden if len(each) >= _TELLING and not each.isalpha()}
        self._search = re.compile(
            rf"(?P<own>{_whole(_alternatives(self._own))})"
            rf"|(?P<foreign>{_alternatives(telling) or _NOTHING}"
            rf"|{_whole(_alternatives(hidden - telling))})",
            re.IGNORECASE,
        )
        self._small = tuple(sorted(each.lower() for each in hidden))

    def hidden_in(self, text: str) -> tuple[str, int]:
        """Without the platform's names and without addresses, and how many there were."""
        count = 0

        def name(match: re.Match[str]) -> str:
            nonlocal count
            if match.lastgroup == "own":
                return match.group()
            count += 1
            return HIDDEN_NAME

        def address(match: re.Match[str]) -> str:
            nonlocal count
            if not _is_address(match.group()):
                return match.group()
            count += 1
            return HIDDEN_ADDRESS

        # A log has millions of lines, and hardly any that names something: most are looked at once.
        small = text.lower()
        if any(each in small for each in self._small):
            text = self._search.sub(name, text)
        return _ADDRESS.sub(address, text), count

    def generalised(self, text: str) -> tuple[str, int]:
        """The same with only plain words, numbers and the team's own names left."""
        count = 0

        def token(match: re.Match[str]) -> str:
            nonlocal count
            told = match.group()
            core = told.strip(_EDGES)
            quoted = told[:1] in "\"'`"
            if self._stays(core, quoted=quoted):
                return told
            count += 1
            return told.replace(core, HIDDEN_NAME) if core else HIDDEN_NAME

        def named(match: re.Match[str]) -> str:
            nonlocal count
            if match[2].strip(_EDGES) in self._own or match[2].startswith(HIDDEN_NAME):
                return match.group()
            count += 1
            return f"{match[1]}{HIDDEN_NAME}"

        return _TOKEN.sub(token, _NAMED.sub(named, text)), count

    def _stays(self, core: str, *, quoted: bool) -> bool:
        if not core or core in self._own or core in _KEPT or core in ("name", "address"):
            return True
        return not quoted and _WORD.fullmatch(core) is not None


def _alternatives(names: Iterable[str]) -> str:
    """The longest first: one name may begin another one."""
    return "|".join(re.escape(each) for each in sorted(names, key=lambda each: (-len(each), each)))


def _whole(alternatives: str) -> str:
    """As a word of its own; what stands behind a dash still is one. Nothing matches nothing."""
    return rf"(?<![A-Za-z0-9])(?:{alternatives})(?![A-Za-z0-9])" if alternatives else _NOTHING


def _is_address(text: str) -> bool:
    """Whether it is one that tells of a network: not the machine's own, not `any`.

    Without a digit it is a name of a program (`ad::face`), and with few colons a time of day.
    """
    if ":" in text and "::" not in text and text.count(":") < _COLONS:
        return False
    if not any(sign.isdecimal() for sign in text):
        return False
    try:
        found = ipaddress.ip_address(text.rstrip(".:"))
    except ValueError:
        return False
    return not (found.is_loopback or found.is_unspecified)
