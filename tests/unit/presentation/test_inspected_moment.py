"""Which pair and which moment are looked at, as keys change them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from console.diagnosis.lanes import Lane, SpanKind, TimeSpan
from console.diagnosis.timeline import Death, DeathRole, PairTimeline
from console.domain.progress import EndedAttempt
from console.presentation.inspected_moment import (
    InspectedMoment,
    closer,
    first_look,
    moved,
    next_pair,
    on_pair,
    placed,
    stepped,
)
from console.presentation.time_window import StopKind

START = datetime(2026, 11, 28, 14, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def death(second: float, role: DeathRole = DeathRole.FIRST, attempt: int = 1) -> Death:
    ending = EndedAttempt(1, attempt, "agent", "crashed", at=at(second))
    return Death(at(second), role, ending)


def one(number: int, *deaths: Death) -> PairTimeline:
    spans = (
        TimeSpan(SpanKind.DRIVING, at(0), at(50), 1),
        TimeSpan(SpanKind.BACK_OFF, at(50), at(60)),
        TimeSpan(SpanKind.DRIVING, at(60), at(100), 2),
    )
    return PairTimeline(
        number, START, at(100), (Lane("simulator"), Lane("agent", spans)), tuple(deaths)
    )


FAILED = (
    one(1),
    one(2, death(50), death(51, DeathRole.INDUCED)),
    one(3, death(50), death(90, attempt=2), death(95, DeathRole.STOPPED, 2)),
    one(4, death(70)),
)


def test_the_first_look_is_at_the_last_own_death_of_the_pair_that_failed_most_often() -> None:
    assert first_look(FAILED) == InspectedMoment(3, at=at(90))
    assert first_look(FAILED, 2) == InspectedMoment(2, at=at(50))


def test_what_was_killed_with_its_job_is_not_looked_at_first() -> None:
    killed = one(3, death(50), death(95, DeathRole.UNTOLD, 2))
    assert first_look((killed,)).at == at(50)
    assert first_look((one(3, death(95, DeathRole.UNTOLD)),)).at == at(95)


def test_where_nothing_failed_it_is_at_the_end_and_goes_along() -> None:
    found = first_look((one(1), one(2)))
    assert found == InspectedMoment(1)
    assert found.time((one(1),)) == at(100)


def test_another_pair_is_shown_at_its_own_death() -> None:
    assert on_pair(InspectedMoment(3, at=at(90)), FAILED, 4).at == at(70)
    assert next_pair(InspectedMoment(4), FAILED, 1).pair == 1
    assert next_pair(InspectedMoment(1), FAILED, -1).pair == 4


def test_the_moment_moves_by_columns_and_never_leaves_what_there_is() -> None:
    here = InspectedMoment(3, at=at(50))
    assert moved(here, FAILED, 2, 50).at == at(54)
    assert moved(here, FAILED, -1000, 50).at == at(0)
    assert moved(here, FAILED, 1000, 50).at == at(100)


def test_a_zoom_stays_with_the_moment_and_all_of_the_time_is_no_zoom() -> None:
    near = closer(InspectedMoment(3, at=at(90)), FAILED, closer=True)
    assert near.window is not None
    assert near.seen(FAILED).seconds == 50
    assert closer(near, FAILED, closer=False).window is None


def test_what_is_gone_to_comes_into_the_window() -> None:
    near = closer(closer(InspectedMoment(3, at=at(90)), FAILED, closer=True), FAILED, closer=True)
    far = placed(near, FAILED, at(10))
    assert far.seen(FAILED).since <= at(10) <= far.seen(FAILED).until
    assert far.seen(FAILED).seconds == 25


def test_deaths_are_gone_through_and_with_all_pairs_those_of_all() -> None:
    here = InspectedMoment(3, at=at(50))
    assert [
        step.at
        for step in (
            stepped(here, FAILED, StopKind.DEATH, forward=True),
            stepped(
                InspectedMoment(3, every=True, at=at(50)), FAILED, StopKind.DEATH, forward=True
            ),
        )
        if step
    ] == [at(90), at(51)]
    found = stepped(InspectedMoment(3, every=True, at=at(51)), FAILED, StopKind.DEATH, forward=True)
    assert found is not None
    assert (found.at, found.pair) == (at(70), 4)
    assert stepped(here, FAILED, StopKind.DEATH, forward=False) is None


def test_the_attempt_is_that_of_the_death_or_of_what_was_going_on() -> None:
    assert InspectedMoment(3, at=at(90)).attempt(FAILED) == 2
    assert InspectedMoment(3, at=at(20)).attempt(FAILED) == 1
    assert InspectedMoment(3, at=at(55)).attempt(FAILED) is None
