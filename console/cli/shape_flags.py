"""The flags that say the shape of a submission: its routes, its pairs, and which pair drives which.

`--routes` names a copy of the routes file, or routes, or both in turn; a file alone is all of it.
The embedded cluster's own images are open to look at.
"""

from __future__ import annotations

import argparse
import re

from msgspec.structs import replace

from console import wiring
from console.cli.refusing import refuse_empty
from console.domain.submission import USUAL_PAIRS, Layout
from console.errors import InvalidInput
from console.operations.submitting.routes_file import RoutesFile, ids_of, read_routes
from console.specs.known_routes import KnownRoutes
from console.specs.shape import (
    ALL,
    LAYOUT,
    MOST_PAIRS,
    MOST_PODS,
    PAIRS,
    ROUTES,
    SPLIT,
    Split,
    value_mistake,
)
from console.specs.values import Values

_NAMES_ROUTES = re.compile(rf"[\d\s,;-]+|{ALL}", re.ASCII)
_IMAGE = "cluster.leaderboard_image"


def add_shape_flags(group: argparse._ArgumentGroup) -> None:
    """--pairs, --layout, --routes, --split and --repetitions."""
    group.add_argument(
        "--pairs",
        metavar="N",
        help=f"1 to {MOST_PAIRS} (default: as many as a node has GPUs); in pods of their own to "
        f"{MOST_PODS} (default {USUAL_PAIRS})",
    )
    group.add_argument(
        "--layout",
        choices=list(Layout),
        help="one pod for all pairs, on one node (default), or a pod for each, on any nodes",
    )
    group.add_argument(
        "--routes",
        metavar="ROUTES|FILE",
        action="append",
        default=[],
        help="20: the first twenty; 3,7,12-15; or a copy of the image's routes file: all of it, "
        "or with a second --routes these of it",
    )
    group.add_argument("--split", choices=list(Split), help="of the routes over the pairs")
    group.add_argument("--repetitions", type=int, metavar="N", help="of each route")


def routes_file(options: argparse.Namespace) -> RoutesFile | None:
    """The file that --routes names, read; None where it names none. Raises InvalidInput."""
    named = [each for each in options.routes if not _NAMES_ROUTES.fullmatch(each)]
    if len(named) > 1:
        raise InvalidInput("--routes names two files; one is the image's.")
    if not named:
        return None
    # Read once: the options of each of many rows share it.
    known: dict[tuple[str, str], RoutesFile] = vars(options).setdefault("read", {})
    if (what := ("routes", named[0])) not in known:
        known[what] = read_routes(named[0])
    return known[what]


def shaped(options: argparse.Namespace, values: Values, known: tuple[str, ...]) -> Values:
    """The values with what these flags say over them, and with the routes file where it is seen.

    Raises InvalidInput.
    """
    refuse_empty(options, "--pairs")
    file = routes_file(options)
    said = {
        PAIRS: options.pairs,
        ROUTES: _routes(options, file),
        LAYOUT: options.layout,
        SPLIT: options.split,
    }
    for path, value in said.items():
        if value is not None:
            flag = f"--{path.partition('.')[2]}"
            if wrong := value_mistake(path, value):
                raise InvalidInput(f"{flag} {wrong}.")
            values = values.override({path: value}, origin=flag, known=known)
    return values if file is None else replace(values, known=KnownRoutes(ids_of(file)))


def with_embedded_routes(values: Values) -> Values:
    """The same with the routes of the stand-in image that they name, where nothing else is known.

    A launch that names none of its routes needs no look.
    """
    image = values.get(_IMAGE)
    if values.known.ids is not None or not values.get(ROUTES) or not isinstance(image, str):
        return values
    content = wiring.embedded_routes(image)
    if content is None:
        return values
    return replace(values, known=KnownRoutes(ids_of(RoutesFile(content, f"the file of {image}"))))


def _routes(options: argparse.Namespace, file: RoutesFile | None) -> str | None:
    named = [each for each in options.routes if _NAMES_ROUTES.fullmatch(each)]
    if len(named) > 1:
        raise InvalidInput("--routes is there twice with routes.", fix="Put commas between them.")
    return named[0] if named else ALL if file is not None else None
