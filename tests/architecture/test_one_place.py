"""What is known or done in one place only, and names that mean one thing."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest

from console.domain.submission import SubmissionPlan
from console.results.drives import Drives
from console.results.plan import Plan
from console.workers.logcopy_settings import LogcopySettings

CONSOLE = Path(__file__).resolve().parents[2] / "console"
MODULES = [path for path in CONSOLE.rglob("*.py") if "rootfs" not in path.parts]
CLASS = re.compile(r"^ *class (\w+)[(:[]", re.MULTILINE)
OTHERS_WORDS = ("localcluster/images/standin/", "cluster/wire.py")
"""Stand-ins speak as the evaluators do, and what comes over the wire as Kubernetes does."""


def test_no_two_classes_share_a_name() -> None:
    homes = defaultdict(list)
    for path in MODULES:
        name = str(path.relative_to(CONSOLE))
        if name.startswith(OTHERS_WORDS):
            continue
        for found in CLASS.findall(path.read_text()):
            homes[found.lstrip("_")].append(name)
    assert {name: where for name, where in homes.items() if len(where) > 1} == {}


def test_a_log_stream_is_taken_apart_in_one_place() -> None:
    blocks = re.compile(r"\b(LogOpened|LinesMissing|LogLines)\b")
    knowing = {str(p.relative_to(CONSOLE)) for p in MODULES if blocks.search(p.read_text())}
    named, sent = "operations/ports/cluster.py", "cluster/tailing.py"
    assert knowing == {named, sent, "operations/recording/draining.py"}


def test_which_pairs_are_over_is_said_in_one_place() -> None:
    """Every other list of statuses is of fewer, or is made of that one."""
    group = re.compile(r"\(([^()]*PairStatus\.[^()]*)\)")
    ends = {"PairStatus.DONE", "PairStatus.STOPPED", "PairStatus.FAILED"}
    saying = {
        str(path.relative_to(CONSOLE))
        for path in MODULES
        for found in group.findall(path.read_text())
        if ends <= set(re.findall(r"PairStatus\.\w+", found))
    }
    assert saying == {"domain/pair_board.py"}


@pytest.mark.parametrize("plan", [SubmissionPlan, Plan, LogcopySettings])
def test_whoever_has_a_plan_holds_what_is_driven_and_does_not_say_it_again(plan: type) -> None:
    own = plan.__annotations__.keys()
    assert "drives" in own
    assert not own & Drives.__annotations__.keys()


def test_decoders_are_made_where_one_thread_waits_for_another() -> None:
    """msgspec ends the process where two threads ask for the first decoder of a struct."""
    making = re.compile(r"msgspec\.(json\.Decoder\(|convert\(|json\.decode\([^\n]*type=)")
    makers = {str(p.relative_to(CONSOLE)) for p in MODULES if making.search(p.read_text())}
    assert makers == {"struct_library.py"}
