"""What a pair did when: its lanes without a hole, by what was recorded of its runs."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from fakes.boards import board
from fakes.demo_recording import BEGIN, DEMO, unpacked
from hypothesis import given
from hypothesis import strategies as st
from lived_pairs import (
    NOW,
    START,
    agents,
    at,
    dead,
    lived,
    route,
    run,
    runs_now,
    spans,
    third,
    told,
)

from console.diagnosis.timeline import DeathRole, PairTimeline, timeline_of
from console.domain.board import BoardSnapshot, PairStatus, SubmissionStatus
from console.domain.facts import JobFacts, PodFacts
from console.domain.pod_times import PairReports
from console.operations.replay.boards_by_time import BoardsByTime
from console.operations.replay.recorded_order import timeline


class Demo:
    """The boards and the landmarks of `make demo`, in which the simulator of pair 2 crashes."""

    def __init__(self, root: Path) -> None:
        recorder = unpacked(root).recorder
        self.boards = BoardsByTime(
            "default", "demo", timeline(recorder, DEMO, lambda name: recorder.log(DEMO, name))
        )

    def timelines(self, second: float) -> list[PairTimeline]:
        now = BEGIN + timedelta(seconds=second)
        shown, marks = self.boards.at(now), [e for e in self.boards.landmarks if e.at <= now]
        return [timeline_of(shown, each, marks, now) for each in shown.pairs]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    return Demo(tmp_path_factory.mktemp("recordings"))


def test_the_demos_crash_is_the_simulators_and_the_agent_only_followed(demo: Demo) -> None:
    second = demo.timelines(200)[1]
    found = [(each.ending.half, each.role, each.ending.signal) for each in second.deaths]
    assert found == [("simulator", DeathRole.FIRST, 11), ("agent", DeathRole.INDUCED, None)]
    assert [each.deaths for each in demo.timelines(200) if each.number != 2] == [(), (), ()]


def test_the_demos_agent_drives_route_seven_again_after_the_crash(demo: Demo) -> None:
    agent = demo.timelines(200)[1].lanes[1]
    kinds = [
        f"{each.kind.value} {each.route.removeprefix('RouteScenario_')}" for each in agent.spans
    ]
    assert [kind for kind in kinds if kind != "driving "] == [
        "waiting ", "boot ", "route 5", "route 6", "route 7",
        "back-off ", "boot ", "route 7", "route 8", "route 9", "idle ", "over ",
    ]  # fmt: skip
    assert [each.attempt for each in agent.spans if each.route.endswith("7")] == [1, 2]


@given(st.floats(0, 200))
def test_at_any_time_all_lanes_are_without_a_hole_and_of_one_reach(
    demo: Demo, second: float
) -> None:
    found = demo.timelines(second)
    assert len({(each.since, each.until) for each in found}) <= 1
    for each in found:
        for lane in each.lanes:
            edges = [each.since, *(span.until for span in lane.spans)]
            assert [span.since for span in lane.spans] == edges[:-1]
            assert edges[-1] == each.until


def test_what_goes_on_lasts_to_now_and_what_is_over_does_not(demo: Demo) -> None:
    assert demo.timelines(20)[0].until == BEGIN + timedelta(seconds=20)
    assert demo.timelines(200)[0].until == demo.timelines(9000)[0].until


def test_an_attempt_ends_with_its_workload_and_not_with_its_container() -> None:
    shown = lived(
        third(ended=(dead("agent", "crashed", 100),), agent=runs_now("agent", 130, 1)),
        agent=(run(20, 110), run(130)),
        reports=(PairReports(3, complete=True, done=0, drove=((1, at(60)),)),),
    )
    assert agents(shown) == [
        ("waiting", 0, 20), ("boot", 20, 60), ("driving", 60, 100), ("back-off", 100, 130),
        ("boot", 130, 300),
    ]  # fmt: skip


@pytest.mark.parametrize("restarts", [1, 4])
def test_a_half_that_starts_again_within_a_second_of_its_death_boots(restarts: int) -> None:
    shown = lived(
        third(
            ended=(dead("simulator", "crashed", 100),),
            simulator=runs_now("simulator", 101, restarts),
        ),
        simulator=(run(20, 100), run(101)),
        restarts=restarts,
        reports=(PairReports(3, complete=True, done=0, drove=((1, at(60)),)),),
    )
    assert spans(told(shown).lanes[0])[-1] == ("boot", 101, 300)


def test_a_half_that_starts_again_in_the_very_second_of_its_death_lives_on() -> None:
    shown = lived(
        third(
            ended=(dead("simulator", "crashed", 100),),
            simulator=runs_now("simulator", 100, 1),
        ),
        simulator=(run(20, 100), run(100)),
        reports=(PairReports(3, complete=True, done=0, drove=((1, at(60)),)),),
    )
    assert spans(told(shown).lanes[0])[-2:] == [("boot", 20, 100), ("boot", 100, 300)]


def test_an_agent_that_never_drove_was_booting_until_it_died() -> None:
    shown = lived(
        third(ended=(dead("agent", "invalid-setup", 50),)),
        agent=(run(20, 51),),
        reports=(PairReports(3, complete=True, done=0),),
    )
    assert agents(shown)[:2] == [("waiting", 0, 20), ("boot", 20, 50)]


def test_what_an_agent_did_that_logcopy_told_nothing_of_is_unknown() -> None:
    shown = lived(third(status=PairStatus.RESETTING), agent=(run(20, 50),))
    assert agents(shown)[1] == ("unknown", 20, 50)


def test_a_gap_in_which_a_run_may_be_missing_is_unknown() -> None:
    shown = lived(third(), agent=(run(20, 50), run(200, 250)), restarts=4)
    assert [each for each in agents(shown) if each[1] in (0, 50)] == [
        ("unknown", 0, 20),
        ("unknown", 50, 200),
    ]


def test_a_run_whose_end_nobody_saw_is_unknown_from_its_last_word_on() -> None:
    drove = PairReports(3, complete=True, done=0, drove=((1, at(60)),))
    shown = lived(third(), agent=(run(20), run(200, 250)), reports=(drove,))
    landmarks = (route(60, "R_1"), route(90, "R_1", begins=False))
    assert agents(shown, landmarks)[1:5] == [
        ("boot", 20, 60), ("route R_1", 60, 90), ("unknown", 90, 200), ("boot", 200, 250),
    ]  # fmt: skip


def test_the_routes_are_the_pairs_own_and_in_their_own_attempt() -> None:
    drove = PairReports(3, complete=True, done=0, drove=((1, at(60)), (2, at(170))))
    shown = lived(
        third(ended=(dead("agent", "crashed", 120),), agent=runs_now("agent", 130, 1)),
        agent=(run(20, 121), run(130)),
        reports=(drove,),
    )
    landmarks = (
        route(60, "R_1"),
        route(80, "R_9", number=1),
        route(100, "R_1", begins=False),
        route(100, "R_2"),
        route(131, "R_2", begins=False),
        route(170, "R_2"),
    )
    assert agents(shown, landmarks)[1:] == [
        ("boot", 20, 60), ("route R_1", 60, 100), ("route R_2", 100, 120), ("back-off", 120, 130),
        ("boot", 130, 170), ("route R_2", 170, 300),
    ]  # fmt: skip


def test_without_landmarks_the_present_route_is_told_by_the_board() -> None:
    shown = lived(
        third(
            status=PairStatus.DRIVING,
            agent=runs_now("agent", 20),
            route="R_4_rep1",
            since=at(200),
            since_exact=True,
        ),
        agent=(run(20),),
        reports=(PairReports(3, complete=True, done=1, drove=((1, at(60)),)),),
    )
    assert agents(shown)[2:] == [("driving", 60, 200), ("route R_4 (repetition 1)", 200, 300)]


def test_a_simulator_serves_from_when_its_pair_drives() -> None:
    shown = lived(
        third(simulator=runs_now("simulator", 15), status=PairStatus.DRIVING),
        simulator=(run(15),),
        agent=(run(16),),
        reports=(PairReports(3, complete=True, done=1, drove=((1, at(60)),)),),
    )
    assert spans(told(shown).lanes[0]) == [
        ("waiting", 0, 15), ("boot", 15, 60), ("driving", 60, 300),
    ]  # fmt: skip


def test_a_simulator_does_not_serve_by_what_is_told_late_of_the_attempt_before() -> None:
    shown = lived(
        third(
            ended=(dead("simulator", "crashed", 100), dead("agent", "lost-partner", 100)),
            simulator=runs_now("simulator", 101, 1),
            agent=runs_now("agent", 140, 1),
        ),
        simulator=(run(20, 100), run(101)),
        agent=(run(20, 100), run(140)),
        reports=(PairReports(3, complete=True, done=0, drove=((1, at(60)), (2, at(200)))),),
    )
    found = spans(told(shown, (route(60, "R_1"), route(102, "R_1"))).lanes[0])
    assert found[-2:] == [("boot", 101, 200), ("driving", 200, 300)]


@pytest.mark.parametrize(
    ("status", "kind"), [(PairStatus.DONE, "idle"), (PairStatus.BACKING_OFF, "back-off")]
)
def test_after_its_last_run_a_half_is_idle_or_backs_off(status: PairStatus, kind: str) -> None:
    shown = lived(third(status=status), agent=(run(20, 50),))
    assert agents(shown)[-1] == (kind, 50, 300)


def test_a_pod_that_ended_leaves_nothing_to_happen() -> None:
    shown = lived(
        third(status=PairStatus.FAILED),
        agent=(run(20, 50),),
        ended_at=at(90),
        status=SubmissionStatus.FAILED,
        pod=PodFacts("demo-x", "leaderboard", "p1", "demo", "Failed"),
        job=JobFacts("demo", "leaderboard", "u1", START, 8, completed_at=at(95)),
    )
    assert agents(shown)[-2:] == [("idle", 50, 90), ("over", 90, 95)]


def test_a_pod_that_waits_for_its_node_is_waited_for() -> None:
    shown = board(
        pairs=(third(status=PairStatus.WAITING),),
        events=(),
        job=JobFacts("demo", "leaderboard", "u1", START, 8),
        status=SubmissionStatus.PENDING,
    )
    assert agents(shown) == [("waiting", 0, 300)]


def test_a_pair_of_which_only_its_deaths_are_known_has_them_and_nothing_else() -> None:
    shown = board(
        pairs=(third(status=PairStatus.FAILED, ended=(dead("agent", "crashed", 70),)),),
        events=(),
        pod=None,
        job=JobFacts("demo", "leaderboard", "u1", START, 8, completed_at=at(95)),
        status=SubmissionStatus.FAILED,
    )
    assert agents(shown) == [("unknown", 0, 95)]
    assert [(each.at, each.role) for each in told(shown).deaths] == [(at(70), DeathRole.FIRST)]


def test_a_board_of_which_nothing_is_known_has_a_timeline_without_anything() -> None:
    empty = BoardSnapshot("leaderboard", "demo", pairs=(third(),))
    found = timeline_of(empty, empty.pairs[0], (), NOW)
    assert (found.since, found.until, found.deaths, found.marks) == (NOW, NOW, (), ())
    assert [each.spans for each in found.lanes] == [(), ()]
