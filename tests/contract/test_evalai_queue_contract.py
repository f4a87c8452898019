"""EvalAI's queue over HTTP: a message is taken, comes back unless it is acknowledged, and nothing
but EvalAI's own consent counts as one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fakes.evalai_rules import CHALLENGE, HOST, OTHER_HOST, PHASE, EvalAiRules
from fakes.evalai_server import (
    CUT,
    LOST,
    UNANSWERED,
    EvalAiServer,
    Fault,
    html,
    told,
)
from fakes.evalai_updates import edge

from console.operations.ports.evalai import EvalAiBusy, EvalAiLogin, EvalAiRefused
from console.publish.evalai import EvalAiOverHttp

QUEUE = EvalAiRules.queue


async def test_a_message_is_taken_as_evalai_wrote_it_and_hidden_from_the_next_one(
    evalai: EvalAiOverHttp, server: EvalAiServer
) -> None:
    server.rules.wait_for_host(1)
    taken = await evalai.next_message(QUEUE)
    assert taken is not None
    assert json.loads(taken.body) == {
        "challenge_pk": CHALLENGE,
        "phase_pk": PHASE,
        "submission_pk": 1,
        "submitted_image_uri": "registry.example/team:1",
        "is_static_dataset_code_upload_submission": False,
    }
    assert await evalai.next_message(QUEUE) is None
    assert server.asked[0].headers["authorization"] == f"Bearer {HOST}"
    assert HOST not in repr(taken)


async def test_only_what_was_acknowledged_in_time_never_comes_back(
    evalai: EvalAiOverHttp, server: EvalAiServer
) -> None:
    clock = [1000.0]
    server.rules.now = lambda: clock[0]
    server.rules.wait_for_host(1)
    first = await evalai.next_message(QUEUE)
    clock[0] += EvalAiRules.visibility
    second = await evalai.next_message(QUEUE)
    assert first is not None
    assert second is not None
    assert (first.body, first.receipt != second.receipt) == (second.body, True)
    await evalai.acknowledge(QUEUE, first.receipt)
    assert server.rules.messages, "a receipt of before has no effect"
    await evalai.acknowledge(QUEUE, second.receipt)
    assert server.rules.messages == []


async def test_a_receipt_that_has_ended_may_be_refused_in_no_words_of_evalais(
    evalai: EvalAiOverHttp, server: EvalAiServer
) -> None:
    clock = [1000.0]
    server.rules.now = lambda: clock[0]
    server.rules.wait_for_host(1)
    taken = await evalai.next_message(QUEUE)
    assert taken is not None
    clock[0] += EvalAiRules.visibility
    with pytest.raises(EvalAiBusy, match="500"):
        await evalai.acknowledge(QUEUE, taken.receipt)
    assert len(server.rules.messages) == 1


async def test_a_queue_that_is_not_there_is_refused_by_its_name(evalai: EvalAiOverHttp) -> None:
    with pytest.raises(EvalAiRefused, match="queue name other does not exist"):
        await evalai.next_message("other")


async def test_who_is_no_host_of_the_challenge_takes_nothing(
    server: EvalAiServer, tmp_path: Path
) -> None:
    server.rules.wait_for_host(1)
    with pytest.raises(EvalAiLogin, match="not authorized"):
        await edge(server, tmp_path, OTHER_HOST).next_message(QUEUE)
    assert server.rules.messages[0].hidden_until == 0.0


@pytest.mark.parametrize(
    "fault",
    [
        *(html(502), html(200), LOST, UNANSWERED, CUT, told(200, {}), told(429, {"detail": ""})),
        *(told(200, {"body": {"a": 1}}), told(200, {"body": {}, "receipt_handle": 7})),
    ],
    ids=str,
)
async def test_what_is_no_answer_of_a_queue_loses_no_message(
    evalai: EvalAiOverHttp, server: EvalAiServer, fault: Fault
) -> None:
    clock = [1000.0]
    server.rules.now = lambda: clock[0]
    server.rules.wait_for_host(1)
    server.faults += [fault]
    with pytest.raises(EvalAiBusy):
        await evalai.next_message(QUEUE)
    clock[0] += EvalAiRules.visibility
    assert len(server.rules.messages) == 1


async def test_when_a_submission_was_told_to_go_on_is_another_text_each_time(
    evalai: EvalAiOverHttp, server: EvalAiServer
) -> None:
    clock = [1_790_000_000.0]
    server.rules.now = lambda: clock[0]
    told_before = [(await evalai.submission(1)).resumed]
    for _ in range(2):
        server.rules.kept[1].status = "failed"
        server.rules.resume(1)
        clock[0] += 1
        told_before.append((await evalai.submission(1)).resumed)
    assert told_before[0] == ""
    assert len(set(told_before)) == 3


async def test_a_job_that_runs_is_told_and_listed(
    evalai: EvalAiOverHttp, server: EvalAiServer
) -> None:
    await evalai.say_running(CHALLENGE, 1, "submission-1.mark.uid")
    there = await evalai.submission(1)
    assert (there.said, there.job_names) == ("running", ("submission-1.mark.uid",))
    assert (server.asked[0].method, json.loads(server.asked[0].body)) == (
        "PATCH",
        {"submission": 1, "submission_status": "running", "job_name": "submission-1.mark.uid"},
    )


async def test_who_is_no_host_tells_of_no_job(server: EvalAiServer, tmp_path: Path) -> None:
    with pytest.raises(EvalAiLogin):
        await edge(server, tmp_path, OTHER_HOST).say_running(CHALLENGE, 1, "a")
