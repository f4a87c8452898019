"""Loads the evaluator with all that it imports from the official sources, says so, and runs it.

The order is the point: the image's start-up code runs as in any Python; then the import system is
put back, the official folders stand first, every official package is loaded afresh and reported;
only then the evaluator begins, and with it the agent's module. What the agent does in its own
process after that is not ours to prevent.
"""

from __future__ import annotations

import os
import sys
import traceback
from typing import Any, Sequence

from console.workers import import_system, official_sources
from console.workers.loaded_files import Report
from console.workers.official_sources import PACKAGES, Sources

_FAILED = 1


def main(ours: str) -> None:
    """Become the evaluator. `ours`: the folder that this package was imported from."""
    evaluator, arguments = sys.argv[1], sys.argv[2:]
    sources = official_sources.sources_from(os.environ)
    report = Report(sources, os.environ)
    code = load(evaluator, sources, report)
    import_system.start_children_as_usual()
    _speak_as_told()
    sys.argv = [evaluator, *arguments]
    _run(code, evaluator)


def load(evaluator: str, sources: Sources, report: Report) -> Any:
    """The evaluator's code; all that it imports is loaded and reported. Leaves where it fails."""
    untouched, standard = import_system.Untouched(), list(sys.path)
    import_system.run_site(_team_path(sources))
    untouched.restore()
    first = [os.path.dirname(evaluator), *official_sources.search_path(sources), *standard]
    sys.path[:] = first + [each for each in sys.path if each not in first]
    import_system.forget((*PACKAGES, "console"))
    try:
        source = report.take(evaluator)
        code = compile(source, evaluator, "exec")
        exec(code, {"__name__": "official_evaluator", "__file__": evaluator})
    except BaseException as failure:  # noqa: BLE001  told, whatever it is, and the end of this run
        report.failed(failure)
        traceback.print_exc()
        sys.exit(_FAILED)
    report.loaded()
    return code


def _team_path(sources: Sources) -> Sequence[str]:
    others = os.environ.get("PYTHONPATH", "")
    return official_sources.joined(sources, others).split(os.pathsep)


def _speak_as_told() -> None:
    """An isolated Python does not read these wishes of an image; none can choose a module."""
    sys.dont_write_bytecode = bool(os.environ.get("PYTHONDONTWRITEBYTECODE"))
    encoding, _, errors = os.environ.get("PYTHONIOENCODING", "").partition(":")
    streams: list[Any] = [sys.stdout, sys.stderr] if encoding or errors else []
    for stream in streams:
        stream.reconfigure(encoding=encoding or None, errors=errors or None)


def _run(code: Any, evaluator: str) -> None:
    """As the main program of this process, as if Python had been called with it."""
    main_module = sys.modules["__main__"]
    names = vars(main_module)
    for name in [each for each in names if not each.startswith("__")]:
        del names[name]
    names.update(__file__=evaluator, __doc__=None)
    exec(code, names)
