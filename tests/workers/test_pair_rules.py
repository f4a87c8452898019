"""The rules of a pair: single steps, and every interleaving of two halves within a bound."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace

import pytest
from pair_rules import (
    Ended,
    Event,
    Half,
    PairFiles,
    Phase,
    Reason,
    Running,
    Settled,
    advance,
    next_attempt,
    notice,
    start,
    vanished,
)

SIMULATOR, AGENT = Half.SIMULATOR, Half.AGENT
FAILURES = 3
"""Bound of the exploration: faults injected in one history, at any step, in any half."""


def files(simulator=0, agent=0, **others) -> PairFiles:
    return PairFiles(attempts={SIMULATOR: simulator, AGENT: agent}, **others)


@pytest.mark.parametrize(
    ("own", "partner", "partner_ended", "attempt"),
    [
        (0, 0, False, 1),  # the first of all
        (0, 1, False, 1),  # the partner was quicker
        (1, 1, True, 2),  # both failed, the partner is still in its back-off
        (1, 2, False, 2),  # the partner is back already
        (1, 4, False, 4),  # the partner failed alone, again and again
        (1, 4, True, 5),  # and is in its back-off: attempt 4 is lost before it is joined
        (3, 1, True, 4),
    ],
)
def test_a_starting_half_neither_falls_behind_nor_joins_a_lost_attempt(
    own, partner, partner_ended, attempt
):
    assert next_attempt(own, partner, partner_ended) == attempt


def test_an_attempt_killed_without_a_word_still_counts():
    assert start(AGENT, files(simulator=1, agent=1)) == Running(AGENT, 2, Phase.WAITING)


def test_a_life_that_left_no_end_is_recorded_as_vanished_by_the_next_one():
    assert vanished(AGENT, files(simulator=1, agent=1)) == Ended(AGENT, 1, Reason.VANISHED)
    assert vanished(AGENT, files()) is None
    assert vanished(AGENT, files(1, 1, ended=frozenset({(AGENT, 1)}))) is None
    assert vanished(SIMULATOR, files(1, 1, done=frozenset({AGENT}))) is None


def test_a_half_that_comes_back_to_a_done_pair_starts_nothing():
    done = files(1, 1, done=frozenset({AGENT}))
    assert start(SIMULATOR, done) == Settled(SIMULATOR)
    assert start(AGENT, done) == Settled(AGENT)


@pytest.mark.parametrize("phase", Phase)
def test_cancel_and_stop_end_every_phase(phase):
    half = SIMULATOR if phase in (Phase.BOOTING, Phase.READY) else AGENT
    running = Running(half, 1, phase)
    assert advance(running, Event.CANCEL_ASKED) == Ended(half, 1, Reason.CANCELLED)
    assert advance(running, Event.STOP_ASKED) == Ended(half, 1, Reason.TERMINATED)


def test_a_wrong_gpu_ends_both_halves_for_good():
    """No restart gives a pod another GPU, so none is spent on it."""
    begun = files(1, 1)
    end = advance(Running(AGENT, 1, Phase.WAITING), Event.GPU_WRONG)
    assert end == Ended(AGENT, 1, Reason.WRONG_GPU)
    after = begun.after_end(end)
    assert notice(Running(SIMULATOR, 1, Phase.READY), after) is Event.GPU_WRONG
    assert start(AGENT, after) == Settled(AGENT)


def test_an_evaluator_that_the_image_cannot_load_ends_the_pair_for_good():
    end = advance(Running(AGENT, 1, Phase.DRIVING), Event.LOAD_FAILED)
    assert end == Ended(AGENT, 1, Reason.NOT_LOADED)
    after = files(1, 1).after_end(end)
    assert notice(Running(SIMULATOR, 1, Phase.READY), after) is Event.PARTNER_DONE
    assert start(AGENT, after) == Settled(AGENT)
    assert start(SIMULATOR, after) == Settled(SIMULATOR)


def test_a_later_attempt_or_an_end_of_this_one_loses_the_partner():
    running = Running(AGENT, 2, Phase.DRIVING)
    assert notice(running, files(simulator=3, agent=2)) is Event.PARTNER_LOST
    lost = files(2, 2, ended=frozenset({(SIMULATOR, 2)}))
    assert notice(running, lost) is Event.PARTNER_LOST
    assert notice(running, files(2, 2, ended=frozenset({(SIMULATOR, 1)}))) is None


def test_the_agents_success_is_no_loss_for_the_simulator():
    done = files(1, 1, ended=frozenset({(AGENT, 1)}), done=frozenset({AGENT}))
    assert notice(Running(SIMULATOR, 1, Phase.READY), done) is Event.PARTNER_DONE


def test_only_an_end_with_nothing_left_to_do_exits_zero():
    zero = {reason for reason in Reason if reason.exit_status == 0}
    assert zero == {Reason.DONE, Reason.CANCELLED, Reason.WRONG_GPU, Reason.NOT_LOADED}
    assert Reason.TERMINATED.exit_status == 143


def test_an_event_without_meaning_in_a_phase_changes_nothing():
    booting = Running(SIMULATOR, 1, Phase.BOOTING)
    assert advance(booting, Event.RESULT_COMPLETE) is booting


# ------------------------------------------------------------------ every interleaving, bounded


@dataclass(frozen=True)
class World:
    """Two containers and their files. None = the container is down and will be restarted."""

    simulator: Running | Ended | Settled | None = None
    agent: Running | Ended | Settled | None = None
    attempts: tuple[int, int] = (0, 0)
    ended: frozenset[tuple[Half, int]] = frozenset()
    done: frozenset[Half] = frozenset()
    cancelled: bool = False
    faults: int = 0
    whole_result: bool = False

    @property
    def files(self) -> PairFiles:
        return PairFiles(
            dict(zip(Half, self.attempts, strict=True)), self.ended, self.done, self.cancelled
        )

    def of(self, half: Half):
        return self.simulator if half is SIMULATOR else self.agent

    def with_half(self, half: Half, state, after: PairFiles | None = None, **changes) -> World:
        files = after or self.files
        return replace(
            self,
            **{half.value: state},
            attempts=tuple(files.begun(each) for each in Half),
            ended=files.ended,
            done=files.done,
            **changes,
        )


def is_over(state) -> bool:
    """Exited 0: Kubernetes never starts that container again."""
    return isinstance(state, Settled) or (isinstance(state, Ended) and not state.reason.exit_status)


def take(world: World, half: Half, event: Event, **changes) -> World:
    state = advance(world.of(half), event)
    if isinstance(state, Ended):
        after = world.files.after_end(state)
        return world.with_half(half, state if is_over(state) else None, after, **changes)
    return world.with_half(half, state, **changes)


def restart(world: World, half: Half) -> World:
    state = start(half, world.files)
    if isinstance(state, Settled):
        return world.with_half(half, state)
    return world.with_half(half, state, begun(world.files, half, state.attempt))


def begun(files: PairFiles, half: Half, attempt: int) -> PairFiles:
    """The files once a half has told of an earlier life and begun that attempt."""
    earlier = vanished(half, files)
    return (files.after_end(earlier) if earlier else files).after_start(half, attempt)


def restart_halfway(world: World, half: Half) -> World | None:
    """Killed between the word about its earlier life and the new attempt."""
    earlier = vanished(half, world.files)
    if earlier is None:
        return None
    after = world.files.after_end(earlier)
    return world.with_half(half, None, after, faults=world.faults + 1)


def can_hear(world: World, half: Half) -> bool:
    """The partner's process lives in the same attempt: its heartbeat moves."""
    partner = world.of(half.partner)
    return isinstance(partner, Running) and partner.attempt == world.of(half).attempt


def hears_a_ready_server(world: World) -> bool:
    return can_hear(world, AGENT) and world.simulator.phase is Phase.READY


def restart_together(world: World) -> World:
    """Both read the files before either has written its attempt."""
    simulator, agent = start(SIMULATOR, world.files), start(AGENT, world.files)
    if isinstance(simulator, Settled):
        return replace(world, simulator=simulator, agent=agent)
    after = begun(world.files, SIMULATOR, simulator.attempt)
    world = world.with_half(SIMULATOR, simulator, after)
    return world.with_half(AGENT, agent, begun(world.files, AGENT, agent.attempt))


def progress_steps(world: World):
    """What happens by itself when nothing fails: restarts, polls, boot, driving to the end."""
    if world.simulator is None and world.agent is None:
        yield restart_together(world)
    for half in Half:
        state = world.of(half)
        if state is None:
            yield restart(world, half)
        elif isinstance(state, Running):
            yield from healthy_steps(world, half, state)


def healthy_steps(world: World, half: Half, state: Running):
    if (event := notice(state, world.files)) is not None:
        yield take(world, half, event)
        return
    if state.phase is Phase.BOOTING:
        yield take(world, half, Event.SERVER_LISTENS)
    if state.phase is Phase.WAITING and world.whole_result:
        yield take(world, half, Event.RESULT_COMPLETE)
    elif state.phase is Phase.WAITING and hears_a_ready_server(world):
        yield take(world, half, Event.PARTNER_READY)
    if state.phase is Phase.DRIVING:
        if world.whole_result:
            yield take(world, half, Event.RESULT_COMPLETE)
        elif can_hear(world, half):
            yield replace(world, whole_result=True)


def fault_steps(world: World):
    """One more fault: own failure, a kill without a word, a heartbeat believed frozen."""
    for half in Half:
        state = world.of(half)
        if state is None and (cut := restart_halfway(world, half)) is not None:
            yield cut
        if isinstance(state, Running):
            yield world.with_half(half, None, faults=world.faults + 1)
            for event in (
                Event.WORKLOAD_CRASHED,
                Event.WORKLOAD_HUNG,
                Event.BOOT_TIMEOUT,
                Event.PARTNER_LOST,
            ):
                if advance(state, event) != state:
                    yield take(world, half, event, faults=world.faults + 1)


def explore(*, cancels: bool) -> dict[World, list[World]]:
    """Every reachable world -> the worlds that follow when nothing fails."""
    graph: dict[World, list[World]] = {}
    queue = deque([World()])
    while queue:
        world = queue.popleft()
        if world in graph:
            continue
        graph[world] = list(progress_steps(world))
        queue.extend(graph[world])
        if world.faults < FAILURES:
            queue.extend(fault_steps(world))
        if cancels and not world.cancelled:
            queue.append(replace(world, cancelled=True))
    return graph


@pytest.fixture(scope="module", params=[False, True], ids=["driven", "cancelled"])
def graph(request):
    return explore(cancels=request.param)


def test_the_exploration_is_not_empty(graph):
    assert len(graph) > 1000
    assert max(max(world.attempts) for world in graph) > FAILURES


def test_no_container_leaves_for_good_while_work_is_left(graph):
    for world in graph:
        if is_over(world.simulator) or is_over(world.agent):
            assert world.cancelled or (AGENT in world.done and world.whole_result), world


def test_every_history_ends_with_both_halves_gone_for_good_once_faults_stop(graph):
    """No dead end, and no endless chase: faultless steps form no cycle."""
    for world, following in graph.items():
        if not following:
            assert is_over(world.simulator), world
            assert is_over(world.agent), world
    assert_acyclic(graph)


def assert_acyclic(graph: dict[World, list[World]]) -> None:
    remaining = dict.fromkeys(graph, 0)
    for following in graph.values():
        for world in following:
            remaining[world] += 1
    free = deque(world for world, count in remaining.items() if count == 0)
    seen = 0
    while free:
        seen += 1
        for world in graph[free.popleft()]:
            remaining[world] -= 1
            if remaining[world] == 0:
                free.append(world)
    assert seen == len(graph)


def test_the_agent_drives_only_in_the_attempt_its_simulator_was_ready_in(graph):
    """From any world, whoever begins to drive does so beside a live server of the same attempt."""
    for world, following in graph.items():
        for after in following:
            began = after.agent != world.agent and isinstance(after.agent, Running)
            if began and after.agent.phase is Phase.DRIVING:
                assert isinstance(after.simulator, Running)
                assert after.simulator.attempt == after.agent.attempt
                assert after.simulator.phase is Phase.READY


def test_every_attempt_but_a_halfs_last_has_an_end_once_that_half_is_back(graph):
    for world in graph:
        for half in Half:
            if isinstance(world.of(half), Running) and AGENT not in world.done:
                told = {attempt for who, attempt in world.ended if who is half}
                assert world.of(half).attempt not in told
                assert not told or vanished(half, world.files).attempt > max(told)


def test_attempts_are_never_begun_twice(graph):
    for world, following in graph.items():
        for after in following:
            for half in Half:
                began = after.files.begun(half) - world.files.begun(half)
                assert began >= 0
                restarted = world.of(half) is None and isinstance(after.of(half), Running)
                assert (began > 0) == restarted
