"""What a launch does with the routes file, told where that file can be seen beforehand.

`--routes` names a copy of it; the embedded cluster's own images are open to look at.
"""

from __future__ import annotations

import argparse

from console import wiring
from console.cli import narration
from console.cli.shape_flags import routes_file
from console.errors import InvalidInput
from console.operations.submitting.routes_file import RoutesFile, remarks
from console.specs.compose import Composed


def tell_left_out(composed: Composed, options: argparse.Namespace) -> None:
    """Warn with numbers. Raises InvalidInput where the file does not hold what is launched."""
    plan, named = composed.plan, routes_file(options)
    file = _own(plan.images.leaderboard) if named is None else named
    if file is None:
        return
    try:
        found = remarks(plan, file)
    except InvalidInput:
        if named is None:
            return
        raise
    for told in found:
        narration.say(f"warning: {told}")


def _own(image: str) -> RoutesFile | None:
    content = wiring.embedded_routes(image)
    return None if content is None else RoutesFile(content, f"the routes file of {image}")
