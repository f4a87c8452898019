"""The pair supervisor's limits and orders: hangs, partners that never come, cancel in every phase.

Each test runs in one of the shells.
"""

import os
import signal
import time

import pytest
from fakes.sweeps import sweep
from pair_bench import (
    HALVES,
    Bench,
    assert_nothing_runs,
    eventually,
    exit_of,
    is_alive,
    killed,
    some_shell,
    start_pair,
)

PATIENT_POLLS = 30
"""As many as in life: with a few, a partner that is only slow counts as lost on a busy machine."""


@pytest.fixture
def bench(request, tmp_path):
    """A pod whose supervisors run in one of the shells."""
    pod = Bench(tmp_path, some_shell(request.node.name))
    yield pod
    pod.clean_up()


@pytest.mark.slow
def test_a_silent_evaluator_is_a_hang(bench):
    simulator = bench.start("simulator")
    agent = bench.start("agent", hang="1:0", env={"AGENT_IDLE_LIMIT": "0.5"})
    assert (exit_of(agent), exit_of(simulator)) == (1, 1)
    assert bench.reasons(1) == ("lost-partner", "hang")


@pytest.mark.thorough
def test_an_evaluator_that_never_ends_after_its_watchdog_is_a_hang_of_its_route(bench):
    simulator, agent = start_pair(bench, linger="1:1", env={"AGENT_IDLE_LIMIT": "0.5"})
    assert (exit_of(agent), exit_of(simulator)) == (1, 1)
    assert bench.reasons(1) == ("lost-partner", "hang")
    assert bench.ended("agent", 1)["route"] == "RouteScenario_1_rep0"
    assert_nothing_runs(bench)


@pytest.mark.slow
def test_one_that_has_driven_all_and_never_ends_is_done_and_spends_no_restart(bench):
    simulator, agent = start_pair(bench, linger="1:3", env={"AGENT_IDLE_LIMIT": "3"})
    assert (exit_of(agent), exit_of(simulator)) == (0, 0)
    assert bench.reasons(1) == ("done", "done")
    assert_nothing_runs(bench)


@pytest.mark.slow
def test_a_server_whose_port_never_listens_is_given_up(bench):
    agent = bench.start("agent")
    simulator = bench.start("simulator", silent="yes", env={"BOOT_LIMIT": "0.4"})
    assert (exit_of(simulator), exit_of(agent)) == (1, 1)
    assert bench.reasons(1) == ("never-ready", "lost-partner")


@pytest.mark.slow
def test_a_partner_that_stays_silent_counts_as_lost_after_its_polls(bench):
    simulator = bench.start("simulator", env={"HEARTBEAT_LIMIT": str(PATIENT_POLLS)})
    agent = bench.start("agent", pace="5")
    bench.wait_for_phase("agent", "driving")
    killed(agent)
    assert exit_of(simulator) == 1
    assert bench.reasons(1) == ("lost-partner", None)
    assert f"no heartbeat of the agent for {PATIENT_POLLS} polls" in bench.output("simulator")


@pytest.mark.thorough
def test_an_agent_in_the_back_off_joins_the_attempt_its_simulator_waits_in(bench):
    assert exit_of(bench.start("simulator", exit="3")) == 1
    simulator = bench.start("simulator")
    bench.wait_for_phase("simulator", "ready", attempt=2)
    assert (exit_of(bench.start("agent")), exit_of(simulator)) == (0, 0)
    assert bench.attempts("agent") == [2]


@pytest.mark.slow
@pytest.mark.parametrize("phase", sweep(["booting", "ready", "waiting", "driving"], "driving"))
def test_a_cancel_stops_every_phase_cleanly_and_for_good(bench, phase):
    half = "simulator" if phase in ("booting", "ready") else "agent"
    started = []
    if phase == "driving":
        started.append(bench.start("simulator", pids=bench.root / "server-pids"))
    options = {"booting": {"boot": "30"}, "driving": {"pace": "30"}}.get(phase, {})
    started.append(bench.start(half, pids=bench.root / "pids", **options))
    bench.wait_for_phase(half, phase)
    bench.cancel()
    assert [exit_of(process) for process in started] == [0] * len(started)
    assert bench.ended(half, 1)["reason"] == "cancelled"
    assert not list(bench.status.glob("*.done"))
    assert_nothing_runs(bench)


def test_a_server_that_lives_on_without_its_port_is_a_hang(bench):
    simulator = bench.start("simulator", deaf=bench.root / "deaf")
    bench.wait_for_phase("simulator", "ready")
    (bench.root / "deaf").touch()
    assert exit_of(simulator) == 1
    assert bench.ended("simulator", 1)["reason"] == "hang"


@pytest.mark.slow
def test_a_server_whose_log_stops_is_a_hang_where_that_limit_is_set(bench):
    log = bench.root / "CarlaUE4.log"
    log.write_text("tick\n")
    simulator = bench.start("simulator", env={"SERVER_IDLE_LIMIT": "0.4", "SERVER_LOG": str(log)})
    assert exit_of(simulator) == 1
    assert bench.ended("simulator", 1)["reason"] == "hang"


@pytest.mark.parametrize("half", sweep(["simulator", "agent"], "agent"))
def test_a_partner_that_never_comes_is_given_up_with_a_clear_reason(bench, half):
    assert exit_of(bench.start(half, env={"PARTNER_LIMIT": "0.4"})) == 1
    assert bench.ended(half, 1)["reason"] == "lost-partner"
    partner = "agent" if half == "simulator" else "simulator"
    assert f"gave up: the {partner} never came to attempt 1" in bench.output(half)


@pytest.mark.thorough
def test_a_server_that_boots_for_ever_is_not_waited_for_by_the_agent_for_ever(bench):
    bench.start("simulator", boot="30")
    bench.wait_for_phase("simulator", "booting")
    agent = bench.start("agent", env={"PARTNER_LIMIT": "0.5"})
    assert exit_of(agent) == 1
    assert "gave up: the simulator was never ready" in bench.output("agent")


@pytest.mark.thorough
def test_a_pair_cancelled_while_a_half_is_in_its_back_off_stays_cancelled(bench):
    assert exit_of(bench.start("simulator", exit="3")) == 1
    bench.cancel()
    assert exit_of(bench.start("simulator", pids=bench.root / "pids")) == 0
    assert exit_of(bench.start("agent", pids=bench.root / "pids")) == 0
    assert bench.pids("pids") == []


@pytest.mark.slow
def test_a_crashed_evaluator_is_recorded_with_its_signal_and_route(bench):
    simulator, agent = start_pair(bench, die="1:2")
    assert (exit_of(simulator), exit_of(agent)) == (1, 1)
    assert bench.reasons(1) == ("lost-partner", "crashed")
    ended = bench.ended("agent", 1)
    assert (ended["exit"], ended["signal"]) == ("139", "11")
    assert ended["route"] == "RouteScenario_2_rep0"


@pytest.mark.slow
def test_halves_that_restarted_unequally_often_meet_at_the_same_attempt(bench):
    for _ in range(2):
        assert exit_of(bench.start("simulator", exit="3")) == 1
    assert bench.ended("simulator", 2)["exit"] == "3"
    simulator, agent = start_pair(bench)
    assert (exit_of(agent), exit_of(simulator)) == (0, 0)
    assert bench.attempts("agent") == [3]
    assert bench.attempts("simulator") == [1, 2, 3]


@pytest.mark.slow
def test_a_simulator_killed_without_a_word_is_noticed_at_once_when_it_returns(bench):
    simulator, agent = start_pair(bench, pace="5")
    bench.wait_for_phase("agent", "driving")
    killed(simulator)
    simulator = bench.start("simulator", pids=bench.root / "server-pids")
    assert exit_of(agent) == 1
    assert bench.reasons(1) == ("vanished", "lost-partner")
    bench.wait_for_phase("simulator", "ready", attempt=2)
    assert [is_alive(pid) for pid in bench.pids("server-pids")] == [False, True]


@pytest.mark.thorough
def test_a_simulator_killed_when_all_is_done_leaves_no_server_behind_once_it_returns(bench):
    simulator, agent = start_pair(bench)
    bench.wait_for_phase("simulator", "ready")
    killed(simulator)
    (bench.status / "pair-1.agent.done").touch()
    assert exit_of(bench.start("simulator")) == 0
    assert [is_alive(pid) for pid in bench.pids("server-pids")] == [False]
    killed(agent)


@pytest.mark.slow
def test_sigterm_to_the_simulator_leaves_work_to_be_done_after_a_restart(bench):
    simulator, agent = start_pair(bench, pace="30")
    bench.wait_for_phase("agent", "driving")
    simulator.terminate()
    assert exit_of(simulator) == 143
    assert exit_of(agent) == 1
    assert bench.reasons(1) == ("terminated", "lost-partner")


@pytest.mark.slow
def test_finished_halves_that_are_restarted_leave_at_once(bench):
    simulator, agent = start_pair(bench)
    assert (exit_of(agent), exit_of(simulator)) == (0, 0)
    simulator, agent = start_pair(bench)
    assert (exit_of(agent), exit_of(simulator)) == (0, 0)
    assert bench.attempts("agent") == bench.attempts("simulator") == [1]
    assert len(bench.lines("starts")) == 1


@pytest.mark.thorough
def test_a_cancelled_pair_can_be_resumed_without_driving_a_route_twice(bench):
    simulator, agent = start_pair(bench, hang="1:1")
    eventually(lambda: "RouteScenario_1 " in bench.output("agent"), "it is at the second route")
    bench.cancel()
    assert (exit_of(agent), exit_of(simulator)) == (0, 0)
    (bench.status / "simulation.cancel").unlink()
    simulator, agent = start_pair(bench)
    assert (exit_of(agent), exit_of(simulator)) == (0, 0)
    assert bench.lines("starts") == ["1 - -", "2 1 -"]
    assert [record["index"] for record in bench.document()["_checkpoint"]["records"]] == [0, 1, 2]


@pytest.mark.thorough
def test_time_in_which_a_supervisor_was_stopped_counts_against_nobody(bench):
    simulator = bench.start("simulator", env={"PARTNER_LIMIT": "2"})
    bench.wait_for_phase("simulator", "ready")
    simulator.send_signal(signal.SIGSTOP)
    stopped, beat = time.monotonic(), bench.heartbeat("simulator")
    eventually(lambda: time.monotonic() > stopped + 2.1, "longer than the limit")
    simulator.send_signal(signal.SIGCONT)
    eventually(lambda: bench.heartbeat("simulator") > beat, "it looks around again")
    assert (exit_of(bench.start("agent")), exit_of(simulator)) == (0, 0)


@pytest.mark.slow
def test_failures_stop_both_halves_of_their_pair_within_three_polls_and_no_other(bench):
    """Of its own polls, from its failure or from what its partner says of it: how soon a busy machine
    lets each half look is not theirs. Three pairs share the directory of status files."""
    killed = ((1, "simulator"), (2, "agent"))
    pairs = {pair: start_driving(bench, pair) for pair in (1, 2, 3)}
    for pair in pairs:
        bench.wait_for_phase("agent", "driving", pair)
    for pair, half in killed:
        os.kill(eventually(lambda: bench.pids(f"{half}-{pair}"), "it runs")[0], signal.SIGKILL)  # noqa: B023
    begun = {pair: beats(bench, pair) for pair in (1, 2)}
    for pair, half in killed:
        place = HALVES.index(half)
        eventually(lambda: bench.reasons(1, pair=pair)[place], "it says how it ended")  # noqa: B023
        begun[pair][1 - place] = beats(bench, pair)[1 - place]
    assert [exit_of(half) for pair in (1, 2) for half in pairs[pair]] == [1] * 4
    for pair, counters in begun.items():
        polls = [last - first for first, last in zip(counters, beats(bench, pair), strict=True)]
        assert max(polls) - LAST_BEAT <= 3, (pair, polls)
    assert bench.reasons(1, pair=1) == ("crashed", "lost-partner")
    assert bench.reasons(1, pair=2) == ("lost-partner", "crashed")
    assert bench.reasons(1, pair=3) == (None, None)
    assert [half.poll() for half in pairs[3]] == [None, None]
    assert [is_alive(pid) for half in HALVES for pid in bench.pids(f"{half}-2")] == [False] * 2
    assert [is_alive(pid) for half in HALVES for pid in bench.pids(f"{half}-3")] == [True] * 2


LAST_BEAT = 1
"""A half that ends beats once more."""


def beats(bench, pair):
    """How often each half has looked so far."""
    return [int(bench.heartbeat(half, pair)[1]) for half in HALVES]


def start_driving(bench, pair):
    options = {"simulator": {}, "agent": {"pace": "30"}}
    return [
        bench.start(
            half, pair=pair, env={"POLL": "1"}, pids=bench.root / f"{half}-{pair}", **options[half]
        )
        for half in HALVES
    ]


@pytest.mark.slow
def test_a_server_that_stops_answering_on_its_port_is_a_hang(bench):
    simulator = bench.start(
        "simulator", rpc=bench.root / "mute", env={"PORT_LIMIT": "1.2"}, pids=bench.root / "s"
    )
    agent = bench.start("agent", hang="1:1", connect="yes")
    bench.wait_for_phase("agent", "driving")
    begin = time.monotonic()
    eventually(lambda: time.monotonic() > begin + 2, "longer than the limit, with answers")
    assert simulator.poll() is None
    (bench.root / "mute").touch()
    assert (exit_of(simulator), exit_of(agent)) == (1, 1)
    assert bench.reasons(1) == ("hang", "lost-partner")
    assert "does not answer on its port" in bench.output("simulator")
    assert_nothing_runs(bench)


@pytest.mark.thorough
def test_a_stopped_server_is_a_hang_whatever_language_it_speaks(bench):
    simulator, agent = start_pair(bench, hang="1:1", env={"PORT_LIMIT": "0.6"})
    bench.wait_for_phase("agent", "driving")
    os.kill(bench.pids("server-pids")[0], signal.SIGSTOP)
    assert (exit_of(simulator), exit_of(agent)) == (1, 1)
    assert bench.reasons(1) == ("hang", "lost-partner")


@pytest.mark.thorough
def test_a_server_that_never_answered_is_not_judged_by_its_silence(bench):
    simulator, agent = start_pair(
        bench, pace="0.5", connect="yes", env={"PORT_LIMIT": "0.4", "POLL": "0.02"}
    )
    assert (exit_of(agent), exit_of(simulator)) == (0, 0)


@pytest.mark.thorough
def test_a_route_whose_time_stands_still_is_a_hang_however_much_is_printed(bench):
    simulator, agent = start_pair(bench, ticks="1:1", env={"TICK_LIMIT": "0.8"})
    assert (exit_of(agent), exit_of(simulator)) == (1, 1)
    assert bench.reasons(1) == ("lost-partner", "hang")
    assert bench.ended("agent", 1)["route"] == "RouteScenario_1_rep0"
    assert "its time stands still" in bench.output("agent")


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("route", "reasons"), [(1, ("lost-partner", "hang")), (3, ("done", "done"))]
)
def test_an_evaluator_that_hangs_between_two_routes_holds_no_gpu_while_its_agent_prints(
    bench, route, reasons
):
    limits = {"AGENT_IDLE_LIMIT": "0.5", "TICK_LIMIT": "0.8"}
    simulator, agent = start_pair(bench, stops=f"1:{route}", env=limits)
    exits = (exit_of(agent), exit_of(simulator))
    assert (exits, bench.reasons(1)) == ((int(route == 1),) * 2, reasons)
    assert_nothing_runs(bench)


@pytest.mark.thorough
def test_an_agent_killed_without_a_word_is_recorded_with_its_route_when_it_returns(bench):
    simulator, agent = start_pair(bench, hang="1:1", env={"HEARTBEAT_LIMIT": str(PATIENT_POLLS)})
    eventually(lambda: "RouteScenario_1 " in bench.output("agent"), "it is at the second route")
    killed(agent)
    assert exit_of(simulator) == 1
    simulator, agent = start_pair(bench)
    assert (exit_of(agent), exit_of(simulator)) == (0, 0)
    assert bench.reasons(1) == ("lost-partner", "vanished")
    assert bench.ended("agent", 1)["route"] == "RouteScenario_1_rep0"
    assert bench.lines("driven") == ["0", "1", "2"]


@pytest.mark.thorough
@pytest.mark.parametrize("late", sweep(["simulator", "agent"], "simulator"))
@pytest.mark.parametrize("back_off", sweep([10, 300], 300))
def test_halves_meet_again_at_one_attempt_however_their_back_offs_differ(bench, late, back_off):
    """A hundred times faster than life; an attempt costs each half one restart.

    The limit is wider than that: in life it is 900 s and more, beside a back-off of 300 s, and a
    busy machine starts processes as slowly however fast the clock of a test runs.
    """
    env = {"POLL": "0.02", "PARTNER_LIMIT": "60"}
    simulator, agent = start_pair(bench, crash="1:1", env=env)
    assert (exit_of(simulator), exit_of(agent)) == (1, 1)
    early = bench.start("agent" if late == "simulator" else "simulator", env=env, boot="0")
    begin = time.monotonic()
    eventually(lambda: time.monotonic() > begin + back_off / 100, "the back-off is over")
    other = bench.start(late, env=env, boot="0")
    assert (exit_of(early), exit_of(other)) == (0, 0)
    assert bench.attempts("simulator") == bench.attempts("agent") == [1, 2]
