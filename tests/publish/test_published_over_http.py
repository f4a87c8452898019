"""Whole submissions published over real HTTP, each request of which may go wrong in any way."""

from __future__ import annotations

import itertools
from pathlib import Path
from random import Random
from typing import Any

import pytest
from fakes.evalai_model import BEGIN, VirtualClock
from fakes.evalai_rules import CHALLENGE, HOST, PHASE, EvalAiRules
from fakes.evalai_server import (
    CUT,
    LATE,
    LOST,
    NONE,
    TWICE,
    UNANSWERED,
    EvalAiServer,
    Fault,
    evalai_server,
    html,
    told,
)
from fakes.evalai_updates import GivenToken
from fakes.published_runs import PERIOD, RECORDING, HereInTime
from fakes.sweeps import sweep

from console.domain.facts import EvalAiPlace
from console.operations.ports.cluster import ClusterDescription
from console.operations.ports.evalai import RemoteOutcome
from console.operations.ports.publications import Publication, PublicationStage
from console.operations.publishing.advancing import Advancing
from console.operations.publishing.publication_changes import taken_up
from console.operations.services import Services, unasked
from console.publish.evalai import EvalAiOverHttp
from console.publish.evalai_budget import RequestBudget
from console.publish.ledger import LedgerOnDisk
from console.recorder.recorder import Recorder

NUMBER = 301234
_DATE = "Fri, 01 Jan 2100 00:00:00 GMT"
"""Longer than anybody waits: the edge has an end of patience."""
FAULTS = (
    TWICE,
    LOST,
    UNANSWERED,
    CUT,
    html(502),
    html(503, Retry_After="20"),
    html(504),
    told(429, {"detail": "Request was throttled."}, Retry_After="30"),
    told(429, {"detail": "Request was throttled."}, Retry_After=_DATE),
    html(500),
    html(401),
    told(401, {"detail": "Given token not valid", "code": "token_not_valid"}),
    told(403, {"detail": "Please verify your email"}),
    html(404),
    Fault(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n\x1b[2"),
)


class Published:
    """One submission of this machine, on a virtual clock."""

    def __init__(self, server: EvalAiServer, clock: VirtualClock, folder: Path) -> None:
        self.clock, self._folder, self._server = clock, folder, server
        self.place = EvalAiPlace(server.url, CHALLENGE, PHASE, NUMBER)
        self.ledger = LedgerOnDisk(folder / "ledger")
        self.known = Publication(self.place, RECORDING, BEGIN, BEGIN)

    def recorder(self, silence: float = 75.0) -> Advancing:
        """A new one, as after a kill."""
        evalai = EvalAiOverHttp(
            self._server.url,
            GivenToken(),
            RequestBudget(self._folder / "budget", lambda: self.clock.now.timestamp(), self._sleep),
            silence=silence,
        )
        cluster = unasked(ClusterDescription("lab", "https://lab", "races"))
        services = Services(cluster, Recorder(self._folder), self.clock)
        return Advancing(services, evalai, self.ledger, PERIOD)

    async def _sleep(self, seconds: float) -> None:
        self.clock.pass_by(seconds)

    async def play(self, *here: HereInTime, kill_every: int = 0, silence: float = 75.0) -> None:
        """Two minutes of each state, and the last one until it is published."""
        recorder, turns = self.recorder(silence), itertools.count(1)
        for state in here:
            until = self.clock.now + 2 * PERIOD
            while not self.known.closed and (self.clock.now < until or state is here[-1]):
                self.known = await recorder.advance(self.known, state)
                self.clock.pass_by(10)
                assert self.clock.now.day == BEGIN.day, "it never ends"
                if kill_every and not next(turns) % kill_every:
                    recorder = self.recorder()
                    stored = self.ledger.read(self.place) or self.known
                    self.known = taken_up(stored, self.clock.now)
                    self.ledger.put(self.known)


def published(server: EvalAiServer, clock: VirtualClock, folder: Path) -> Published:
    server.rules.add(NUMBER)
    return Published(server, clock, folder)


@pytest.mark.parametrize("seed", sweep(range(40), 0, 1, 2, 3))
async def test_whatever_befalls_each_request_there_is_one_final_result(seed, tmp_path) -> None:
    chance, clock = Random(seed), VirtualClock()
    rules = EvalAiRules(now=lambda: clock.now.timestamp())
    faults = [chance.choice(FAULTS) if chance.random() < 0.4 else NONE for _ in range(200)]
    ended = chance.choice((RemoteOutcome.FINISHED, RemoteOutcome.FAILED, RemoteOutcome.CANCELLED))
    with evalai_server(*faults, rules=rules) as server:
        run = published(server, clock, tmp_path)
        states = [HereInTime(drives, None) for drives in range(3)]
        await run.play(*states, HereInTime(3, ended), kill_every=chance.randint(3, 9))
        kept = rules.kept[NUMBER]
    assert run.known.stage is PublicationStage.PUBLISHED
    assert kept.status == ended.value.lower()
    finals = [status for status in kept.updates if status != "partially_evaluated"]
    assert set(finals) == {kept.status}
    assert kept.updates[-len(finals) :] == finals, "nothing follows it"
    assert "\x1b" not in run.known.words


@pytest.mark.parametrize("late", range(4), ids=["look", "partial", "second look", "final"])
async def test_a_request_that_is_answered_too_late_is_not_sent_twice(late, tmp_path) -> None:
    """It was taken; what EvalAI shows afterwards tells that."""
    clock = VirtualClock()
    rules = EvalAiRules(now=lambda: clock.now.timestamp())
    with evalai_server(*[NONE] * late, LATE, rules=rules) as server:
        run = published(server, clock, tmp_path)
        final = HereInTime(3, RemoteOutcome.FINISHED)
        await run.play(HereInTime(1, None), final, silence=0.3)
        assert run.known.stage is PublicationStage.PUBLISHED
        assert rules.kept[NUMBER].updates == ["partially_evaluated", "finished"]


async def test_many_submissions_share_what_evalai_allows_in_a_minute(tmp_path) -> None:
    """None is throttled, and each has its final result."""
    clock = VirtualClock()
    rules = EvalAiRules(now=lambda: clock.now.timestamp())
    with evalai_server(rules=rules) as server:
        runs = []
        for number in range(1, 26):
            rules.add(number)
            run = Published(server, clock, tmp_path)
            run.place = EvalAiPlace(server.url, CHALLENGE, PHASE, number)
            run.known = Publication(run.place, RECORDING, BEGIN, BEGIN)
            runs.append((run, run.recorder()))
        final = HereInTime(4, RemoteOutcome.FINISHED)
        while any(not run.known.closed for run, _ in runs):
            for run, recorder in runs:
                run.known = await recorder.advance(run.known, final)
            clock.pass_by(5)
            assert clock.now.day == BEGIN.day, "it never ends"
    assert rules.throttled == 0
    assert {kept.status for kept in rules.kept.values()} == {"finished"}
    assert all(kept.updates == ["finished"] for kept in rules.kept.values())
    assert clock.now - BEGIN < 6 * PERIOD


@pytest.mark.parametrize(
    ("refusal", "stage", "words"),
    [
        (
            told(400, {"error": "Challenge Phase Split does not exist with phase_id: 70"}),
            PublicationStage.REFUSED,
            "Refused by EvalAI: 400 Bad Request: Challenge Phase Split does not exist",
        ),
        (html(413), PublicationStage.REFUSED, "Refused by EvalAI: 413"),
        (
            told(401, {"detail": "Given token not valid for any token type"}),
            PublicationStage.ENDING,
            "Given token not valid for any token type",
        ),
    ],
)
async def test_what_evalai_says_of_a_final_result_is_what_an_operator_reads(
    refusal, stage, words, tmp_path
) -> None:
    clock = VirtualClock()
    with evalai_server(NONE, refusal, rules=EvalAiRules()) as server:
        run = published(server, clock, tmp_path)
        run.known = await run.recorder().advance(run.known, HereInTime(4, RemoteOutcome.FINISHED))
    assert run.known.stage is stage
    assert words in run.known.words
    assert HOST not in str(run.known)
    assert run.ledger.read(run.place) == run.known


async def test_a_number_that_evalai_does_not_know_is_refused_before_anything_is_sent(
    tmp_path,
) -> None:
    with evalai_server() as server:
        run = Published(server, VirtualClock(), tmp_path)
        run.known = await run.recorder().advance(run.known, HereInTime(2, None))
        asked: list[Any] = [each.method for each in server.asked]
    assert run.known.words == (
        f"Refused by EvalAI: 404 Not Found: Submission {NUMBER} does not exist"
    )
    assert asked == ["GET"]
