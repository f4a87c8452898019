"""What the edge makes of what EvalAI takes, asked over HTTP of a server that follows its rules.

The answers are those of its public source; who sends them wrongly or not at all is the server's
faults.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fakes.evalai_rules import CHALLENGE, HOST, LABELS_1, EvalAiRules
from fakes.evalai_server import TWICE, EvalAiServer
from fakes.evalai_updates import FINAL, PARTIAL, edge, result
from msgspec.structs import replace

from console.operations.ports.evalai import EvalAiBusy, RemoteOutcome, RemoteStatus
from console.publish.evalai import EvalAiOverHttp

# --- what it takes


@pytest.mark.parametrize("status", RemoteStatus)
async def test_a_submission_is_read_as_it_stands(
    evalai: EvalAiOverHttp, server: EvalAiServer, status: RemoteStatus
) -> None:
    server.rules.kept[1].status = status.value
    server.rules.kept[1].job_names = ["submission-1"]
    found = await evalai.submission(1)
    assert (found.status, found.said, found.job_names) == (status, status.value, ("submission-1",))
    assert (found.team, found.team_name, found.phase) == (4, "The Team", PARTIAL.phase)


async def test_a_partial_update_replaces_all_that_is_shown(
    evalai: EvalAiOverHttp, server: EvalAiServer
) -> None:
    await evalai.update(PARTIAL)
    kept = server.rules.kept[1]
    assert (kept.status, kept.updates) == ("partially_evaluated", ["partially_evaluated"])
    assert kept.files == {
        "stdout": PARTIAL.stdout,
        "stderr": "",
        "result": PARTIAL.result,
        "metadata": PARTIAL.metadata,
    }
    assert kept.rank == json.loads(PARTIAL.result)[0]["accuracies"]


@pytest.mark.parametrize("outcome", [each for each in RemoteOutcome if each.final])
async def test_a_final_one_is_shown_by_its_status(
    evalai: EvalAiOverHttp, server: EvalAiServer, outcome: RemoteOutcome
) -> None:
    rank = outcome is RemoteOutcome.FINISHED
    await evalai.update(replace(FINAL, outcome=outcome, result=FINAL.result if rank else "[]"))
    assert (await evalai.submission(1)).status is outcome.shown
    assert (server.rules.kept[1].rank is not None) is rank


async def test_a_result_of_1_0_passes_in_a_phase_of_2_0(
    evalai: EvalAiOverHttp, server: EvalAiServer
) -> None:
    await evalai.update(replace(FINAL, result=result(labels=LABELS_1)))
    assert server.rules.kept[1].status == "finished"


async def test_an_update_that_is_taken_twice_leaves_what_one_leaves(
    evalai: EvalAiOverHttp, server: EvalAiServer
) -> None:
    server.faults.append(TWICE)
    await evalai.update(FINAL)
    assert server.rules.kept[1].updates == ["finished"] * 2
    assert (await evalai.submission(1)).status is RemoteStatus.FINISHED


async def test_each_update_that_was_taken_leaves_another_moment(
    evalai: EvalAiOverHttp, server: EvalAiServer
) -> None:
    server.rules.now = lambda: 1_790_000_000.0
    moments = [(await evalai.submission(1)).touched]
    for update in (PARTIAL, PARTIAL, FINAL):
        await evalai.update(update)
        moments += [(await evalai.submission(1)).touched] * 2
    assert moments[0] == ""
    assert len(set(moments)) == 4
    assert moments[1] == "2026-09-21T14:13:20.000001Z"


async def test_a_text_with_half_a_character_arrives_with_a_question_mark(
    evalai: EvalAiOverHttp, server: EvalAiServer
) -> None:
    await evalai.update(replace(FINAL, stdout="a\ud800b \x1b[31m\x00", metadata="\udfff"))
    files = server.rules.kept[1].files
    assert (files["stdout"], files["metadata"]) == ("a?b \x1b[31m\x00", "?")


async def test_what_is_shown_as_the_request_is_what_is_sent(
    evalai: EvalAiOverHttp, server: EvalAiServer
) -> None:
    for update in (PARTIAL, FINAL):
        (shown,) = evalai.requests(update)
        await evalai.update(update)
        came = server.asked[-1]
        assert (came.method, server.url + came.path) == (shown.method, shown.url)
        assert came.body.decode() == shown.body
        assert shown.body.isascii()
        assert HOST not in repr(shown)


async def test_it_is_asked_as_its_host_and_for_what_is_new(
    evalai: EvalAiOverHttp, server: EvalAiServer
) -> None:
    await evalai.submission(1)
    headers = server.asked[0].headers
    assert headers["authorization"] == f"Bearer {HOST}"
    assert (headers["accept"], headers["cache-control"]) == ("application/json", "no-cache")
    assert headers["user-agent"].startswith("carla-console/")


# --- the budget, and order


async def test_the_61st_request_within_a_minute_is_not_even_sent(
    server: EvalAiServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.publish.evalai_budget.PATIENCE", 0.0)
    first, second = edge(server, tmp_path), edge(server, tmp_path)
    for number in range(60):
        await (first if number % 2 else second).update(PARTIAL)
    with pytest.raises(EvalAiBusy, match="as often as it allows") as raised:
        await first.update(PARTIAL)
    assert raised.value.seconds is not None
    assert 0 < raised.value.seconds <= 61
    assert (len(server.asked), server.rules.throttled) == (60, 0)


async def test_whom_it_throttles_all_the_same_asks_no_more_for_as_long_as_it_says(
    server: EvalAiServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.publish.evalai_budget.PATIENCE", 0.0)
    for _ in range(60):  # by a browser of the same user
        server.rules.answer("GET", "/api/jobs/submission/1", HOST, b"")
    with pytest.raises(EvalAiBusy, match="429 Too Many Requests: Request was throttled") as raised:
        await edge(server, tmp_path).submission(1)
    assert raised.value.seconds is not None
    with pytest.raises(EvalAiBusy, match="as often as it allows"):
        await edge(server, tmp_path).update(FINAL)
    assert len(server.asked) == 1


def test_a_late_partial_undoes_a_cancel_there_as_at_evalai() -> None:
    """Whoever sends updates has to avoid it: no answer tells."""
    rules = EvalAiRules()
    rules.add(1)
    rules.cancel(1)
    path = f"/api/jobs/challenges/{CHALLENGE}/update_partially_evaluated_submission/"
    body = {"challenge_phase": 70, "submission": 1, "result": result(), "stdout": "", "stderr": ""}
    sent = json.dumps({**body, "submission_status": "partially_evaluated"}).encode()
    assert rules.answer("PUT", path, HOST, sent).code == 200
    assert rules.kept[1].status == "partially_evaluated"
