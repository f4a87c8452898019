"""What is offered beside an ended submission: how to go on from it, and whether that can help."""

from __future__ import annotations

import pytest
from fakes.boards import board, pair
from fakes.upstream_seen import seen, usual
from msgspec.structs import replace

from console.cli.boards import board_text
from console.cluster.upstream_joined import joined
from console.domain.board import BoardSnapshot, SubmissionStatus
from console.domain.facts import PodFacts
from console.domain.progress import EndedAttempt
from console.presentation import again_words
from console.presentation.resume_points import ResumeOffer, hint, points
from console.tui import resume_offers

THEIRS = joined({each.job.name: each for each in map(seen, usual().jobs())})
POD = PodFacts("demo-x7k2p", "leaderboard", "p1", "demo", "Failed")


def ended(status: SubmissionStatus = SubmissionStatus.FAILED, **more: object) -> object:
    return board(**{"status": status, "pod": POD, "problems": (), **more})


def hinted(shown: object, why_not: str = "") -> str:
    return hint(shown, why_not, "R")  # type: ignore[arg-type]


def test_an_ended_one_says_the_key_and_what_stays() -> None:
    assert hinted(ended()) == "R goes on from here: 12 of 20 routes stay"


def test_how_many_routes_there_are_may_be_unknown() -> None:
    assert hinted(ended(total=None)) == "R goes on from here: 12 of ? routes stay"


def test_where_nobody_knows_what_is_finished_the_key_looks_for_it() -> None:
    assert hinted(ended(done=None, records=())) == "R looks for what can go on from here"


def test_one_that_cannot_be_resumed_offers_nothing() -> None:
    assert hinted(ended(), "It is still running.") == ""


def test_one_that_is_still_being_cancelled_says_that_it_can_go_on_later() -> None:
    living = PodFacts("demo-x7k2p", "leaderboard", "p1", "demo", "Running")
    shown = ended(SubmissionStatus.CANCELLED, pod=living)
    assert hinted(shown, "It is stopping.") == "stopping; then R goes on from here"


def test_a_doubt_stands_before_the_invitation() -> None:
    twice = tuple(
        EndedAttempt(1, n, "agent", "crashed", 1, None, "RouteScenario_3_rep0") for n in (1, 2)
    )
    told = hinted(ended(pairs=(pair(1, 0, ended=twice),)))
    assert told.startswith("A resume may end like this: one route ended the pair again and again")
    assert told.endswith("R goes on from here: 12 of 20 routes stay")


def offer(**more: object) -> ResumeOffer:
    facts: dict[str, object] = {
        "name": "demo-2",
        "kept": 0,
        "total": 20,
        "repeated": (),
        "remarks": (),
        "pairs": 4,
        "backoff_limit": 8,
        "check": lambda _text: "",
    }
    return ResumeOffer(**{**facts, **more})  # type: ignore[arg-type]


def test_the_old_submission_is_said_to_stay_as_it_is() -> None:
    assert "The old submission stays as it is." in points(offer())


def test_a_route_that_was_under_way_is_said_to_start_anew() -> None:
    assert "A route that was under way starts from its beginning." in points(offer())


@pytest.mark.parametrize(
    ("limit", "resumes"), [(1, "0 resumes"), (3, "1 resume"), (8, "3 resumes")]
)
def test_the_price_tells_how_many_resumes_the_new_budget_is_good_for(
    limit: int, resumes: str
) -> None:
    told = " ".join(points(offer(backoff_limit=limit)))
    assert f"restart budget of its own: {limit}, good for {resumes} of a pair" in told


def test_the_price_of_a_pod_for_each_pair_is_of_each() -> None:
    told = " ".join(points(offer(backoff_limit=3, apart=True)))
    assert "on 4 GPUs in a pod for each pair, each with a restart budget of its own: 3 res" in told


def crashed(status: SubmissionStatus = SubmissionStatus.COMPLETE, **more: object) -> BoardSnapshot:
    """Two drives that a crash has ended, and one that its agent has."""
    shown = board(**{"status": status, "pod": None, "problems": (), **more})
    how = ("Failed - Simulation crashed", "Failed - Agent crashed", "Failed - Agent got blocked")
    given_up = [replace(each, status=word) for each, word in zip(shown.records, how, strict=False)]
    return replace(shown, records=(*given_up, *shown.records[3:]))


def test_an_ended_one_says_what_a_crash_has_ended_and_how_it_is_driven_again() -> None:
    told = again_words.hint(crashed(), "D")
    assert told == "D drives again what a crash has ended: 2 of 20 drives"
    assert f"rerun    {told.replace('D', '`carla-console rerun demo`', 1)}" in board_text(crashed())


def test_one_that_runs_or_that_no_crash_has_ended_says_nothing_of_driving_again() -> None:
    assert again_words.hint(crashed(SubmissionStatus.RUNNING), "D") == ""
    assert again_words.hint(board(status=SubmissionStatus.COMPLETE, pod=None), "D") == ""
    assert "rerun" not in board_text(crashed(SubmissionStatus.RUNNING))


def test_upstreams_own_offer_no_driving_again() -> None:
    shown = replace(crashed(), job=THEIRS)
    assert again_words.hint(shown, "D") == ""
    assert "Submit it once more at EvalAI" in resume_offers.why_no_rerun(shown)
