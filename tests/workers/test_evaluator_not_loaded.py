"""An evaluator that cannot be loaded: for good where no restart would change it, else once more."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from fakes.sweeps import sweep
from logcopy_pod import HALVES, Pod
from official_bench import Image, write
from pair_bench import SHELLS, Bench, exit_of, shell_command, some_shell

from console.workers.load_failures import is_lasting

TOO_OLD = Path("/root/.pyenv/versions/3.6.15/bin/python3.6")
WITHOUT_PYTHON = ("sh", "sleep", "mv", "rm", "cat", "ls", "env", "mkfifo", "tee", "setsid")
OFFICIAL = ("/workspace/leaderboard", "")


@pytest.fixture(params=sweep(SHELLS, "dash"))
def every_image(request, tmp_path):
    bench = Bench(tmp_path, shell_command(request.param))
    yield Image(bench)
    bench.clean_up()


@pytest.fixture
def image(request, tmp_path):
    bench = Bench(tmp_path, some_shell(request.node.name))
    yield Image(bench)
    bench.clean_up()


def error_of(text: str) -> Exception:
    try:
        exec(text, {})
    except Exception as error:  # noqa: BLE001  whatever it is
        return error
    raise AssertionError(text)


@pytest.mark.slow
def test_a_module_that_is_missing_ends_both_halves_for_good_and_is_named(every_image):
    image = every_image
    write(image.official / "scenario_runner/srunner/timer.py", "import py_trees_of_the_team\n")
    image.drive(expect=0)
    assert image.report()[0] == (
        "state=failed lasting=yes error=ModuleNotFoundError: No module named 'py_trees_of_the_team'"
    )
    assert "ModuleNotFoundError" in image.bench.output("agent")
    assert image.bench.reasons(1) == ("done", "not-loaded")
    assert image.bench.ended("agent", 1)["exit"] == "1"
    again = image.bench.start("agent")
    assert exit_of(again) == 0
    assert image.bench.attempts("agent") == [1]


@pytest.mark.slow
def test_private_contents_without_the_evaluator_end_the_pair_for_good(image):
    (image.official / "leaderboard/leaderboard/leaderboard_evaluator.py").unlink()
    image.drive(expect=0)
    assert image.report()[0].startswith("state=failed lasting=yes error=FileNotFoundError: ")


@pytest.mark.slow
def test_an_image_without_python_ends_the_pair_for_good_and_says_so(every_image):
    image, folder = every_image, every_image.bench.root / "bin"
    folder.mkdir()
    for name in WITHOUT_PYTHON:
        (folder / name).symlink_to(str(shutil.which(name)))
    image.bench.shell = [str(shutil.which(image.bench.shell[0])), *image.bench.shell[1:]]
    server = image.bench.start("simulator")
    agent = image.bench.start("agent", text="exec python3 -c pass", env={"PATH": str(folder)})
    assert exit_of(agent) == 0, image.bench.output("agent")
    assert exit_of(server) == 0
    assert image.report() == ["state=failed lasting=yes error=python3 is not in the image"]
    assert image.bench.reasons(1) == ("done", "not-loaded")


@pytest.mark.thorough
@pytest.mark.skipif(not TOO_OLD.exists(), reason=f"no {TOO_OLD}")
def test_a_python_that_is_too_old_ends_the_pair_for_good_and_says_so(image):
    folder = image.bench.root / "bin"
    folder.mkdir()
    (folder / "python3").symlink_to(TOO_OLD)
    image.env = {"PATH": f"{folder}:/usr/bin:/bin"}
    image.drive(expect=0)
    words = "python3 of the image is 3.6, 3.7 or newer is needed"
    assert image.report() == [f"state=failed lasting=yes error={words}"]


@pytest.mark.slow
def test_a_disk_that_is_full_at_the_load_costs_a_restart(image):
    text = "raise OSError(28, 'No space left on device')\n"
    write(image.official / "scenario_runner/srunner/timer.py", text)
    image.drive(expect=1)
    assert image.report()[0].startswith("state=failed lasting=no error=OSError: ")
    assert image.bench.ended("agent", 1)["reason"] == "crashed"


@pytest.mark.parametrize(
    "text",
    [
        "raise OSError(28, 'No space left on device')",
        "raise TimeoutError",
        "raise MemoryError",
        "raise RuntimeError('CUDA error: all devices are busy')",
        "raise ImportError('libtorch.so: cannot open shared object file: Input/output error')",
        "try:\n  raise TimeoutError\nexcept OSError as late:\n  raise ImportError('a') from late",
        "None.device_count()",
        "open('/team/lock')",
        "raise SystemError",
    ],
)
def test_what_may_be_otherwise_after_a_restart_is_not_lasting(text):
    assert not is_lasting(error_of(text), OFFICIAL)


@pytest.mark.parametrize(
    "text",
    [
        "import a_module_of_nobody",
        "from os import something_of_another_version",
        "import collections; collections.Mapping",
        "(lambda: 0)[int]",
        "def f(:",
        "try:\n  {}['a']\nexcept KeyError:\n  import a_module_of_nobody",
        "try:\n  open('/etc/none')\nexcept OSError:\n  import a_module_of_nobody",
        "raise ImportError('libGL.so.1: cannot open shared object file: No such file or directory')",
        "raise FileNotFoundError(2, 'No such file', '/workspace/leaderboard/data/scenarios.json')",
    ],
)
def test_what_the_image_or_the_private_contents_lack_is_lasting(text):
    assert is_lasting(error_of(text), OFFICIAL)


def test_a_submission_whose_pairs_could_not_drive_is_not_marked_as_finished(tmp_path: Path) -> None:
    """Upstream would take nine marks for a result, and publish scores of a drive that never was."""
    with Pod(tmp_path) as pod:
        for half in HALVES:
            reason = "not-loaded" if half.endswith("agent") else "done"
            pod.mark(f"{half}.attempt-1", "100")
            pod.mark(f"{half}.ended-1", f"reason={reason} exit=1 signal=0 route=- t=100")
        pod.finish_halves()
        pod.start()
        assert pod.wait() == 0
        assert pod.snapshot()["status"] == "incomplete"
        assert len(list(pod.status.glob("*.done"))) == 8
