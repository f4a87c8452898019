"""What the evaluators say of themselves is held against the private contents; a doubt never counts."""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest
from logcopy_pod import Pod, partial
from official_bench import copies, write

from console.results.collecting import Partial
from console.results.drives import Drives
from console.results.leaderboard import V2_0
from console.results.plan import launched
from console.results.report import MergeReport
from console.results.trustworthy import merge
from console.workers import shared_failures, status_files
from console.workers.evaluator_check import EvaluatorCheck
from console.workers.official_sources import Sources, sources_from

PLAN = launched(Drives.of(V2_0, "0-4;5-9;10-14;15-19", 1))
EVALUATOR = "LEADERBOARD_ROOT/leaderboard/leaderboard_evaluator.py"
STATISTICS = "LEADERBOARD_ROOT/leaderboard/utils/statistics.py"
EGG = "CARLA_API_ROOT/PythonAPI/carla/dist/carla-leaderboard-py3x.egg"
MORE = {"leaderboard.more": f"{'0' * 64} leaderboard.more /team/more.py"}
DROVE = "reason=crashed exit=1 signal=0 route=RouteScenario_0_rep0 t=100"


class Bench:
    """Private contents and a status directory; reports as an evaluator writes them."""

    def __init__(self, root: Path) -> None:
        self.contents = root / "utils"
        copies(self.contents, 7)
        self.status = root / "status"
        self.status.mkdir()

    @property
    def env(self) -> dict[str, str]:
        return {
            "LEADERBOARD_ROOT": str(self.contents / "leaderboard"),
            "SCENARIO_RUNNER_ROOT": str(self.contents / "scenario_runner"),
            "CARLA_API_ROOT": str(self.contents / "CARLA"),
        }

    @property
    def sources(self) -> Sources:
        return sources_from(self.env)

    def hash_of(self, place: str) -> str:
        root, _, below = place.partition("/")
        return hashlib.sha256((Path(self.env[root]) / below).read_bytes()).hexdigest()

    def official(self) -> dict[str, str]:
        """module -> line, as an honest evaluator tells them."""
        places = {
            "__main__": EVALUATOR,
            "carla": EGG,
            "leaderboard.utils.statistics": STATISTICS,
            "srunner": "SCENARIO_RUNNER_ROOT/srunner/__init__.py",
        }
        return {name: self.line(name, place) for name, place in places.items()}

    def line(self, module: str, place: str) -> str:
        return f"{self.hash_of(place)} {module} {place}"

    def tell(self, pair: int, lines: dict[str, str] | None = None, attempt: int = 1) -> None:
        text = "\n".join(["state=loaded", *{**self.official(), **(lines or {})}.values()])
        self.mark(pair, f"evaluator-{attempt}", text + "\n")

    def mark(self, pair: int, name: str, text: str = "") -> None:
        (self.status / f"pair-{pair}.agent.{name}").write_text(text)

    def problems(self, done: int = 5) -> list[tuple[str, int, str]]:
        check = EvaluatorCheck(self.sources, str(self.status), 4)
        found = check.problems(merged(done))
        return [(each.kind, each.pair, each.text) for each in found]


def merged(done: int, noted: Any = ()) -> MergeReport:
    partials = [Partial(pair, json.dumps(partial(pair, done))) for pair in range(1, 5)]
    return merge(PLAN, partials, noted=tuple(noted))


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """Four pairs in their first attempt, whose evaluators run what they should."""
    bench = Bench(tmp_path)
    for pair in range(1, 5):
        bench.mark(pair, "attempt-1", "100")
        bench.tell(pair)
    return bench


def test_evaluators_that_run_the_official_files_leave_the_result_as_it_is(bench: Bench) -> None:
    assert bench.problems() == []


WRONG = {
    "another content": ("leaderboard.utils.statistics", "{other}", STATISTICS),
    "another place": ("leaderboard.utils.statistics", "{right}", "/team/statistics.py"),
    "out of the folder": ("leaderboard.utils.statistics", "{right}", "LEADERBOARD_ROOT/../x"),
    "no file": ("leaderboard.utils.statistics", "-", "-"),
    "one more": ("leaderboard.more", "{right}", "/team/more.py"),
    "another's file": ("leaderboard.utils", "{right}", STATISTICS),
    "another carla": ("carla", "{other}", "/team/carla/__init__.py"),
    "another evaluator": ("__main__", "{other}", "/team/leaderboard_evaluator.py"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_another_file_or_another_content_is_a_named_problem(bench: Bench, wrong: str) -> None:
    module, digest, place = WRONG[wrong]
    digest = digest.format(other="0" * 64, right=bench.hash_of(STATISTICS))
    bench.tell(2, {module: f"{digest} {module} {place}"})
    ((kind, pair, told),) = bench.problems()
    assert (kind, pair) == ("evaluator", 2)
    assert "attempt 1 does not run the files of the private contents" in told
    assert f"{module} from {place}" in told


@pytest.mark.parametrize(
    "text", ["", "state=loaded\n", "\x00", "state=loaded\nnonsense\n", "state=fine\n"]
)
def test_a_report_that_says_nothing_is_a_named_problem(bench: Bench, text: str) -> None:
    bench.mark(3, "evaluator-1", text)
    ((kind, pair, told),) = bench.problems()
    assert (kind, pair) == ("evaluator", 3)
    assert "said nothing understandable" in told


@pytest.mark.parametrize("text", [None, "state=starting\n"])
@pytest.mark.parametrize("end", [DROVE, "reason=done exit=0 signal=0 route=- t=100"])
def test_an_evaluator_that_drove_without_a_report_is_a_named_problem(
    bench: Bench, text: str | None, end: str
) -> None:
    (bench.status / "pair-1.agent.evaluator-1").unlink()
    if text:
        bench.mark(1, "evaluator-1", text)
    bench.mark(1, "ended-1", end)
    bench.mark(1, "attempt-2", "101")
    bench.tell(1, attempt=2)
    ((kind, pair, told),) = bench.problems()
    assert (kind, pair) == ("evaluator", 1)
    assert "attempt 1 did not say which files it runs" in told


def test_an_evaluator_that_was_killed_before_it_could_say_anything_casts_no_doubt(
    bench: Bench,
) -> None:
    bench.mark(1, "evaluator-1", "state=starting\n")
    bench.mark(1, "ended-1", "reason=lost-partner exit=-1 signal=0 route=- t=100")
    bench.mark(1, "attempt-2", "101")
    bench.tell(1, attempt=2)
    bench.mark(2, "evaluator-1", "state=failed error=OSError: a disk\n")
    bench.mark(2, "ended-1", "reason=not-loaded exit=1 signal=0 route=- t=100")
    assert bench.problems() == []


def test_drives_of_an_earlier_submission_are_told_as_not_known(bench: Bench) -> None:
    (bench.status / "pair-4.agent.evaluator-1").unlink()
    bench.mark(4, "ended-1", "reason=done exit=-1 signal=0 route=- t=100")
    ((kind, pair, told),) = bench.problems()
    assert (kind, pair) == ("unverified", 4)
    assert "not known" in told
    assert merged(
        5, EvaluatorCheck(bench.sources, str(bench.status), 4).problems(merged(5))
    ).eligible


def test_a_package_that_the_private_contents_lack_is_the_images_own(bench: Bench) -> None:
    shutil.move(str(bench.contents / "CARLA/PythonAPI/carla/dist"), bench.contents / "kept")
    own = f"{'1' * 64} carla /opt/site-packages/carla/__init__.py"
    for pair in range(1, 5):
        (bench.status / f"pair-{pair}.agent.evaluator-1").write_text(
            f"state=loaded\n{bench.line('__main__', EVALUATOR)}\n{own}\n"
        )
    assert bench.problems() == []


def test_a_compiled_part_of_the_egg_is_known_by_its_content_wherever_it_was_unpacked(
    bench: Bench,
) -> None:
    path = bench.contents / "CARLA/PythonAPI/carla/dist/carla-leaderboard-py3x.egg"
    with zipfile.ZipFile(path, "a") as egg:
        egg.writestr("carla/libcarla.so", b"compiled")
    good = hashlib.sha256(b"compiled").hexdigest()
    for pair in range(1, 5):
        digest = good if pair != 3 else "f" * 64
        line = f"{digest} carla.libcarla /root/.cache/libcarla.so"
        bench.tell(pair, {"carla.libcarla": line})
    assert [(kind, pair) for kind, pair, _ in bench.problems()] == [("evaluator", 3)]


def test_a_complete_result_with_a_doubtful_evaluator_is_not_eligible(bench: Bench) -> None:
    bench.tell(2, MORE)
    check = EvaluatorCheck(bench.sources, str(bench.status), 4)
    report = merged(5, check.problems(merged(5)))
    assert report.complete
    assert not report.eligible
    assert {(each.kind, each.pair) for each in report.problems} == {
        ("evaluator", 2),
        ("ineligible", 2),
    }
    assert "not proven to be the official evaluator" in report.problems[-1].text


def test_a_file_that_is_changed_later_does_not_become_the_official_one(bench: Bench) -> None:
    check = EvaluatorCheck(bench.sources, str(bench.status), 4)
    statistics = bench.contents / "leaderboard/leaderboard/utils/statistics.py"
    statistics.write_text("SCORE = 100\n")
    bench.tell(4)
    ((kind, pair),) = {(each.kind, each.pair) for each in check.problems(merged(5))}
    assert (kind, pair) == ("evaluator", 4)


def test_more_attempts_than_can_be_checked_are_a_doubt_of_their_own(bench: Bench) -> None:
    """The agents' containers can write any number of files."""
    bench.mark(1, "attempt-999999")
    for attempt in range(1, 202):
        bench.tell(1, attempt=attempt)
    ((kind, pair, text),) = bench.problems()
    assert (kind, pair) == ("evaluator", 1)
    assert text == "201 attempts are more than can be checked"


def test_a_report_is_judged_again_when_it_is_another_one(bench: Bench) -> None:
    check = EvaluatorCheck(bench.sources, str(bench.status), 4)
    bench.mark(2, "evaluator-1", "state=starting\n")
    assert check.problems(None) == ()
    bench.tell(2, MORE)
    assert [(each.kind, each.pair) for each in check.problems(None)] == [("evaluator", 2)]


def test_logcopy_checks_while_the_pairs_drive_and_publishes_no_eligible_result(
    bench: Bench, tmp_path: Path
) -> None:
    with Pod(tmp_path, **bench.env) as pod:
        pod.status.rmdir()
        bench.status.rename(pod.status)
        bench.status = pod.status
        pod.start()
        pod.until(lambda: pod.snapshot()["done"] == 0)
        assert pod.kinds() == set()
        bench.tell(2, MORE)
        pod.until(lambda: ("evaluator", 2) in pod.kinds())
        for pair in range(1, 5):
            pod.write(pair, partial(pair))
        pod.finish_halves()
        assert pod.wait() == 0
        assert pod.snapshot()["status"] == "complete"
        assert pod.kinds() == {("evaluator", 2), ("ineligible", 2)}
        assert pod.merged()["eligible"] is False


def test_without_the_names_of_the_private_contents_it_says_that_it_cannot_check(
    tmp_path: Path,
) -> None:
    with Pod(tmp_path) as pod:
        pod.start()
        pod.until(lambda: pod.snapshot()["done"] == 0)
        assert "what the evaluators run cannot be checked" in pod.text()


def test_what_no_pair_can_load_is_named_once_for_all(bench: Bench) -> None:
    for pair in range(1, 5):
        bench.mark(
            pair, "evaluator-1", "state=failed error=ModuleNotFoundError: No module named 'x'\n"
        )
    status = status_files.read(str(bench.status), 4)
    (problem,) = shared_failures.shared_failures(merged(0), status)
    assert problem.text == (
        "pairs 1, 2, 3 and 4: the evaluator cannot be loaded: ModuleNotFoundError: "
        "No module named 'x'; every route of every pair will end like this"
    )


def test_nothing_that_stands_in_a_report_reaches_a_terminal_raw(bench: Bench) -> None:
    write(bench.status / "pair-1.agent.evaluator-1", "state=failed error=\x1b]0;x\x07\n")
    assert status_files.read(str(bench.status), 4).half(1, "agent").load_error == "?]0;x?"
