"""That a server can draw: its display, the driver's graphics, and the towns of the routes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from console.results.version_rules import Leaderboard
from console.specs.checks.findings import JobFinding, Severity
from console.specs.checks.volumes import located
from console.specs.plan import HALF
from console.specs.pod import ContainerSpec, containers
from console.specs.surroundings import OFFSCREEN, VIDEO_DRIVER, X11_SOCKETS
from console.specs.towns import towns_of_image
from console.specs.tracks import leaderboard_of

_CAPABILITIES = "NVIDIA_DRIVER_CAPABILITIES"
_DRAWING = {"all", "graphics"}


def check_simulators(manifest: Mapping[str, Any]) -> Iterator[JobFinding]:
    """Findings about each server by itself, and one about the image of all."""
    found = [each for each in containers(manifest) if HALF.fullmatch(each.name)]
    simulators = [each for each in found if each.name.startswith("simulator")]
    for simulator in simulators:
        yield from _display(simulator)
        told = simulator.env.get(_CAPABILITIES)
        if told is not None and not _DRAWING & set(told.split(",")):
            what = f"{_CAPABILITIES} of {simulator.name} is {told!r}: it gets no graphics driver."
            yield JobFinding(simulator.env_place(_CAPABILITIES), what, "Write all.")
    if simulators:
        yield from _towns(simulators[0], leaderboard_of(manifest))


def _display(simulator: ContainerSpec) -> Iterator[JobFinding]:
    """Public images ask SDL for an X server unless they are told otherwise."""
    if simulator.env.get(VIDEO_DRIVER) == OFFSCREEN:
        return
    if "DISPLAY" not in simulator.env_names:
        what = f"{simulator.name} has no DISPLAY, and no {VIDEO_DRIVER}={OFFSCREEN} either."
        yield JobFinding(simulator.place, what, "A server starts with one of them only.")
        return
    local = simulator.env.get("DISPLAY", "").startswith(":")
    if local and located(simulator, X11_SOCKETS) is None:
        what = f"{simulator.name} has a DISPLAY and no volume at {X11_SOCKETS}."
        yield JobFinding(simulator.env_place("DISPLAY"), what)


def _towns(simulator: ContainerSpec, leaderboard: Leaderboard | None) -> Iterator[JobFinding]:
    has, drives = towns_of_image(simulator.image), leaderboard.towns if leaderboard else ()
    missing = [town for town in drives if has is not None and town not in has]
    if missing:
        what = f"{simulator.image} has no {' and no '.join(missing)}, where routes of Leaderboard"
        yield JobFinding(
            (*simulator.place, "image"),
            f"{what} {leaderboard} are: they would fail with 'map not found'.",
            "Build an image with the additional maps, or name the one of your site.",
            Severity.WARNING,
        )
