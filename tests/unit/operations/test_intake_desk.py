"""The desk: what is launched for a message, what is acknowledged, and what comes back."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fakes.cluster import FakeCluster
from fakes.evalai_model import VirtualClock
from fakes.evalai_rules import CHALLENGE, PHASE, EvalAiRules
from fakes.following import followed, until
from fakes.intake_runs import RULE, QueueInMemory, SettingsInMemory
from msgspec.structs import replace
from test_resume_sources import NONCE, drive, snapshot

from console.domain.facts import EvalAiPlace
from console.errors import Conflict, Forbidden, InvalidInput, NotFound
from console.operations.intake.by_itself import PAUSE, ByItself, IntakeNews, some_at_a_time
from console.operations.intake.desk import IntakeDesk, WaitingMessage
from console.operations.intake.launching import LaunchingFor
from console.operations.intake.message_fate import NotLaunched, ToLaunch
from console.operations.intake.orders import IntakeOrder, compose_order
from console.operations.intake.set_up import demand_intake
from console.operations.ports.cluster import Kind
from console.operations.ports.evalai import EvalAiBusy
from console.operations.ports.publishing_settings import EVALAI
from console.operations.services import Services
from console.operations.submitting.launch import launch
from console.recorder.recorder import Recorder
from console.specs.plan import TEAM_ANNOTATION
from console.specs.validation import Judged

BY_HAND = LaunchingFor()
PLACE = EvalAiPlace(EVALAI, CHALLENGE, PHASE, 1)
IMAGE = "console.local/team-agent:crash-once"


@pytest.fixture
def rules() -> EvalAiRules:
    rules = EvalAiRules()
    rules.add(1)
    rules.wait_for_host(1, IMAGE)
    return rules


@pytest.fixture
def services(cluster: FakeCluster, tmp_path: Path) -> Services:
    recorder = Recorder(tmp_path / "recordings")
    settings = SettingsInMemory()
    return Services(cluster, recorder, lambda: datetime.now(UTC), publishing=settings)


@pytest.fixture
def desk(services: Services, rules: EvalAiRules) -> IntakeDesk:
    return IntakeDesk(services, QueueInMemory(rules), "races")


async def taken(desk: IntakeDesk) -> WaitingMessage:
    found = await desk.take()
    assert found is not None
    return found


def variables(job: dict[str, Any], container: str) -> dict[str, str]:
    spec = job["spec"]["template"]["spec"]
    (found,) = [
        each for each in (*spec["containers"], *spec["initContainers"]) if each["name"] == container
    ]
    return {each["name"]: each.get("value", "") for each in found["env"]}


async def test_what_is_launched_carries_the_numbers_the_team_and_the_track(
    desk, cluster, rules
) -> None:
    accepted = await desk.accept(await taken(desk), BY_HAND)
    assert (accepted.job, accepted.launched, accepted.unacknowledged) == ("submission-1", True, "")
    assert rules.messages == []
    stored = await cluster.read(Kind.JOB, "races", "submission-1")
    told = variables(stored, "logcopy")
    assert (told["CHALLENGE_ID"], told["TRACK_ID"], told["SUBMISSION_ID"]) == ("7", "70", "1")
    assert told["TEAM_ID"] == "4"
    assert variables(stored, "agent-1")["CHALLENGE_TRACK_CODENAME"] == "SENSORS"
    assert variables(stored, "agent-1")["RESUME"] == ""
    agents = [
        each["image"]
        for each in stored["spec"]["template"]["spec"]["containers"]
        if each["name"].startswith("agent-")
    ]
    assert set(agents) == {IMAGE}
    assert stored["metadata"]["annotations"][TEAM_ANNOTATION] == "The Team"
    assert (await cluster.job("races", "submission-1")).evalai == PLACE


async def test_a_message_that_is_only_looked_at_comes_back(desk, rules, cluster) -> None:
    (waiting,) = await desk.look(10)
    assert isinstance(waiting.verdict, ToLaunch)
    assert len(rules.messages) == 1
    assert cluster.objects == {}
    assert await desk.look(10) == (), "it is hidden for a while"


async def test_for_a_namespace_that_is_not_there_no_message_is_taken(
    services, rules, cluster
) -> None:
    """It would be hidden from those who could launch it, and come to nothing each time."""
    desk = IntakeDesk(services, QueueInMemory(rules), "rases")
    by_itself = ByItself(desk, some_at_a_time(rules.queue, 2), lambda _: None)
    for asked in (desk.take, by_itself.once):
        with pytest.raises(NotFound, match="namespace rases: the cluster has none of that name"):
            await asked()
    assert rules.messages[0].hidden_until == 0.0
    cluster.known_namespaces += ("rases",)
    assert await by_itself.once() == 1
    assert [each.namespace for each in await cluster.jobs(None)] == ["rases"]


async def test_who_may_see_no_namespaces_takes_in_for_the_own_one(services, rules, cluster) -> None:
    cluster.forbidden.add(("list", "namespaces"))
    assert await IntakeDesk(services, QueueInMemory(rules), "own").take() is not None


async def test_who_may_launch_nothing_sees_what_waits_and_takes_none_to_launch(
    desk, rules, cluster
) -> None:
    cluster.forbidden.add(("create", "jobs"))
    with pytest.raises(Forbidden, match="may create no Jobs there"):
        await ByItself(desk, some_at_a_time(rules.queue, 2), lambda _: None).once()
    assert rules.messages[0].hidden_until == 0.0
    assert len(await desk.look()) == 1


async def test_a_look_ends_where_the_first_message_is_back_again(desk, rules) -> None:
    rules.visibility = -1.0
    assert len(await desk.look(10)) == 1


async def test_an_acknowledgement_that_is_not_taken_is_told_and_the_job_stays(
    desk, rules, cluster
) -> None:
    waiting = await taken(desk)
    rules.messages[0].hidden_until = 0.0
    accepted = await desk.accept(waiting, BY_HAND)
    assert (accepted.launched, accepted.unacknowledged) == (
        True,
        "EvalAI gave no answer that settles it. 500",
    )
    again = await desk.accept(await taken(desk), BY_HAND)
    assert (again.launched, again.words) == (False, "Its Job submission-1 is there.")
    assert rules.messages == []
    assert len([each for each in cluster.objects if each[0] is Kind.JOB]) == 1


async def test_what_is_refused_is_not_launched_and_acknowledged_only_by_a_persons_word(
    desk, rules, cluster
) -> None:
    rules.cancel(1)
    waiting = await taken(desk)
    with pytest.raises(Conflict, match="Submission 1 is not launched") as refused:
        await desk.accept(waiting, BY_HAND)
    assert "EvalAI shows it as cancelled" in refused.value.why
    assert len(rules.messages) == 1
    assert await desk.refuse(waiting) == ""
    assert rules.messages == []
    assert cluster.objects == {}


async def test_what_can_be_launched_is_never_refused_by_a_word(desk, rules) -> None:
    with pytest.raises(Conflict, match="it can be launched") as raised:
        await desk.refuse(await taken(desk))
    assert "Cancel it at EvalAI" in raised.value.fix
    assert len(rules.messages) == 1


async def test_a_message_that_cannot_be_read_stays_and_says_which_field_is_wrong(
    desk, rules
) -> None:
    del rules.messages[0].body["phase_pk"]
    waiting = await taken(desk)
    assert waiting.submission is None
    assert waiting.verdict == NotLaunched(
        "The message: phase_pk is missing.",
        "Give the message as EvalAI's queue has it: challenge_pk, phase_pk, submission_pk.",
    )
    with pytest.raises(Conflict, match="not launched"):
        await desk.accept(waiting, BY_HAND)


async def test_while_evalai_does_not_tell_of_a_submission_its_message_only_comes_back(
    services, rules
) -> None:
    class Silent(QueueInMemory):
        async def submission(self, number: int) -> Any:
            raise EvalAiBusy("502")

    waiting = await taken(IntakeDesk(services, Silent(rules), "races"))
    assert (waiting.there, waiting.submission) == (None, 1)
    assert isinstance(waiting.verdict, NotLaunched)
    assert "502" in waiting.verdict.words


async def test_a_faulty_image_is_an_error_before_anything_is_sent(desk, rules, cluster) -> None:
    rules.messages[0].body["submitted_image_uri"] = "https://registry.example/team:1"
    with pytest.raises(InvalidInput, match="image"):
        await desk.accept(await taken(desk), BY_HAND)
    assert (cluster.objects, len(rules.messages)) == ({}, 1)


# --- going on


async def recorded_as_demo(services: Services, cluster: FakeCluster, pod_of: Any) -> None:
    """Submission 1 was launched by hand, had two drives, and its Job is gone."""
    composed = compose_order(IntakeOrder(PLACE, RULE, "demo", IMAGE, 4), "races", local=True)
    drawn = variables(composed.manifest, "logcopy")["PROGRESS_NONCE"]
    text = json.dumps(composed.manifest).replace(drawn, NONCE)
    valid = Judged(replace(composed, manifest=json.loads(text))).valid
    job = (await launch(services, valid)).job
    assert job is not None
    lines = drive(1, 0), drive(2, 1), snapshot(3, "cancelled")
    cluster.logs["pod-1", "logcopy", 0].lines += lines
    cluster.put(pod_of(logcopy=("running", 0)))
    view = services.recorder.log(services.recording_of(job), "logcopy")
    async with followed(services):
        await until(lambda: view.line_count() == len(lines))
    cluster.drop(Kind.POD, "races", "demo-abcde")
    cluster.drop(Kind.JOB, "races", "demo")


def lets_it_go_on(rules: EvalAiRules) -> None:
    rules.messages.clear()
    rules.kept[1].status = "failed"
    rules.resume(1)
    rules.messages[0].body["submitted_image_uri"] = IMAGE


async def test_one_that_is_to_go_on_goes_on_from_what_is_recorded_of_it(
    services, cluster, rules, pod_of
) -> None:
    await recorded_as_demo(services, cluster, pod_of)
    lets_it_go_on(rules)
    desk = IntakeDesk(services, QueueInMemory(rules), "races", lambda place: ("demo", ""))
    accepted = await desk.accept(await taken(desk), replace(BY_HAND, by_hand=False))
    assert accepted.job.startswith("submission-1-r20")
    assert accepted.remarks[0] == "It goes on from demo: 2 of 20 drives stay."
    stored = await cluster.read(Kind.JOB, "races", accepted.job)
    assert stored["metadata"]["annotations"]["leaderboard.carla.org/resumes"] == "demo"
    assert (await cluster.job("races", accepted.job)).evalai == PLACE
    assert rules.messages == []


async def test_one_of_which_nothing_is_known_goes_on_from_zero_only_by_hand(
    desk, cluster, rules
) -> None:
    lets_it_go_on(rules)
    waiting = await taken(desk)
    with pytest.raises(NotFound, match="does not go on by itself"):
        await desk.accept(waiting, replace(BY_HAND, by_hand=False))
    assert len(rules.messages) == 1
    accepted = await desk.accept(waiting, BY_HAND)
    assert accepted.remarks[0].startswith("All is driven again: Nothing of submission 1 is recor")
    stored = await cluster.read(Kind.JOB, "races", accepted.job)
    assert variables(stored, "agent-1")["RESUME"] == "1"


# --- by itself


async def test_by_itself_so_many_run_at_a_time_and_the_others_wait_in_the_cluster(
    desk, cluster, rules
) -> None:
    for number in (2, 3):
        rules.add(number)
        rules.wait_for_host(number, IMAGE)
    news: list[IntakeNews] = []
    pause = await ByItself(desk, some_at_a_time(rules.queue, 2), news.append).step()
    assert pause >= PAUSE
    assert [each.submission for each in news] == [1, 2, 3]
    jobs = sorted(await cluster.jobs("races"), key=lambda each: each.name)
    assert [each.suspended for each in jobs] == [False, False, True]
    assert jobs[2].turn is not None
    assert (jobs[2].turn.batch, jobs[2].turn.place) == ("evalai-carla-queue", 3)
    assert rules.messages == []


async def test_what_is_put_into_a_queue_of_kueue_says_that_the_limit_does_not_hold(
    desk, cluster, rules
) -> None:
    cluster.default_queue = "teams"
    news: list[IntakeNews] = []
    await ByItself(desk, some_at_a_time(rules.queue, 2), news.append).step()
    assert news[0].accepted is not None
    assert news[0].accepted.remarks == (
        "Kueue's queue teams decides when it runs: 2 at a time does not hold for it.",
    )


async def test_one_that_was_cancelled_there_while_a_person_looked_at_it_is_not_launched(
    services, cluster, rules
) -> None:
    now = datetime.now(UTC)
    clock = VirtualClock()
    clock.now = now
    desk = IntakeDesk(replace(services, clock=clock), QueueInMemory(rules), "races")
    found = await taken(desk)
    rules.cancel(1)
    clock.pass_by(60)
    with pytest.raises(Conflict) as refused:
        await desk.accept(found, BY_HAND)
    assert "EvalAI shows it as cancelled" in refused.value.why
    assert (await cluster.jobs("races"), len(rules.messages)) == ((), 1)


async def test_whoever_records_is_there_before_each_launch_and_for_nothing_else(
    desk, cluster, rules
) -> None:
    jobs: list[int] = []

    async def ready() -> None:
        jobs.append(len(await cluster.jobs("races")))

    by_itself = ByItself(desk, some_at_a_time(rules.queue, 2), lambda _: None, ready)
    await by_itself.step()
    rules.add(2, "cancelled")
    rules.wait_for_host(2, IMAGE)
    await by_itself.step()
    rules.add(3)
    rules.wait_for_host(3, IMAGE)
    await by_itself.step()
    assert jobs == [0, 1]


async def test_what_is_refused_stays_in_the_queue_and_is_told_once(desk, cluster, rules) -> None:
    rules.cancel(1)
    rules.visibility = -1.0
    news: list[IntakeNews] = []
    by_itself = ByItself(desk, some_at_a_time(rules.queue, 2), news.append)
    for _ in range(3):
        await by_itself.step()
    assert [each.words[:27] for each in news] == ["EvalAI shows it as cancelled"[:27]]
    assert len(rules.messages) == 1
    rules.kept[1].status = "submitted"
    await by_itself.step()
    assert news[-1].accepted is not None


async def test_a_queue_that_gives_no_answer_is_asked_again_after_what_it_asks_for(
    services, rules
) -> None:
    class Busy(QueueInMemory):
        async def next_message(self, queue: str) -> Any:
            raise EvalAiBusy("429 Too Many Requests", 55.0)

    news: list[IntakeNews] = []
    desk = IntakeDesk(services, Busy(rules), "races")
    by_itself = ByItself(desk, some_at_a_time(rules.queue, 2), news.append)
    assert [await by_itself.step() for _ in range(2)] == [55.0, 55.0]
    assert len(news) == 1


@pytest.mark.parametrize(
    ("settings", "lacks"),
    [
        (None, "set evalai."),
        ({"queue": "q"}, "set evalai.phases."),
        ({"phases": 1}, "evalai.queue"),
    ],
)
def test_nothing_is_taken_in_until_queue_and_phases_are_set(settings: Any, lacks: str) -> None:
    file = SettingsInMemory()
    if settings is None:
        file.evalai = None
    else:
        assert file.evalai is not None
        known = file.evalai.intake
        empty = {"queue": "", "phases": {}}
        kept = {key: getattr(known, key) for key in settings}
        file.evalai = replace(file.evalai, intake=replace(known, **{**empty, **kept}))
    with pytest.raises(NotFound, match="Nothing is launched for EvalAI's messages") as raised:
        demand_intake(file)
    assert lacks in raised.value.why
