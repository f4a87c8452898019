"""Results against each other: what is compared, what a delta is, what is refused and why."""

from __future__ import annotations

import pytest
from fakes.boards import board
from fakes.documents import AT, plan_for
from fakes.result_views import HIT, drive, not_final, view
from hypothesis import given
from hypothesis import strategies as st

from console.domain.facts import JobFacts
from console.domain.progress import FinishedRoute
from console.operations.outcome.comparison import (
    MEASURES,
    ComparedResult,
    NotComparable,
    ResultComparison,
    as_it_stands,
    compare,
    delta,
    in_natural_order,
    listed,
)

KINDS = ("collisions_vehicle", "red_light")


def result(name: str, *rows: FinishedRoute, **more: object) -> ComparedResult:
    return ComparedResult(name, view(rows=rows, **more))


def two(*results: ComparedResult) -> ResultComparison:
    return compare(results)


@st.composite
def drives(draw: st.DrawFn) -> FinishedRoute:
    times = draw(st.lists(st.integers(0, 3), min_size=2, max_size=2))
    route, penalty = draw(st.floats(0, 100)), draw(st.floats(0, 1))
    return drive(
        draw(st.integers(0, 3)),
        score_route=route,
        score_penalty=penalty,
        score_composed=route * penalty,
        infractions=tuple((kind, ("x",) * n) for kind, n in zip(KINDS, times, strict=True) if n),
    )


lists_of_drives = st.lists(drives(), max_size=8).map(lambda some: [drive(0), *some])


@given(lists_of_drives)
def test_a_result_is_not_apart_from_itself(rows: list[FinishedRoute]) -> None:
    compared = two(result("a", *rows), result("a", *rows))
    for each in (compared.means, *(route.each for route in compared.routes)):
        assert [delta(each, 1, of) for of in MEASURES.values()] == [0] * len(MEASURES)


@given(lists_of_drives, lists_of_drives)
def test_what_one_has_more_the_other_has_less(
    one: list[FinishedRoute], other: list[FinishedRoute]
) -> None:
    there = two(result("a", *one), result("b", *other))
    back = two(result("b", *other), result("a", *one))
    every = zip(
        (there.means, *(route.each for route in there.routes)),
        (back.means, *(route.each for route in back.routes)),
        strict=True,
    )
    for ours, theirs in every:
        for of in MEASURES.values():
            forth, opposite = delta(ours, 1, of), delta(theirs, 1, of)
            assert (forth is None) == (opposite is None)
            if forth is not None and opposite is not None:
                assert forth == pytest.approx(-opposite)


@given(lists_of_drives, lists_of_drives)
def test_every_route_is_in_common_or_named_as_missing(
    one: list[FinishedRoute], other: list[FinishedRoute]
) -> None:
    compared = two(result("a", *one), result("b", *other))
    lacking = {*compared.missing(0), *compared.missing(1)}
    assert {route.name for route in compared.common} | lacking == {
        route.name for route in compared.routes
    }
    assert not lacking & {route.name for route in compared.common}


def test_repetitions_of_a_route_are_taken_together() -> None:
    rows = [
        drive(1, route_id=f"RouteScenario_1_rep{n}", repetition=n, score_composed=score)
        for n, score in enumerate((20.0, 40.0, 90.0))
    ]
    means = two(result("a", *rows), result("b", HIT)).routes[0].each[0]
    assert means is not None
    assert (means.drives, means.composed) == (3, 50.0)


def test_infractions_of_repetitions_are_those_of_a_mean_drive() -> None:
    twice = (("red_light", ("ran it", "ran it")),)
    rows = [drive(1, infractions=twice), drive(1, route_id="RouteScenario_1_rep1", repetition=1)]
    means = two(result("a", *rows), result("b", HIT)).routes[0].each[0]
    assert means is not None
    assert (means.times("red_light"), means.count) == (1.0, 1.0)


def test_a_final_result_and_records_so_far_name_a_route_alike() -> None:
    final = drive(1, route_id="RouteScenario_1")
    assert two(result("a", final), result("b", drive(1))).means[0].drives == 1


def test_only_routes_in_common_count_in_the_means() -> None:
    more = drive(7, score_composed=10.0)
    compared = two(result("a", drive(0), more), result("b", drive(0)))
    assert [each.composed for each in compared.means] == [100.0, 100.0]
    assert (compared.missing(0), compared.missing(1)) == ((), ("RouteScenario_7",))


def test_every_route_weighs_alike_however_often_it_was_driven() -> None:
    often = [
        drive(0, route_id=f"RouteScenario_0_rep{n}", repetition=n, score_composed=0.0)
        for n in range(9)
    ]
    compared = two(result("a", *often, drive(1)), result("b", drive(0), drive(1)))
    assert compared.means[0].composed == 50.0


def test_routes_stand_in_the_order_of_their_numbers() -> None:
    rows = [drive(number) for number in (10, 9, 2)]
    names = [route.name for route in two(result("a", *rows), result("b", *rows)).routes]
    assert names == ["RouteScenario_2", "RouteScenario_9", "RouteScenario_10"]


def test_infractions_stand_in_the_leaderboards_order_and_only_those_that_occurred() -> None:
    late = drive(0, infractions=(("route_timeout", ("x",)), ("red_light", ("x",))))
    assert two(result("a", late), result("b", drive(0))).kinds == ("red_light", "route_timeout")


def test_a_route_of_another_length_is_another_route_and_counts_nowhere() -> None:
    longer = drive(1, route_length=5000.0, score_composed=3.0)
    compared = two(result("a", drive(0), drive(1)), result("b", drive(0), longer))
    assert compared.unlike == ("RouteScenario_1",)
    assert compared.means[1].composed == 100.0


def test_a_route_whose_world_was_never_loaded_has_no_length_to_differ_in() -> None:
    unloaded = drive(0, route_length=0.0, score_composed=0.0)
    assert two(result("a", drive(0)), result("b", unloaded)).unlike == ()


def refusal(*results: ComparedResult) -> str:
    with pytest.raises(NotComparable) as raised:
        compare(results)
    return str(raised.value)


def test_one_result_is_no_comparison() -> None:
    assert "a comparison needs two" in refusal(result("a", HIT))


def test_more_than_there_are_letters_for_are_refused() -> None:
    assert "27 are too many: 26" in refusal(*(result(str(n), HIT) for n in range(27)))
    assert len(compare([result(str(n), HIT) for n in range(26)]).results) == 26


def test_versions_that_score_differently_are_refused_by_name() -> None:
    told = refusal(result("a", HIT), result("b", HIT, leaderboard="1.0"))
    assert "a of 2.0, b of 1.0" in told
    assert "score the same drive differently" in told


def test_a_version_that_nobody_knows_is_refused() -> None:
    assert "b is of a Leaderboard" in refusal(result("a", HIT), result("b", HIT, leaderboard=""))


def test_a_file_that_may_be_of_two_versions_is_compared_with_either() -> None:
    either = ComparedResult("f", view(rows=(HIT,)), versions=("2.0", "2.1"))
    later = result("b", HIT, leaderboard="2.1")
    assert compare([either, later]).versions == ("2.1",)
    assert compare([either, either]).versions == ("2.0", "2.1")


def test_a_qualifiers_routes_are_not_those_of_the_others() -> None:
    qualifier = ComparedResult("q", view(rows=(HIT,)), track="SENSORS_QUALIFIER")
    other = ComparedResult("m", view(rows=(HIT,)), track="MAP")
    assert "q is of a qualifier, m is not" in refusal(qualifier, other)
    assert compare([qualifier, ComparedResult("f", view(rows=(HIT,)))]).common


def test_a_result_without_a_drive_is_refused_by_name() -> None:
    assert "b has no finished route" in refusal(result("a", HIT), result("b"))


def test_results_without_a_route_in_common_say_what_each_has() -> None:
    told = refusal(result("a", drive(0)), result("b", drive(1)))
    assert "a has RouteScenario_0; b has RouteScenario_1." in told


def test_route_sets_of_different_files_are_refused_though_the_names_are_the_same() -> None:
    other = drive(0, route_length=9000.0)
    told = refusal(result("a", drive(0)), result("b", other))
    assert "differ in length" in told
    assert "different routes files" in told


def test_more_than_two_are_all_held_against_the_first() -> None:
    scores = (50.0, 70.0, 20.0)
    rows = [result(str(n), drive(0, score_composed=score)) for n, score in enumerate(scores)]
    compared = compare(rows)
    of = MEASURES["driving score"]
    assert [delta(compared.means, index, of) for index in range(3)] == [0.0, 20.0, -30.0]


def test_what_is_not_final_is_compared_and_stays_not_final() -> None:
    compared = compare([result("a", drive(0)), ComparedResult("b", not_final())])
    assert [each.view.final for each in compared.results] == [True, False]


@given(st.lists(st.integers(0, 999), unique=True))
def test_names_with_numbers_stand_as_the_numbers_do(numbers: list[int]) -> None:
    names = sorted((f"RouteScenario_{number}" for number in numbers), key=in_natural_order)
    assert names == [f"RouteScenario_{number}" for number in sorted(numbers)]


@pytest.mark.parametrize(
    ("other", "same"),
    [(1432.5, True), (1440.0, True), (1431.0, True), (1500.0, False), (700.0, False)],
)
def test_a_length_may_be_rounded_otherwise_and_no_more(other: float, same: bool) -> None:
    """A written length is rounded; another route's is another one."""
    rows = (drive(0), drive(1, route_length=other))
    compared = compare([result("a", drive(0), drive(1)), result("b", *rows)])
    assert ("RouteScenario_1" not in compared.unlike) == same


@pytest.mark.parametrize(
    ("count", "told"),
    [(1, "r0"), (5, "r0, r1, r2, r3, r4"), (8, "r0, r1, r2, r3, r4 and 3 more")],
)
def test_a_long_list_of_routes_tells_how_many_more(count: int, told: str) -> None:
    assert listed([f"r{number}" for number in range(count)]) == told


def test_a_board_is_compared_as_it_stands_with_the_track_of_its_job() -> None:
    job = JobFacts("demo", "x", "u1", AT, 8, plan=plan_for("2.0"), leaderboard="2.0")
    found = as_it_stands(board(job=job), "recording of lab")
    assert (found.name, found.origin, found.track) == ("demo", "recording of lab", "SENSORS")
    assert len(found.view.rows) == 12
    assert found.view.final is False


def test_of_a_board_whose_job_nobody_knows_the_track_is_not_known() -> None:
    assert as_it_stands(board(job=None)).track == ""


def test_an_infraction_that_never_occurred_counts_zero_and_not_nothing() -> None:
    means = compare([result("a", drive(0)), result("b", drive(0))]).means[0]
    assert (means.times("red_light"), means.count, means.infractions) == (0.0, 0, ())


def test_no_name_of_a_route_is_too_strange_to_be_put_in_order() -> None:
    long = "RouteScenario_" + "9" * 5000
    names = [long, "RouteScenario_²", "RouteScenario_10", "RouteScenario_٣", "RouteScenario_09"]
    told = sorted(names, key=in_natural_order)
    assert told == ["RouteScenario_09", "RouteScenario_10", long, *told[3:]]
