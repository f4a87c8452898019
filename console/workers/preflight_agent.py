"""Loads the evaluator and the team's agent as the Job will, and tells what came of it.

    python3 -I -S preflight_agent.py EVALUATOR

Lines `preflight: TOPIC key=value ...`: python, evaluator, agent, config. Drives nothing, makes no
agent. Runs with the variables that the team's files have left.
"""

import os
import platform
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))

from importlib import import_module

from console.results.quoting import printable  # found beside this file
from console.workers import evaluator_loading, official_sources
from console.workers.loaded_files import Report
from console.workers.preflight_lines import tell

_LONGEST = 300


class _Told(Report):
    """Says why the evaluator cannot be loaded, and leaves no report: it drives nothing."""

    def loaded(self) -> None:
        tell("evaluator", "state=loaded")

    def failed(self, failure: BaseException) -> None:
        tell("evaluator", f"state=failed text={_words(failure)}")


def main(ours: str) -> None:
    """The evaluator first: a team's module may lean on what it has imported."""
    tell("python", f"version={platform.python_version()}")
    sources = official_sources.sources_from(os.environ)
    sys.path.remove(ours)
    evaluator_loading.load(sys.argv[1], sources, _Told(sources, os.environ))
    _look_at_config(os.environ.get("TEAM_CONFIG", ""))
    agent = os.environ.get("TEAM_AGENT", "")
    if not os.path.isfile(agent):
        tell("agent", f"state=missing path={printable(agent, _LONGEST) or '-'}")
        return
    try:
        name = _entry_point(agent)
    except BaseException as failure:  # noqa: BLE001  told, whatever a team's module raises
        tell("agent", f"state=failed text={_words(failure)}")
        return
    tell("agent", f"state=loaded entry={printable(name, _LONGEST)}")


def _look_at_config(config: str) -> None:
    there = "-" if not config else "yes" if os.path.exists(config) else "no"
    tell("config", f"exists={there} path={printable(config, _LONGEST) or '-'}")


def _entry_point(agent: str) -> str:
    """The class that the team's module names, as the evaluator asks for it."""
    sys.path.insert(0, os.path.dirname(agent))
    module = import_module(os.path.basename(agent).split(".")[0])
    if not hasattr(module, "get_entry_point"):
        raise AttributeError("the module has no get_entry_point()")
    name = str(module.get_entry_point())
    if not hasattr(module, name):
        raise AttributeError(f"get_entry_point() says {name!r}, but the module has no such class")
    return name


def _words(failure: BaseException) -> str:
    return printable(f"{type(failure).__name__}: {failure}", _LONGEST)


if __name__ == "__main__":
    main(sys.path[0])
