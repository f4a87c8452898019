"""What a launch leaves out of the routes file, told where that file can be seen beforehand.

It lies in the Leaderboard image: `--routes` names a copy of it; the embedded cluster's own images
are open to look at. Elsewhere nothing is said here: logcopy reads it and tells it in the result.
"""

from __future__ import annotations

from console import wiring
from console.cli import narration
from console.errors import InvalidInput
from console.results import coverage, files, routes_file
from console.results.plan import PlanError, launched
from console.specs.compose import Composed


def tell_left_out(composed: Composed, file: str | None) -> None:
    """Warn with numbers. Raises InvalidInput where the file does not hold what is launched."""
    plan = composed.plan
    content, name = _content(file, plan.images.leaderboard)
    if content is None:
        return
    subsets = ";".join(pair.routes_subset for pair in plan.pairs)
    try:
        known = launched(plan.leaderboard.value, subsets, plan.repetitions, content, name)
    except PlanError as error:
        if file is None:
            return
        raise InvalidInput(f"{name} does not fit the launch.", why=f"{error}.") from error
    if told := coverage.words(known.routes, known.file_routes):
        narration.say(f"warning: {told} are launched: complete will not be all of it ({name})")


def _content(file: str | None, image: str) -> tuple[bytes | None, str]:
    if file is None:
        return wiring.embedded_routes(image), f"the routes file of {image}"
    name = f"The routes file {files.shown(file)}"
    found = files.read_content(file, limit=routes_file.SIZE_LIMIT)
    if found.content is None:
        raise InvalidInput(f"{name} {found.reason}.")
    return found.content, name
