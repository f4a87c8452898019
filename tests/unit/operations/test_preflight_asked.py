"""What is asked before a launch: rights, the server's own check, and the team's last launch."""

from __future__ import annotations

from typing import Any

import pytest
from fakes.jobs import composed_with

from console.domain.facts import KueueQueue
from console.domain.preflight.checklist import NodeFinding, NodeVerdict, Topic
from console.errors import ClusterUnreachable, ConsoleError, Forbidden
from console.operations.ports.cluster import Kind
from console.operations.submitting.launch import launch
from console.operations.submitting.preflight_asked import asked, since_the_last
from console.specs.turns import into_queue
from console.specs.validation import Judged

FAILS, OK = NodeVerdict.FAILS, NodeVerdict.OK


async def found(services: Any, composed: Any) -> dict[Topic, NodeFinding]:
    return {each.topic: each for each in await asked(services, Judged(composed).valid, ())}


async def test_a_launch_that_would_go_well_has_three_good_findings(
    services, cluster, composed
) -> None:
    told = await found(services, composed)
    assert {topic: each.verdict for topic, each in told.items()} == {
        Topic.RIGHTS: OK,
        Topic.DRY_RUN: OK,
        Topic.CHANGES: OK,
    }
    assert "the name demo is free" in told[Topic.DRY_RUN].text
    assert cluster.objects == {}


async def test_a_queue_is_looked_at_where_the_launch_goes_into_one(
    services, cluster, composed
) -> None:
    async def told() -> tuple[NodeVerdict, str]:
        every = await asked(services, Judged(into_queue(composed, "teams")).valid, ())
        (one,) = (each for each in every if each.topic is Topic.QUEUE)
        return one.verdict, one.text

    assert (await told())[0] is FAILS
    cluster.groups.add("kueue.x-k8s.io")
    verdict, text = await told()
    assert (verdict, "races has no queue teams" in text) == (FAILS, True)
    cluster.known_queues["races", "teams"] = KueueQueue("teams", "ClusterQueue gpus is stopped")
    verdict, text = await told()
    assert (verdict, text.endswith("ClusterQueue gpus is stopped")) == (NodeVerdict.WARNING, True)
    cluster.known_queues["races", "teams"] = KueueQueue("teams")
    assert await told() == (OK, "teams admits")
    cluster.forbidden = {("get", "localqueues")}
    assert (await told())[0] is NodeVerdict.UNKNOWN


async def test_a_right_that_is_missing_is_named(services, cluster, composed) -> None:
    cluster.forbidden = {("create", "configmaps"), ("get", "pods/log")}
    told = (await found(services, composed))[Topic.RIGHTS]
    assert told.verdict is FAILS
    assert told.text == "this login may not in races: create configmaps, get pods/log"
    assert "access.yaml" in told.fix


async def test_rights_without_which_it_goes_on_are_warnings_that_say_what_is_missed(
    services, cluster, composed
) -> None:
    cluster.forbidden = {("list", "events"), ("delete", "jobs")}
    told = (await found(services, composed))[Topic.RIGHTS]
    assert told.verdict is NodeVerdict.WARNING
    assert told.text.startswith("this login may not in races: list events, delete jobs; why a pod")
    assert "a preflight's Job stays" in told.text


async def test_the_right_to_keep_what_pairs_finish_is_asked_for_where_they_have_pods(
    services, cluster, composed
) -> None:
    cluster.forbidden = {("patch", "configmaps")}
    apart = composed_with({"shape.layout": "pod-per-pair"}, namespace="races")
    told = (await found(services, apart))[Topic.RIGHTS]
    assert told.verdict is NodeVerdict.WARNING
    assert told.text.startswith("this login may not in races: patch configmaps; a pair whose pod")
    assert (await found(services, composed))[Topic.RIGHTS].verdict is OK


async def test_rights_that_nobody_tells_are_unknown(
    services, cluster, composed, monkeypatch
) -> None:
    async def silent(*_: str) -> bool:
        raise ConsoleError("The server does not answer.")

    monkeypatch.setattr(cluster, "allowed", silent)
    assert (await found(services, composed))[Topic.RIGHTS].verdict is NodeVerdict.UNKNOWN


async def test_what_a_server_out_of_reach_would_say_is_unknown(
    services, cluster, composed, monkeypatch
) -> None:
    async def unreachable(*_: Any, **__: Any) -> Any:
        raise ClusterUnreachable("The server cannot be reached.")

    monkeypatch.setattr(cluster, "create", unreachable)
    told = (await found(services, composed))[Topic.DRY_RUN]
    assert (told.verdict, told.fix) == (NodeVerdict.UNKNOWN, "")
    assert "cannot be reached" in told.text


async def test_a_name_that_is_taken_and_a_refusal_of_the_server_fail(
    services, cluster, composed
) -> None:
    await launch(services, Judged(composed).valid)
    taken = (await found(services, composed))[Topic.DRY_RUN]
    assert (taken.verdict, taken.text) == (FAILS, "There is a Job named demo already.")
    cluster.refuse["create", Kind.JOB] = Forbidden("exceeded quota: jobs")
    refused = (await found(services, composed))[Topic.DRY_RUN]
    assert (refused.verdict, refused.text) == (FAILS, "exceeded quota: jobs")


def job(**said: Any) -> dict[str, Any]:
    return composed_with({f"submission.{key}": value for key, value in said.items()}).manifest


@pytest.mark.parametrize(
    ("before", "words"),
    [
        ([], "no launch of team 7 is recorded here"),
        ([job(name="a", team_id="8")], "no launch of team 7 is recorded here"),
        ([job(name="b", team_id="7")], "none since b, the team's last launch"),
        (
            [job(name="a", team_id="8"), job(name="b", team_id="7", track_codename="MAP")],
            "since b: Track MAP → SENSORS",
        ),
    ],
)
def test_it_is_said_what_differs_from_the_team_s_last_launch(
    before: list[dict[str, Any]], words: str
) -> None:
    told = since_the_last(job(name="c", team_id="7"), before)
    assert (told.topic, told.verdict, told.text) == (Topic.CHANGES, OK, words)
