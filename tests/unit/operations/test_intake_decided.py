"""What may become of a message: by what EvalAI shows, what is set, and the Jobs that are there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from console.domain.facts import EvalAiPlace, JobCondition, JobFacts
from console.operations.intake.message_fate import (
    UNFINISHED_AFTER,
    NotLaunched,
    ToAcknowledge,
    ToLaunch,
    Verdict,
    verdict_of,
)
from console.operations.intake.orders import IntakeOrder
from console.operations.intake.queue_messages import QueueMessage
from console.operations.intake.sight import InSight
from console.operations.ports.evalai import RemoteStatus, RemoteSubmission
from console.operations.ports.evalai_queue import IntakeSettings, PhaseRule
from console.operations.ports.publishing_settings import EvalAiSettings, KeptInFile

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
RULE = PhaseRule("2.0", "SENSORS")
SETTINGS = EvalAiSettings(
    KeptInFile(Path("token")), frozenset({7}), intake=IntakeSettings("queue", {70: RULE})
)
MESSAGE = QueueMessage(7, 70, 301234, "registry.example/team:1")
PLACE = EvalAiPlace(SETTINGS.server, 7, 70, 301234)
ROUND = "submission-301234-r20261130091522"


def there(status: str = "submitted", **told: Any) -> RemoteSubmission:
    known = RemoteStatus(status) if status in tuple(RemoteStatus) else None
    return RemoteSubmission(known, status, **{"team": 4, "team_name": "The Team", **told})


RESUMING = there("resuming", resumed="2026-11-30T09:15:22.123456Z")


def job(name: str = "submission-301234", **told: Any) -> JobFacts:
    usual = {"created_at": NOW - timedelta(hours=5), "started_at": NOW, "evalai": PLACE}
    return JobFacts(name, "races", f"uid of {name}", backoff_limit=8, **{**usual, **told})


def ended(name: str = "submission-301234", **told: Any) -> JobFacts:
    return job(name, conditions=(JobCondition("Failed", True),), **told)


def held(minutes: float, name: str = "submission-301234", **told: Any) -> JobFacts:
    created = NOW - timedelta(minutes=minutes)
    return job(name, created_at=created, started_at=None, suspended=True, **told)


def decided(
    *jobs: JobFacts,
    shown: RemoteSubmission | None = None,
    message: QueueMessage = MESSAGE,
    recorded: str = "",
    busy: str = "",
) -> Verdict:
    known = InSight("races", jobs, recorded, busy)
    return verdict_of(message, shown or there(), SETTINGS, known, NOW)


def test_a_submitted_one_is_launched_under_its_number_for_its_team_as_its_phase_says() -> None:
    order = IntakeOrder(PLACE, RULE, "submission-301234", MESSAGE.image, 4, "The Team")
    assert decided(job("other", evalai=None)) == ToLaunch(order)


@pytest.mark.parametrize("status", ["submitted", "running", "partially_evaluated", "finished"])
@pytest.mark.parametrize("there_is", [job(), job("raven"), held(3, waits=True)])
def test_one_whose_job_is_there_is_only_acknowledged_whatever_evalai_shows(
    there_is: JobFacts, status: str
) -> None:
    assert decided(there_is, shown=there(status)) == ToAcknowledge(
        there_is.name, f"Its Job {there_is.name} is there."
    )


def test_a_job_of_the_last_minutes_may_yet_be_taken_back_and_is_not_acknowledged() -> None:
    """A launch that got no answers takes back what it made, and that may arrive late too."""
    verdict = decided(job(created_at=NOW - timedelta(seconds=110)))
    assert isinstance(verdict, NotLaunched)
    assert "just been launched" in verdict.words
    assert not verdict.for_good


def test_one_to_be_evaluated_again_after_its_end_is_not_acknowledged_unasked() -> None:
    """EvalAI queues it once more as it was at first, under the same number."""
    verdict = decided(ended())
    assert isinstance(verdict, NotLaunched)
    assert "submission-301234 is over, and EvalAI still shows it as submitted" in verdict.words
    assert "delete submission-301234" in verdict.fix
    assert not verdict.for_good
    assert isinstance(decided(ended(), shown=there("finished")), ToAcknowledge)


def test_a_job_of_its_name_that_is_anothers_hinders_it_and_is_named() -> None:
    for place in (None, EvalAiPlace("https://other.example", 7, 70, 301234)):
        verdict = decided(job(evalai=place))
        assert isinstance(verdict, NotLaunched)
        assert "a Job submission-301234 already" in verdict.words
        assert not verdict.for_good


def test_a_job_that_a_killed_launch_left_held_is_launched_anew_after_a_while() -> None:
    early = decided(held(UNFINISHED_AFTER.total_seconds() / 60 - 0.1))
    assert isinstance(early, NotLaunched)
    assert "just being launched" in early.words
    late = decided(held(3))
    assert isinstance(late, ToLaunch)
    assert (late.order.name, late.instead_of) == ("submission-301234", "uid of submission-301234")


@pytest.mark.parametrize(
    "told", [{"queue": "kueue"}, {"waits": True}, {"cancelled": True}, {"started_at": NOW}]
)
def test_a_job_that_waits_or_was_suspended_by_somebody_is_never_launched_anew(told: Any) -> None:
    assert not isinstance(decided(replace(held(600), **told)), ToLaunch)


@pytest.mark.parametrize("status", ["cancelled", "finished", "failed", "running", "archived"])
def test_what_evalai_shows_otherwise_is_refused_for_good(status: str) -> None:
    verdict = decided(shown=there(status))
    assert isinstance(verdict, NotLaunched)
    assert verdict.for_good
    assert f"EvalAI shows it as {status}" in verdict.words


@pytest.mark.parametrize(
    ("told", "said", "fix"),
    [
        ({"message": replace(MESSAGE, challenge=8)}, "Challenge 8 is not among", "evalai.challeng"),
        ({"message": replace(MESSAGE, phase=71)}, "no phase 71", "71: {leaderboard:"),
        ({"message": replace(MESSAGE, image="")}, "no submitted_image_uri", "--image IMAGE"),
        ({"shown": there("weird\x1b")}, "'weird\\x1b', which is not known here", ""),
        ({"shown": there(team=None)}, "does not tell its team", "comes back"),
        ({"shown": there(phase=71)}, "EvalAI has it in phase 71", "ranked by phase"),
    ],
)
def test_what_somebody_may_mend_is_refused_for_now_with_the_field_and_the_fix(
    told: Any, said: str, fix: str
) -> None:
    verdict = decided(**told)
    assert isinstance(verdict, NotLaunched)
    assert said in verdict.words
    assert fix in verdict.fix
    assert not verdict.for_good


def test_a_static_code_upload_has_nothing_to_launch() -> None:
    verdict = decided(message=replace(MESSAGE, image="", static_upload=True))
    assert isinstance(verdict, NotLaunched)
    assert verdict.for_good


def test_one_that_goes_on_has_a_name_of_its_own_and_the_newest_that_ended_before_it() -> None:
    older = ended("raven", created_at=NOW - timedelta(days=2))
    verdict = decided(ended(), older, shown=RESUMING)
    assert isinstance(verdict, ToLaunch)
    assert (verdict.order.name, verdict.order.resuming) == (ROUND, True)
    assert (verdict.goes_on_from, verdict.from_zero) == ("submission-301234", False)


def test_one_that_goes_on_already_is_only_acknowledged() -> None:
    assert isinstance(decided(ended(), job(ROUND), shown=RESUMING), ToAcknowledge)
    assert isinstance(decided(ended(), ended(ROUND), shown=RESUMING), ToAcknowledge)


def test_what_somebody_let_go_on_by_hand_since_is_only_acknowledged() -> None:
    by_hand = job("raven-2", created_at=datetime(2026, 11, 30, 10, tzinfo=UTC))
    before = ended(created_at=datetime(2026, 11, 29, tzinfo=UTC))
    verdict = decided(before, by_hand, shown=RESUMING)
    assert verdict == ToAcknowledge("raven-2", "Its Job raven-2 is there.")
    assert isinstance(decided(before, shown=RESUMING), ToLaunch)


def test_the_next_time_that_it_goes_on_is_another_launch_from_the_last_one() -> None:
    later = replace(RESUMING, resumed="2026-12-01T10:00:00Z")
    verdict = decided(ended(created_at=NOW - timedelta(days=1)), ended(ROUND), shown=later)
    assert isinstance(verdict, ToLaunch)
    assert verdict.goes_on_from == ROUND
    assert verdict.order.name == "submission-301234-r20261201100000"


def test_one_that_is_to_go_on_while_it_still_runs_waits_for_its_end() -> None:
    verdict = decided(job(), shown=RESUMING)
    assert isinstance(verdict, NotLaunched)
    assert "submission-301234 is not over" in verdict.words
    assert not verdict.for_good


def test_one_that_the_cluster_has_forgotten_goes_on_from_its_recording() -> None:
    verdict = decided(shown=RESUMING, recorded="raven")
    assert isinstance(verdict, ToLaunch)
    assert (verdict.goes_on_from, verdict.from_zero) == ("raven", False)
    unknown = decided(shown=RESUMING)
    assert isinstance(unknown, ToLaunch)
    assert unknown.from_zero


def test_a_killed_launch_of_one_that_goes_on_goes_on_from_where_the_first_one_did() -> None:
    verdict = decided(ended(), held(3, ROUND), shown=RESUMING)
    assert isinstance(verdict, ToLaunch)
    assert (verdict.order.name, verdict.goes_on_from) == (ROUND, "submission-301234")
    assert verdict.instead_of == f"uid of {ROUND}"


def test_where_evalai_does_not_tell_when_it_was_resumed_there_is_one_name_for_it() -> None:
    verdict = decided(ended(), shown=there("resuming"))
    assert isinstance(verdict, ToLaunch)
    assert verdict.order.name == "submission-301234-resumed"
