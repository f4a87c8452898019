"""The parts of logcopy: status files read with suspicion, what is told once, what fits a line."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from logcopy_pod import partial

from console.results.collecting import Partial
from console.results.drives import Drives
from console.results.leaderboard import V2_0
from console.results.plan import Plan, launched
from console.results.trustworthy import merge
from console.workers import protocol, snapshots, status_files
from console.workers.announcing import Announcer, last_message, next_life
from console.workers.logcopy import plan_of
from console.workers.logcopy_settings import settings_from
from console.workers.partial_watch import PartialWatch, WatchPaths
from console.workers.status_files import HalfEnd, HalfStatus

PLAN = launched(Drives.of(V2_0, "0-4;5-9;10-14;15-19", 1))


def _report(done: int) -> object:
    partials = [Partial(pair, json.dumps(partial(pair, done))) for pair in range(1, 5)]
    return merge(PLAN, partials)


def test_a_status_directory_that_does_not_exist_is_an_empty_one(tmp_path: Path) -> None:
    status = status_files.read(str(tmp_path / "none"), 4)
    assert (status.done, status.cancelled, status.half(1, "agent")) == (0, False, HalfStatus())


def test_the_highest_attempt_counts_and_an_old_heartbeat_says_nothing(tmp_path: Path) -> None:
    for number in (1, 2, 10):
        (tmp_path / f"pair-1.agent.attempt-{number}").touch()
    (tmp_path / "pair-1.agent.heartbeat").write_text("2 99 driving\n")
    half = status_files.read(str(tmp_path), 4).half(1, "agent")
    assert (half.attempt, half.phase, half.at_rest) == (10, "", False)


def test_what_a_hostile_neighbour_writes_is_bounded_and_plain(tmp_path: Path) -> None:
    (tmp_path / "pair-1.agent.attempt-1").touch()
    (tmp_path / "pair-1.agent.heartbeat").write_text("1 1 \x1b[2Jdriving")
    (tmp_path / "pair-1.agent.ended-1").write_text(
        "reason=\x1b]0;x\x07 exit=1 signal=0 route=- t=1"
    )
    os.mkfifo(tmp_path / "pair-1.simulator.ended-1")
    os.symlink("/dev/zero", tmp_path / "pair-2.agent.heartbeat")
    for name in ("pair-9.agent.done", "pair-1.agent.done\x1b", "pair-01234.agent.done", "x" * 200):
        (tmp_path / name).touch()
    status = status_files.read(str(tmp_path), 4)
    assert status.done == 0
    assert status.half(1, "agent").ended == (HalfEnd(1, "agent", "unknown", 0, 0, None, 0),)
    assert status.half(1, "simulator").ended[0].reason == "unknown"
    assert status.half(1, "agent").phase == status.half(2, "agent").phase == ""


def test_thousands_of_ends_still_fit_one_line(tmp_path: Path) -> None:
    for pair in range(1, 5):
        for number in range(1, 300):
            name = f"pair-{pair}.agent.ended-{number}"
            (tmp_path / name).write_text(f"reason={'r' * 30} exit=1 signal=9 route={'x' * 80} t=1")
    status = status_files.read(str(tmp_path), 4)
    payload = snapshots.snapshot_payload(PLAN, _report(3), status, "running", 0.0)
    line = protocol.format_line("n" * 64, 10**12, "snapshot", payload)
    assert len(line) < protocol.LIMIT
    assert payload["pairs"][0]["ended"][-1]["attempt"] == 299


def test_routes_still_to_drive_are_no_problem_until_the_agent_is_done(tmp_path: Path) -> None:
    status = status_files.read(str(tmp_path), 4)
    payload = snapshots.snapshot_payload(PLAN, _report(3), status, "running", 0.0)
    assert payload["problems"] == []
    (tmp_path / "pair-2.agent.done").touch()
    status = status_files.read(str(tmp_path), 4)
    payload = snapshots.snapshot_payload(PLAN, _report(3), status, "running", 0.0)
    assert {problem["pair"] for problem in payload["problems"]} == {2}


def test_a_snapshot_is_told_when_new_and_again_after_half_a_minute() -> None:
    told: list[bytes] = []
    announcer = Announcer("n", told.append, 0)
    for moment in (0.0, 10.0, 29.9, 30.0, 59.0, 60.0):
        announcer.snapshot({"t": moment, "done": 1})
    announcer.snapshot({"t": 61.0, "done": 2})
    lines = [protocol.parse_line(line.decode(), "n") for line in told]
    assert [line.payload["t"] for line in lines] == [0.0, 30.0, 60.0, 61.0]  # type: ignore[union-attr]


def test_a_record_is_told_once_and_again_when_it_was_driven_again() -> None:
    told: list[bytes] = []
    announcer = Announcer("n", told.append, 0)
    announcer.records(_report(2))
    announcer.records(_report(2))
    assert len(told) == 8
    documents = [partial(pair, 2) for pair in range(1, 5)]
    documents[0]["_checkpoint"]["records"][1]["meta"]["duration_system"] += 1
    announcer.records(merge(PLAN, [Partial(n, json.dumps(d)) for n, d in enumerate(documents, 1)]))
    assert len(told) == 9


def test_a_record_with_many_infractions_is_told_in_parts() -> None:
    told: list[bytes] = []
    document = partial(1, 1)
    record = document["_checkpoint"]["records"][0]
    record["infractions"]["red_light"] = ["Agent ran a red light 1 at (x=1, y=2, z=3)"] * 900
    Announcer("n", told.append, 0).records(merge(PLAN, [Partial(1, json.dumps(document))]))
    joiner = protocol.Joiner()
    lines = [protocol.parse_line(line.decode(), "n") for line in told]
    texts = [joiner.add(line.payload) for line in lines if isinstance(line, protocol.ProgressLine)]
    assert {line.kind for line in lines if isinstance(line, protocol.ProgressLine)} == {
        "record-part"
    }
    assert json.loads(texts[-1] or "") == {"pair": 1, "record": record}


def test_lines_for_people_cannot_forge_a_progress_line() -> None:
    told: list[bytes] = []
    Announcer("n", told.append, 0).say("a\n@leaderboard n 1 plan {}\x9b")
    assert told == [b"a @leaderboard n 1 plan {}\\x9b\n"]


def test_lives_are_counted_and_a_broken_count_starts_over(tmp_path: Path) -> None:
    path = tmp_path / "store" / "lives"
    assert [next_life(str(path)) for _ in range(3)] == [0, 1, 2]
    path.write_text("many")
    assert next_life(str(path)) == 0
    assert next_life("/proc/nowhere/lives") == 0


def test_the_last_message_is_small_and_its_failure_none(tmp_path: Path) -> None:
    last_message(str(tmp_path / "message"), _report(5), "complete")
    assert (tmp_path / "message").stat().st_size <= 1000
    last_message("/nowhere/message", _report(5), "complete")


@pytest.mark.parametrize(("text", "period"), [("", 10), ("0.5", 0.5), ("nan", 10), ("-1", 10)])
def test_the_period_is_a_sensible_number_of_seconds(text: str, period: float) -> None:
    assert settings_from({"LOGS_PERIOD": text}).period == period


def test_an_unset_nonce_is_made_up_and_differs(tmp_path: Path) -> None:
    assert settings_from({}).nonce != settings_from({}).nonce


def test_a_file_that_did_not_change_is_not_read_again(tmp_path: Path) -> None:
    path = tmp_path / "agent_results.json"
    path.write_text(json.dumps(partial(1, 2)))
    moment = path.stat().st_mtime + 60
    paths = WatchPaths(str(path), str(tmp_path / "store"))
    watch = PartialWatch(PLAN, 1, paths, clock=lambda: moment, sleep=lambda _: None)
    assert watch.look() is True
    before = path.stat()
    path.write_bytes(b"x" * before.st_size)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert watch.look() is False
    assert watch.partial().problem == ""


def test_a_file_written_a_moment_ago_is_read_again_even_if_it_looks_the_same(
    tmp_path: Path,
) -> None:
    path = tmp_path / "agent_results.json"
    path.write_text(json.dumps(partial(1, 2)))
    before = path.stat()
    paths = WatchPaths(str(path), str(tmp_path / "store"))
    watch = PartialWatch(PLAN, 1, paths, clock=lambda: before.st_mtime, sleep=lambda _: None)
    watch.look()
    path.write_text(json.dumps(partial(1, 2)).replace('"Started"', '"Crashed"'))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert watch.look() is True


def _planned(tmp_path: Path, subsets: str, routes: bytes | None) -> tuple[Plan, list[str]]:
    path = tmp_path / "routes.xml"
    if routes is not None:
        path.write_bytes(routes)
    env = {"ROUTES": str(path), "ROUTES_SUBSETS": subsets, "LEADERBOARD": "2.0"}
    plan, noted = plan_of(settings_from(env))
    return plan, [problem.text for problem in noted]


def test_ranges_go_by_the_routes_file_in_whatever_encoding_it_declares(tmp_path: Path) -> None:
    ids = "".join(f'<route id="{n}" town="Zürich"/>' for n in (30, 7, 0, 4))
    xml = f'<?xml version="1.0" encoding="ISO-8859-1"?><routes>{ids}</routes>'
    plan, noted = _planned(tmp_path, "30-0;4", xml.encode("iso-8859-1"))
    assert noted == []
    told = [pair["routes"] for pair in snapshots.plan_payload(plan)["pairs"]]
    assert told == [
        ["RouteScenario_30", "RouteScenario_7", "RouteScenario_0"],
        ["RouteScenario_4"],
    ]


@pytest.mark.parametrize(("in_file", "told"), [(26, ["launch"]), (20, []), (None, [])])
def test_a_file_with_more_routes_than_are_launched_is_told_from_the_start(
    tmp_path: Path, in_file: int | None, told: list[str]
) -> None:
    """The stock file of 1.0 has 26 routes, of which 20 are launched."""
    ids = "".join(f'<route id="{n}"/>' for n in range(in_file or 0))
    routes = f"<routes>{ids}</routes>".encode() if in_file else None
    plan, _ = _planned(tmp_path, "0-4;5-9;10-14;15-19", routes)
    assert snapshots.plan_payload(plan)["file_routes"] == in_file
    status = status_files.read(str(tmp_path), 4)
    payload = snapshots.snapshot_payload(plan, merge(plan, []), status, "running", 0.0)
    kinds = [each["kind"] for each in payload["problems"]]
    assert [kind for kind in kinds if kind == "launch"] == told


def test_an_empty_subset_means_all_routes_of_the_file(tmp_path: Path) -> None:
    plan, _ = _planned(tmp_path, "", b'<routes><route id="9"/><route id="2"/></routes>')
    assert plan.total == 2


@pytest.mark.parametrize("routes", [None, b'<?xml version="1.0" encoding="klingon"?><routes/>'])
@pytest.mark.parametrize("subsets", ["0-10;20-30", "3-0;5"])
def test_without_a_usable_routes_file_no_number_of_routes_is_claimed(
    tmp_path: Path, subsets: str, routes: bytes | None
) -> None:
    plan, noted = _planned(tmp_path, subsets, routes)
    assert str(tmp_path) in noted[0]
    assert routes is None or "'klingon'" in noted[0]
    assert [pair["routes"] for pair in snapshots.plan_payload(plan)["pairs"]] == [[], []]
    status = status_files.read(str(tmp_path), 2)
    payload = snapshots.snapshot_payload(plan, merge(plan, []), status, "running", 0.0)
    assert [payload["total"], *(pair["total"] for pair in payload["pairs"])] == [None] * 3


def test_a_plan_that_would_not_fit_its_line_leaves_its_routes_out(tmp_path: Path) -> None:
    for count in (600, 1500):
        ids = "".join(f'<route id="{3 * n}"/>' for n in range(count))
        plan, _ = _planned(tmp_path, "", f"<routes>{ids}</routes>".encode())
        payload = snapshots.plan_payload(plan)
        assert len(protocol.format_line("n" * 64, 10**12, "plan", payload)) < protocol.LIMIT
        assert len(payload["pairs"][0]["routes"]) == (600 if count == 600 else 0)
