"""What a place is to hold of a submission: upstream's tree, from what is recorded and verified."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import pytest
from fakes import incidents, recordings
from fakes.demo_recording import DEMO, services_of, unpacked
from fakes.documents import merged_lines, whole_document

from console.domain.board import BoardSnapshot, PairBoard, PairStatus, SubmissionStatus
from console.domain.progress import EndedAttempt
from console.errors import InvalidInput, NotFound
from console.operations.outcome.view import results
from console.operations.ports.recorder import KeptManifest, Recording
from console.operations.recording.recorded import recorded_board
from console.operations.services import Services
from console.operations.storing import folder_owner
from console.operations.storing.marks import marks
from console.operations.storing.tree import Tree, tree_of
from console.results import evalai_files
from console.results.leaderboard import named
from console.specs.publishing_annotations import folder_of


@pytest.fixture(scope="module")
def finished(tmp_path_factory) -> Services:
    """The demo's: all drives are finished, and the result is final."""
    return unpacked(tmp_path_factory.mktemp("finished"))


def contents(tree: Tree) -> dict[str, bytes]:
    return {key: b"".join(blocks()) for key, blocks in tree.files.items()}


def of_two_drives(root: Path, **said: str) -> tuple[Services, Recording]:
    recording = recordings.recorded(root, **said)
    return services_of(root), recording


def test_a_finished_submission_has_the_files_of_upstreams_bucket(finished) -> None:
    tree = tree_of(finished, DEMO)
    numbers = (1, 2, 3, 4)
    halves = [f"{half}-{number}" for number in numbers for half in ("agent", "simulator")]
    assert set(tree.files) == {
        "console/job.json",
        "agent/agent_results.json",
        *(f"agent/agent{number}/agent_results.json" for number in numbers),
        *(f"agent/agent{number}/leaderboard.log" for number in numbers),
        *(f"simulator/simulator-{number}.log" for number in numbers),
        *("evalai/stdout.txt", "evalai/results.json", "evalai/metadata.json"),
        "logcopy/logcopy.log",
        *(f"containers-status/{half}.done" for half in halves),
        *(f"containers-status/{half}-2.crash0" for half in ("agent", "simulator")),
        "containers-status/logcopy.done",
    }
    assert (tree.folder, tree.ended, tree.view.final) == ("1", True, True)


def test_the_merged_file_is_the_verified_one_byte_for_byte(finished) -> None:
    board = recorded_board(finished, DEMO)
    assert board is not None
    found = contents(tree_of(finished, DEMO))
    assert found["agent/agent_results.json"].decode() == results(board).document
    assert found["evalai/metadata.json"] == found["agent/agent_results.json"]


def test_evalais_files_are_those_of_upstreams_scripts_with_their_slips(finished) -> None:
    found = contents(tree_of(finished, DEMO))
    text = found["agent/agent_results.json"].decode()
    upstream = evalai_files.files(json.loads(text), text, named("2.0"), compat=True)
    assert {name: found[f"evalai/{name}"].decode() for name in upstream} == upstream
    assert b"  - Off-road infractions:0" in found["evalai/stdout.txt"]


def test_a_pairs_checkpoint_holds_its_records_as_they_came(finished) -> None:
    found = contents(tree_of(finished, DEMO))
    merged = json.loads(found["agent/agent_results.json"])["_checkpoint"]["records"]
    own = json.loads(found["agent/agent2/agent_results.json"])["_checkpoint"]
    assert own["progress"] == [5, 5]
    assert [each["scores"] for each in own["records"]] == [each["scores"] for each in merged[5:10]]


def test_logs_are_whole_but_for_what_logcopy_says_to_programs(finished) -> None:
    found = contents(tree_of(finished, DEMO))
    view = finished.recorder.log(DEMO, "agent-2")
    assert found["agent/agent2/leaderboard.log"].count(b"\n") == view.line_count()
    assert b"# " in found["agent/agent2/leaderboard.log"], "where the second run begins"
    assert b"@leaderboard" not in found["logcopy/logcopy.log"]
    assert b"running: 20 of 20 drives" in found["logcopy/logcopy.log"]


def test_the_marks_come_last_and_logcopys_after_all_of_them(finished) -> None:
    order = list(tree_of(finished, DEMO).files)
    first = next(n for n, key in enumerate(order) if key.startswith("containers-status/"))
    assert all(key.startswith("containers-status/") for key in order[first:])
    assert order[-1] == "containers-status/logcopy.done"
    assert order.index("agent/agent_results.json") < order.index("evalai/results.json") < first


def test_an_unfinished_result_says_so_under_the_merged_name(tmp_path: Path) -> None:
    services, recording = of_two_drives(tmp_path)
    tree = tree_of(services, recording)
    found = contents(tree)
    merged = json.loads(found["agent/agent_results.json"])
    assert merged["_checkpoint"]["progress"] == [2, 20]
    assert (merged["entry_status"], merged["_checkpoint"]["global_record"]) == ("Started", {})
    assert json.loads(found["evalai/results.json"])[0]["accuracies"]["Driving score"] == 0
    assert b"- Completed 2 out of the 20 routes" in found["evalai/stdout.txt"]
    assert not [key for key in found if key.endswith(".done")]
    assert not tree.view.final


def test_a_document_that_claims_to_be_final_and_is_not_verified_is_not_published(
    tmp_path: Path,
) -> None:
    services, recording = of_two_drives(tmp_path)
    claimed = whole_document(100.0)
    claimed["_checkpoint"]["global_record"]["scores_mean"]["score_composed"] = 999.0
    writer = services.recorder.claim(recording)
    assert writer is not None
    spool = writer.open_spool("logcopy", 1, pod="pod-1")
    for line in merged_lines(json.dumps(claimed), sequence=7):
        spool.write(b"2026-11-22T10:20:00.000000000Z " + line.encode() + b"\n")
    spool.close()
    writer.release()
    found = contents(tree_of(services, recording))
    merged = json.loads(found["agent/agent_results.json"])
    assert merged["_checkpoint"]["global_record"] == {}
    assert merged["entry_status"] == "Started"
    assert b"999" not in b"".join(found.values())
    assert "containers-status/logcopy.done" not in found


def test_drives_behind_a_missing_one_are_in_the_merged_file_alone(tmp_path: Path) -> None:
    services, recording = of_two_drives(tmp_path)
    found = contents(tree_of(services, recording))
    own = json.loads(found["agent/agent1/agent_results.json"])["_checkpoint"]["records"]
    assert [each["route_id"] for each in own][:2] == [
        "RouteScenario_0_rep0",
        "RouteScenario_1_rep0",
    ]
    assert "agent/agent2/agent_results.json" not in found


def test_no_credential_that_a_container_printed_or_the_job_had_is_in_any_file(
    tmp_path: Path,
) -> None:
    services = services_of(tmp_path)
    incidents.record(cast(Any, services.recorder))
    every = b"".join(contents(tree_of(services, incidents.RECORDING)).values())
    assert [secret for secret in incidents.SECRETS if secret.encode() in every] == []


def test_the_folder_is_the_submission_id_else_the_name_else_as_wanted(tmp_path: Path) -> None:
    services, recording = of_two_drives(tmp_path, **{"submission.submission_id": "4711"})
    assert tree_of(services, recording).folder == "4711"
    assert tree_of(services, recording, "mine").folder == "mine"
    assert folder_of({}, recording.name) == "demo"
    told = {"leaderboard.carla.org/evalai": "https://eval.ai 2098/4137/301234"}
    assert folder_of({"metadata": {"annotations": told}}, recording.name) == "301234"
    odd = {"metadata": {"annotations": {"leaderboard.carla.org/evalai": 7}}}
    assert folder_of(odd, recording.name) == "demo"


@pytest.mark.parametrize("wanted", ["../up", "a/b", ".hidden", "x" * 101, "a b"])
def test_a_folder_that_leads_elsewhere_is_refused(wanted: str) -> None:
    with pytest.raises(InvalidInput, match="No folder"):
        folder_of({}, DEMO.name, wanted)


def test_what_is_launched_must_be_known(tmp_path: Path) -> None:
    services = services_of(tmp_path)
    writer = services.recorder.claim(DEMO)
    assert writer is not None
    writer.open_spool("agent-1", 0).close()
    writer.release()
    with pytest.raises(NotFound, match="does not hold the Job"):
        tree_of(services, DEMO)


def test_without_the_routes_only_logs_are_published(tmp_path: Path) -> None:
    """What a range that runs backwards selects, only the routes file tells."""
    recording = Recording("c", "races", "demo", "uid-1")
    services = services_of(tmp_path)
    manifest = json.loads(json.dumps(recordings.manifest_of("demo")).replace('"0-4"', '"4-0"'))
    writer = services.recorder.claim(recording)
    assert writer is not None
    writer.keep(KeptManifest(manifest, "https://gone:6443"))
    spool = writer.open_spool("agent-1", 0)
    spool.write(b"2026-11-22T10:00:05.000000000Z hello\n")
    spool.close()
    writer.release()
    tree = tree_of(services, recording)
    assert contents(tree)["agent/agent1/leaderboard.log"] == b"hello\n"
    assert set(tree.files) == {"console/job.json", "agent/agent1/leaderboard.log"}
    assert "no result is published" in tree.remarks[0]


def pair(status: PairStatus, *ends: tuple[int, str, str]) -> PairBoard:
    ended = tuple(EndedAttempt(1, attempt, half, reason) for attempt, half, reason in ends)
    return PairBoard(1, 0, 2000, 2010, "0-4", status, ended=ended)


def board(status: SubmissionStatus, *pairs: PairBoard) -> BoardSnapshot:
    return BoardSnapshot("races", "demo", status, pairs=pairs)


def test_attempts_are_marked_from_nought_as_upstream_counts_them() -> None:
    told = pair(PairStatus.DRIVING, (1, "agent", "crashed"), (1, "simulator", "lost-partner"))
    assert marks(board(SubmissionStatus.RUNNING, told), final=False) == (
        *("agent-1.crash0", "simulator-1.crash0"),
    )


def test_a_cancel_is_marked_and_leaves_no_crash() -> None:
    told = pair(PairStatus.STOPPED, (1, "agent", "cancelled"), (1, "simulator", "terminated"))
    found = board(SubmissionStatus.CANCELLED, told)
    assert marks(found, final=False) == ("simulation.cancel",)
    assert "logcopy.done" not in marks(found, final=True)


def test_halves_that_are_done_are_no_finished_submission_without_a_verified_result() -> None:
    told = pair(PairStatus.DONE, (2, "agent", "done"))
    assert marks(board(SubmissionStatus.INCOMPLETE, told), final=False) == (
        *("agent-1.done", "simulator-1.done"),
    )
    assert marks(board(SubmissionStatus.COMPLETE, told), final=True)[-1] == "logcopy.done"


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff", b"[]", b"{}", b'{"version": 2}', b'{"version": 1, "name": 3}', b"[" * 9999],
)
def test_what_is_no_file_of_ours_tells_nothing(content: bytes) -> None:
    assert folder_owner.from_content(content) is None


def test_an_identity_comes_back_as_it_was_written(finished) -> None:
    whose = tree_of(finished, DEMO).whose
    again = folder_owner.from_content(folder_owner.as_text(whose).encode())
    assert again == whose
    assert again is not None
    routes = folder_owner.plan_reported(again, recordings.BEGUN)
    board = recorded_board(finished, DEMO)
    assert board is not None
    assert board.routes is not None
    assert routes is not None
    assert routes.routes == board.routes.routes


@pytest.mark.parametrize(
    "routes",
    [
        {},
        {"leaderboard": "2.0", "repetitions": True, "pairs": {}},
        {"leaderboard": "2.0", "repetitions": 1, "pairs": {"one": []}},
        {"leaderboard": "2.0", "repetitions": 1, "pairs": {"1": [7]}},
        {"leaderboard": "2.0", "repetitions": 1, "pairs": {"1": "0"}},
    ],
)
def test_routes_of_another_shape_are_not_believed(routes: dict[str, Any]) -> None:
    told = folder_owner.FolderOwner("demo", "uid", {}, routes)
    assert folder_owner.plan_reported(told, recordings.BEGUN) is None
