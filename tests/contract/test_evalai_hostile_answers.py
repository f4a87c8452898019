"""Answers that EvalAI would never give: they settle nothing, and no token gets out by them."""

from __future__ import annotations

import gzip
import logging
import random
from pathlib import Path

import pytest
from fakes.evalai_server import CUT, LOST, TWICE, UNANSWERED, EvalAiServer, Fault, html, told
from fakes.evalai_updates import FINAL, edge

from console.operations.ports.evalai import EvalAiBusy, EvalAiError, RemoteStatus
from console.publish.evalai import EvalAiOverHttp

SECRET = "s3cr3t.t0ken-Of_a.host"
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
