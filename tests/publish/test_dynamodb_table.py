"""A table of a real DynamoDB server is told of submissions: once, in order, whatever goes wrong."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from fakes.demo_recording import BEGIN, DEMO, unpacked
from fakes.dynamo_server import TABLE, client, dynamo_server, make_table, row
from fakes.s3_server import CUT, LATE, LOST, TWICE, Spoiler, spoiled
from msgspec.structs import replace

from console.errors import ConsoleError, Forbidden, NotFound
from console.operations.delivering.asked_before import TakenBefore, ask_places
from console.operations.delivering.by_hand import deliver_now, marks_now
from console.operations.delivering.errands import Errands
from console.operations.delivering.table_marks import RowOwner, end_mark, start_mark
from console.operations.outcome.view import ResultsView, results
from console.operations.ports.cluster import ClusterDescription
from console.operations.ports.deliveries import Delivery, DeliveryEdges, DeliveryKind, DeliveryStage
from console.operations.ports.evalai import RemoteOutcome
from console.operations.ports.object_place import PlaceFailed, PlaceWriter
from console.operations.recording.recorded import recorded_board
from console.operations.services import Services, unasked
from console.operations.submitting.publishing_plan import PublishingPlan
from console.publish import dynamodb_table
from console.publish.deliveries import DeliveriesOnDisk
from console.publish.dynamodb_requests import update_item
from console.publish.dynamodb_table import DynamoTable

SECRET = "wJalrXUtnFEMIsecretEXAMPLEKEY"
ROW = ("42", "4711")
STARTED = datetime(2026, 11, 22, 12, tzinfo=UTC)
ENDED = STARTED + timedelta(hours=9)
BUSY = "400 ProvisionedThroughputExceededException"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with dynamo_server() as address:
        yield address


@pytest.fixture(autouse=True)
def login(monkeypatch: pytest.MonkeyPatch, server: str) -> None:
    for name, said in {
        "AWS_ACCESS_KEY_ID": "AKIAEXAMPLEEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": "/nowhere",
        "AWS_SHARED_CREDENTIALS_FILE": "/nowhere",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, said)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0)
    if TABLE in client(server).list_tables()["TableNames"]:
        client(server).delete_table(TableName=TABLE)
    make_table(server)


@pytest.fixture
def proxy(server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Spoiler]:
    with spoiled(server) as spoiler:
        monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", spoiler.address)
        yield spoiler


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Services:
    services = unpacked(tmp_path_factory.mktemp("finished"))
    return replace(services, cluster=unasked(ClusterDescription("carla-console-local", "", "")))


@pytest.fixture(scope="module")
def view(finished: Services) -> ResultsView:
    board = recorded_board(finished, DEMO)
    assert board is not None
    return results(board)


MINE = RowOwner("raven", "u-1", (), "alice@laptop 1")
OWN = {"console_job": "raven", "console_uid": "u-1", "console_writer": "alice@laptop 1"}


def start(at: datetime = STARTED, whose: RowOwner = MINE):
    return start_mark(ROW, at, "s3://submissions/4711", whose)


def end(
    view: ResultsView,
    outcome: RemoteOutcome = RemoteOutcome.FINISHED,
    at: datetime = STARTED,
    writer: str = MINE.writer,
):
    return end_mark(ROW, at, ENDED, outcome, view, writer)


def test_a_row_is_told_its_start_and_its_end_as_upstream_tells_them(server, proxy, view) -> None:
    table = DynamoTable(TABLE)
    assert table.update(start())
    assert row(server, *ROW) == {
        "team_id": "42",
        "submission_id": "4711",
        "submission_status": "RUNNING",
        "results": "s3://submissions/4711",
        "start_time": "2026-11-22 12:00:00 UTC",
        **OWN,
    }
    assert table.update(end(view))
    told = row(server, *ROW)
    assert (told["submission_status"], told["end_time"]) == ("FINISHED", "2026-11-22 21:00:00 UTC")
    scored = json.loads(view.document)["_checkpoint"]["global_record"]
    assert told["driving_score"] == str(scored["scores_mean"]["score_composed"])
    assert told["off_road_infractions"] == str(scored["infractions"]["outside_route_lanes"])
    scores = set(told) - {"team_id", "submission_id", "submission_status", "results", *OWN}
    assert len(scores - {"start_time", "end_time"}) == 15


@pytest.mark.parametrize("outcome", [RemoteOutcome.FAILED, RemoteOutcome.CANCELLED])
def test_what_failed_or_was_cancelled_has_no_score(server, proxy, view, outcome) -> None:
    table = DynamoTable(TABLE)
    table.update(start())
    table.update(end(view, outcome))
    told = row(server, *ROW)
    assert told["submission_status"] == outcome.value
    assert "driving_score" not in told


def test_a_start_that_comes_late_or_again_undoes_no_end(server, proxy, view) -> None:
    table = DynamoTable(TABLE)
    assert table.update(start())
    assert table.update(start())
    assert table.update(end(view))
    told = row(server, *ROW)
    assert not table.update(start())
    assert table.update(end(view)), "an end may come again: it says the same"
    assert row(server, *ROW) == told


def test_a_later_launch_of_that_submission_takes_the_row_and_the_earlier_one_is_silent(
    server, proxy, view
) -> None:
    table, later = DynamoTable(TABLE), ENDED + timedelta(hours=1)
    table.update(start())
    table.update(end(view, RemoteOutcome.FAILED))
    assert table.update(start(later))
    assert row(server, *ROW)["submission_status"] == "RUNNING"
    assert not table.update(end(view, RemoteOutcome.FAILED))
    assert not table.update(start())
    assert row(server, *ROW)["start_time"] == "2026-11-22 22:00:00 UTC"


@pytest.mark.parametrize("files", ["", "s3://submissions/4711"])
def test_a_row_says_nothing_of_an_earlier_run_that_is_not_true_of_this_one(
    server, proxy, view, files
) -> None:
    """Though that one has finished, with each score, and by a clock that is ahead of ours."""
    table, later = DynamoTable(TABLE), STARTED + timedelta(hours=1)
    table.update(start())
    table.update(end(view))
    assert table.update(start_mark(ROW, later, files, MINE))
    running = {
        "team_id": "42",
        "submission_id": "4711",
        "submission_status": "RUNNING",
        "start_time": "2026-11-22 13:00:00 UTC",
        **OWN,
    }
    assert row(server, *ROW) == running | ({"results": files} if files else {})
    assert table.update(end(view, RemoteOutcome.FAILED, later))
    told = {**running, "submission_status": "FAILED", "end_time": "2026-11-22 21:00:00 UTC"}
    assert row(server, *ROW) == told | ({"results": files} if files else {})


def test_what_others_keep_in_a_row_stays(server, proxy, view) -> None:
    key = {"team_id": {"S": "42"}, "submission_id": {"S": "4711"}}
    client(server).put_item(TableName=TABLE, Item={**key, "team_name": {"S": "The Team"}})
    table = DynamoTable(TABLE)
    table.update(start())
    table.update(end(view))
    assert row(server, *ROW)["team_name"] == "The Team"


@pytest.mark.parametrize("fault", [BUSY, "500", "503", CUT, LOST, TWICE])
def test_a_fault_that_passes_is_not_noticed(server, proxy, view, fault) -> None:
    table = DynamoTable(TABLE)
    proxy.faults += [("POST", fault)]
    assert table.update(start())
    proxy.faults += [("POST", fault)]
    assert table.update(end(view))
    assert not proxy.faults
    assert row(server, *ROW)["submission_status"] == "FINISHED"


@pytest.mark.parametrize(
    ("fault", "kind", "what", "fix"),
    [
        ("400 ResourceNotFoundException", NotFound, "There is no such table", "region"),
        ("400 AccessDeniedException", Forbidden, "may not be written", "dynamodb:UpdateItem"),
        ("400 ExpiredTokenException", Forbidden, "may not be written", "Log in"),
        (BUSY, PlaceFailed, "cannot be written", "publish again"),
        ("500", PlaceFailed, "cannot be written", "publish again"),
        (LOST, PlaceFailed, "cannot be written", "publish again"),
    ],
)
def test_what_stays_so_is_said_with_what_to_do(proxy, fault, kind, what, fix) -> None:
    proxy.forever = fault
    with pytest.raises(kind) as caught:
        DynamoTable(TABLE).update(start())
    assert what in caught.value.what
    assert fix in caught.value.fix
    assert SECRET not in str(caught.value)
    assert len(proxy.asked) <= dynamodb_table.ATTEMPTS


def test_a_server_that_does_not_answer_is_not_waited_for_without_end(proxy, monkeypatch) -> None:
    monkeypatch.setattr(dynamodb_table, "READ_SECONDS", 0.05)
    proxy.forever = LATE
    with pytest.raises(PlaceFailed, match="cannot be written") as caught:
        DynamoTable(TABLE).update(start())
    assert "did not come in time" in caught.value.why


def test_a_login_that_its_owner_has_renewed_is_found(server, proxy, monkeypatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    table = DynamoTable(TABLE)
    with pytest.raises(Forbidden, match="There is no login"):
        table.update(start())
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLEEXAMPLE")
    assert table.update(start())


def test_the_region_of_either_variable_is_taken(server, proxy, monkeypatch) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    assert DynamoTable(TABLE).update(start())


def test_without_a_region_it_is_said_where_one_is_looked_for(monkeypatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name)
    with pytest.raises(ConsoleError) as caught:
        DynamoTable(TABLE).update(start())
    assert "AWS_REGION" in caught.value.why


class Targets:
    """A user's settings, with a table."""

    period, storage = timedelta(minutes=1), "s3://submissions/2026"
    table = TABLE

    def __init__(self, who: str = "alice@laptop") -> None:
        self.writer = PlaceWriter("1", who)

    def place(self, target: str) -> None:
        return None

    def open_table(self, target: str) -> DynamoTable | None:
        return DynamoTable(target) if target == self.table else None


def told_now(services: Services, folder, who: str = "alice@laptop") -> Delivery:
    board = recorded_board(services, DEMO)
    assert board is not None
    ledger = DeliveriesOnDisk(folder)
    errands = Errands(services, Targets(who))
    return asyncio.run(deliver_now(services, errands, ledger, board, DeliveryKind.TABLE, TABLE))


def test_a_recorded_submission_is_told_by_hand_and_a_second_time_asks_nothing(
    server, proxy, finished, tmp_path
) -> None:
    known = told_now(finished, tmp_path)
    assert (known.stage, known.words, known.subject) == (
        *(DeliveryStage.PUBLISHED, "As finished.", "1/1"),
    )
    told = row(server, "1", "1")
    assert told["start_time"] == f"{BEGIN:%Y-%m-%d %H:%M:%S} UTC"
    assert told["results"] == "s3://submissions/2026/1"
    assert told["submission_status"] == "FINISHED"
    proxy.asked.clear()
    assert told_now(finished, tmp_path) == known
    assert proxy.asked == []


def test_killed_after_any_answer_it_is_told_again_and_the_row_is_the_same(
    server, proxy, finished, tmp_path, monkeypatch
) -> None:
    told_now(finished, tmp_path / "whole")
    whole = row(server, "1", "1")
    client(server).delete_item(
        TableName=TABLE, Key={"team_id": {"S": "1"}, "submission_id": {"S": "1"}}
    )
    for writes in range(4):

        class Dying(DeliveriesOnDisk):
            left = writes

            def put(self, delivery: Delivery) -> None:
                if not self.left:
                    raise KeyboardInterrupt
                self.left -= 1
                super().put(delivery)

        board = recorded_board(finished, DEMO)
        ledger = Dying(tmp_path / "cut")
        errands = Errands(finished, Targets())
        try:
            asyncio.run(deliver_now(finished, errands, ledger, board, DeliveryKind.TABLE, TABLE))
        except KeyboardInterrupt:
            continue
    assert told_now(finished, tmp_path / "cut").stage is DeliveryStage.PUBLISHED
    assert row(server, "1", "1") == whole


OTHERS = RowOwner("raven", "another-uid", (), "bob@desk 2")


AFTER = BEGIN + timedelta(hours=1)


def other_row(server: str, of: RowOwner, *, at: datetime = BEGIN) -> dict[str, str]:
    """Told by a machine of which this one knows nothing."""
    DynamoTable(TABLE).update(start_mark(("1", "1"), at, "", of))
    return row(server, "1", "1")


def test_a_row_of_another_submission_is_left_as_it_is(server, proxy, finished, tmp_path) -> None:
    """Two launches with one id, which nobody has changed, by two who know nothing of each other."""
    there = other_row(server, OTHERS, at=BEGIN - timedelta(days=1))
    known = told_now(finished, tmp_path)
    assert known.stage is DeliveryStage.REFUSED
    assert "tells of another submission: raven." in known.words
    assert "Launch with a submission id of its own." in known.words
    assert row(server, "1", "1") == there


def test_what_goes_on_from_a_submission_has_its_row(server, proxy, finished, tmp_path) -> None:
    other_row(server, OTHERS)
    later = replace(MINE, job="raven-2", uid="u-2", earlier=("raven",))
    assert DynamoTable(TABLE).update(start_mark(("1", "1"), AFTER, "", later))
    assert row(server, "1", "1")["console_job"] == "raven-2"


def test_of_two_machines_one_tells_how_it_ended_and_the_other_says_who(
    server, proxy, finished, view, tmp_path
) -> None:
    own = RowOwner(DEMO.name, DEMO.uid, (), "bob@desk 2")
    other_row(server, own)
    failed = end_mark(("1", "1"), BEGIN, ENDED, RemoteOutcome.FAILED, view, own.writer)
    assert DynamoTable(TABLE).update(failed)
    there = row(server, "1", "1")
    known = told_now(finished, tmp_path)
    assert (known.stage, known.words) == (DeliveryStage.PUBLISHED, "By bob@desk.")
    assert known.outcome is RemoteOutcome.FAILED
    assert row(server, "1", "1") == there


def test_an_end_that_the_first_machine_did_not_live_to_tell_is_told_by_the_second(
    server, proxy, finished, tmp_path
) -> None:
    other_row(server, RowOwner(DEMO.name, DEMO.uid, (), "bob@desk 2"))
    assert told_now(finished, tmp_path).words == "As finished."
    assert row(server, "1", "1")["console_writer"] == "alice@laptop 1"


@pytest.mark.parametrize(("earlier", "whose"), [((), "raven"), (("raven",), "")])
def test_whose_a_row_is_is_told_before_a_launch(
    server, proxy, tmp_path, earlier: tuple[str, ...], whose: str
) -> None:
    other_row(server, OTHERS)
    edges = DeliveryEdges(Targets(), DeliveriesOnDisk(tmp_path))
    plan = PublishingPlan(None, table=TABLE, row=("1", "1"))
    assert asyncio.run(ask_places(edges, plan, earlier)) == TakenBefore(row=whose)


def test_a_login_that_may_not_look_is_told_before_a_launch(proxy, tmp_path) -> None:
    proxy.faults.append(("POST", "400 AccessDeniedException"))
    edges = DeliveryEdges(Targets(), DeliveriesOnDisk(tmp_path))
    taken = asyncio.run(ask_places(edges, PublishingPlan(None, table=TABLE, row=("1", "1"))))
    assert "may not be read by this login" in taken.row_why_not


def test_a_dry_run_has_the_parameters_that_would_be_sent_and_no_login(finished) -> None:
    board = recorded_board(finished, DEMO)
    marks = marks_now(finished, Errands(finished, Targets()), board, TABLE)
    first, last = (update_item(TABLE, each) for each in marks)
    assert first["Key"] == {"team_id": {"S": "1"}, "submission_id": {"S": "1"}}
    assert first["UpdateExpression"].startswith(
        "SET submission_status = :submission_status, results = :results, start_time = :start_time, "
    )
    assert " REMOVE end_time, driving_score, " in first["UpdateExpression"]
    assert last["ExpressionAttributeValues"][":submission_status"] == {"S": "FINISHED"}
    assert SECRET not in json.dumps([first, last])
