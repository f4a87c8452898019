"""What the edge makes of each answer of EvalAI, asked over HTTP of a server that follows its rules.

The answers are those of its public source; who sends them wrongly or not at all is the server's
faults.
"""

from __future__ import annotations

import gzip
import json
import logging
import random
from pathlib import Path

import pytest
from fakes.evalai_rules import (
    CHALLENGE,
    HOST,
    LABELS_1,
    LENIENT_PHASE,
    OTHER_HOST,
    UNVERIFIED,
    EvalAiRules,
)
from fakes.evalai_server import (
    CUT,
    LATE,
    LOST,
    TWICE,
    UNANSWERED,
    EvalAiServer,
    Fault,
    html,
    told,
)
from fakes.evalai_updates import FINAL, PARTIAL, GivenToken, edge, result
from fakes.guarded_server import Authority
from msgspec.structs import replace

from console.operations.ports.evalai import (
    EvalAiBusy,
    EvalAiError,
    EvalAiLogin,
    EvalAiRefused,
    EvalAiUpdate,
    RemoteOutcome,
    RemoteStatus,
)
from console.publish.evalai import EvalAiOverHttp
from console.publish.evalai_budget import RequestBudget

SECRET = "s3cr3t.t0ken-Of_a.host"


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


# --- what it refuses for good

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


# --- what passes


@pytest.mark.parametrize(
    ("fault", "seconds"),
    [
        (html(500), None),
        (html(502), None),
        (html(503, Retry_After="7"), 7.0),
        (html(503, Retry_After="99999999"), 300.0),
        (html(504), None),
        (told(503, {"detail": "soon"}), None),
        (told(408, {"detail": "slow"}), None),
        (told(429, {"detail": "Request was throttled."}, Retry_After="3"), 3.0),
        (told(429, {"detail": "Request was throttled."}, Retry_After="soon"), None),
        (html(401), None),
        (html(403), None),
        (html(404), None),
        (html(302, Location="https://login.example/"), None),
    ],
    ids=lambda each: str(each.said.code) if isinstance(each, Fault) and each.said else "",
)
async def test_it_may_be_asked_later(
    evalai: EvalAiOverHttp, server: EvalAiServer, fault: Fault, seconds: float | None
) -> None:
    server.faults += [fault]
    with pytest.raises(EvalAiBusy, match=str(fault.said and fault.said.code)) as raised:
        await evalai.update(FINAL)
    assert raised.value.seconds == seconds
    assert server.rules.kept[1].updates == []


@pytest.mark.parametrize("code", [301, 308])
async def test_a_name_that_has_moved_is_not_followed(
    evalai: EvalAiOverHttp, server: EvalAiServer, code: int
) -> None:
    server.faults += [html(code, Location=f"{server.url}/elsewhere")] * 2
    for ask in (evalai.submission(1), evalai.update(FINAL)):
        with pytest.raises(EvalAiRefused, match="sends us elsewhere"):
            await ask
    assert [each.path for each in server.asked if each.path == "/elsewhere"] == []


async def test_two_updates_that_meet_in_its_database_are_tried_again(
    evalai: EvalAiOverHttp, server: EvalAiServer
) -> None:
    server.rules.clashes = 1
    with pytest.raises(EvalAiBusy, match="Failed to update submission_id 1"):
        await evalai.update(FINAL)
    await evalai.update(FINAL)
    assert server.rules.kept[1].updates == ["finished"]


@pytest.mark.parametrize(
    ("fault", "taken"),
    [
        (LOST, 0),
        (UNANSWERED, 1),
        (CUT, 1),
        (Fault(raw=b"\xff\x00\r\n\r\n"), 1),
        (Fault(raw=b""), 1),
    ],
)
async def test_an_answer_that_broke_is_no_consent_and_no_refusal(
    evalai: EvalAiOverHttp, server: EvalAiServer, fault: Fault, taken: int
) -> None:
    server.faults.append(fault)
    with pytest.raises(EvalAiBusy) as raised:
        await evalai.update(FINAL)
    assert (raised.value.not_taken, len(server.rules.kept[1].updates)) == (False, taken)
    await evalai.update(FINAL)
    assert (await evalai.submission(1)).status is RemoteStatus.FINISHED


async def test_a_server_that_says_nothing_is_not_waited_for(
    server: EvalAiServer, tmp_path: Path
) -> None:
    server.faults += [LATE, LATE]
    with pytest.raises(EvalAiBusy, match=r"said nothing for|nobody answers"):
        await edge(server, tmp_path, silence=0.05).update(FINAL)
    with pytest.raises(EvalAiBusy, match="not done within"):
        await edge(server, tmp_path, longest=0.05).update(FINAL)


async def test_a_server_that_answers_before_it_has_read_leaves_one_of_our_errors(
    evalai: EvalAiOverHttp, server: EvalAiServer
) -> None:
    server.faults.append(Fault(taken=0, said=html(413).said, unread=True))
    with pytest.raises((EvalAiRefused, EvalAiBusy)):
        await evalai.update(replace(FINAL, metadata="x" * 5_000_000))


async def test_nobody_there_is_said_so(server: EvalAiServer, tmp_path: Path) -> None:
    evalai = edge(server, tmp_path)
    server.shutdown()
    server.server_close()
    with pytest.raises(EvalAiBusy, match="cannot be reached") as raised:
        await evalai.submission(1)
    assert raised.value.not_taken


@pytest.mark.parametrize("address", ["https://xn--a", "https://1.2.3.999"])
async def test_a_name_that_no_host_can_have_is_refused(tmp_path: Path, address: str) -> None:
    evalai = EvalAiOverHttp(address, GivenToken(), RequestBudget(tmp_path))
    for ask in (evalai.submission(1), evalai.update(FINAL)):
        with pytest.raises(EvalAiRefused, match="address cannot be used"):
            await ask


async def test_a_certificate_is_looked_at_before_a_token_leaves(
    server: EvalAiServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = Authority()
    server.speak_tls(*authority.issue("evalai", "127.0.0.1").write(tmp_path, "evalai"))
    with pytest.raises(EvalAiBusy, match="certificate verify failed"):
        await edge(server, tmp_path / "budget").submission(1)
    assert server.asked == []
    (tmp_path / "authority.crt").write_bytes(authority.pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.crt"))
    await edge(server, tmp_path / "budget").update(FINAL)
    assert server.rules.kept[1].status == "finished"


async def test_a_proxy_that_cannot_be_used_is_said_without_its_password(
    evalai: EvalAiOverHttp, server: EvalAiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", "gopher://user:p4ssword@proxy.example")
    with pytest.raises(EvalAiBusy, match="proxy") as raised:
        await evalai.submission(1)
    assert "p4ssword" not in str(raised.value)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("ALL_PROXY", "http://user:p4ssword@127.0.0.1:1")
    await evalai.submission(1)


# --- answers that mean harm

HOSTILE = {
    "a page": html(200),
    "no submission": told(200, {}),
    "a list": told(200, [1, 2]),
    "another submission": told(200, {"id": 2, "status": "cancelled"}),
    "a status that is none": told(200, {"id": 1, "status": {"a": "cancelled"}}),
    "NaN": told(200, {"id": float("nan"), "status": "cancelled"}),
    "deep": Fault(raw=b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b'{"a":' + b"[" * 10**5),
    "huge": Fault(raw=b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b" " * 3 * 10**6),
    "packed": Fault(
        raw=b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Encoding: gzip\r\n\r\n"
        + gzip.compress(b'{"id": 1, "status": "cancelled", "success": 1}')
    ),
    "long headers": Fault(raw=b"HTTP/1.1 200 OK\r\nX: " + b"x" * 10**6 + b"\r\n\r\n"),
    "no such code": Fault(raw=b"HTTP/1.1 999 \x1b[2J\r\nContent-Length: 0\r\n\r\n"),
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_an_answer_that_is_none_of_its_own_settles_nothing(
    evalai: EvalAiOverHttp, server: EvalAiServer, name: str
) -> None:
    server.faults += [HOSTILE[name]] * 2
    for ask in (evalai.submission(1), evalai.update(FINAL)):
        with pytest.raises(EvalAiBusy) as raised:
            await ask
        assert str(raised.value).replace("\n", " ").isprintable()


async def test_a_word_for_a_status_that_is_not_known_is_shown_harmlessly(
    evalai: EvalAiOverHttp, server: EvalAiServer
) -> None:
    odd = {
        "id": 1,
        "status": "can\x1b[2Jcelled\u202e",
        "participant_team": True,
        "participant_team_name": "\x1b]0;mine\x07Team\nTwo",
        "challenge_phase": -1,
        "job_name": [None, "a\x9b31m", 7],
    }
    server.faults.append(told(200, odd))
    found = await evalai.submission(1)
    assert (found.status, found.said, found.team, found.phase) == (None, "cancelled�", None, None)
    assert (found.team_name, found.job_names) == ("Team Two", ("a",))


@pytest.mark.parametrize("team", [10**400, 2**70, 1.5, "4", None, [4]])
async def test_a_number_that_is_none_is_unknown(
    evalai: EvalAiOverHttp, server: EvalAiServer, team: object
) -> None:
    server.faults.append(told(200, {"id": 1, "status": "running", "participant_team": team}))
    assert (await evalai.submission(1)).team is None


@pytest.mark.parametrize("code", [200, 302, 400, 401, 404, 429, 500])
async def test_the_token_is_in_no_error_no_log_and_no_repr(
    server: EvalAiServer, tmp_path: Path, code: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    split = f"{SECRET[:5]}\x1b[0m{SECRET[5:]}"
    echo = {"id": 1, "status": split, "error": f"no {SECRET} {split} {'x' * 250} {SECRET}"}
    server.faults += [told(code, echo)] * 2
    evalai = edge(server, tmp_path, SECRET)
    try:
        words = repr(await evalai.submission(1))
    except EvalAiError as error:
        words = str(error) + repr(error) + repr(error.__cause__) + repr(error.__dict__)
    with pytest.raises(EvalAiError) as raised:
        await evalai.update(FINAL)
    words += str(raised.value) + repr(evalai) + repr(evalai.requests(FINAL)) + caplog.text
    assert server.asked[0].headers["authorization"] == f"Bearer {SECRET}"
    assert SECRET not in words
    assert SECRET not in _written(tmp_path)


def _written(folder: Path) -> str:
    """Names and contents of all files."""
    files = [each for each in folder.rglob("*") if each.is_file()]
    return "".join(f"{each}\n{each.read_text()}\n" for each in files)


@pytest.mark.parametrize("seed", range(8))
async def test_an_update_repeated_until_it_is_taken_is_shown_whatever_came_before(
    server: EvalAiServer, tmp_path: Path, seed: int
) -> None:
    dice = random.Random(seed)
    kinds = [LOST, UNANSWERED, CUT, TWICE, html(502), html(503), html(200), Fault(raw=b"")]
    server.faults += dice.choices([*kinds, *HOSTILE.values()], k=6)
    evalai, consents = edge(server, tmp_path), 0
    while server.faults or not consents:
        try:
            await evalai.update(FINAL)
            consents += 1
        except EvalAiBusy:
            continue
    assert (await evalai.submission(1)).status is RemoteStatus.FINISHED
    assert set(server.rules.kept[1].updates) == {"finished"}


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
