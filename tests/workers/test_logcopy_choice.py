"""A submission with drives that were chosen to be driven again: logcopy's own document says so."""

from __future__ import annotations

from fakes.documents import record

from console.results.collecting import Partial
from console.results.leaderboard import named
from console.results.partial_document import left_behind
from console.results.trustworthy import merge
from console.workers.logcopy import plan_of
from console.workers.logcopy_settings import settings_from

TOLD = "RouteScenario_3_rep0 ended by the agent's own doing and was driven again by choice"
ENV = {"LEADERBOARD": "2.0", "REPETITIONS": "1", "ROUTES_SUBSETS": "0-1;2-3", "ROUTES": "/none"}


def test_it_is_complete_and_does_not_count() -> None:
    version = named("2.0")
    partials = [
        Partial(pair, version.text(left_behind(version, rows, 2, ["carla_camera"])))
        for pair, rows in (
            (1, [record("2.0", 0, 0, 0, 100.0), record("2.0", 1, 0, 1, 100.0)]),
            (2, [record("2.0", 2, 0, 0, 100.0), record("2.0", 3, 0, 1, 100.0)]),
        )
    ]
    for env, counts in ((ENV, True), (ENV | {"CHOSEN_AGAIN": TOLD}, False)):
        plan, noted = plan_of(settings_from(env))
        report = merge(plan, partials, noted=noted)
        assert (report.complete, report.document["eligible"]) == (True, counts)
    told = [(each.kind, each.text) for each in report.problems]
    assert ("chosen", TOLD) in told
    assert told[-1][0] == "ineligible"
