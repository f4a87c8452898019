"""The list of all recorded submissions: what each row says, and which are found."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from fakes.following import listed, until
from msgspec.structs import replace

from console.domain.board import SubmissionStatus
from console.domain.fleet import SubmissionRow
from console.errors import Conflict, NotFound
from console.operations.ports.cluster import Kind
from console.operations.ports.history_entries import HistoryEntry
from console.operations.ports.recorder import Recording
from console.operations.recording.history import Search, entry_of, found, lost_with, meant
from console.operations.submitting.launch import launch
from console.specs.validation import Judged

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def entry(name: str, days: int = 0, **more: object) -> HistoryEntry:
    status = more.pop("status", SubmissionStatus.COMPLETE)
    recording = Recording(str(more.pop("cluster", "prod")), "races", name, f"uid-{name}")
    score = more.pop("score", None)
    row = SubmissionRow(
        "races", name, f"uid-{name}", "2.0", status, "", 20, 20, 0, 8, NOW - timedelta(days)
    )
    return HistoryEntry(recording, replace(row, driving_score=score), True, **more)


TEAM_7 = entry("team-7", agent_image="registry/team-7:1", track="MAP", team="The Ospreys")
TEAM_8 = entry(
    "team-8", 3, agent_image="registry/team-8:1", status=SubmissionStatus.FAILED, score=40.0
)
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
        (Search(until=NOW - timedelta(1)), ["team-8", "demo"]),
        (Search(until=NOW - timedelta(1), since=NOW - timedelta(7)), ["team-8"]),
        (Search(team="osprey"), ["team-7"]),
        (Search(score=(40.0, 60.0)), ["team-8"]),
        (Search(score=(40.5, 60.0)), []),
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
    told = entry_of(services, recording)
    assert told == HistoryEntry(recording, None, False, bytes=services.recorder.size(recording))
    assert told.bytes > 0


def test_one_recording_is_meant_by_its_name_or_by_the_beginning_of_its_uid() -> None:
    assert meant(ALL, Search(), "team-7") is TEAM_7
    assert meant(ALL, Search(), "uid-team-8") is TEAM_8
    assert meant(ALL, Search(cluster="prod"), "torn") is UNREADABLE


@pytest.mark.parametrize("word", ["team", "team-*", "uid", "", "nobody"])
def test_no_recording_is_meant_by_less(word: str) -> None:
    with pytest.raises(NotFound, match="Nothing is recorded here of"):
        meant(ALL, Search(), word)


def test_of_namesakes_none_is_meant_and_their_uids_are_told() -> None:
    namesake = entry("team-7", 9, cluster="lab")
    namesake = replace(namesake, recording=replace(namesake.recording, uid="uid-other"))
    with pytest.raises(Conflict, match="2 recorded submissions are meant by team-7") as refused:
        meant((*ALL, namesake), Search(), "team-7")
    assert refused.value.why == "uid-team-7 in prod: races; uid-other in lab: races"
    assert meant((*ALL, namesake), Search(cluster="lab"), "team-7") is namesake
    assert meant((*ALL, namesake), Search(), "uid-other") is namesake


def test_a_name_goes_before_a_uid_that_begins_so() -> None:
    """Who called a submission like the beginning of another's uid means the name."""
    assert meant((*ALL, entry("uid-torn")), Search(), "uid-torn").recording.name == "uid-torn"


def test_what_would_be_lost_is_told_with_its_size_and_its_time() -> None:
    (all_of_it, unknown) = lost_with(replace(TEAM_7, bytes=34_000_000), NOW)
    assert all_of_it == (
        "All that is recorded of prod: races/team-7 (uid uid-team) goes: 34 MB,"
        " begun 2026-11-22 12:00 UTC."
    )
    assert unknown == "Whether its cluster still has any of it is not known here: none is asked."


def test_what_would_be_lost_of_an_active_or_an_unreadable_one_is_told_as_such() -> None:
    seen = replace(TEAM_7, ended=False, seen_at=NOW - timedelta(hours=3))
    assert lost_with(seen, NOW)[1].startswith("It had not ended when it was last seen, 3h")
    first, second, _ = lost_with(UNREADABLE, NOW)
    assert "begun: ?" in first
    assert "does not hold its Job" in second
