"""A recording while it is played: board and logs are of one time, which keys and a clock move."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from fakes.demo_recording import BEGIN, CRASH, Seconds, player_of

from console.domain.board import SubmissionStatus
from console.domain.landmarks import LandmarkKind
from console.errors import NotFound
from console.operations.recording.tail import moment_of
from console.operations.replay.player import Player
from console.operations.services import Services


def at(second: float) -> datetime:
    return BEGIN + timedelta(seconds=second)


def test_it_begins_where_the_job_was_created(player: Player) -> None:
    shown = player.advance()
    assert (shown.at, shown.board.status) == (BEGIN, SubmissionStatus.PENDING)
    assert len(shown.board.pairs) == 4
    assert player.log("agent-1").line_count() == 0


def test_it_ends_as_the_submission_did_and_stays_there(
    demo_services: Services, clock: Seconds
) -> None:
    player = player_of(demo_services, clock, speed=100)
    player.advance()
    clock.now += 60
    shown = player.advance()
    assert (shown.board.status, shown.board.done) == (SubmissionStatus.COMPLETE, 20)
    assert shown.board.merged is not None
    assert shown.board.merged.final
    assert player.state.at_end
    clock.now += 60
    assert player.advance() is shown


@pytest.mark.parametrize("second", [0, 10, 33.5, 40, 70])
def test_every_log_ends_at_the_time_that_is_shown(
    demo_services: Services, player: Player, second: float
) -> None:
    player.steer(lambda head, now: head.sought(at(second), now))
    player.advance()
    for container in ("agent-2", "simulator-2", "logcopy", "private-contents"):
        every = demo_services.recorder.log(player.recording, container).lines(0, 10_000)
        times = [moment_of(each.at) for each in every]
        assert all(times[n + 1] for n, each in enumerate(times) if each is None)
        known = [each or times[n + 1] for n, each in enumerate(times)]
        there = [e for e, said in zip(every, known, strict=True) if said and said <= at(second)]
        cut = player.log(container)
        assert cut.line_count() == len(there)
        assert cut.lines(0, 10_000) == there


def test_a_pair_shows_the_words_that_its_halves_said_last(player: Player) -> None:
    player.steer(lambda head, now: head.sought(at(30), now))
    board = player.advance().board
    last = player.log("agent-1").lines(0, 10_000)[-1]
    assert board.pairs[0].agent_line
    assert last.text.startswith(board.pairs[0].agent_line[:20])
    assert board.pairs[0].last_sign is not None
    assert board.pairs[0].last_sign <= at(30)
    player.go_to("+0s")
    assert player.advance().board.pairs[0].agent_line == ""


def test_nothing_moves_before_it_is_asked_to_and_all_of_it_together(
    player: Player, clock: Seconds
) -> None:
    player.advance()
    clock.now += 30
    log = player.log("agent-1")
    assert (player.present(), log.line_count()) == (BEGIN, 0)
    player.advance()
    assert player.present() == at(30)
    assert log.line_count() > 0


def test_the_board_is_the_same_object_while_it_says_the_same(
    player: Player, clock: Seconds
) -> None:
    player.go_to("+70s")
    first = player.advance()
    clock.now += 0.01
    second = player.advance()
    assert second.at > first.at
    assert second.board is first.board


def test_paused_it_shows_one_time(player: Player, clock: Seconds) -> None:
    player.steer(lambda head, now: head.toggled(now))
    clock.now += 1000
    assert player.advance().at == BEGIN
    assert player.state.paused


def test_to_go_on_means_from_where_the_last_key_went(player: Player) -> None:
    for _ in range(3):
        player.steer(lambda head, now: head.moved(10, now))
    assert player.advance().at == at(30)


def test_steps_lead_from_attempt_to_attempt_and_back(player: Player, clock: Seconds) -> None:
    player.steer(lambda head, now: head.toggled(now))
    player.step(LandmarkKind.ATTEMPT, forward=True)
    crash = player.step(LandmarkKind.ATTEMPT, forward=True)
    assert (crash.at, "crashed" in str(crash)) == (CRASH, True)
    assert player.advance().at == CRASH
    player.step(LandmarkKind.ATTEMPT, forward=False)
    with pytest.raises(NotFound, match="no earlier attempt"):
        player.step(LandmarkKind.ATTEMPT, forward=False)


def test_a_step_back_while_it_plays_is_not_held_by_what_has_just_passed(
    player: Player, clock: Seconds
) -> None:
    player.advance()
    first = player.step(LandmarkKind.ROUTE, forward=True)
    second = player.step(LandmarkKind.ROUTE, forward=True)
    clock.now += 0.5
    assert player.step(LandmarkKind.ROUTE, forward=False).at == first.at
    player.go_to("route RouteScenario_5")
    clock.now += (second.at - first.at).total_seconds() + 5
    assert player.step(LandmarkKind.ROUTE, forward=False).at == second.at


def test_after_the_last_route_there_is_no_later_one(player: Player) -> None:
    player.go_to("+74s")
    with pytest.raises(NotFound, match="no later route"):
        player.step(LandmarkKind.ROUTE, forward=True)


def test_an_attempt_is_gone_to_by_its_number(player: Player) -> None:
    player.go_to("attempt 2.2")
    board = player.advance().board
    assert board.pairs[1].attempt == 2
    player.go_to("13:45")
    assert player.advance().at == at(11)


def test_nothing_passes_before_the_first_look(demo_services: Services, clock: Seconds) -> None:
    """To open the screens takes its time."""
    player = player_of(demo_services, clock, speed=100)
    player.go_to("+20s")
    clock.now += 30
    assert player.advance().at == at(20)
    clock.now += 0.1
    assert player.advance().at == at(30)


def test_the_job_is_shown_as_it_was_kept(player: Player) -> None:
    kept = player.manifest()
    assert kept is not None
    assert (kept["kind"], kept["metadata"]["name"]) == ("Job", "demo")
