"""`launch`, `resume` with --wait and `status --watch`: a run that is followed from here to its end."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from fakes.documents import merged_lines, record, whole_document
from fakes.quick_node import FAILED, QuickNode
from fakes.reading import job_facts

from console.operations.ports.cluster import Kind
from console.workers import protocol

LAUNCH = ("launch", "--profile", "embedded", "--set", "submission.name=mine", "--wait")


def nonce_of(job: dict[str, Any]) -> str:
    plan = job_facts(job).plan
    assert plan is not None
    return plan.nonce


class Logcopy:
    """Publishes a document, where it has one."""

    def __init__(self) -> None:
        self.document: dict[str, Any] | None = whole_document()

    def says(self, container: str, job: dict[str, Any]) -> list[str]:
        if container != "logcopy" or self.document is None:
            return []
        return merged_lines(json.dumps(self.document), nonce=nonce_of(job))


@pytest.fixture
def logcopy() -> Logcopy:
    return Logcopy()


@pytest.fixture
def node(stage, logcopy: Logcopy) -> QuickNode:
    return QuickNode(stage.cluster, logcopy.says)


def test_a_waited_launch_tells_its_course_and_prints_the_final_results(stage, node) -> None:
    ran = stage.run(*LAUNCH)
    assert ran.code == 0
    assert ran.out.startswith("Leaderboard 2.0  20/20 routes  FINAL\n")
    assert "created" not in ran.out
    assert "submission complete" in ran.told.lower()


def test_as_json_the_board_and_the_results_are_one_document(stage, node) -> None:
    told = json.loads(stage.run(*LAUNCH, "-o", "json").out)
    assert told["submission"]["name"] == "mine"
    assert told["submission"]["status"] == "Complete"
    assert told["results"]["final"] is True


def test_a_script_gets_the_name_and_the_exit_code(stage, node) -> None:
    ran = stage.run(*LAUNCH, "-o", "name")
    assert (ran.code, ran.out) == (0, "job.batch/mine\n")


def test_a_result_that_is_not_eligible_has_an_exit_code_of_its_own(
    stage, node, logcopy: Logcopy
) -> None:
    logcopy.document = {**whole_document(), "eligible": False}
    assert stage.run(*LAUNCH).code == 8


def test_one_that_fails_is_an_error_that_names_what_was_recorded(
    stage, node, logcopy: Logcopy
) -> None:
    node.ends, logcopy.document = FAILED, None
    ran = stage.run(*LAUNCH)
    assert ran.code == 7
    assert "mine ended as Failed." in ran.told
    assert "carla-console logs mine" in ran.told
    assert "--recorded -c CONTAINER" in ran.told


def test_a_job_that_completed_without_its_whole_result_is_no_success(
    stage, node, logcopy: Logcopy
) -> None:
    """logcopy ends well whatever it has: nothing there may hold the pod."""
    logcopy.document = None
    ran = stage.run(*LAUNCH)
    assert ran.code == 7


def test_a_warning_of_the_cluster_is_passed_on(stage, node, monkeypatch) -> None:
    create = stage.cluster.create

    async def warned(manifest: dict[str, Any], **more: Any) -> Any:
        told = await create(manifest, **more)
        return type(told)(told.manifest, ("unknown field spec.colour",))

    monkeypatch.setattr(stage.cluster, "create", warned)
    ran = stage.run(*LAUNCH[:-1])
    assert "warning: unknown field spec.colour" in ran.told


def drive(number: int, route: int) -> bytes:
    payload = protocol.record_payload(1, record("2.0", route, 0, route, 100.0))
    return protocol.format_line("n0nce", number, "record", payload).encode()


def failed(stage, *routes: int) -> None:
    """A submission `demo` that failed when these routes of its first pair were finished."""
    recording = stage.launch()
    stage.record(recording, "logcopy", *[drive(n, route) for n, route in enumerate(routes)])
    job = asyncio.run(stage.cluster.read(Kind.JOB, "races", "demo"))
    stage.cluster.put({**job, "status": FAILED})


def test_a_waited_resume_ends_with_the_results_of_the_whole(stage, node) -> None:
    failed(stage, 0, 1)
    ran = stage.run("resume", "demo", "--wait")
    assert ran.code == 0
    assert "demo-2 goes on from demo: 2 of 20 drives stay" in ran.told
    assert ran.out.startswith("Leaderboard 2.0  20/20 routes  FINAL\n")


def test_a_drive_behind_a_missing_one_is_told_to_be_driven_again(stage) -> None:
    failed(stage, 0, 2)
    told = stage.run("resume", "demo").told
    assert "warning: RouteScenario_2_rep0 is driven again: its pair goes on before it" in told
    assert "1 of 20 drives stay" in told


def test_several_of_them_are_told_in_one_line(stage) -> None:
    failed(stage, 0, 2, 3)
    told = stage.run("resume", "demo").told
    assert told.count("driven again") == 1
    assert "2 finished drives are driven again" in told
    assert "RouteScenario_2_rep0, RouteScenario_3_rep0" in told


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_watched_status_shows_each_change_and_ends_with_the_run(stage, node, form: str) -> None:
    stage.run(*LAUNCH[:-1])
    ran = stage.run("status", "mine", "--watch", "-o", form)
    assert ran.code == 0
    last = ran.out.strip().split("\n\n" if form == "text" else "\n")[-1]
    if form == "json":
        assert json.loads(last)["status"] == "Complete"
    else:
        assert last.startswith("races/mine  Leaderboard 2.0  ✓ Complete")


def test_a_watch_of_what_is_only_recorded_shows_it_once(stage) -> None:
    recording = stage.launch()
    stage.claim(recording).release()
    stage.forget()
    ran = stage.run("status", "demo", "--watch")
    assert ran.code == 0
    assert ran.out.count("races/demo") == 1


def test_a_recording_is_not_watched(stage) -> None:
    ran = stage.run("status", "demo", "--watch", "--recorded")
    assert ran.code == 2
    assert "A recording is shown as it stands." in ran.told
