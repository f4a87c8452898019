"""`launch -f … --wait`: many are followed to their ends, in turns, and summed up."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from fakes.documents import merged_lines, whole_document
from fakes.quick_node import FAILED, QuickNode
from fakes.reading import job_facts
from msgspec.structs import replace

from console.cli.many_followed import blocked_alone, change, going_on
from console.domain.board import BoardSnapshot, SubmissionStatus
from console.domain.facts import JobFacts, Turn
from console.errors import Forbidden
from console.operations.ports.cluster import Kind

AGENT = "console.local/team-agent:quick"
LAUNCH = ("launch", "--profile", "embedded", "--wait")


def logcopy(container: str, job: dict[str, Any]) -> list[str]:
    plan = job_facts(job).plan
    assert plan is not None
    if container != "logcopy":
        return []
    return merged_lines(json.dumps(whole_document()), nonce=plan.nonce)


@pytest.fixture
def node(stage) -> QuickNode:
    return QuickNode(stage.cluster, logcopy)


@pytest.fixture
def file(tmp_path) -> str:
    (tmp_path / "teams.csv").write_text(
        "name,image\n" + "".join(f"job-{n},{AGENT}\n" for n in (1, 2, 3))
    )
    return str(tmp_path / "teams.csv")


def started(stage) -> list[str]:
    """In the order of their starts."""
    read = stage.cluster.read
    names = [name for kind, _, name in stage.cluster.objects if kind is Kind.JOB]
    stored = [asyncio.run(read(Kind.JOB, "races", name)) for name in names]
    return [each["metadata"]["name"] for each in stored if not each["spec"]["suspend"]]


def test_all_are_followed_in_turns_and_summed_up(stage, node, file) -> None:
    ran = stage.run(*LAUNCH, "-f", file, "--at-most", "1")
    assert ran.code == 0, ran.told
    header, *lines = ran.out.splitlines()
    assert header.split() == [
        *("NAME", "RESULT", "ROUTES", "SCORE", "ENTRY", "RESTARTS", "DURATION", "WHY"),
    ]
    assert [line.split()[:2] for line in lines] == [[f"job-{n}", "Complete"] for n in (1, 2, 3)]
    assert "job-3 is queued: Waits for its turn, 3rd of 3: at most 1 run at once." in ran.told
    assert ran.told.index("job-2 is complete") < ran.told.index("job-3 is complete")
    assert "(3 of 3 have ended)" in ran.told
    assert started(stage) == ["job-1", "job-2", "job-3"]
    assert "nobody starts them" not in ran.told


def test_the_exit_code_says_that_not_all_are_complete_and_the_table_why(stage, node, file) -> None:
    node.ends = FAILED
    ran = stage.run(*LAUNCH, "-f", file)
    assert ran.code == 7
    assert "3 of 3 submissions have no complete result." in ran.told
    assert [line.split()[:2] for line in ran.out.splitlines()[1:]] == [
        [f"job-{n}", "Failed"] for n in (1, 2, 3)
    ]
    assert "carla-console inspect job-1" in ran.told


def test_as_json_each_is_a_line_of_the_list_with_its_span_and_why(stage, node, file) -> None:
    told = json.loads(stage.run(*LAUNCH, "-f", file, "--at-most", "2", "-o", "json").out)
    assert [(each["name"], each["status"], each["why"]) for each in told] == [
        (f"job-{n}", "Complete", []) for n in (1, 2, 3)
    ]
    assert all("durationSeconds" in each for each in told)


def test_a_script_gets_the_names(stage, node, file) -> None:
    ran = stage.run(*LAUNCH, "-f", file, "-o", "name")
    assert ran.out.split() == [f"job.batch/job-{n}" for n in (1, 2, 3)]


def test_what_was_not_launched_is_told_and_the_others_are_waited_for(stage, node, file) -> None:
    create = stage.cluster.create

    async def refusing(manifest: dict[str, Any], **more: Any) -> Any:
        if manifest["kind"] == "Job" and manifest["metadata"]["name"] == "job-2":
            raise Forbidden("exceeded quota: count/jobs.batch")
        return await create(manifest, **more)

    stage.cluster.create = refusing
    ran = stage.run(*LAUNCH, "-f", file, "--at-most", "1")
    assert ran.code == 4
    assert [line.split()[:2] for line in ran.out.splitlines()[1:]] == [
        *(["job-1", "Complete"], ["job-3", "Complete"]),
    ]
    assert "job-2 was not launched: exceeded quota" in ran.told


def test_one_that_is_deleted_meanwhile_is_not_waited_for(stage, node, file) -> None:
    patch = stage.cluster.patch_job

    async def deleting(namespace: str, name: str, change: dict[str, Any]) -> Any:
        if name == "job-2" and change.get("spec", {}).get("suspend") is False:
            stage.cluster.drop(Kind.JOB, namespace, name)
        return await patch(namespace, name, change)

    stage.cluster.patch_job = deleting
    ran = stage.run(*LAUNCH, "-f", file, "--at-most", "1")
    assert ran.code == 7
    assert [line.split()[:2] for line in ran.out.splitlines()[1:]] == [
        *(["job-1", "Complete"], ["job-2", "Deleted"], ["job-3", "Complete"]),
    ]


def test_of_many_only_another_status_is_news() -> None:
    """A kubelet that backs off from an image gives two reasons by turns, for ever."""
    unknown = BoardSnapshot("races", "a")
    job = JobFacts("a", "races", "u", None, 8)
    blocked = replace(unknown, job=job, status=SubmissionStatus.BLOCKED, reason="No image.")
    assert change(unknown, blocked) == "a is blocked: No image."
    assert change(blocked, replace(blocked, reason="Back-off.")) == ""
    in_line = replace(blocked, job=replace(job, turn=Turn("b", 1, 2, 1)))
    assert change(unknown, in_line).endswith("It keeps its place until it is cancelled.")
    ended = replace(blocked, status=SubmissionStatus.COMPLETE, reason="")
    assert change(blocked, ended) == "a is complete"
    assert change(blocked, replace(ended, status=SubmissionStatus.FAILED)) == "a has failed"


def test_that_only_what_is_blocked_is_left_is_known_once_nothing_else_goes_on() -> None:
    blocked = BoardSnapshot("races", "a", status=SubmissionStatus.BLOCKED)
    other = BoardSnapshot("races", "b", status=SubmissionStatus.BLOCKED)
    waits = BoardSnapshot("races", "c", status=SubmissionStatus.QUEUED)
    assert blocked_alone([blocked, other]) == ("a", "b")
    assert blocked_alone([blocked, waits]) == ()
    assert blocked_alone([]) == ()


def test_one_and_many_go_on_in_their_own_words() -> None:
    assert (going_on(1), going_on(2)) == ("1 goes on or waits", "2 go on or wait")
