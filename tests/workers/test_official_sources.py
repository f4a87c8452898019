"""Whatever a team's image brings, the evaluator that runs is the one of the private contents."""

from __future__ import annotations

import hashlib
import shlex
import zipfile
from pathlib import Path

import pytest
from fakes.sweeps import sweep, sweep_rows
from official_bench import EVALUATOR, Image, write
from pair_bench import Bench, some_shell

from console.workers.evaluator_check import EvaluatorCheck
from console.workers.official_sources import egg, sources_from

IN_FRONT = "import sys; sys.path[:0] = {own!r}\n"
IMPORTED = IN_FRONT + "import carla, agents, srunner.timer, leaderboard.utils.statistics\n"
PATCHED = """
import sys
sys.path[:0] = [{lb!r}]
import leaderboard.utils.statistics as statistics
statistics.SCORE = 100
"""
FINDER = """
import sys
from importlib.machinery import PathFinder
class Own:
    @staticmethod
    def find_spec(name, path=None, target=None):
        return PathFinder.find_spec(name, {own!r} if path is None else path)
sys.meta_path.insert(0, Own)
"""
IMPORT = """
import builtins
usual = builtins.__import__
def own(name, *args, **more):
    module = usual(name, *args, **more)
    if name == "leaderboard.utils.statistics":
        module.SCORE = 100
    return module
builtins.__import__ = own
"""
LOADER = """
from importlib.machinery import SourceFileLoader
usual = SourceFileLoader.get_data
SourceFileLoader.get_data = lambda self, path: usual(self, path).replace(b"SCORE = 7", b"SCORE = 100")
SourceFileLoader.path_stats = lambda self, path: 1 / 0
"""


@pytest.fixture
def image(tmp_path, request):
    bench = Bench(tmp_path, some_shell(request.node.name))
    yield Image(bench)
    bench.clean_up()


def assert_official(image: Image) -> None:
    told = image.told()
    assert told["score"] == 7
    assert {path.startswith(str(image.official)) for path in told["modules"].values()} == {True}
    assert told["main"] == str(image.official / "leaderboard/leaderboard/leaderboard_evaluator.py")


def filled(image: Image, text: str) -> str:
    lb = str(image.official / "leaderboard")
    return text.replace("{own!r}", repr(image.own)).replace("{lb!r}", repr(lb))


@pytest.mark.slow
def test_an_image_without_any_of_it_gets_all_from_the_private_contents(image):
    image.drive()
    assert_official(image)
    env = image.told()["env"]
    assert env["CARLA_ROOT"] == str(image.official / "CARLA")
    assert env["LEADERBOARD_ROOT"] == str(image.official / "leaderboard")
    assert env["SCENARIO_RUNNER_ROOT"] == str(image.official / "scenario_runner")
    assert image.told()["argv"] == ["--agent=/team/agent.py"]


@pytest.mark.slow
def test_an_images_own_copies_come_after_the_official_ones_and_stay_on_the_path(image):
    image.env = {"PYTHONPATH": f"{image.own_path}:/team/code:", "CARLA_ROOT": "/team/CARLA"}
    image.drive()
    assert_official(image)
    api = image.official / "CARLA/PythonAPI/carla"
    first = [
        str(api / "dist/carla-leaderboard-py3x.egg"),
        str(api),
        str(image.official / "scenario_runner"),
        str(image.official / "leaderboard"),
    ]
    told = image.told()
    assert told["env"]["PYTHONPATH"].split(":") == [*first, *image.own, "/team/code"]
    assert told["path"][1:5] == first
    assert told["path"].index("/team/code") > 5
    assert told["env"]["CARLA_ROOT"] == str(image.official / "CARLA")


SHELL_FILES = {
    "a path in front": 'export PYTHONPATH="$OWN:$PYTHONPATH"',
    "other folders": 'export LEADERBOARD_ROOT="$TEAM/leaderboard" CARLA_API_ROOT="$TEAM/CARLA"',
    "a function python3": 'python3() { command python3 -c "import os; os._exit(0)"; }; exec() { :; }',
    "an alias": "shopt -s expand_aliases 2>/dev/null; alias exec=echo python3=false",
    "a trap": "trap 'echo caught; kill -9 $$' EXIT; trap 'false' DEBUG 2>/dev/null || :",
    "an exit": "exit 0",
    "another program": "exec sleep 0",
    "other routes": "export ROUTES=/team/easy.xml ROUTES_SUBSET=0 REPETITIONS=1 CHECKPOINT=/team/best",
    "another home of python": "export PYTHONHOME=/team PYTHONSTARTUP=/team/a.py PYTHONINSPECT=1",
    "strictness": "set -euf; set -o posix 2>/dev/null; unset PAIR_WORKLOAD HOME PATH",
}


@pytest.mark.parametrize("cheat", sweep(SHELL_FILES, "a path in front", "a trap"))
@pytest.mark.parametrize("name", sweep([".bashrc", "agent_sources.sh"], "agent_sources.sh"))
def test_no_shell_file_of_a_team_comes_between_the_job_and_the_evaluator(image, name, cheat):
    own, team = shlex.quote(image.own_path), shlex.quote(str(image.team))
    text = f"OWN={own} TEAM={team}\n{SHELL_FILES[cheat]}\n"
    write(image.bench.home / name, text)
    image.env = {"ROUTES": "/official.xml", "ROUTES_SUBSET": "0-4", "REPETITIONS": "5"}
    image.evaluate()
    assert_official(image)
    env = image.told()["env"]
    assert (env["ROUTES"], env["ROUTES_SUBSET"], env["REPETITIONS"]) == (
        "/official.xml",
        "0-4",
        "5",
    )
    assert env["CHECKPOINT"] == str(image.bench.checkpoint())


def test_what_the_shell_files_set_up_reaches_the_agent(image):
    elsewhere = image.bench.root / "elsewhere"
    elsewhere.mkdir()
    text = 'export FOR_AGENT="a\nb" PYTHONPATH="$PYTHONPATH:/ros" TEAM_AGENT=/ros/a.py\n'
    text += f"cd {shlex.quote(str(elsewhere))}\nulimit -n 77\numask 027\n"
    write(image.bench.home / "agent_sources.sh", text)
    image.env = {"PYTHONPATH": "/image"}
    image.evaluate()
    told = image.told()
    assert told["env"]["FOR_AGENT"] == "a\nb"
    assert told["env"]["PYTHONPATH"].endswith(":/image:/ros")
    assert told["argv"] == ["--agent=/ros/a.py"]
    assert told["cwd"] == str(elsewhere)
    assert (told["files"], told["umask"]) == (77, 0o027)
    assert [path for path in image.bench.agent_dir().iterdir() if "environment" in path.name] == []


HOOKS = {
    "path": IN_FRONT,
    "import": IMPORTED,
    "patch": PATCHED,
    "finder": FINDER,
    "__import__": IMPORT,
    "loader": LOADER,
}
PLACES = [("sitecustomize", hook) for hook in HOOKS]
PLACES += [(p, h) for p in ("usercustomize", ".pth", "PYTHONPATH") for h in ("import", "finder")]


@pytest.mark.parametrize(
    ("place", "hook"), sweep_rows(PLACES, ("sitecustomize", "finder"), (".pth", "import"))
)
def test_no_start_up_code_of_an_image_chooses_or_changes_the_evaluator(image, place, hook):
    code = (
        filled(image, HOOKS[hook]) + "import os; open(os.environ['TOLD'] + '-ran', 'w').close()\n"
    )
    if place == "sitecustomize":
        write(image.site_packages / "sitecustomize.py", code)
    elif place == "usercustomize":
        write(image.user_site / "usercustomize.py", code)
    elif place == ".pth":
        write(image.site_packages / "aaa.pth", f"import sys; exec({code!r}, {{}})\n")
    else:
        write(image.team / "start" / "sitecustomize.py", code)
        image.env = {"PYTHONPATH": str(image.team / "start")}
    image.evaluate()
    assert (image.bench.root / "told-ran").exists()
    assert_official(image)


def test_paths_of_a_pth_file_are_kept_behind_the_official_ones(image):
    write(image.site_packages / "own.pth", "\n".join(image.own) + "\n")
    image.evaluate()
    assert_official(image)
    assert set(image.own) <= set(image.told()["path"])


def test_a_copy_in_the_working_directory_is_not_taken(image):
    image.env = {"PYTHONPATH": ":"}
    write(image.bench.home / "agent_sources.sh", f"cd {shlex.quote(str(image.team))}/leaderboard\n")
    image.evaluate()
    assert_official(image)


def test_start_up_variables_of_python_do_not_reach_the_evaluators_start(image):
    write(image.team / "encodings" / "__init__.py", "import os; os._exit(0)\n")
    image.env = {"PYTHONHOME": str(image.team), "PYTHONPATH": str(image.team), "PYTHONINSPECT": "1"}
    image.evaluate()
    assert_official(image)


def put_first(image: Image, text: str) -> None:
    """A program of the team that its shells find as python3."""
    program = write(image.team / "bin" / "python3", f"#!/bin/sh\n{text}\n")
    program.chmod(0o755)
    own = shlex.quote(str(program.parent))
    write(image.bench.home / "agent_sources.sh", f"PATH={own}:$PATH\n")


def test_a_wrapper_around_python_does_not_choose_the_evaluator(image):
    real = shlex.quote(str(image.python / "bin" / "python3"))
    put_first(image, f'PYTHONPATH={shlex.quote(image.own_path)} exec {real} "$@"')
    image.evaluate()
    assert_official(image)


@pytest.mark.slow
def test_a_program_that_is_no_python_and_runs_its_own_evaluator_is_found_out(image):
    real = shlex.quote(str(image.python / "bin" / "python3"))
    evaluator = shlex.quote(str(image.team / "leaderboard/leaderboard/leaderboard_evaluator.py"))
    put_first(image, f"PYTHONPATH={shlex.quote(image.own_path)} exec {real} {evaluator}")
    image.drive()
    assert image.told()["score"] == 100
    check = EvaluatorCheck(sources_from(image.roots()), str(image.bench.status), 1)
    (problem,) = check.problems(None)
    assert (problem.kind, problem.pair) == ("evaluator", 1)
    assert "did not say which files it runs" in problem.text


def test_the_report_of_an_honest_image_is_confirmed(image):
    image.env = {"PYTHONPATH": image.own_path}
    image.drive()
    check = EvaluatorCheck(sources_from(image.roots()), str(image.bench.status), 1)
    assert check.problems(None) == ()


def test_the_report_names_each_official_file_with_its_hash(image):
    image.evaluate()
    state, evaluator, *modules = image.report()
    assert state == "state=loaded"
    digest = hashlib.sha256(EVALUATOR.encode()).hexdigest()
    place = "LEADERBOARD_ROOT/leaderboard/leaderboard_evaluator.py"
    assert evaluator == f"{digest} __main__ {place}"
    places = {line.split(" ", 2)[1]: line.split(" ", 2)[2] for line in modules}
    assert places == {
        "agents": "CARLA_API_ROOT/PythonAPI/carla/agents/__init__.py",
        "carla": "CARLA_API_ROOT/PythonAPI/carla/dist/carla-leaderboard-py3x.egg",
        "leaderboard": "LEADERBOARD_ROOT/leaderboard/__init__.py",
        "leaderboard.utils": "LEADERBOARD_ROOT/leaderboard/utils/__init__.py",
        "leaderboard.utils.statistics": "LEADERBOARD_ROOT/leaderboard/utils/statistics.py",
        "srunner": "SCENARIO_RUNNER_ROOT/srunner/__init__.py",
        "srunner.timer": "SCENARIO_RUNNER_ROOT/srunner/timer.py",
    }


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        (["carla-0.9.10-py2.7-linux-x86_64.egg"], ""),
        (
            ["carla-0.9.10-py2.7.egg", "carla-0.9.10-py3.7-linux-x86_64.egg"],
            "carla-0.9.10-py3.7-linux-x86_64.egg",
        ),
        (["carla-1-py3.1.egg", "carla-1-py3.10.egg", "carla-1-py3x.egg"], "carla-1-py3.10.egg"),
        (["carla-1-py3.7.egg", "carla-leaderboard-py3x.egg"], "carla-leaderboard-py3x.egg"),
    ],
)
def test_the_egg_of_this_python_stands_first_else_the_one_there_is(tmp_path: Path, names, chosen):
    for name in names:
        write(tmp_path / "dist" / name)
    assert Path(egg(str(tmp_path), (3, 10))).name == chosen


@pytest.mark.slow
def test_an_egg_for_another_python_is_not_replaced_by_a_copy_of_the_team(image):
    dist = image.official / "CARLA/PythonAPI/carla/dist"
    (dist / "carla-leaderboard-py3x.egg").unlink()
    with zipfile.ZipFile(dist / "carla-0.9.10-py3.5-linux-x86_64.egg", "w") as other:
        other.writestr("carla/__init__.py", "from . import libcarla\n")
    image.env = {"PYTHONPATH": image.own_path}
    image.drive(expect=0)
    assert "libcarla" in image.report()[0]
