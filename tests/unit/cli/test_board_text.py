"""`status` as text: what stands on it, in the order in which it is read, and nothing that steers."""

from __future__ import annotations

import pytest
from fakes.boards import CRASH, NOW, board, gpu, pair, running
from fakes.documents import plan_for

from console.cli.boards import board_text, events_text, plain
from console.domain.board import PairStatus, SubmissionStatus
from console.domain.budget import RestartBudget
from console.domain.events import StreamState
from console.domain.facts import ContainerFacts, ContainerState, JobFacts, PodFacts
from console.domain.pod_records import LostPod
from console.domain.progress import GpuUse, MergedResult, MergeProblem
from console.presentation.tones import Tone, text


def lines(**more: object) -> list[str]:
    return board_text(board(**more)).splitlines()


def line_of(word: str, **more: object) -> str:
    return next((line for line in lines(**more) if line.startswith(word)), "")


def test_the_first_line_says_which_one_it_is_how_it_stands_and_how_far_it_is() -> None:
    assert lines()[0] == "leaderboard/demo  Leaderboard 2.0  ● Running  routes 12/20"


def test_the_reason_stands_in_brackets_behind_the_status() -> None:
    told = lines(status=SubmissionStatus.PENDING, reason="pulling images")[0]
    assert "◌ Pending (pulling images)  routes" in told


def test_a_version_that_nobody_knows_is_a_question_mark() -> None:
    assert "Leaderboard ?  " in lines(leaderboard="")[0]


def test_an_old_board_says_so_and_why() -> None:
    told = lines(live=False, stale_why="the connection was refused")[0]
    assert told.endswith("NOT LIVE: the connection was refused")


@pytest.mark.parametrize(
    ("done", "total", "words"),
    [(None, 20, "?/20"), (8, None, "8/?"), (0, 20, "0/20"), (None, None, "?/?"), (0, None, "-")],
)
def test_routes_that_nobody_can_count_are_no_zero(
    done: int | None, total: int | None, words: str
) -> None:
    assert lines(done=done, total=total)[0].endswith(f"routes {words}")


def test_the_budget_stands_on_the_second_line_with_who_spent_it_and_what_it_is_good_for() -> None:
    assert lines()[1] == "restarts 2/8 used: pair 2 ×2; 2 more resumes can work"


def test_a_budget_that_nobody_counted_tells_what_is_proven() -> None:
    told = lines(budget=RestartBudget.unknown(8, 3))[1]
    assert told == "restarts ≥3/8 used; nobody can tell how many more resumes can work"


def test_of_an_ended_one_no_forecast_is_made() -> None:
    told = lines(status=SubmissionStatus.CANCELLED)[1]
    assert told == "restarts 2/8 used: pair 2 ×2"


def test_each_pair_has_one_line_with_its_bar_attempt_and_route() -> None:
    assert line_of("pair 2") == (
        "pair 2  gpu 1  port 2100  ● driving      attempt 2  [✓~▸··] 2/5  restarts 2  "
        "RouteScenario_7_rep0"
    )


def test_the_pairs_of_the_plan_are_told_in_their_order() -> None:
    told = [line.split()[1] for line in lines() if line.startswith("pair ")]
    assert told == ["1", "2", "3", "4"]


def test_what_nobody_knows_of_a_pair_is_a_question_mark_in_each_place() -> None:
    unknown = pair(
        1,
        None,
        status=PairStatus.UNKNOWN,
        attempt=None,
        cells=(),
        total=None,
        route="",
        simulator=None,
        agent=None,
        simulator_gpu=None,
        agent_gpu=None,
    )
    told = line_of("pair 1", pairs=(unknown,))
    assert "gpu ?  " in told
    assert "? unknown" in told
    assert "attempt ?  " in told
    assert told.endswith("restarts ?  ?")


def test_halves_on_two_gpus_are_both_told() -> None:
    torn = pair(1, 2, simulator_gpu=gpu(0), agent_gpu=gpu(3))
    assert "gpu 0≠3  " in line_of("pair 1", pairs=(torn,))


def test_logcopy_has_a_line_with_its_state_and_its_last_words() -> None:
    assert line_of("logcopy") == "logcopy  running  merged 12 of 20 records"


def test_a_waiting_logcopy_tells_what_it_waits_for() -> None:
    waiting = ContainerFacts("logcopy", ContainerState.WAITING, reason="ImagePullBackOff")
    assert line_of("logcopy", logcopy=waiting, logcopy_line="") == "logcopy  ImagePullBackOff"


def test_without_logcopy_there_is_no_line_of_it() -> None:
    assert line_of("logcopy", logcopy=None) == ""


@pytest.mark.parametrize(
    ("eligible", "why", "words"),
    [
        (True, "", "entry Finished, eligible"),
        (False, "2 routes crashed.", "entry Finished, not eligible: 2 routes crashed."),
    ],
)
def test_a_final_result_says_whether_it_counts(eligible: bool, why: str, words: str) -> None:
    merged = MergedResult("0" * 64, "{}", True, "", "Finished", eligible, why)
    assert line_of("entry", merged=merged, status=SubmissionStatus.COMPLETE) == words


def test_a_result_that_was_not_checked_here_has_no_entry_line_and_no_score() -> None:
    unchecked = MergedResult("0" * 64, "{}", driving_score=62.5)
    for start in ("entry", "driving score"):
        assert line_of(start, merged=unchecked, status=SubmissionStatus.COMPLETE) == ""


def test_a_final_result_says_its_score() -> None:
    merged = MergedResult("0" * 64, "{}", True, "", "Finished", True, driving_score=62.505)
    told = line_of("driving score", merged=merged, status=SubmissionStatus.COMPLETE)
    assert told == "driving score 62.51"


def test_a_pod_that_was_lost_says_what_went_with_it() -> None:
    lost = LostPod("demo-aaaaa", "aaaa", "evicted: the node was low on memory", 8, 1)
    told = line_of("lost pod", lost=(lost,))
    assert told == (
        "lost pod demo-aaaaa: evicted: the node was low on memory; "
        "8 finished drives and 1 restart went with it"
    )


def test_a_log_that_was_lost_is_told_and_a_live_one_is_not() -> None:
    streams = (
        ("agent-1", StreamState.LOST, "the node is gone"),
        ("agent-2", StreamState.LIVE, ""),
    )
    told = lines(streams=streams)
    assert "log of agent-1 lost: the node is gone" in told
    assert not any("agent-2" in line for line in told)


def test_what_a_resume_would_meet_again_is_told_of_an_ended_one() -> None:
    stuck = pair(1, 0, ended=CRASH[:1])
    invalid = MergeProblem(
        "shared-failure", 0, "Pairs 1, 2: the agent's sensors are not allowed on this track; see"
    )
    told = line_of("resume", status=SubmissionStatus.FAILED, pairs=(stuck,), problems=(invalid,))
    assert told.startswith("resume   A resume will end like this again: ")


def test_a_stop_is_offered_with_its_command_while_a_failure_comes_again() -> None:
    found = MergeProblem("shared-failure", 0, "pairs 1 and 2: the agent's sensors are not allowed")
    told = line_of("stop", problems=(found,))
    assert "not allowed: carla-console cancel demo stops it (12/20 drives stay" in told
    assert line_of("stop") == ""


def test_problems_come_last_what_hit_several_pairs_first() -> None:
    found = (
        MergeProblem("missing", 2, "RouteScenario_7 has no record"),
        MergeProblem("shared-failure", 0, "Pairs 1, 2 failed alike"),
    )
    assert lines(problems=found)[-2:] == [
        "! result shared-failure: Pairs 1, 2 failed alike",
        "! pair 2 missing: RouteScenario_7 has no record",
    ]


HOSTILE = "\x1b[2J\x1b]0;owned\x07bad\u202egnp"


@pytest.mark.parametrize(
    "place",
    [
        {"reason": HOSTILE},
        {"live": False, "stale_why": HOSTILE},
        {"logcopy_line": HOSTILE},
        {"pairs": (pair(1, 2, route=HOSTILE),)},
        {"problems": (MergeProblem("missing", 1, HOSTILE),)},
        {"streams": (("agent-1", StreamState.LOST, HOSTILE),)},
        {"lost": (LostPod("demo-x", "k", HOSTILE, 1, 1),)},
        {"logcopy": ContainerFacts("logcopy", ContainerState.WAITING, reason=HOSTILE)},
        {"merged": MergedResult("0", "{}", True, "", "Finished", False, HOSTILE)},
    ],
    ids=lambda place: next(iter(place)),
)
def test_no_text_from_outside_steers_the_terminal(place: dict[str, object]) -> None:
    told = board_text(board(**place))
    assert "\x1b" not in told
    assert "\u202e" not in told
    assert "bad" in told


def test_a_line_break_from_outside_makes_no_line_of_its_own() -> None:
    told = lines(reason="first\nleaderboard/other  ✓ Complete")
    assert not any(line.startswith("leaderboard/other") for line in told)


def test_events_are_told_oldest_first_with_their_age_and_count() -> None:
    told = events_text(board(), NOW).splitlines()
    assert told[-4:] == [
        "    5m SuccessfulCreate Job/demo  Created pod: demo-x7k2p",
        "    4m Pulled ×2 Pod/demo-x7k2p private-contents  Successfully pulled image "
        '"console.local/leaderboard:2.0"',
        "    3m Started ×3 Pod/demo-x7k2p simulator-1  Started container simulator-1",
        "    2m BackOff ×4 Pod/demo-x7k2p simulator-2  Back-off restarting failed container "
        "simulator-2",
    ]


def test_why_attempts_ended_stands_before_the_events() -> None:
    told = events_text(board(), NOW).splitlines()
    assert told[0] == "ATTEMPTS THAT ENDED"
    assert told[1] == "pair 2  attempt 1: simulator crashed first (SIGSEGV) on RouteScenario_6_rep0"


def test_where_nothing_has_happened_that_is_said() -> None:
    empty = board(events=(), problems=(), pairs=(), job=None)
    assert events_text(empty, NOW) == "nothing has happened yet"


def test_tones_leave_no_trace_in_plain_lines() -> None:
    assert plain([text(("a", Tone.FAIL), ("b  ", Tone.OK)), ()]) == ["ab", ""]


def test_a_container_that_others_put_there_is_told_as_not_ours() -> None:
    job = JobFacts("demo", "leaderboard", "u1", NOW, 8, plan=plan_for("2.0"))
    pod = PodFacts("demo-x", "leaderboard", "p1", "demo", "Running", (running("istio-proxy"),))
    assert line_of("istio-proxy", job=job, pod=pod) == "istio-proxy  running  not ours"


def test_how_busy_a_pairs_gpu_is_stands_beneath_it_where_a_container_can_tell() -> None:
    use = GpuUse(NOW, 87, 9318, 23028, 64, 151, 0)
    told = lines(pairs=(pair(1, 2, gpu_use=use), pair(2, 2)))
    assert [line for line in told if line.startswith("        GPU ")] == [
        "        GPU 87 % 9.1/22.5 GiB 64°C 151 W"
    ]
    assert told.index("        GPU 87 % 9.1/22.5 GiB 64°C 151 W") == 1 + next(
        at for at, line in enumerate(told) if line.startswith("pair 1")
    )
