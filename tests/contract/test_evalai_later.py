"""An update or a question of which EvalAI's answer is late, lost or no answer: it is asked later."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes.evalai_server import CUT, LATE, LOST, UNANSWERED, EvalAiServer, Fault, html, told
from fakes.evalai_updates import FINAL, GivenToken, edge
from fakes.guarded_server import Authority
from msgspec.structs import replace

from console.operations.ports.evalai import EvalAiBusy, EvalAiRefused, RemoteStatus
from console.publish.evalai import EvalAiOverHttp
from console.publish.evalai_budget import RequestBudget


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
