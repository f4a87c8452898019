"""The live backend on a cluster that answers: the list, a launch, what ends and what goes on."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from fakes.cluster import FakeCluster
from fakes.documents import record
from fakes.evalai_rules import HOST
from fakes.evalai_server import EvalAiServer
from fakes.evalai_user import set_up
from fakes.following import until
from fakes.quick_node import COMPLETE, FAILED, QuickNode, preflight_facts

from console import wiring
from console.domain.board import SubmissionStatus
from console.domain.facts import EvalAiPlace, KueueQueue
from console.domain.preflight.checklist import Topic
from console.domain.queues import QueuesOffered
from console.errors import ClusterUnreachable, Conflict, ConsoleError, NotFound
from console.operations.ports.cluster import Kind
from console.operations.ports.evalai import RemoteStatus
from console.operations.ports.publications import PublishingRules
from console.operations.ports.recorder import Recording
from console.operations.services import Services
from console.recorder.recorder import Recorder
from console.specs.compose import compose
from console.specs.template import load_template
from console.specs.turns import QUEUE_LABEL as LABEL
from console.specs.values import load_profile
from console.tui import remembered, session
from console.tui.aims import Ways
from console.tui.backend import Link
from console.tui.drafts import Composition, Draft
from console.tui.heading import Heading, heading_line
from console.tui.live import LiveBackend
from console.workers import protocol


class RecorderProcess:
    """One that follows what it is asked to, or says why it cannot."""

    def __init__(self) -> None:
        self.refusal: ConsoleError | None = None
        self.followed: list[str | None] = []
        self.knows = True

    def ensure(self, namespace: str | None) -> None:
        if self.refusal:
            raise self.refusal
        self.followed.append(namespace)

    def saw(self, *_: str) -> bool:
        return self.knows


class Desk:
    """A backend, the cluster behind it and its recordings."""

    def __init__(self, folder: Path) -> None:
        self.cluster = FakeCluster()
        self.recorder = Recorder(folder / "recordings")
        self.process = RecorderProcess()
        self.evalai: Callable[[], PublishingRules] | None = None
        self.backend: LiveBackend[str] = LiveBackend(
            self._connect,
            "lab",
            Ways(recorder=lambda _: self.process),  # type: ignore[arg-type, return-value]
        )

    @contextlib.asynccontextmanager
    async def _connect(self, _: str) -> AsyncIterator[Services]:
        where = type(self.cluster.description)
        self.cluster.description = where("fake", "http://fake", "races")
        yield Services(self.cluster, self.recorder, lambda: datetime.now(UTC), evalai=self.evalai)

    async def has(self, name: str, status: dict[str, Any] | None = None) -> dict[str, Any]:
        """A submission that was there before the console; its Job."""
        template = load_template("2.0")
        values = load_profile("embedded").values("2.0")
        values = values.override({"submission.name": name}, origin="test", known=template.paths)
        composed = compose(template, values, namespace="races", nonce="n0nce")
        job = (await self.cluster.create(composed.manifest)).manifest
        self.cluster.put({**job, "status": status or {}})
        return job

    def recorded(self, job: dict[str, Any], *routes: int) -> None:
        """These drives of its first pair were finished."""
        meta = job["metadata"]
        writer = self.recorder.claim(Recording("fake", "races", meta["name"], meta["uid"]))
        assert writer is not None
        spool = writer.open_spool("logcopy", 0, pod="pod-1")
        for number, route in enumerate(routes):
            told = protocol.record_payload(1, record("2.0", route, 0, route, 100.0))
            line = protocol.format_line("n0nce", number, "record", told).encode()
            spool.write(b"2026-11-22T10:00:%02d.000000000Z %b\n" % (number, line))
        spool.close()
        writer.release()

    def draft(self, name: str) -> Composition:
        form = self.backend.form("2.0", "embedded")
        values = {each.path: each.default for each in form.fields} | {"submission.name": name}
        return self.backend.compose(Draft("2.0", "embedded", values, form.backoff_limit))

    def jobs(self) -> list[str]:
        return [name for kind, _, name in list(self.cluster.objects) if kind is Kind.JOB]

    def listed(self) -> list[str]:
        return sorted(row.name for row in self.backend.fleet().rows)


@pytest.fixture
def desk(tmp_path: Path):
    made = Desk(tmp_path)
    yield made
    made.backend.close()


async def begun(desk: Desk) -> LiveBackend[str]:
    """Connected, with a list that is live."""
    desk.backend.start()
    await until(lambda: desk.backend.fleet().live)
    return desk.backend


async def test_what_is_on_the_cluster_is_listed_live(desk: Desk) -> None:
    await desk.has("demo")
    backend = await begun(desk)
    assert backend.connection().link is Link.CONNECTED
    assert backend.connection().description.namespace == "races"
    assert desk.listed() == ["demo"]
    board = backend.board("races", "demo")
    assert (board.name, board.live) == ("demo", True)


async def test_a_launched_submission_is_created_and_appears_in_the_list(desk: Desk) -> None:
    backend = await begun(desk)
    report = await backend.launch(desk.draft("mine"))
    assert (report.namespace, report.name, report.dry_run) == ("races", "mine", False)
    assert report.warnings == ()
    await until(lambda: desk.listed() == ["mine"])


async def test_a_dry_run_keeps_nothing_and_asks_no_recorder(desk: Desk) -> None:
    backend = await begun(desk)
    await until(lambda: desk.process.followed)
    report = await backend.launch(desk.draft("mine"), dry_run=True)
    assert report.dry_run
    assert desk.jobs() == []
    assert len(desk.process.followed) == 1


async def test_a_name_for_a_new_submission_is_one_that_is_free(desk: Desk) -> None:
    await desk.has("demo")
    backend = await begun(desk)
    name = next(e for e in backend.form("2.0", "embedded").fields if e.path == "submission.name")
    assert name.default not in desk.listed()


async def test_a_launch_that_no_recorder_can_follow_is_launched_and_says_why(desk: Desk) -> None:
    desk.process.refusal = ConsoleError("The recorder does not answer.", why="It hangs.")
    backend = await begun(desk)
    report = await backend.launch(desk.draft("mine"))
    assert report.warnings == ("The recorder does not answer. It hangs.",)
    assert desk.jobs() == ["mine"]


async def test_a_recorder_that_has_not_seen_the_launch_is_a_warning(desk: Desk) -> None:
    desk.process.knows = False
    backend = await begun(desk)
    report = await backend.launch(desk.draft("mine"))
    assert "carla-console record status" in report.warnings[0]


async def test_a_launch_under_a_taken_name_is_a_conflict_that_the_form_can_show(desk: Desk) -> None:
    await desk.has("mine")
    backend = await begun(desk)
    with pytest.raises(Conflict):
        await backend.launch(desk.draft("mine"))


async def test_a_deleted_submission_disappears_from_cluster_and_list(desk: Desk) -> None:
    await desk.has("demo")
    backend = await begun(desk)
    told = backend.consequences(backend.board("races", "demo"), "delete")
    assert told
    assert told != backend.consequences(backend.board("races", "demo"), "cancel")
    await backend.delete("races", "demo")
    assert desk.jobs() == []
    await until(lambda: desk.listed() == [])


async def test_a_cancelled_submission_is_marked_and_stays(desk: Desk) -> None:
    await desk.has("demo")
    backend = await begun(desk)
    await backend.cancel("races", "demo")
    stored = desk.cluster.objects[Kind.JOB, "races", "demo"]
    assert "leaderboard.carla.org/cancelled-at" in stored["metadata"]["annotations"]


async def test_the_manifest_is_shown_as_the_cluster_has_it_without_its_bookkeeping(
    desk: Desk,
) -> None:
    job = await desk.has("demo")
    job["metadata"]["managedFields"] = [{"manager": "kubectl"}]
    desk.cluster.put(job)
    backend = await begun(desk)
    text = await backend.read_manifest("races", "demo")
    assert "name: demo" in text
    assert "managedFields" not in text
    with pytest.raises(NotFound):
        await backend.read_manifest("races", "none")


async def test_a_failed_one_can_be_gone_on_from_under_a_free_name(desk: Desk) -> None:
    desk.recorded(await desk.has("demo", FAILED), 0, 1)
    backend = await begun(desk)
    offered = await backend.offer_resume("races", "demo")
    assert (offered.name, offered.kept, offered.total) == ("demo-2", 2, 20)
    assert offered.check("demo") == "There is a submission of this name already."
    assert offered.check("Not A Name").startswith("The name ")
    assert offered.check("later") == ""
    report = await backend.launch_resumed(offered, offered.queue)
    assert report.name == "demo-2"
    assert sorted(desk.jobs()) == ["demo", "demo-2"]


async def test_one_of_a_queue_goes_on_in_it_or_in_another_of_those_there_are(desk: Desk) -> None:
    desk.recorded(await desk.has("demo", FAILED), 0, 1)
    job = await desk.cluster.read(Kind.JOB, "races", "demo")
    job["metadata"]["labels"][LABEL] = "b"
    desk.cluster.put(job)
    backend = await begun(desk)
    assert await backend.queues() == QueuesOffered(kueue=False)
    desk.cluster.groups.add("kueue.x-k8s.io")
    desk.cluster.known_queues = {("races", name): KueueQueue(name) for name in "ab"}
    there = QueuesOffered(("a", "b"), kueue=True)
    assert await backend.queues() == there
    offered = await backend.offer_resume("races", "demo")
    assert (offered.queue, offered.queues) == ("b", there)
    for name, queue in (("x", "b"), ("y", "a"), ("z", "")):
        offered = await backend.offer_resume("races", "demo", name)
        await backend.launch_resumed(offered, queue)
        stored = await desk.cluster.read(Kind.JOB, "races", name)
        assert stored["metadata"]["labels"].get(LABEL, "") == queue
        assert stored["spec"]["suspend"] is bool(queue)


async def test_how_a_suspended_one_goes_on_is_told_with_what_it_costs(desk: Desk) -> None:
    job = await desk.has("held")
    desk.cluster.put({**job, "spec": {**job["spec"], "suspend": True}})
    backend = await begun(desk)
    assert backend.why_not_resumable(backend.board("races", "held")) == ""
    with pytest.raises(Conflict) as refused:
        await backend.offer_resume("races", "held")
    assert "carla-console cancel held" in refused.value.fix
    assert """kubectl patch job held --type=merge -p '{"spec":{"suspend":false}}'""" in (
        refused.value.fix
    )


async def test_a_suspended_one_is_let_run_and_one_that_runs_is_not(desk: Desk) -> None:
    job = await desk.has("held")
    desk.cluster.put({**job, "spec": {**job["spec"], "suspend": True}})
    backend = await begun(desk)
    await backend.let_run_on("races", "held")
    await until(lambda: backend.board("races", "held").status is not SubmissionStatus.SUSPENDED)
    assert (await desk.cluster.read(Kind.JOB, "races", "held"))["spec"]["suspend"] is False
    with pytest.raises(Conflict, match="held is not suspended by somebody"):
        await backend.let_run_on("races", "held")


async def test_a_list_that_takes_long_is_said_to_be_read_and_not_to_be_cut_off(desk: Desk) -> None:
    async def never(_: str | None) -> AsyncIterator[Any]:
        await asyncio.Event().wait()
        yield

    desk.cluster.watch_submissions = never  # type: ignore[method-assign]
    desk.backend.start()
    await until(lambda: desk.backend.connection().link is Link.CONNECTED)
    told = desk.backend.fleet()
    assert told.why == "It is being read; thousands of Jobs take a while."
    line = heading_line(Heading("Submissions", desk.backend.connection(), told), 120)
    assert "".join(words for words, _ in line).rstrip().endswith("◌ reading the list")


async def test_why_nothing_can_go_on_from_one_is_a_sentence(desk: Desk) -> None:
    await desk.has("runs")
    await desk.has("failed", FAILED)
    backend = await begun(desk)
    running, failed = (backend.board("races", name) for name in ("runs", "failed"))
    assert backend.why_not_resumable(running) == "runs is not over: cancel it first."
    with pytest.raises(Conflict, match="The submission runs is not over"):
        await backend.offer_resume("races", "runs")
    # Whether anything of it had finished is known only once its recording is read.
    assert backend.why_not_resumable(failed) == ""
    with pytest.raises(NotFound, match="knows no finished drive"):
        await backend.offer_resume("races", "failed")


async def test_a_preflight_is_a_checklist_and_its_job_is_gone(desk: Desk) -> None:
    QuickNode(desk.cluster, preflight_facts)
    backend = await begun(desk)
    said: list[str] = []
    found = await backend.preflight(desk.draft("mine"), said.append, ())
    assert {each.topic for each in found.findings} == set(Topic) - {Topic.QUEUE}
    assert desk.jobs() == []


async def test_evalai_is_asked_by_the_token_that_may_be_in_the_cluster(
    desk: Desk, there: EvalAiServer
) -> None:
    set_up(there.url, kept="token-secret: {namespace: lab, name: evalai, key: token}")
    desk.evalai = partial(wiring.publishing_rules, desk.cluster)
    await begun(desk)
    place = EvalAiPlace(there.url, 1, 1, 1)
    assert "is not there" in (await desk.backend.ask_evalai(place)).why_not
    desk.cluster.secrets["lab", "evalai"] = {"token": HOST.encode()}
    shown = (await desk.backend.ask_evalai(place)).there
    assert shown is not None
    assert (shown.status, shown.phase) == (RemoteStatus.RUNNING, 1)


async def test_where_nothing_is_published_evalai_is_not_asked(desk: Desk) -> None:
    await begun(desk)
    asked = await desk.backend.ask_evalai(EvalAiPlace("https://eval.ai", 1, 1, 1))
    assert (asked.there, asked.why_not) == (None, "It is not asked here.")


async def test_a_recorded_log_is_read_from_disk(desk: Desk) -> None:
    desk.recorded(await desk.has("demo", FAILED), 0)
    backend = await begun(desk)
    view = backend.log_view(backend.board("races", "demo"), "logcopy")
    assert [line.text[:12] for line in view.lines(0, 10)] == ["@leaderboard"]


async def test_results_that_nobody_published_are_not_final(desk: Desk) -> None:
    await desk.has("demo", COMPLETE)
    backend = await begun(desk)
    view = backend.results(backend.board("races", "demo"))
    assert not view.final
    assert view.why_not_final


async def test_the_list_is_on_disk_for_the_next_start(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "REMEMBER_SECONDS", 0.01)
    await desk.has("demo")
    await begun(desk)
    await until(lambda: remembered.last_known("lab", local=False).rows)
    kept = remembered.last_known("lab", local=False)
    assert ([row.name for row in kept.rows], kept.live) == (["demo"], False)
    assert remembered.last_known("another", local=False) is remembered.NOTHING


async def test_retrying_begins_a_new_session_with_the_same_list(desk: Desk) -> None:
    await desk.has("demo")
    backend = await begun(desk)
    await backend.retry()
    assert backend.connection().link is Link.CONNECTED
    await until(lambda: desk.listed() == ["demo"])


async def test_before_it_is_connected_nothing_is_asked_of_a_cluster(desk: Desk) -> None:
    backend = desk.backend
    with pytest.raises(ClusterUnreachable):
        backend.log_view(backend.board("races", "demo"), "logcopy")
    with pytest.raises(ClusterUnreachable):
        await backend.delete("races", "demo")
    assert backend.board("races", "demo").stale_why == "Not connected."


async def test_on_a_cluster_of_ones_own_the_form_begins_with_its_profile(desk: Desk) -> None:
    backend = await begun(desk)
    assert backend.form("2.0").profile != "embedded"
    assert "embedded" in backend.profiles()
    assert backend.leaderboards()[0] == "2.0"
