"""What a flag or a command that there is none of may have meant: near names, and what users of k9s,
stern and kubectl find here in its place. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

_WATCHED = "Every view is renewed as the cluster tells of a change."
_ONE_ROW = "The one row above each view says on which cluster you are; it stays."
_OWN_LOG = "The console's own log is in the folder that CARLA_CONSOLE_LOGS_DIR names; see: info."
_FIRST_VIEW = "Nothing stands before the first view."
_PODS = "A submission's logs are those of all its pods; choose containers with -c or -E."
_EVERY_CONTAINER = "--all-containers has these too; -E PATTERN leaves some out."
_OWN_COLOURS = "Each container has a colour of its own; --color says whether."
ELSEWHERE = {
    "--refresh": _WATCHED,
    "--headless": f"{_ONE_ROW} For programs each view is a command with -o json.",
    "--crumbsless": _ONE_ROW,
    "--logoless": "There is no logo.",
    "--splashless": _FIRST_VIEW,
    "--invert": "Choose a light theme: --theme light.",
    "--logLevel": _OWN_LOG,
    "--logFile": _OWN_LOG,
    "--screen-dump-dir": "^s asks where to, and offers the last folder.",
    "--stdin": "carla-console logs reads from the cluster or a recording, no other text.",
    "--completion": "carla-console completion bash|zsh|fish",
    "--exclude-pod": _PODS,
    "--all-pods": _PODS,
    "--pod-running-timeout": "logs -f waits for a pod that is not there yet; Ctrl-C ends it.",
    "--limit-bytes": "Choose the last lines: --tail N.",
    "--init-containers": _EVERY_CONTAINER,
    "--ephemeral-containers": _EVERY_CONTAINER,
    "--container-colors": _OWN_COLOURS,
    "--pod-colors": _OWN_COLOURS,
    "--diff-container": _OWN_COLOURS,
    "--insecure-skip-tls-verify-backend": "The API server alone speaks with nodes for a log.",
    "--local": "This asks no cluster: it reads what is on this machine.",
    "--dry-run": "launch has it, and render prints a Job that nobody sends.",
    "-A": "Name one namespace: -n NAME. Where a submission is: carla-console list -A",
    "-w": "A log is followed by -f.",
}
"""Flags of k9s, of stern and of kubectl's logs, then of other commands of ours, by what is here in
their place."""


def flag_of(word: str) -> str:
    """`--since` of `--since=5m`."""
    return word.partition("=")[0]


def is_flag(word: str) -> bool:
    """It is written as one."""
    return len(word) > 1 and word[0] == "-" and not word[1].isdigit()


def first_unknown(words: Sequence[str], known: Iterable[str], commands: Iterable[str]) -> str:
    """The first flag before a command that is none of the known ones; empty where there is none."""
    flags, ends = set(known), {*commands, "--"}
    for word in words:
        if word in ends:
            return ""
        glued = not word.startswith("--") and word[:2] in flags
        if is_flag(word) and flag_of(word) not in flags and not glued:
            return flag_of(word)
    return ""


def told(word: str, known: Iterable[str]) -> str:
    """What is to be done instead; empty where nothing is known of it."""
    if word in ELSEWHERE:
        return ELSEWHERE[word]
    near = get_close_matches(word, list(known), n=3, cutoff=0.7)
    return f"Did you mean {' or '.join(near)}?" if near else ""
