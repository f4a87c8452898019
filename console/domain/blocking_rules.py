"""The cluster's own words about what does not start, and what each of them means. Pure.

The first rule of a table that fits is meant, so the last one of each is for all other words. A new
word is a new rule here; to what it is applied `console.domain.blocking` knows.
"""

from __future__ import annotations

import re

import msgspec

from console.domain.blockage import BlockKind

_PASSING = r"failed to sync \w+ cache|object .* not registered"
"""What a node says while it still fetches what a pod needs."""


class Rule(msgspec.Struct, frozen=True, gc=False):
    """Words of the cluster and what they mean; `kind` None: they pass by themselves."""

    words: str
    kind: BlockKind | None
    advice: str
    reasons: tuple[str, ...] = ()
    """Only with these reasons; empty: with any."""
    least: int = 1
    """How often it must have been said."""


_IMAGE, _NODE, _QUOTA = BlockKind.IMAGE, BlockKind.NODE, BlockKind.QUOTA
_ADMISSION, _VOLUME = BlockKind.ADMISSION, BlockKind.VOLUME
_CONFIG, _SECRET = BlockKind.CONFIG, BlockKind.SECRET
_MAKE_SECRET = "Create the secret with that key; the pod then starts by itself."
_MAKE_CONFIG = "Create what is missing, or launch again with the right name."

IMAGES = (
    Rule("", _IMAGE, "Correct the name of the image and launch again.", ("InvalidImageName",)),
    Rule("", _IMAGE, "Load it onto the node, or allow pulling.", ("ErrImageNeverPull",)),
    Rule(
        r"unauthori[sz]ed|denied|forbidden|authenticat|credential|\b40[13]\b",
        _IMAGE,
        "Give the registry's pull secret to the service account, or correct the name.",
    ),
    Rule(
        r"not found|(manifest|name)[ _]unknown|does not exist",
        _IMAGE,
        "Push that image, or launch again with the right name.",
    ),
    Rule("", _IMAGE, "Check the name of the image and that the node reaches the registry."),
)
STARTS = (
    Rule(_PASSING, None, ""),
    Rule(r"\bsecrets?\b", _SECRET, _MAKE_SECRET, ("CreateContainerConfigError",)),
    Rule("", _CONFIG, _MAKE_CONFIG, ("CreateContainerConfigError",)),
    Rule("exec format error", _IMAGE, "The image is built for another kind of processor."),
    Rule(
        r"nvidia|\bgpu|device|cgroup|seccomp|apparmor|deadline exceeded|no space left|is reserved",
        _NODE,
        "Look at the node and its container runtime.",
    ),
    Rule(r"\bmount|volume|subpath", _VOLUME, "Check what is mounted into the container."),
    Rule("", _CONFIG, "Check the command and the settings of the container."),
)
ADMISSIONS = (
    Rule(r"quota", _QUOTA, "Free some of the quota, or have it raised."),
    Rule(r"(maximum|minimum) \S+ usage|limit to request ratio", _QUOTA, "Ask for less."),
    Rule(
        r"service ?account",
        _ADMISSION,
        "Create the service account (job_specs/access.yaml), or name another one.",
    ),
    Rule(r"webhook", _ADMISSION, "Ask who runs that webhook, or change what it refuses."),
    Rule(
        r"podsecurity|policy|security context constraint",
        _ADMISSION,
        "Change what the policy refuses, or use a namespace that allows it.",
    ),
    Rule(r"\bis invalid\b", _CONFIG, "Correct the field that is named and launch again."),
)
"""What keeps an object from being made though the one who makes it has the right to."""
CREATION = (
    *ADMISSIONS,
    Rule(r"forbidden|not found|denied|no priorityclass", _ADMISSION, "Change what is refused."),
    Rule("", None, ""),
)
SETTING_UP = (
    Rule(_PASSING, None, ""),
    Rule(
        r"configmaps? .*not found|non-existent config key",
        _CONFIG,
        _MAKE_CONFIG,
        ("FailedMount", "FailedMapVolume"),
    ),
    Rule(
        r"secrets? .*not found|non-existent secret key",
        _SECRET,
        _MAKE_SECRET,
        ("FailedMount", "FailedMapVolume"),
    ),
    Rule("", _VOLUME, "Check the volume.", ("FailedMount", "FailedMapVolume")),
    Rule("", _VOLUME, "Check the volume, and who else uses it.", ("FailedAttachVolume",)),
    Rule("", _NODE, "Look at the node's devices.", ("FailedPrepareDynamicResources",)),
    Rule(
        "",
        _NODE,
        "Look at the node's network and container runtime.",
        ("FailedCreatePodSandBox", "NetworkNotReady"),
        least=2,
    ),
)


def fitting(rules: tuple[Rule, ...], reason: str, message: str) -> Rule | None:
    """The first that fits."""
    fits = (r for r in rules if not r.reasons or reason in r.reasons)
    return next((r for r in fits if re.search(r.words, message, re.IGNORECASE)), None)
