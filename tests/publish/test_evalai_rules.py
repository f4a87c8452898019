"""The server of the tests itself: that it does as EvalAI's public source does, slips and all."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fakes.evalai_rules import (
    CHALLENGE,
    HOST,
    LABELS_1,
    LARGEST,
    OTHER_HOST,
    PHASE,
    UNVERIFIED,
    EvalAiRules,
    Said,
)
from fakes.evalai_updates import result

FINAL = f"/api/jobs/challenge/{CHALLENGE}/update_submission/"
PARTIAL = f"/api/jobs/challenges/{CHALLENGE}/update_partially_evaluated_submission/"
READ = "/api/jobs/submission/1"
BODY = {"challenge_phase": PHASE, "submission": 1, "stdout": "", "stderr": "", "result": result()}


@pytest.fixture
def rules() -> EvalAiRules:
    found = EvalAiRules(now=lambda: found.time)  # type: ignore[attr-defined]
    found.time = 1000.0  # type: ignore[attr-defined]
    found.add(1)
    return found


def ask(rules: EvalAiRules, method: str, path: str, told: Any = None, token: str = HOST) -> Said:
    return rules.answer(method, path, token, b"" if told is None else json.dumps(told).encode())


def put(rules: EvalAiRules, path: str, status: Any, **fields: Any) -> Said:
    return ask(rules, "PUT", path, {**BODY, "submission_status": status, **fields})


@pytest.mark.parametrize(
    ("token", "code"), [("", 401), ("nonsense", 401), (UNVERIFIED, 403), (OTHER_HOST, 401)]
)
def test_only_a_host_with_a_verified_address_reads(
    rules: EvalAiRules, token: str, code: int
) -> None:
    assert ask(rules, "GET", READ, token=token).code == code
    assert ask(rules, "GET", READ).code == 200


@pytest.mark.parametrize("path", [PARTIAL, FINAL])
def test_who_is_no_host_is_answered_with_400(rules: EvalAiRules, path: str) -> None:
    assert ask(rules, "PUT", path, BODY, token=OTHER_HOST).code == 400
    assert put(rules, path.replace("/7/", "/8/"), "failed").code == 400


def test_statuses_may_be_in_any_case_and_a_partial_one_is_no_final(rules: EvalAiRules) -> None:
    assert put(rules, PARTIAL, "Partially_Evaluated").code == 200
    assert put(rules, FINAL, "PARTIALLY_EVALUATED").code == 400
    assert put(rules, FINAL, "running").code == 400
    assert put(rules, PARTIAL, "CANCELLED").code == 200
    assert put(rules, FINAL, "finished").code == 200
    assert rules.kept[1].updates == ["partially_evaluated", "cancelled", "finished"]


@pytest.mark.parametrize("path", [PARTIAL, FINAL])
def test_no_earlier_status_is_looked_at(rules: EvalAiRules, path: str) -> None:
    status = "finished" if path is FINAL else "partially_evaluated"
    for before in ("cancelled", "finished", "failed"):
        rules.kept[1].status = before
        assert put(rules, path, status).code == 200
        assert rules.kept[1].status == status


@pytest.mark.parametrize("path", [PARTIAL, FINAL])
@pytest.mark.parametrize("field", ["stdout", "stderr", "submission_status"])
def test_null_for_a_text_ends_the_view(rules: EvalAiRules, path: str, field: str) -> None:
    told = {**BODY, "submission_status": "failed", field: None}
    assert ask(rules, "PUT", path, told).code == 500


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ([{"split": "leaderboard"}], "invalid data"),
        ("[{", "invalid data"),
        (None, "invalid data"),
        ('[{"split": "val", "accuracies": {}}]', "split codename: val"),
        (result(labels=("Style",)), "metrics are missing"),
        (result(value=None), "not offloat/int"),
        (result(value="1"), "not offloat/int"),
    ],
)
def test_a_result_that_does_not_fit_is_answered_with_400_and_changes_nothing(
    rules: EvalAiRules, told: Any, said: str
) -> None:
    for path, status in ((PARTIAL, "partially_evaluated"), (FINAL, "finished")):
        answer = put(rules, path, status, result=told)
        assert (answer.code, said in answer.value["error"]) == (400, True)
    assert (rules.kept[1].status, rules.kept[1].rank) == ("submitted", None)


def test_nan_passes_its_parser_and_not_its_database(rules: EvalAiRules) -> None:
    assert put(rules, FINAL, "finished", result=result(value=float("nan"))).code == 500
    assert put(rules, FINAL, "finished", result=result(value=True)).code == 200


def test_2_0_in_a_phase_of_1_0_fails_and_the_reverse_passes() -> None:
    rules = EvalAiRules(LABELS_1)
    rules.add(1)
    assert put(rules, FINAL, "finished").code == 400
    assert put(rules, FINAL, "finished", result=result(labels=LABELS_1)).code == 200


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_what_failed_or_was_cancelled_keeps_an_earlier_rank(
    rules: EvalAiRules, status: str
) -> None:
    put(rules, PARTIAL, "partially_evaluated")
    before = rules.kept[1].rank
    assert put(rules, FINAL, status, result="nonsense").code == 200
    assert (rules.kept[1].rank, rules.kept[1].status) == (before, status)
    assert before is not None


def test_whom_is_throttled_is_told_when_the_first_of_60_is_a_minute_old(rules: EvalAiRules) -> None:
    for _ in range(60):
        assert ask(rules, "GET", READ).code == 200
    rules.time += 18.5  # type: ignore[attr-defined]
    answer = ask(rules, "GET", READ)
    assert (answer.code, answer.headers, rules.throttled) == (429, {"Retry-After": "42"}, 1)
    assert ask(rules, "GET", READ, token=OTHER_HOST).code == 401
    rules.time += 42.0  # type: ignore[attr-defined]
    assert ask(rules, "GET", READ).code == 200


def test_each_start_that_is_told_adds_a_job(rules: EvalAiRules) -> None:
    for status in ("queued", "running"):
        told = {"submission": 1, "submission_status": status, "job_name": "Submission-1"}
        assert ask(rules, "PATCH", FINAL, told).value["status"] == status
    assert rules.kept[1].job_names == ["submission-1"] * 2
    told = {"submission": 1, "submission_status": "finished"}
    assert ask(rules, "PATCH", FINAL, told).code == 400


@pytest.mark.parametrize(
    "path", [READ + "/", FINAL[:-1], PARTIAL.replace("challenges", "challenge")]
)
def test_a_slash_or_a_letter_more_or_less_is_another_page(rules: EvalAiRules, path: str) -> None:
    answer = ask(rules, "GET", path)
    assert (answer.code, answer.content_type) == (404, "text/html")


def test_what_is_too_large_or_no_json_never_comes_to_a_view(rules: EvalAiRules) -> None:
    assert rules.answer("PUT", FINAL, HOST, b" " * (LARGEST + 1)).code == 413
    assert rules.answer("PUT", FINAL, HOST, b"{").code == 400
    assert ask(rules, "POST", FINAL).code == 405


def test_a_message_comes_back_unless_it_is_acknowledged(rules: EvalAiRules) -> None:
    rules.wait_for_host(1)
    take, acknowledge = (
        f"/api/jobs/challenge/queues/{rules.queue}/",
        f"/api/jobs/queues/{rules.queue}/",
    )
    first = ask(rules, "GET", take).value
    assert first["body"]["submission_pk"] == 1
    assert ask(rules, "GET", take).value == {"body": None, "receipt_handle": None}
    rules.time += rules.visibility  # type: ignore[attr-defined]
    second = ask(rules, "GET", take).value
    assert second["body"] == first["body"]
    for told in (first, second):
        assert len(rules.messages) == 1
        receipt = {"receipt_handle": told["receipt_handle"]}
        assert ask(rules, "POST", acknowledge, receipt).code == 200
    rules.time += rules.visibility  # type: ignore[attr-defined]
    assert ask(rules, "GET", take).value["body"] is None


def test_the_queue_is_its_hosts(rules: EvalAiRules) -> None:
    take = f"/api/jobs/challenge/queues/{rules.queue}/"
    assert ask(rules, "GET", take, token=OTHER_HOST).code == 401
    assert ask(rules, "GET", "/api/jobs/challenge/queues/other/").code == 400
    assert (
        ask(rules, "POST", f"/api/jobs/queues/{rules.queue}/", {"receipt_handle": ""}).code == 400
    )


def test_only_what_failed_is_resumed_and_waits_in_the_queue_again(rules: EvalAiRules) -> None:
    rules.resume(1)
    assert (rules.kept[1].status, rules.messages) == ("submitted", [])
    rules.kept[1].status = "failed"
    rules.resume(1)
    assert (rules.kept[1].status, len(rules.messages)) == ("resuming", 1)
