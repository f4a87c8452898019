"""What people see of a submission whose pairs have a pod each: nodes, budgets, ways in, logs."""

from __future__ import annotations

import pytest
from fakes.boards import gpu, pair
from fakes.indexed_pods import ENDED, JOB, PAIRS, PLAN, at, exit_of, part
from msgspec.structs import replace

from console.cli.boards import board_text
from console.cli.documents import board_document
from console.cli.log_lines import Selection
from console.cli.log_sources import WantedLog
from console.diagnosis.board_facts import facts_of
from console.diagnosis.scene import FactKind
from console.diagnosis.timeline import timeline_of
from console.domain.board import BoardSnapshot, SubmissionStatus
from console.domain.events import (
    KEPT_DRIVES,
    ClusterEventSeen,
    Event,
    JobSeen,
    LastLine,
    PodSeen,
    StreamChanged,
    StreamState,
)
from console.domain.facts import ClusterEvent, IndexedJob
from console.domain.folding import fold
from console.domain.joined_pods import present
from console.operations.ports.cluster import ClusterDescription
from console.presentation import boards, pairs
from console.presentation.containers import all_containers, short_names
from console.presentation.description import description
from console.presentation.tones import Line
from console.presentation.ways_in import call_of, entrances, place_of, usual

WHERE = ClusterDescription("kind", "https://k", "races")
AGAIN = part(2, 1, second=70)


def board_of(*events: Event) -> BoardSnapshot:
    board = BoardSnapshot("races", "demo")
    seen = (JobSeen(at(0), JOB), *(PodSeen(at(1), part(each)) for each in PAIRS), *events)
    for event in seen:
        board = fold(board, event)
    return board


def plain(line: Line) -> str:
    return "".join(word for word, _ in line)


def test_its_containers_have_the_pair_s_number_everywhere() -> None:
    board = board_of()
    assert all_containers(board) == (*PLAN.containers, *PLAN.preparing)
    assert list(short_names(board).values()) == [
        *("sim1", "agt1", "sim2", "agt2", "sim3", "agt3"),
        *("copy1", "copy2", "copy3", "init1", "init2", "init3"),
    ]


def test_a_pair_tells_its_node_beside_its_card() -> None:
    pair = board_of().pairs[1]
    assert "node node-2" in plain(pairs.hardware(pair))
    assert any("on node-2" in plain(line) for line in pairs.rows(pair, 100, at(5)))


def test_a_long_node_takes_the_place_of_the_ports_that_all_pods_have_alike() -> None:
    pair = replace(board_of().pairs[1], node="ip-10-0-131-27.compute.internal")
    told = "\n".join(plain(line) for line in pairs.panel(pair, 46, 10, at(5)))
    assert "node ip-10-0-131-27.compute.internal" in told
    assert "port" not in told


def test_that_nothing_is_kept_for_next_pods_is_a_warning_while_it_runs() -> None:
    seen = StreamChanged(at(9), KEPT_DRIVES, StreamState.LOST, "What pairs finish is not kept.")
    board = board_of(seen)
    assert boards.unkept(board) == ("What pairs finish is not kept.",)
    assert boards.unkept(replace(board, status=SubmissionStatus.COMPLETE)) == ()
    assert boards.unkept(board_of()) == ()


def test_the_budget_is_that_of_the_worst_pair() -> None:
    line = plain(boards.budget_line(board_of(PodSeen(at(70), AGAIN)), 120))
    assert line.startswith("failed pods ▰▱▱ pair 2 1/3 used: pair 2 ×1; ")
    assert line.endswith("pair 2 can fail 2 more times")
    assert plain(boards.budget_line(board_of(), 120)).endswith("each pair can fail 3 more times")


@pytest.mark.parametrize(
    ("failures", "failed", "words"),
    [(3, (), "the next failure of pair 2 is its last"), (3, (1,), "pair 2 failed for good")],
)
def test_its_end_is_not_the_job_s(failures: int, failed: tuple[int, ...], words: str) -> None:
    job = replace(JOB, indexes=IndexedJob(3, (), failed))
    board = board_of(PodSeen(at(70), part(2, failures)), JobSeen(at(71), job))
    assert words in plain(boards.budget_line(board, 120))


def test_status_and_its_document_tell_pod_and_node_of_each_pair() -> None:
    board = board_of(PodSeen(at(70), AGAIN))
    assert "failed pods 1/3  node node-2" in board_text(board)
    document = board_document(board)
    assert document["node"] == "node-1, node-2, node-3"
    assert document["layout"] == "pod-per-pair"
    assert document["pairs"][1]["ownPod"] == {
        "name": "demo-1-1abcd", "node": "node-2", "failed": 1, "allowed": 3,
    }  # fmt: skip
    assert (document["budget"]["ofEachPair"], document["budget"]["failedPairs"]) == (True, [])


def test_no_logcopy_of_a_pair_stands_for_the_others() -> None:
    ended = part(1, phase="Succeeded", state=ENDED, ended=exit_of(0, 60))
    line = LastLine(at(70), "logcopy-1", "all halves are done; the result is complete")
    board = board_of(PodSeen(at(70), ended), line)
    said = "logcopy-1: all halves are done; the result is complete"
    assert f"logcopy  2 running, 1 terminated  {said}" in board_text(board)
    panel = [plain(each) for each in boards.logcopy(board, 120, 4)]
    assert panel[0].startswith("logcopy 2 running, 1 terminated  merge ")
    assert panel[-1] == f"│ {said}"
    document = board_document(board)
    assert [(each["name"], each["state"]) for each in document["logcopies"]] == [
        ("logcopy-1", "terminated"), ("logcopy-2", "running"), ("logcopy-3", "running"),
    ]  # fmt: skip


def test_describe_tells_of_each_pod_and_of_each_pair_s_container() -> None:
    template = {"containers": [{"name": "agent"}], "initContainers": [{"name": "simulator"}]}
    job = {"metadata": {"name": "demo"}, "spec": {"template": {"spec": template}}}
    told = [" ".join(plain(line).split()) for line in description(job, board_of(), at(9))]
    assert [each for each in told if each.startswith("node ")] == [
        "node node-1", "node node-2", "node node-3",
    ]  # fmt: skip
    assert [each for each in told if each.startswith("of ")] == [
        *(f"of simulator-{pair}" for pair in PAIRS), *(f"of agent-{pair}" for pair in PAIRS),
    ]  # fmt: skip


def test_describe_has_the_cards_of_a_pair_s_halves_side_by_side() -> None:
    halves = {"simulator_gpu": gpu(1), "agent_gpu": gpu(0)}
    board = replace(board_of(), pairs=(pair(2, 1, **halves), pair(3, 1)))
    told = [" ".join(plain(line).split()) for line in description({}, board, at(9))]
    assert "pair 2 simulator 1 GPU-00000001 agent 0 GPU-00000000 not one GPU" in told
    assert told[told.index("GPUs") + 2] != "pair 3 ? ?"


def test_the_way_in_is_into_the_pair_s_own_pod_by_the_name_it_has_there() -> None:
    board = board_of()
    assert usual(board) == "agent-1"
    assert all(each.open for each in entrances(board) if not each.container.startswith("private"))
    pod, container = place_of(board, "simulator-3")
    words = call_of(WHERE, pod, "races", container).argv
    assert words[:6] == ("kubectl", "exec", "-it", "demo-2-0abcd", "-c", "simulator")
    assert place_of(BoardSnapshot("races", "demo"), "agent-1") == ("job/demo", "agent-1")


def test_logs_of_a_submission_without_one_logcopy_are_those_of_all() -> None:
    parts = present([*map(part, PAIRS), AGAIN])
    assert [each.name for each in parts] == ["demo-0-0abcd", "demo-1-1abcd", "demo-2-0abcd"]
    whole, second = (WantedLog((), False, Selection(), False, pair=pair) for pair in (None, 2))
    names = whole.names_in(parts)
    assert whole.chosen(names, "demo") == ["logcopy-1", "logcopy-2", "logcopy-3"]
    assert second.chosen(names, "demo") == ["simulator-2", "agent-2"]
    assert whole.chosen(["logcopy", "agent-1"], "demo") == ["logcopy"]


def test_an_event_of_a_pod_is_of_its_pair_alone() -> None:
    event = ClusterEvent("e", "Warning", "BackOff", "no", 1, at(3), "Pod/demo-1-0abcd agent")
    board = board_of(ClusterEventSeen(at(3), event))
    (fact,) = [each for each in facts_of(board) if each.kind is FactKind.EVENT]
    assert (fact.about, fact.pair) == ("agent-2", 2)
    of_node = ClusterEvent("n", "Warning", "NodeNotReady", "no", 1, at(4), "Node/node-3")
    facts = facts_of(board_of(ClusterEventSeen(at(4), of_node)))
    assert [each.pair for each in facts if each.kind is FactKind.EVENT] == [3]
    told = [timeline_of(board, pair, (), at(90)).marks for pair in board.pairs]
    assert [bool(marks) for marks in told] == [False, True, False]
