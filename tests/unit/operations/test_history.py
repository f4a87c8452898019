"""The list of all recorded submissions: what each row says, and which are found."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from fakes.following import listed, until

from console.domain.board import SubmissionStatus
from console.domain.fleet import SubmissionRow
from console.operations.ports.cluster import Kind
from console.operations.ports.history import HistoryEntry
from console.operations.ports.recorder import Recording
from console.operations.recording.history import Search, entry_of, found
from console.operations.submitting.launch import launch
from console.specs.validation import Judged

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def entry(name: str, days: int = 0, **more: object) -> HistoryEntry:
    status = more.pop("status", SubmissionStatus.COMPLETE)
    recording = Recording(str(more.pop("cluster", "prod")), "races", name, f"uid-{name}")
    row = SubmissionRow(
        "races", name, f"uid-{name}", "2.0", status, "", 20, 20, 0, 8, NOW - timedelta(days)
    )
    return HistoryEntry(recording, row, True, **more)


TEAM_7 = entry("team-7", agent_image="registry/team-7:1", track="MAP")
TEAM_8 = entry("team-8", 3, agent_image="registry/team-8:1", status=SubmissionStatus.FAILED)
OTHER = entry("demo", 30, cluster="lab", track="SENSORS")
UNREADABLE = HistoryEntry(Recording("prod", "races", "torn", "uid-torn"), None, False)
ALL = (UNREADABLE, OTHER, TEAM_8, TEAM_7)


def names(search: Search) -> list[str]:
    return [each.recording.name for each in found(ALL, search)]


def test_all_are_listed_newest_first_and_what_tells_no_time_last() -> None:
    assert names(Search()) == ["team-7", "team-8", "demo", "torn"]


@pytest.mark.parametrize(
    ("search", "wanted"),
    [
        (Search(name="team"), ["team-7", "team-8"]),
        (Search(name="*-8"), ["team-8"]),
        (Search(name="tea?-7"), ["team-7"]),
        (Search(status="failed"), ["team-8"]),
        (Search(image="team-8"), ["team-8"]),
        (Search(track="map"), ["team-7"]),
        (Search(cluster="lab"), ["demo"]),
        (Search(namespace="races", cluster="prod"), ["team-7", "team-8", "torn"]),
        (Search(since=NOW - timedelta(7)), ["team-7", "team-8"]),
        (Search(name="team", status="Complete"), ["team-7"]),
        (Search(namespace="elsewhere"), []),
    ],
)
def test_each_field_of_a_search_leaves_out_what_does_not_match(
    search: Search, wanted: list[str]
) -> None:
    assert names(search) == wanted


async def test_an_entry_is_what_the_list_showed_and_knows_of_the_deletion(
    services, cluster, composed, pod_of
) -> None:
    job = (await launch(services, Judged(composed).valid)).job
    cluster.put(pod_of(agent_1=("running", 0)))
    recording = services.recording_of(job)
    async with listed(services) as fleet:
        await until(lambda: fleet.snapshot.rows and fleet.snapshot.rows[0].status == "Running")
        # The fleet's row is there before its words are on disk.
        await until(lambda: entry_of(services, recording).row.status == "Running")
        running = entry_of(services, recording)
        cluster.drop(Kind.POD, "races", "demo-abcde")
        cluster.drop(Kind.JOB, "races", "demo")
        await until(lambda: fleet.snapshot.rows == ())
    assert (running.ended, running.row.status) == (False, SubmissionStatus.RUNNING)
    assert running.agent_image == "console.local/team-agent:crash-once"
    assert running.track == "SENSORS"
    deleted = entry_of(services, recording)
    assert (deleted.ended, deleted.row.status) == (True, SubmissionStatus.DELETED)


def test_a_recording_without_its_job_is_an_entry_without_a_row(services) -> None:
    recording = Recording("fake", "races", "torn", "uid-torn")
    writer = services.recorder.claim(recording)
    writer.release()
    assert entry_of(services, recording) == HistoryEntry(recording, None, False)
