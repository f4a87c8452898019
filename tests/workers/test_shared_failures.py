"""What hits several pairs alike is named once; what logcopy tells of ends and given-up drives."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from logcopy_pod import partial

from console.results.collecting import Partial
from console.results.drives import Drives
from console.results.leaderboard import V2_0
from console.results.plan import launched
from console.results.trustworthy import merge
from console.workers import snapshots, status_files

PLAN = launched(Drives.of(V2_0, "0-4;5-9;10-14;15-19", 1))
NO_SETUP = "Failed - Agent couldn't be set up"
NO_SENSORS = "Failed - Agent's sensors were invalid"


def payload(folder: Path, documents: list[Any] = []) -> dict[str, Any]:  # noqa: B006
    partials = [Partial(pair, json.dumps(each)) for pair, each in enumerate(documents, 1)]
    status = status_files.read(str(folder), 4)
    return snapshots.snapshot_payload(PLAN, merge(PLAN, partials), status, "running", 0.0)


def shared(folder: Path, documents: list[Any] = []) -> list[str]:  # noqa: B006
    told = payload(folder, documents)["problems"]
    return [problem["text"] for problem in told if problem["kind"] == "shared-failure"]


def begun(pair: int, status: str, entry_status: str = "Started") -> Any:
    """A pair's checkpoint after one route that ended with that status."""
    document = partial(pair, 1)
    record = document["_checkpoint"]["records"][0]
    record["status"] = status
    document["entry_status"] = entry_status
    return document


def end(folder: Path, half: str, moment: int, text: str = "reason=crashed exit=1 signal=0") -> None:
    (folder / f"pair-{half}.attempt-1").touch()
    (folder / f"pair-{half}.ended-1").write_text(f"{text} route=- t={moment}")


def test_an_agent_that_no_pair_can_set_up_is_named_at_its_first_records(tmp_path: Path) -> None:
    documents = [begun(1, NO_SETUP), partial(2, 2), begun(3, NO_SETUP), begun(4, NO_SETUP)]
    (text,) = shared(tmp_path, documents)
    assert text.startswith("pairs 1, 3 and 4: the agent cannot be set up")


@pytest.mark.parametrize(("other", "forecast"), [(partial(2, 2), False), (None, True)])
def test_that_all_will_end_like_this_is_said_while_no_pair_has_driven(
    tmp_path: Path, other: Any, forecast: bool
) -> None:
    """Of many pairs with a route each, two bad ones say nothing of the others."""
    documents = [begun(1, NO_SETUP), other or begun(2, NO_SETUP), begun(3, NO_SETUP)]
    (text,) = shared(tmp_path, documents)
    assert text.endswith("; every route of every pair will end like this") is forecast


def test_rejected_sensors_are_named_from_checkpoints_and_from_supervisors(tmp_path: Path) -> None:
    end(tmp_path, "2.agent", 100, "reason=invalid-setup exit=255 signal=0")
    (text,) = shared(tmp_path, [begun(1, NO_SENSORS, "Rejected")])
    assert text.startswith("pairs 1 and 2: the agent's sensors are not allowed")


def test_one_pair_alone_shares_nothing(tmp_path: Path) -> None:
    end(tmp_path, "1.agent", 100)
    assert shared(tmp_path, [begun(1, NO_SETUP), partial(2, 2)]) == []


def test_one_pair_that_cannot_load_the_evaluator_is_named_with_what_it_lacks(
    tmp_path: Path,
) -> None:
    end(tmp_path, "2.agent", 100, "reason=not-loaded exit=1 signal=0")
    said = "state=failed lasting=yes error=ModuleNotFoundError: No module named 'x'\n"
    (tmp_path / "pair-2.agent.evaluator-1").write_text(said)
    (problem,) = [p for p in payload(tmp_path)["problems"] if p["kind"] == "not-loaded"]
    assert problem["pair"] == 2
    assert (
        problem["text"]
        == "the evaluator cannot be loaded: ModuleNotFoundError: No module named 'x'"
    )
    assert shared(tmp_path) == []


@pytest.mark.parametrize(("moment", "count"), [(130, 1), (161, 0)])
def test_two_pairs_that_end_alike_share_a_failure_only_when_close_in_time(
    tmp_path: Path, moment: int, count: int
) -> None:
    end(tmp_path, "1.agent", 100)
    end(tmp_path, "4.agent", moment)
    told = shared(tmp_path)
    assert len(told) == count
    if told:
        assert told == [
            "pairs 1 and 4 failed alike within 60 s: the evaluator crashed with exit status 1"
        ]


def test_ends_of_another_kind_or_by_the_cluster_share_nothing(tmp_path: Path) -> None:
    end(tmp_path, "1.agent", 100)
    end(tmp_path, "2.agent", 100, "reason=crashed exit=2 signal=0")
    end(tmp_path, "3.agent", 100, "reason=terminated exit=-1 signal=0")
    end(tmp_path, "4.agent", 100, "reason=terminated exit=-1 signal=0")
    assert shared(tmp_path) == []


def test_a_servers_end_is_told_with_the_route_of_its_agent(tmp_path: Path) -> None:
    end(tmp_path, "2.simulator", 100)
    (tmp_path / "pair-2.agent.ended-1").write_text(
        "reason=lost-partner exit=-1 signal=0 route=RouteScenario_7_rep0 t=101"
    )
    ends = payload(tmp_path)["pairs"][1]["ended"]
    assert [(each["half"], each["route"]) for each in ends] == [
        ("simulator", "RouteScenario_7_rep0"),
        ("agent", "RouteScenario_7_rep0"),
    ]


def test_a_given_up_drive_is_a_problem_of_its_pair_told_once(tmp_path: Path) -> None:
    for attempt in (3, 4):
        (tmp_path / f"pair-3.agent.given-up-{attempt}").write_text(
            "route=RouteScenario_11_rep0 attempts=2 t=100"
        )
    (tmp_path / "pair-3.agent.given-up-5").write_text("route=\x1b[2J attempts=2 t=100")
    (problem,) = [each for each in payload(tmp_path)["problems"] if each["kind"] == "given-up"]
    assert problem == {
        "kind": "given-up",
        "pair": 3,
        "text": "RouteScenario_11_rep0 was given up after 2 attempts and counts as failed",
    }
