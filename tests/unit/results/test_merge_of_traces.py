"""Every file state that the real evaluators left behind on their way, merged as it stood."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from result_vectors import ROOT

from console.results.collecting import Partial
from console.results.drives import Drives
from console.results.leaderboard import named
from console.results.plan import launched
from console.results.report import MergeReport
from console.results.trustworthy import merge

TRACES = sorted((ROOT.parent / "traces").glob("lb*/*/meta.json"))


def _reports(trace: Path) -> list[MergeReport]:
    told = json.loads(trace.read_text())
    version = "1.0" if trace.parent.parent.name == "lb10" else "2.0"
    xml = (trace.parent / "routes.xml").read_text()
    plan = launched(Drives.of(named(version), told["routes_subset"], told["repetitions"]), xml)
    writes = sorted(trace.parent.glob("run_*/write_*.json"))
    return [merge(plan, [Partial(1, write.read_text())]) for write in writes]


@pytest.mark.parametrize(
    "trace", TRACES, ids=lambda path: str(path.parent.relative_to(ROOT.parent))
)
def test_a_run_is_complete_at_its_very_last_write_and_at_no_other(trace: Path) -> None:
    *earlier, last = _reports(trace)
    assert last.complete
    assert last.problems == ()
    assert not any(report.complete for report in earlier)


@pytest.mark.parametrize(
    "trace", TRACES, ids=lambda path: str(path.parent.relative_to(ROOT.parent))
)
def test_finished_drives_only_grow_and_nothing_is_suspected_on_the_way(trace: Path) -> None:
    reports = _reports(trace)
    done = [report.done for report in reports]
    assert done == sorted(done)
    kinds = {problem.kind for report in reports for problem in report.problems}
    assert kinds <= {"missing", "unsettled"}


def test_there_are_traces_to_merge() -> None:
    assert len(TRACES) >= 5
