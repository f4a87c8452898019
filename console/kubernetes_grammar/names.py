"""Names, keys and values as Kubernetes spells them: what is wrong with a text, if anything.

A rule answers with a `NameFault`, not with yes and no, for the API server explains each apart.
"""

from __future__ import annotations

import re
from enum import Enum


class NameFault(Enum):
    """What is wrong with a text."""

    EMPTY = "empty"
    TOO_LONG = "too long"
    FORM = "form"
    DOTS = "dots"
    """It could be taken for a way up: `.`, `..` or what begins with it."""
    LETTERLESS = "letterless"


class NameRule:
    """How one kind of name is spelt. A plain class, for a shell that completes a word waits."""

    def __init__(
        self,
        form: str,
        longest: int = 63,
        *,
        may_be_empty: bool = False,
        may_climb: bool = True,
        needs_letter: bool = False,
    ) -> None:
        self.longest = longest
        self._form = re.compile(form)
        self._may_be_empty, self._may_climb = may_be_empty, may_climb
        self._needs_letter = needs_letter

    def faults(self, text: str) -> list[NameFault]:
        """Everything wrong with a text; nothing where it is one of these names."""
        if not text:
            return [] if self._may_be_empty else [NameFault.EMPTY]
        upwards = not self._may_climb and (text == "." or text.startswith(".."))
        letterless = self._needs_letter and not any(each.isalpha() for each in text)
        found = {
            NameFault.TOO_LONG: len(text) > self.longest,
            NameFault.FORM: self._form.fullmatch(text) is None,
            NameFault.DOTS: upwards,
            NameFault.LETTERLESS: letterless,
        }
        return [fault for fault, there in found.items() if there]


# No repetition of a repetition in any form: `([a-z0-9-]*[a-z0-9])*` takes exponential time.
_LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_QUALIFIED = r"[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?"

LABEL = NameRule(_LABEL)
"""A DNS label: containers, volumes, namespaces."""
SUBDOMAIN = NameRule(rf"{_LABEL}(\.{_LABEL})*", 253)
"""A DNS subdomain: most objects, and the prefix of a key."""
KEY_NAME = NameRule(_QUALIFIED)
"""The part of a label's or annotation's key behind its prefix."""
LABEL_VALUE = NameRule(_QUALIFIED, may_be_empty=True)
CONFIG_KEY = NameRule(r"[-._A-Za-z0-9]+", 253, may_climb=False)
"""A key of a ConfigMap or Secret, which becomes the name of a file."""
PORT_NAME = NameRule(rf"(?!.*--){_LABEL}", 15, needs_letter=True)

BEFORE_A_JOB = ("job.batch/", "jobs.batch/", "job/", "jobs/")
"""What kubectl prints, or takes, before a Job's name."""


def bare_job_name(text: str) -> str:
    """Without its kind."""
    before = next((each for each in BEFORE_A_JOB if text.startswith(each)), "")
    return text.removeprefix(before)


_SHELL_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def key_parts(key: str) -> list[tuple[NameRule, str]]:
    """The parts of a label's or annotation's key `[prefix/]name`, and the rule of each."""
    prefix, slash, name = key.rpartition("/")
    return [*([(SUBDOMAIN, prefix)] if slash else []), (KEY_NAME, name)]


def is_variable(text: str) -> bool:
    """What the API takes as a variable's name: printable ASCII without `=`."""
    return bool(text) and all(" " <= each <= "~" and each != "=" for each in text)


def is_shell_variable(text: str) -> bool:
    """What a shell can name, which is less than the API takes."""
    return _SHELL_VARIABLE.fullmatch(text) is not None
