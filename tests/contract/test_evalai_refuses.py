"""What EvalAI refuses for good, what is not even sent to it, and whom it does not let in."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes.evalai_rules import LENIENT_PHASE, OTHER_HOST, UNVERIFIED
from fakes.evalai_server import EvalAiServer, html
from fakes.evalai_updates import FINAL, PARTIAL, edge, result
from msgspec.structs import replace

from console.operations.ports.evalai import EvalAiLogin, EvalAiRefused, EvalAiUpdate, RemoteOutcome
from console.publish.evalai import EvalAiOverHttp

REFUSED = {
    "does not exist": replace(PARTIAL, submission=2),
    "split codename": replace(PARTIAL, phase=99),
    "Following metrics are missing": replace(FINAL, result=result(labels=("Style",))),
    "Values for following metrics": replace(FINAL, result=result(value="1.5")),
}


@pytest.mark.parametrize("said", REFUSED)
async def test_what_it_refuses_is_refused_in_its_words(
    evalai: EvalAiOverHttp, server: EvalAiServer, said: str
) -> None:
    with pytest.raises(EvalAiRefused, match=said):
        await evalai.update(REFUSED[said])
    assert server.rules.kept[1].updates == []


async def test_a_submission_that_is_not_there_is_refused(evalai: EvalAiOverHttp) -> None:
    with pytest.raises(EvalAiRefused, match="404 Not Found: Submission 5 does not exist"):
        await evalai.submission(5)


async def test_an_unknown_metric_passes_where_partial_evaluation_is_enabled(
    evalai: EvalAiOverHttp, server: EvalAiServer
) -> None:
    update = replace(PARTIAL, phase=LENIENT_PHASE, result=result(labels=("Style",)))
    await evalai.update(update)
    assert server.rules.kept[1].rank == {"Style": 1.5}
    with pytest.raises(EvalAiRefused, match="metrics are missing"):
        await evalai.update(replace(update, outcome=RemoteOutcome.FINISHED))


UNSENDABLE = {
    "NaN": result(value=float("nan")),
    "infinity": result(value=float("-inf")),
    "a number beyond all": result().replace("1.5", "1e999"),
    "no JSON": "[{",
    "nothing": "",
    "no split": "[]",
    "no list": '{"split": "leaderboard"}',
    "deep": "[" * 500 + "]" * 500,
    "very deep": "[" * 200_000,
    "a null character": result().replace("Driving", "\\u0000"),
}


@pytest.mark.parametrize("name", UNSENDABLE)
@pytest.mark.parametrize("update", [PARTIAL, FINAL], ids=lambda each: each.outcome)
async def test_a_result_that_its_database_cannot_keep_is_not_even_sent(
    evalai: EvalAiOverHttp, server: EvalAiServer, name: str, update: EvalAiUpdate
) -> None:
    with pytest.raises(EvalAiRefused):
        await evalai.update(replace(update, result=UNSENDABLE[name]))
    assert server.asked == []


async def test_a_body_that_is_too_large_is_not_sent_or_refused_for_good(
    evalai: EvalAiOverHttp, server: EvalAiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.faults.append(html(413))
    with pytest.raises(EvalAiRefused, match="413"):
        await evalai.update(FINAL)
    monkeypatch.setattr("console.publish.evalai_requests._LARGEST", 1000)
    with pytest.raises(EvalAiRefused, match="EvalAI takes 1000"):
        await evalai.update(replace(FINAL, metadata="x" * 1000))
    assert len(server.asked) == 1


# --- what is in vain until there is another token


@pytest.mark.parametrize(
    ("token", "said"),
    [
        ("expired.t0ken", "401 Unauthorized: Given token not valid"),
        (UNVERIFIED, "403 Forbidden: Please verify your email"),
        (OTHER_HOST, "not authorized"),
    ],
)
async def test_another_token_is_asked_for(
    server: EvalAiServer, tmp_path: Path, token: str, said: str
) -> None:
    evalai = edge(server, tmp_path, token)
    for ask in (evalai.submission(1), evalai.update(PARTIAL), evalai.update(FINAL)):
        with pytest.raises(EvalAiLogin, match=said):
            await ask
    assert server.rules.kept[1].updates == []
