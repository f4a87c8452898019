"""That the track is one of the Leaderboard's, and that its routes are the ones that are driven."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from posixpath import basename
from typing import Any

from console.specs.checks.findings import JobFinding
from console.specs.pod import containers
from console.specs.tracks import QUALIFIER, ROUTES, TESTING, TRACK, leaderboard_of, routes_of


def check_tracks(manifest: Mapping[str, Any]) -> Iterator[JobFinding]:
    """One finding for a track, however many agents have it."""
    version = leaderboard_of(manifest)
    agents = [each for each in containers(manifest) if TRACK in each.env]
    if version is None or not agents:
        return
    track = agents[0].env[TRACK]
    if track not in version.tracks:
        what = f"Leaderboard {version} has no track {track!r}: every route would fail."
        yield JobFinding(
            agents[0].env_place(TRACK), what, f"Its tracks are {' and '.join(version.tracks)}."
        )
        return
    for agent in agents:
        if agent.env[TRACK] != track:
            what = f"The track of {agents[0].name} is {track}, of {agent.name} {agent.env[TRACK]}."
            yield JobFinding(agent.env_place(TRACK), what)
        routes, wanted = basename(agent.env.get(ROUTES, "")), routes_of(track)
        if routes in (TESTING, QUALIFIER) and routes != wanted:
            what = f"{agent.name} has the track {track} and the routes of {routes}."
            yield JobFinding(agent.env_place(ROUTES), what, f"That track drives {wanted}.")
