"""What a launch does with a routes file that can be seen before it: what it leaves out, its towns.

The file lies in the Leaderboard image; who launches may have a copy of it. Without one, a preflight
reads it on the node, and logcopy tells it in the result.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import msgspec

from console.domain.submission import SubmissionPlan
from console.errors import InvalidInput
from console.results import coverage, files, routes_file
from console.results.plan import PlanError, launched
from console.results.towns import launched_towns
from console.specs.towns import towns_of_image


class RoutesFile(msgspec.Struct, frozen=True):
    """Its content and how it is called in a sentence."""

    content: bytes
    name: str


def read_routes(path: str) -> RoutesFile:
    """A copy on this machine. Raises InvalidInput."""
    name = f"The routes file {files.shown(path)}"
    found = files.read_content(path, limit=routes_file.SIZE_LIMIT)
    if found.content is None:
        raise InvalidInput(f"{name} {found.reason}.")
    return RoutesFile(found.content, name)


def ids_of(file: RoutesFile) -> tuple[str, ...]:
    """Of its routes, in its order. Raises InvalidInput where no result could tell them apart."""
    try:
        ids = routes_file.route_ids(file.content, file.name)
    except PlanError as error:
        raise InvalidInput(f"{file.name} cannot be read.", why=f"{error}.") from error
    twice = next((route for route, times in Counter(ids).items() if times > 1), None)
    if twice is not None:
        raise InvalidInput(
            f"{file.name} has route {twice} more than once.",
            why="No result could tell the two apart.",
        )
    return tuple(ids)


def remarks(plan: SubmissionPlan, file: RoutesFile) -> tuple[str, ...]:
    """What has to be known of it before the launch, a sentence each; nothing where all is well.

    Raises InvalidInput where it does not hold what is launched.
    """
    name = file.name
    try:
        known = launched(plan.drives, file.content, name)
        towns = launched_towns(file.content, plan.drives.subsets, name)
    except PlanError as error:
        raise InvalidInput(f"{name} does not fit the launch.", why=f"{error}.") from error
    return (*_left_out(known.routes, known.file_routes, name), *_towns(plan, towns))


def _left_out(launched_routes: int | None, in_file: int | None, name: str) -> Iterator[str]:
    if told := coverage.words(launched_routes, in_file):
        yield f"{told} are launched: complete will not be all of it ({name})"


def _towns(plan: SubmissionPlan, towns: dict[str, int]) -> Iterator[str]:
    """Only of a public image is it known what it has."""
    image = plan.images.simulator
    has = towns_of_image(image)
    lacks = [town for town in towns if town and has is not None and town not in has]
    if lacks:
        named = ", ".join(f"{town} ({towns[town]} routes)" for town in lacks)
        yield f"{image} lacks towns of the launched routes: {named}"
