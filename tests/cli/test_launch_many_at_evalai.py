"""`launch -f` with rows for EvalAI's submissions: each held against what EvalAI shows, over HTTP."""

from __future__ import annotations

import pytest
from fakes import evalai_rules
from fakes.evalai_server import EvalAiServer, html
from fakes.evalai_user import set_up, there
from test_launch_many import AGENT, PROFILE, jobs

__all__ = ["there"]
HEADER = "name,image,team_id,phase,challenge_id,submission_id\n"


@pytest.fixture
def launch(stage, tmp_path):
    """`launch -f` of rows: name, team, submission."""

    def run(rows: list[tuple[str, int, object]], *flags: str):
        told = "".join(f"{name},{AGENT},{team},1,1,{number}\n" for name, team, number in rows)
        (tmp_path / "teams.csv").write_text(HEADER + told)
        return stage.run("launch", *PROFILE, "-f", str(tmp_path / "teams.csv"), *flags)

    return run


@pytest.fixture
def many(there: EvalAiServer) -> EvalAiServer:
    for number in range(11, 16):
        there.rules.add(number, phase=1)
    set_up(there.url)
    return there


def test_rows_that_fit_are_launched_and_it_is_said_where_their_results_go(
    stage, launch, many
) -> None:
    ran = launch([("a", 4, 11), ("b", 4, 12)])
    assert (ran.code, jobs(stage)) == (0, ["a", "b"])
    assert f"results of 2 of 2 to EvalAI ({many.url})" in ran.told
    assert "warning" not in ran.told
    assert evalai_rules.HOST not in ran.told
    assert [each.path for each in many.asked] == [
        "/api/jobs/submission/11",
        "/api/jobs/submission/12",
    ]


@pytest.mark.parametrize("flags", [(), ("--dry-run", "server")])
def test_what_would_reach_nobody_is_an_error_of_its_row(stage, launch, many, flags) -> None:
    many.rules.cancel(12)
    many.rules.kept[13].status = "finished"
    many.rules.kept[14].phase = 2
    rows = [("a", 4, 11), ("b", 4, 12), ("c", 4, 13), ("d", 4, 14), ("e", 5, 15), ("f", 4, 11)]
    ran = launch(rows, *flags)
    assert (ran.code, jobs(stage)) == (2, [])
    assert "5 of 6 submissions have errors: nothing was launched." in ran.told
    told = [line.partition(AGENT)[2].strip() for line in ran.out.splitlines()[1:]]
    assert told[0] == "valid"
    assert told[1].startswith("submission_id: It is cancelled there: the recorder will end")
    assert told[2].startswith("submission_id: It is finished there: the recorder will send nothing")
    assert told[3].startswith("phase: It is in phase 2 there, and this launch names phase 1")
    assert told[4].startswith("team_id: It is of team 4 (The Team) there, and this launch names")
    assert told[5] == "submission_id: row 1 is for EvalAI's submission 11 too. Launch one of them."


def test_a_dry_run_of_the_client_asks_nobody_and_says_which_one_does(stage, launch, many) -> None:
    many.rules.cancel(12)
    ran = launch([("a", 4, 11), ("b", 4, 12)], "--dry-run", "client")
    assert (ran.code, many.asked) == (0, [])
    assert "what EvalAI would say to it is not asked by --dry-run=client: --dry-run" in ran.told
    ran = launch([("a", 4, 11), ("b", 4, 11)], "--dry-run", "client")
    assert (ran.code, many.asked) == (2, [])
    assert "row 1 is for EvalAI's submission 11 too. Launch one of them." in ran.out


def test_faulty_ones_may_be_left_out_and_the_rest_is_remarked(stage, launch, many) -> None:
    many.rules.cancel(11)
    many.rules.kept[12].status = "running"
    ran = launch([("a", 4, 11), ("b", 4, 12), ("c", 4, 99), ("d", 4, "x")], "--skip-faulty")
    assert (ran.code, jobs(stage)) == (0, ["b", "c", "d"])
    assert "warning: b: It is running there: somebody else may work on it" in ran.told
    missing = "EvalAI does not tell of submission 99: 404 Not Found: Submission 99 does not exist."
    assert f"warning: c: {missing} It can be launched all the same." in ran.told
    assert "warning: d: Nothing goes to EvalAI: its submission id is no number" in ran.told


def test_without_an_answer_the_others_are_not_asked_and_all_are_launched(
    stage, launch, many
) -> None:
    many.faults = [html(502)]
    ran = launch([("a", 4, 11), ("b", 5, 12), ("c", 4, 13)])
    assert (ran.code, jobs(stage)) == (0, ["a", "b", "c"])
    assert len(many.asked) == 1
    assert "note: EvalAI does not tell of 3 of them: 502" in ran.told


def test_who_publishes_nothing_asks_nobody(stage, launch, there) -> None:
    ran = launch([("a", 4, 11), ("b", 4, 11)])
    assert (ran.code, jobs(stage), there.asked) == (0, ["a", "b"], [])
    assert "EvalAI" not in ran.told
