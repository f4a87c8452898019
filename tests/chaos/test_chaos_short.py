"""A short run of the chaos suite, and proof that its judge notices what it is there for."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import chaos_plan
import pytest
from chaos_judge import CRASHED, Outcome, judge
from chaos_plan import World
from chaos_witness import Drive, Evidence, Sight, Told, comparable, sight_of

ROOT = Path(__file__).resolve().parents[2]
WORLD = World("2.0", 1, 11)


@pytest.mark.slow
def test_a_disturbed_submission_keeps_every_invariant(tmp_path: Path) -> None:
    """One that is cancelled and one that goes on from it, nine faults. The choices are those of the
    seed; `make chaos SEED=7` is a long run."""
    command = [sys.executable, "-m", "tests.chaos", "--seed", "6011", "--faults", "9"]
    options = ["--per-submission", "5", "--only", "2", "--keep", str(tmp_path / "chaos")]
    done = subprocess.run(
        [*command, *options], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "every invariant held" in done.stdout


def test_a_seed_always_means_the_same_faults() -> None:
    again = [chaos_plan.submission(5, number) for number in range(6)]
    assert again == [chaos_plan.submission(5, number) for number in range(6)]
    assert again != [chaos_plan.submission(6, number) for number in range(6)]


def record(route: int, score: float = 50.0) -> dict[str, object]:
    return {
        "index": route % 5,
        "route_id": f"RouteScenario_{route}_rep0",
        "status": "Completed",
        "scores": {"score_composed": score},
    }


def merged(routes: list[int], *, final: bool) -> dict[str, object]:
    scores = {"scores_mean": {"score_composed": 50.0}} if final else {}
    records = [dict(record(route), index=place) for place, route in enumerate(routes)]
    return {"_checkpoint": {"global_record": scores, "records": records}}


def ended(document: dict[str, object], t: float = 100.0) -> list[Told]:
    """A document as logcopy tells it."""
    text = json.dumps(document)
    digest = hashlib.sha256(text.encode()).hexdigest()
    part = {"part": 0, "parts": 1, "sha256": digest, "text": text}
    return [Told(t, 0, 10**9, "merged", part)]


def driven(pair: int, upto: int = 5) -> list[Sight]:
    """A pair's checkpoint after each of its drives; its evaluator repeats none of them."""
    routes = range((pair - 1) * 5, (pair - 1) * 5 + upto)
    return [
        sight_of(
            {"_checkpoint": {"records": [record(r) for r in routes[:n]], "progress": [n, 5]}},
            "2.1",
            1,
            10.0 * n,
        )
        for n in range(1, upto + 1)
    ]


def whole() -> Evidence:
    """Twenty drives, each once, and a final result after them."""
    evidence = Evidence()
    for pair in range(1, 5):
        evidence.sights[pair, "checkpoint"] = driven(pair)
        for place in range(5):
            key = f"RouteScenario_{(pair - 1) * 5 + place}_rep0"
            evidence.drives.append(Drive(10.0 * place + 1, pair, key, 0))
    document = merged(list(range(20)), final=True)
    evidence.told = ended(document)
    evidence.merged = [(100.0, document)]
    return evidence


def violations(evidence: Evidence, outcome: Outcome | None = None) -> str:
    reference = merged(list(range(20)), final=True)
    return "\n".join(judge(WORLD, evidence, outcome or Outcome(True), reference).violations)


def test_the_judge_finds_nothing_wrong_with_a_faultless_run() -> None:
    assert violations(whole()) == ""


def test_the_judge_misses_a_finished_route_in_the_result() -> None:
    evidence = whole()
    document = merged([*range(3), *range(4, 20)], final=False)
    evidence.told, evidence.merged = ended(document), [(100.0, document)]
    assert "RouteScenario_3_rep0 of pair 1 was finished but is not in" in violations(evidence)


def test_the_judge_misses_a_drive_in_a_result_called_final() -> None:
    evidence = whole()
    evidence.sights[1, "checkpoint"] = driven(1, upto=4)
    document = merged([*range(4), *range(5, 20)], final=True)
    evidence.told, evidence.merged = ended(document), [(100.0, document)]
    found = violations(evidence)
    assert "final without RouteScenario_4_rep0" in found
    assert "claims complete too early: RouteScenario_4_rep0 were not finished" in found


def test_the_judge_sees_a_route_twice_in_the_result() -> None:
    evidence = whole()
    evidence.told = ended(merged([*range(20), 7], final=True))
    assert "RouteScenario_7_rep0 is in the merged result twice" in violations(evidence)


def test_the_judge_sees_a_finished_drive_begin_again() -> None:
    evidence = whole()
    evidence.drives.append(Drive(35.0, 1, "RouteScenario_1_rep0", 1))
    assert "driven again although its checkpoint holds it" in violations(evidence)


def test_the_judge_sees_a_drive_lost_although_it_was_copied() -> None:
    evidence = whole()
    sights = evidence.sights[1, "checkpoint"]
    evidence.sights[1, "checkpoint"] = [*sights[:2], driven(1)[0], *sights[2:]]
    evidence.sights[1, "checkpoint"][2] = Sight(25.0, driven(1)[0].finished, False)
    evidence.sights[1, "good"] = [Sight(20.2, driven(1)[1].finished, False)]
    evidence.drives.append(Drive(26.0, 1, "RouteScenario_1_rep0", 1))
    assert "was lost although the good copy held it" in violations(evidence)


def test_the_judge_sees_a_claim_of_complete_before_the_last_drive() -> None:
    evidence = whole()
    told = {"done": 20, "status": "complete"}
    evidence.told = [Told(40.0, 0, 1, "snapshot", told), *evidence.told]
    found = violations(evidence)
    assert "a snapshot claims complete too early" in found
    assert "a snapshot tells 20 finished drives when 16 were" in found


def test_the_judge_sees_progress_go_backwards() -> None:
    evidence = whole()
    snapshots = [
        Told(60.0 + n, 0, n, "snapshot", {"done": done, "status": "running"})
        for n, done in enumerate((12, 11))
    ]
    evidence.told = [*snapshots, *evidence.told]
    assert "tells 11 finished drives after one that told 12" in violations(evidence)


def test_the_judge_counts_restarts_for_itself() -> None:
    entry = {"name": "agent-1", "restartCount": 2, "state": {"terminated": {"exitCode": 0}}}
    evidence = whole()
    evidence.runs = {"agent-1": 4}
    pod = {"status": {"containerStatuses": [entry]}}
    found = violations(evidence, Outcome(True, pod=pod, status={"budget": {"used": 3}}))
    assert "agent-1 ran 4 times with 2 restarts counted" in found
    assert "the console says 3 restarts are spent, the API 2" in found


def test_the_judge_names_a_process_that_is_left_over_and_a_slow_cancel() -> None:
    outcome = Outcome(True, left_over=("17 server of simulator-2",), stop_seconds=11.0)
    found = violations(whole(), outcome)
    assert "a process is left over: 17 server of simulator-2" in found
    assert "the cancel took 11.0 s" in found


def test_the_judge_sees_a_drive_that_was_kept_over_a_cancel_begin_again_or_vanish() -> None:
    kept = {f"RouteScenario_{route}_rep0": comparable(record(route)) for route in (5, 6)}
    evidence = whole()
    evidence.inherited = kept
    again = "RouteScenario_5_rep0 was driven again although it was finished before the cancel"
    assert again in violations(evidence)
    document = merged([*range(6), *range(7, 20)], final=False)
    evidence.told, evidence.merged = ended(document), [(100.0, document)]
    gone = "RouteScenario_6_rep0 was finished before the cancel but is not in the result"
    assert gone in violations(evidence)
    evidence.inherited["RouteScenario_7_rep0"] = {"route_id": "x"}
    evidence.told = ended(merged(list(range(20)), final=True))
    assert "RouteScenario_7_rep0: the record is not the one" in violations(evidence)


def test_the_judge_counts_a_kept_drive_as_begun_once_before() -> None:
    """Its first drive here is a repeat; the contract's own repeats stay excused."""
    evidence = whole()
    evidence.inherited = {"RouteScenario_0_rep0": comparable(record(0))}
    evidence.sights[1, "checkpoint"].insert(0, replace(driven(1, upto=1)[0], t=0.5))
    told = "RouteScenario_0_rep0 of pair 1 was driven again although its checkpoint holds it"
    assert told in violations(evidence)
    first = evidence.sights[1, "checkpoint"][0]
    evidence.sights[1, "checkpoint"][0] = replace(first, repeated="RouteScenario_0_rep0")
    assert violations(evidence) == ""


def doomed(evidence: Evidence, status: str, *, attempts: int) -> str:
    """What is said of a world whose route 3 crashes every time and may do so twice."""
    document = merged(list(range(20)), final=True)
    lost = document["_checkpoint"]["records"][3]
    lost.update(status=status, scores={"score_composed": 0.0})
    evidence.told, evidence.merged = ended(document), [(100.0, document)]
    shown = json.loads(json.dumps(lost))
    evidence.sights[1, "checkpoint"][-1].finished["RouteScenario_3_rep0"] = comparable(shown)
    evidence.sights[1, "checkpoint"] = evidence.sights[1, "checkpoint"][-1:]
    begun = [drive for drive in evidence.drives if drive.key == "RouteScenario_3_rep0"]
    evidence.drives += [replace(begun[0], run=n) for n in range(1, attempts)]
    world = World("2.0", 1, 11, doomed=(3,), attempts=2)
    verdict = judge(world, evidence, Outcome(True), document)
    return "\n".join(verdict.violations)


def test_the_judge_wants_a_route_that_always_crashes_recorded_as_the_contract_says() -> None:
    assert doomed(whole(), CRASHED, attempts=2) == ""
    told = doomed(whole(), CRASHED, attempts=1)
    assert told == "RouteScenario_3_rep0 is recorded as crashed after 1 attempts"
    told = doomed(whole(), "Completed", attempts=2)
    assert told == "RouteScenario_3_rep0 crashes every time but is recorded as Completed"


def test_the_judge_lets_no_route_be_given_up_where_the_brake_is_off() -> None:
    evidence = whole()
    document = merged(list(range(20)), final=True)
    document["_checkpoint"]["records"][3]["status"] = CRASHED
    evidence.told, evidence.merged = ended(document), [(100.0, document)]
    assert "RouteScenario_3_rep0 is recorded as crashed after 1 attempts" in violations(evidence)


def test_what_was_told_late_because_its_teller_stood_still_is_forgiven() -> None:
    """Only in that time, and only for that pair."""
    evidence = whole()
    evidence.drives = [Drive(35.0, 1, "a", 1), Drive(35.0, 2, "b", 1), Drive(50.0, 1, "c", 1)]
    evidence.forgive([(1, 30.0, 34.0)])
    assert [drive.t for drive in evidence.drives] == [30.0, 35.0, 50.0]


def test_a_record_of_a_crashed_run_is_not_finished_and_any_other_file_repeats_its_last() -> None:
    """The contract's 4.11 for 2.x, its 5.7 for 1.0."""
    records = [record(0), record(1)]
    inner = {"records": records, "progress": [2, 5]}
    crashed = sight_of({"_checkpoint": inner, "entry_status": "Crashed"}, "2.0", 1, 0.0)
    assert (list(crashed.finished), crashed.repeated) == (["RouteScenario_0_rep0"], "")
    for done in (2, 3):
        inner = {"records": records, "progress": [done, 5]}
        started = sight_of({"_checkpoint": inner, "entry_status": "Started"}, "2.0", 1, 0.0)
        assert started.repeated == "RouteScenario_1_rep0"
    inner = {"records": [dict(r, route_id=r["route_id"][:-5]) for r in records], "progress": [1, 5]}
    first = sight_of({"_checkpoint": inner, "entry_status": "Crashed"}, "1.0", 1, 0.0)
    assert list(first.finished) == ["RouteScenario_0_rep0"]
