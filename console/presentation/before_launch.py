"""What EvalAI shows of a submission, held against what is launched for it: for the form and the
commands alike. Pure.

What speaks against the launch is said in words; where the recorder would send nothing, that too.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from console.operations.ports.evalai import LAUNCHED_FOR, RemoteStatus, RemoteSubmission
from console.operations.publishing.asked_before import AskedBefore
from console.operations.publishing.next_step import ENDED_THERE, another_phase
from console.operations.submitting.publishing_plan import PHASE, SUBMISSION, TEAM


class Mismatch(msgspec.Struct, frozen=True):
    """One thing that does not fit, and the value of the launch that says otherwise."""

    text: str
    at: str
    grave: bool = True
    """Nothing of it would reach EvalAI, or it would reach another team's submission."""


class BeforeLaunch(msgspec.Struct, frozen=True):
    """One line, and what does not fit."""

    line: str
    mismatches: tuple[Mismatch, ...] = ()


def before_launch(asked: AskedBefore, team: str) -> BeforeLaunch:
    """`team`: the number that the launch names; empty where it names none."""
    number, there = asked.place.submission, asked.there
    if there is None:
        told = f"EvalAI does not tell of submission {number}: {asked.why_not}"
        unknown = f"EvalAI refuses to tell of submission {number}: it would take no results of it."
        doubts = (Mismatch(unknown, SUBMISSION, grave=False),) if asked.refused else ()
        return BeforeLaunch(f"{told} It can be launched all the same.", doubts)
    phase = "?" if there.phase is None else there.phase
    line = (
        f"EvalAI shows submission {number}: team {_team(there)}, phase {phase},"
        f" {there.status or ascii(there.said)}."
    )
    return BeforeLaunch(line, tuple(_mismatches(asked, there, team)))


def _team(there: RemoteSubmission) -> str:
    number = "?" if there.team is None else str(there.team)
    return f"{number} ({there.team_name})" if there.team_name else number


def _mismatches(asked: AskedBefore, there: RemoteSubmission, team: str) -> Iterator[Mismatch]:
    if another_phase(asked.place, there):
        told = (
            f"It is in phase {there.phase} there, and this launch names phase"
            f" {asked.place.phase}: the recorder will send nothing of it."
        )
        yield Mismatch(told, PHASE)
    if team and there.team is not None and str(there.team) != team:
        told = f"It is of team {_team(there)} there, and this launch names team {team}."
        yield Mismatch(told, TEAM)
    if there.status not in LAUNCHED_FOR:
        yield Mismatch(_of_status(there), SUBMISSION, grave=_over(there))


def _over(there: RemoteSubmission) -> bool:
    return there.status is RemoteStatus.CANCELLED or there.status in ENDED_THERE


def _of_status(there: RemoteSubmission) -> str:
    status = there.status
    if status is None:
        return f"What {there.said!a} means is not known here: the recorder sends nothing over it."
    if status is RemoteStatus.CANCELLED:
        return (
            "It is cancelled there: the recorder will end this launch at once, unless that is the"
            " cancel which it has sent itself."
        )
    if status in ENDED_THERE:
        return f"It is {status} there: the recorder will send nothing until it is resumed there."
    if status is RemoteStatus.SUBMITTING:
        return "It is still being handed in there."
    return f"It is {status} there: somebody else may work on it, and send results of it too."
