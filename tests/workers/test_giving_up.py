"""A route that crashes its pair again and again is recorded as failed, and the pair goes on."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from fakes.measuring import measured
from fakes.sweeps import sweep, sweep_rows
from logcopy_pod import CHECKOUT, OLD_PYTHON
from pair_bench import Bench, exit_of, some_shell, start_pair

from console.localcluster.images.standin import checkpoint_v1, checkpoint_v2
from console.localcluster.images.standin.routes import load
from console.results.checkpoint import checkpoint_of
from console.results.collecting import Partial
from console.results.drives import Drives
from console.results.leaderboard import V2_0, V2_0_PINNED, named
from console.results.plan import launched
from console.results.raw_record import refuse_strange
from console.results.statuses import SIMULATION_CRASHED
from console.results.trustworthy import merge
from console.workers import earlier_ends, giving_up
from console.workers.checkpoint_copies import whole
from console.workers.status_files import HalfEnd, HalfStatus, PairsStatus

WAY = "".join(f'<waypoint x="{x}" y="0" z="0"/>' for x in (0, 30, 70.5))
ROUTES = "".join(f'<route id="{n}" town="T">{WAY}</route>' for n in range(3))
ROUTES_XML = f"<routes>{ROUTES}</routes>"
PYTHONS = [sys.executable, OLD_PYTHON]


@pytest.fixture
def bench(request, tmp_path):
    """A pod whose supervisors run in one of the shells."""
    pod = Bench(tmp_path, some_shell(request.node.name))
    (pod.root / "routes.xml").write_text(ROUTES_XML)
    yield pod
    pod.clean_up()


def drive(bench: Bench, crashes: list[int], repeats: str = "", **env: str) -> list[int]:
    """Attempts one after the other, the K-th crashing before route crashes[K-1]; exit statuses."""
    known = {"ROUTES": str(bench.root / "routes.xml"), "REPETITIONS": "1"}
    statuses = []
    for attempt, route in enumerate([*crashes, None], 1):
        options = {} if route is None else {"crash": f"{attempt}:{route}"}
        options |= {"repeats": repeats} if repeats else {}
        simulator, agent = start_pair(bench, env={**known, **env}, **options)
        statuses.append(exit_of(agent))
        exit_of(simulator)
    return statuses


@pytest.mark.slow
def test_after_two_crashes_at_one_route_the_next_attempt_begins_with_the_route_after_it(bench):
    assert drive(bench, [1, 1]) == [1, 1, 0]
    assert bench.lines("driven") == ["0", "2"]
    records = bench.document()["_checkpoint"]["records"]
    assert [record["route_id"] for record in records] == [
        f"RouteScenario_{number}_rep0" for number in range(3)
    ]
    assert records[1]["status"] == "Failed - Simulation crashed"
    mark = (bench.status / "pair-1.agent.given-up-3").read_text()
    assert mark.startswith("route=RouteScenario_1_rep0 attempts=2 t=")
    assert "2 attempts crashed at RouteScenario_1_rep0" in bench.output("agent")


@pytest.mark.thorough
def test_an_evaluator_that_repeats_its_last_route_does_not_repeat_what_is_given_up(bench):
    assert drive(bench, [1, 1, 2], repeats="last") == [1, 1, 1, 0]
    assert bench.lines("driven") == ["0", "2"]
    records = bench.document()["_checkpoint"]["records"]
    assert [record["index"] for record in records] == [0, 1, 2]
    assert records[1]["status"] == "Failed - Simulation crashed"


@pytest.mark.thorough
def test_an_evaluator_that_repeats_its_last_route_does_not_drive_a_finished_one_again(bench):
    assert drive(bench, [1, 2], repeats="last") == [1, 1, 0]
    assert bench.lines("driven") == ["0", "1", "2"]
    assert "it is not driven again" in bench.output("agent")


@pytest.mark.thorough
def test_crashes_at_different_routes_give_nothing_up(bench):
    assert drive(bench, [0, 1]) == [1, 1, 0]
    assert bench.lines("driven") == ["0", "1", "2"]
    assert not list(bench.status.glob("*given-up*"))


@pytest.mark.parametrize(
    ("allowed", "driven"),
    sweep_rows([("0", ["0", "1", "2"]), ("1", ["0", "2"])], ("1", ["0", "2"])),
)
@pytest.mark.thorough
def test_the_number_of_attempts_is_the_operators_choice_and_zero_is_off(bench, allowed, driven):
    drive(bench, [1, 1] if allowed == "0" else [1], ROUTE_ATTEMPTS=allowed)
    assert bench.lines("driven") == driven


@pytest.mark.thorough
def test_without_the_routes_file_the_pair_says_so_and_goes_on(bench):
    none = str(bench.root / "none.xml")
    assert drive(bench, [1], ROUTES=none, ROUTE_ATTEMPTS="1") == [1, 0]
    assert bench.lines("driven") == ["0", "1", "2"]
    assert "no route is given up: the routes file does not exist" in bench.output("agent")


def ended(attempt: int, half: str, reason: str, route: str | None = None) -> HalfEnd:
    return HalfEnd(attempt, half, reason, 1, 0, route, 100)


def status_of(simulator: list[HalfEnd], agent: list[HalfEnd]) -> PairsStatus:
    halves = {
        (1, "simulator"): HalfStatus(ended=tuple(simulator)),
        (1, "agent"): HalfStatus(ended=tuple(agent)),
    }
    return PairsStatus(halves, cancelled=False)


def test_a_crash_counts_at_the_route_of_its_agent_whichever_half_crashed():
    name = "RouteScenario_4_rep0"
    status = status_of(
        [ended(1, "simulator", "crashed"), ended(2, "simulator", "lost-partner")],
        [ended(1, "agent", "lost-partner", name), ended(2, "agent", "hang", name)],
    )
    assert giving_up.crashes(status, 1) == {name: 2}


@pytest.mark.parametrize("reason", ["terminated", "cancelled"])
def test_an_attempt_that_the_cluster_ended_says_nothing_of_the_route(reason):
    name = "RouteScenario_4_rep0"
    status = status_of([ended(1, "simulator", reason)], [ended(1, "agent", "crashed", name)])
    assert giving_up.crashes(status, 1) == {}


@pytest.mark.parametrize(
    ("simulator", "agent", "counts"),
    [
        (None, "lost-partner", 1),  # not back yet, so it has not said that it vanished
        ("vanished", "lost-partner", 1),
        ("lost-partner", "vanished", 1),
        ("vanished", "vanished", 0),  # their pod, node or sandbox went with them
        (None, "vanished", 0),
        ("cancelled", "vanished", 0),
        ("lost-partner", "lost-partner", 0),
    ],
)
def test_a_half_killed_without_a_word_counts_if_its_partner_lived_to_see_it(
    simulator, agent, counts
):
    name = "RouteScenario_4_rep0"
    told = [ended(1, "simulator", simulator)] if simulator else []
    status = status_of(told, [ended(1, "agent", agent, name)])
    assert giving_up.crashes(status, 1) == ({name: 1} if counts else {})


def crashed_record(version: str, place: int, status: str = SIMULATION_CRASHED) -> dict:
    record = giving_up._record(
        launched(Drives.of(named(version), "0-2", 1), ROUTES_XML), place, 70.5
    )
    return {**record, "status": status}


def document(version: str, records: list[dict], done: int, status: str = "Started") -> dict:
    inner = {"global_record": {}, "progress": [done, 3], "records": records}
    rest = {"sensors": ["carla_camera"], "values": [], "labels": []}
    return {"_checkpoint": inner, "entry_status": status, "eligible": False, **rest}


# What each version's evaluator leaves when the simulation crashed at route 1, and when it was killed.
LEFT = [
    ("2.0", lambda: document("2.0", [crashed_record("2.0", 0)], 1)),
    ("2.0", lambda: document("2.0", [crashed_record("2.0", n) for n in (0, 1)], 2, "Crashed")),
    ("2.0", lambda: document("2.0", [crashed_record("2.0", 0)], 2)),
    ("1.0", lambda: document("1.0", [crashed_record("1.0", 0)], 1)),
    ("1.0", lambda: document("1.0", [crashed_record("1.0", n) for n in (0, 1)], 1, "Crashed")),
]


@pytest.mark.parametrize(("version", "left"), LEFT)
def test_the_evaluators_own_resume_goes_on_behind_the_drive(tmp_path: Path, version, left):
    plan = launched(Drives.of(named(version), "0-2", 1), ROUTES_XML)
    before = left()
    assert (
        giving_up.next_place(checkpoint_of(before, named(version)), plan.keys(plan.pairs[0])) == 1
    )
    after = giving_up.without(before, plan, 1, 70.5)
    checkpoint = checkpoint_of(after, named(version))
    assert giving_up.next_place(checkpoint, plan.keys(plan.pairs[0])) == 2
    path, routes = tmp_path / "agent_results.json", tmp_path / "routes.xml"
    path.write_text(json.dumps(after))
    routes.write_text(ROUTES_XML)
    if version == "1.0":
        evaluators = [checkpoint_v1.CheckpointV1(str(path), 3)]
    else:
        order = load(str(routes), "0-2", 1, V2_0)
        evaluators = [
            checkpoint_v2.CheckpointV2(str(path), order, of) for of in (V2_0, V2_0_PINNED)
        ]
    assert [evaluator.resume() for evaluator in evaluators] == [2] * len(evaluators)
    assert after["sensors"] == ["carla_camera"]
    report = merge(plan, [Partial(1, json.dumps(after))])
    assert [record.index for record in report.records] == [0, 1]
    assert {problem.kind for problem in report.problems} == {"missing", "unsettled"}


@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_the_record_is_one_that_the_merge_believes(version):
    record = crashed_record(version, 1)
    refuse_strange(record, named(version))
    assert record["scores"] == {"score_route": 0.0, "score_penalty": 1.0, "score_composed": 0.0}
    assert not any(record["infractions"].values())


def test_what_the_crashing_evaluator_wrote_itself_is_kept():
    own = crashed_record("2.0", 1, "Failed - Agent got blocked")
    before = document("2.0", [crashed_record("2.0", 0), own], 2, "Crashed")
    after = giving_up.without(before, launched(Drives.of(V2_0, "0-2", 1), ROUTES_XML), 1, 0.0)
    assert after["_checkpoint"]["records"][1] == own


def test_a_last_drive_that_is_given_up_ends_the_pair_for_a_resume_might_drive_it_again():
    plan = launched(Drives.of(V2_0, "0-2", 1), ROUTES_XML)
    before = document("2.0", [crashed_record("2.0", n) for n in (0, 1)], 2)
    after = giving_up.without(before, plan, 2, 0.0)
    kept = whole(json.dumps(after))
    assert kept is not None
    assert kept.complete
    assert after["entry_status"] == "Crashed"
    report = merge(plan, [Partial(1, json.dumps(after))])
    assert [record.index for record in report.records] == [0, 1, 2]
    assert [problem.kind for problem in report.problems] == ["ineligible"]


@pytest.mark.parametrize("done", [1, 2, 3])
def test_a_finished_drive_keeps_its_record_and_is_not_repeated(tmp_path: Path, done: int):
    for attempt in (1, 2):
        line = f"reason=crashed exit=1 signal=0 route=RouteScenario_{done - 1}_rep0 t=5\n"
        (tmp_path / f"pair-1.agent.ended-{attempt}").write_text(line)
    (tmp_path / "routes.xml").write_text(ROUTES_XML)
    path = tmp_path / "agent_results.json"
    records = [crashed_record("2.0", n, "Failed") for n in range(done)]
    path.write_text(json.dumps(document("2.0", records, done)))
    env = {"PAIR": "1", "STATUS_DIR": str(tmp_path), "CHECKPOINT": str(path), "ATTEMPT": "3"}
    env.update(ROUTE_ATTEMPTS="2", ROUTES=str(tmp_path / "routes.xml"), REPETITIONS="1")
    assert "it is not driven again" in giving_up.give_up(env)
    kept = whole(path.read_text())
    assert kept is not None
    assert list(kept.finished) == records
    assert kept.complete is (done == 3)
    order = load(env["ROUTES"], "", 1, V2_0)
    if done < 3:
        assert checkpoint_v2.CheckpointV2(str(path), order, V2_0_PINNED).resume() == done
    assert not list(tmp_path.glob("*given-up*"))


def test_a_route_of_leaderboard_1_0_keeps_its_length():
    assert giving_up.metres(ROUTES_XML, "RouteScenario_2") == 70.5


@pytest.mark.parametrize("python", sweep(PYTHONS, sys.executable), ids=["own", "3.7"])
@pytest.mark.parametrize("written", [True, False], ids=["checkpoint", "nothing"])
def test_a_drive_that_kills_every_evaluator_before_it_writes_is_given_up_too(
    tmp_path: Path, python: str, written: bool
):
    if shutil.which(python) is None:
        pytest.skip(f"{python} is not installed here")
    for attempt in (1, 2):
        for half, route in (("simulator", "-"), ("agent", "RouteScenario_0_rep1")):
            line = f"reason=crashed exit=1 signal=0 route={route} t=5\n"
            (tmp_path / f"pair-1.{half}.ended-{attempt}").write_text(line)
    (tmp_path / "routes.xml").write_text(ROUTES_XML)
    checkpoint = tmp_path / "agent_results.json"
    if written:
        inner = {"global_record": {}, "progress": [1, 6], "records": [crashed_record("1.0", 0)]}
        rest = {"entry_status": "Started", "eligible": False, "sensors": [], "values": []}
        checkpoint.write_text(json.dumps({"_checkpoint": inner, "labels": [], **rest}))
    env = {
        "PAIR": "1",
        "STATUS_DIR": str(tmp_path),
        "CHECKPOINT": str(checkpoint),
        "ATTEMPT": "3",
        "ROUTE_ATTEMPTS": "2",
        "ROUTES": str(tmp_path / "routes.xml"),
        "REPETITIONS": "2",
        "SCENARIOS": "scenarios.json",
        "PYTHONDONTWRITEBYTECODE": "1",
        **(measured() if python == sys.executable else {}),
    }
    done = subprocess.run([python, "-m", "console.workers.giving_up"], env=env, cwd=CHECKOUT)
    # Without a checkpoint the first drive is next, and that one has crashed nobody.
    assert done.returncode == (giving_up.GAVE_UP if written else 0)
    if written:
        inner = json.loads(checkpoint.read_text())["_checkpoint"]
        assert inner["progress"] == [2, 6]
        assert [record["index"] for record in inner["records"]] == [0, 1]
        assert inner["records"][1]["meta"]["route_length"] == 70.5


def test_what_crashed_in_earlier_pods_of_the_pair_counts_too(tmp_path: Path):
    name = "RouteScenario_4_rep0"
    ends = [ended(1, "agent", "lost-partner", name), ended(1, "simulator", "crashed")]
    (tmp_path / earlier_ends.name_of(1)).write_text(
        earlier_ends.written(ends) + "agent 2\nagent x reason=crashed\n\x00\n"
    )
    earlier = earlier_ends.read(str(tmp_path), 1)
    assert list(earlier) == ends
    status = status_of([], [ended(2, "agent", "crashed", name)])
    assert giving_up.crashes(status, 1, earlier) == {name: 2}
    assert earlier_ends.read(str(tmp_path), 2) == ()
