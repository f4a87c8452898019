"""Bench2Drive's 220 routes as a routes file: real ids, towns and scenario types, made-up points."""

from __future__ import annotations

from console.localcluster.images.contents import bench2drive_routes
from console.results.bench2drive_routes import routes


def facts() -> tuple[tuple[str, str, str], ...]:
    """(id, town, scenario type) of each route, in the order of the file."""
    return tuple((route.id, route.town, route.scenario) for route in routes())


def routes_xml() -> str:
    """The file."""
    return bench2drive_routes().decode()
