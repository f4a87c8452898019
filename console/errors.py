"""The errors a user can meet, as one tree. Knows nothing of where they are shown.

ConsoleError                 exit 1   something failed; what, why and what to do next
├── InvalidInput             exit 2   a field, flag or file is wrong; nothing was changed
│   └── NoSuchContainer      exit 2   a log of a container that a submission does not have
├── ClusterUnreachable       exit 3   no answer from the Kubernetes API
├── Forbidden                exit 4   the cluster refused: credentials or permissions
│   ├── LoginRefused         exit 4   it does not know who we are, or no longer: log in again
│   └── ReadOnly             exit 4   it was not asked: this console may only look
├── NotFound                 exit 5   the named object does not exist
├── Conflict                 exit 6   the object exists already or changed meanwhile
└── SubmissionFailed         exit 7   the Job ended without a complete result
"""

from __future__ import annotations


class ConsoleError(Exception):
    """What happened, why, and what to do next.

    `what` is one sentence, `why` the cause as far as it is known, `fix` the next step.
    Any of the last two may be empty. All three are plain text, safe to show.
    """

    exit_code = 1

    def __init__(self, what: str, *, why: str = "", fix: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.why = why
        self.fix = fix

    def __str__(self) -> str:
        return "\n".join(part for part in (self.what, self.why, self.fix) if part)


class InvalidInput(ConsoleError):
    """A field, flag or file is wrong. Nothing was changed."""

    exit_code = 2


class ClusterUnreachable(ConsoleError):
    """The Kubernetes API gave no answer."""

    exit_code = 3


class Forbidden(ConsoleError):
    """The cluster knows us and refuses, or does not accept our credentials."""

    exit_code = 4


class LoginRefused(Forbidden):
    """The cluster does not accept our credentials, or there are none to be had."""


class ReadOnly(Forbidden):
    """The user has said that nothing is to be changed here. Nothing was sent."""


class NoSuchContainer(InvalidInput):
    """None that is wanted by its name, number or pattern is there; others may have it."""


class NotFound(ConsoleError):
    """The named object does not exist."""

    exit_code = 5


class Conflict(ConsoleError):
    """The object exists already, or somebody else changed it meanwhile."""

    exit_code = 6


class SubmissionFailed(ConsoleError):
    """The Job ended without a complete result."""

    exit_code = 7
