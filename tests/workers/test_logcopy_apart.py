"""logcopy beside a pair that has a pod of its own: it tells of that pair, and ends with the pod."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path

import pytest
from fakes.sweeps import sweep
from logcopy_pod import OLD_PYTHON, Pod, partial

from console.workers import protocol
from console.workers.logcopy_settings import settings_from

INDEX = {"JOB_COMPLETION_INDEX": "2"}


@pytest.mark.parametrize("python", sweep([sys.executable, OLD_PYTHON], sys.executable))
def test_it_tells_of_its_pair_alone_under_its_number_and_stays_until_it_is_asked(
    python: str, tmp_path: Path
) -> None:
    if not Path(python).exists():
        pytest.skip(f"there is no Python 3.7 at {python}")
    with Pod(tmp_path, python, **INDEX) as pod:
        pod.mark("pair-3.agent.attempt-2", "1")
        pod.write(1, partial(3, 2))
        pod.start()
        pod.until(lambda: pod.snapshot()["done"] == 2)
        assert [each["pair"] for each in pod.lines("plan")[0].payload["pairs"]] == [3]
        assert [(p["pair"], p["attempt"]) for p in pod.snapshot()["pairs"]] == [(3, 2)]
        pod.write(1, partial(3))
        pod.mark("pair-3.agent.done")
        pod.until(lambda: pod.snapshot()["status"] == "complete")
        assert {line.payload["pair"] for line in pod.lines("record")} == {3}
        assert (pod.snapshot()["total"], pod.snapshot()["problems"]) == (5, [])
        joiner = protocol.Joiner()
        pod.until(lambda: bool(pod.lines("merged")))
        told = [joiner.add(line.payload) for line in pod.lines("merged")]
        merged = json.loads(next(text for text in told if text))
        assert merged["_checkpoint"]["progress"] == [5, 5]
        assert pod.process is not None
        assert pod.process.poll() is None
        pod.kill(signal.SIGTERM)
        assert pod.wait() == 0


def test_asked_to_stop_it_tells_what_is_finished_and_does_not_wait_for_the_simulator(
    tmp_path: Path,
) -> None:
    with Pod(tmp_path, LOGS_PERIOD="30", **INDEX) as pod:
        for half in ("simulator", "agent"):
            pod.mark(f"pair-3.{half}.attempt-1", "1")
        pod.start()
        pod.until(lambda: pod.snapshot()["done"] == 0)
        pod.write(1, partial(3, 4))
        pod.mark("pair-3.agent.ended-1", "reason=crashed exit=1 signal=0 route=- t=7")
        pod.kill(signal.SIGTERM)
        assert pod.wait() == 0
        assert (pod.snapshot()["status"], pod.snapshot()["done"]) == ("incomplete", 4)
        assert [each["reason"] for each in pod.snapshot()["pairs"][0]["ended"]] == ["crashed"]


@pytest.mark.slow
def test_of_an_agent_that_was_killed_without_a_word_it_says_so_with_the_route(
    tmp_path: Path,
) -> None:
    """Nobody else can: in its pod the agent does not come again."""
    with Pod(tmp_path, **INDEX) as pod:
        pod.mark("pair-3.agent.attempt-1", "1")
        pod.write(1, partial(3, 4))
        pod.start()
        pod.until(lambda: pod.snapshot()["done"] == 4)
        pod.kill(signal.SIGTERM)
        assert pod.wait() == 0
        end = pod.snapshot()["pairs"][0]["ended"][0]
        assert (end["half"], end["reason"]) == ("agent", "vanished")
        assert end["route"] == "RouteScenario_14_rep0"


@pytest.mark.parametrize(
    ("index", "alone", "subsets"),
    [
        ("1", 2, ("5-9",)),
        ("", 0, ("0-4", "5-9")),
        ("-1", 0, ("0-4", "5-9")),
        ("7", 8, ("none",)),
    ],
)
def test_its_routes_are_those_of_the_pods_index(
    index: str, alone: int, subsets: tuple[str, ...]
) -> None:
    env = {"JOB_COMPLETION_INDEX": index, "ROUTES_SUBSETS": "0-4;5-9"}
    settings = settings_from(env)
    assert (settings.alone, settings.drives.subsets) == (alone, subsets)
