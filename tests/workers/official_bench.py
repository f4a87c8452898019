"""Private contents and a team's image in a temporary pod, with an evaluator that tells what it runs."""

from __future__ import annotations

import json
import subprocess
import sys
import venv
import zipfile
from pathlib import Path
from typing import Any

from pair_bench import Bench, exit_of

WORKERS = Path(__file__).parents[2] / "console" / "workers"
EVALUATOR_TEXT = (
    f'exec python3 -I -S -u "{WORKERS / "official_start.py"}" '
    '"$LEADERBOARD_ROOT/leaderboard/leaderboard_evaluator.py" --agent="$TEAM_AGENT"'
)
"""What the Job gives the agent's half to run."""
EVALUATOR = """
import json, os, resource, sys
import agents, carla, srunner.timer
from leaderboard.utils.statistics import SCORE

def main():
    modules = {name: sys.modules[name].__file__ for name in
               ("carla", "agents", "srunner.timer", "leaderboard.utils.statistics")}
    told = {"score": SCORE, "modules": modules, "argv": sys.argv[1:], "main": __file__,
            "cwd": os.getcwd(), "umask": os.umask(0), "files": resource.getrlimit(resource.RLIMIT_NOFILE)[0], "path": sys.path, "env": dict(os.environ)}
    with open(os.environ["TOLD"], "w") as out:
        json.dump(told, out)
    checkpoint = {"_checkpoint": {"global_record": {"index": -1}, "progress": [1, 1],
                  "records": []}, "entry_status": "Finished"}
    with open(os.environ["CHECKPOINT"], "w") as out:
        json.dump(checkpoint, out)

if __name__ == "__main__":
    main()
"""


def write(path: Path, text: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def copies(folder: Path, score: int) -> None:
    """The packages of the private contents below one folder, in the layout of an image."""
    top = folder / "leaderboard"
    write(top / "leaderboard" / "__init__.py")
    write(top / "leaderboard" / "utils" / "__init__.py")
    write(top / "leaderboard" / "utils" / "statistics.py", f"SCORE = {score}\n")
    write(top / "leaderboard" / "leaderboard_evaluator.py", EVALUATOR)
    write(folder / "scenario_runner" / "srunner" / "__init__.py")
    write(folder / "scenario_runner" / "srunner" / "timer.py", f"SCORE = {score}\n")
    api = folder / "CARLA" / "PythonAPI" / "carla"
    write(api / "agents" / "__init__.py", f"SCORE = {score}\n")
    (api / "dist").mkdir()
    with zipfile.ZipFile(api / "dist" / "carla-leaderboard-py3x.egg", "w") as egg:
        egg.writestr("carla/__init__.py", f"SCORE = {score}\n")


class Image:
    """A team's image: a Python of its own, a home, and its own copies, which score 100."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.official = bench.root / "workspace"
        copies(self.official, 7)
        self.team = bench.root / "team"
        copies(self.team, 100)
        self.python = bench.root / "python"
        venv.create(self.python, system_site_packages=True, symlinks=True)
        minor = f"python{sys.version_info[0]}.{sys.version_info[1]}"
        self.site_packages = self.python / "lib" / minor / "site-packages"
        self.user_site = bench.home / ".local" / "lib" / minor / "site-packages"
        self.user_site.mkdir(parents=True)
        self.env: dict[str, str] = {}

    @property
    def own(self) -> list[str]:
        """The folders of the team's copies, as a PYTHONPATH has them."""
        egg = "CARLA/PythonAPI/carla/dist/carla-leaderboard-py3x.egg"
        names = (egg, "CARLA/PythonAPI/carla", "scenario_runner", "leaderboard")
        return [str(self.team / name) for name in names]

    @property
    def own_path(self) -> str:
        return ":".join(self.own)

    def roots(self) -> dict[str, str]:
        return {
            "LEADERBOARD_ROOT": str(self.official / "leaderboard"),
            "SCENARIO_RUNNER_ROOT": str(self.official / "scenario_runner"),
            "CARLA_API_ROOT": str(self.official / "CARLA"),
        }

    def drive(self, *, expect: int = 0) -> None:
        """One pair of one attempt, with the Job's own text for the evaluator."""
        simulator = self.bench.start("simulator")
        agent = self.bench.start("agent", text=EVALUATOR_TEXT, env=self._environment())
        assert exit_of(agent) == expect, self.bench.output("agent")
        exit_of(simulator)

    def evaluate(self) -> None:
        """The evaluator alone, started as the agent's half starts it: no pair, no server."""
        command = [*self.bench.shell, str(WORKERS / "evaluator_start.sh"), EVALUATOR_TEXT]
        env = self.bench.environment(1, {"ATTEMPT": "1", **self._environment()})
        done = subprocess.run(
            command,
            env=env,
            cwd=self.bench.root,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=30,
            check=False,
        )
        assert done.returncode == 0, done.stdout.decode(errors="replace")

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": f"{self.python / 'bin'}:/usr/bin:/bin",
            "TOLD": str(self.bench.root / "told"),
            "TEAM_AGENT": "/team/agent.py",
            "PYTHONDONTWRITEBYTECODE": "1",
            **self.roots(),
            **self.env,
        }

    def told(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.bench.root / "told").read_text())
        return found

    def report(self, attempt: int = 1) -> list[str]:
        path = self.bench.status / f"pair-1.agent.evaluator-{attempt}"
        return path.read_text().splitlines()
