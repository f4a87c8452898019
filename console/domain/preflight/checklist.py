"""The checklist of what a submission would meet on a node: its topics and verdicts. Pure.

Each topic has at least one finding. What no container could tell is unknown, never fine. What a
topic needs, its rule knows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum

import msgspec

from console.domain.preflight.facts import ToldByContainers
from console.domain.submission import SubmissionPlan


class NodeVerdict(StrEnum):
    """How a finding speaks for the launch."""

    OK = "ok"
    WARNING = "warning"
    FAILS = "fails"
    UNKNOWN = "unknown"


OK, WARNING = NodeVerdict.OK, NodeVerdict.WARNING
FAILS, UNKNOWN = NodeVerdict.FAILS, NodeVerdict.UNKNOWN
"""As the rules write them."""


class Topic(StrEnum):
    """The lines of the checklist, in its order."""

    RIGHTS = "rights"
    DRY_RUN = "dry run"
    CHANGES = "changes"
    QUEUE = "queue"
    """Only of a submission that goes into one."""
    START = "start"
    GPUS = "GPUs"
    GRAPHICS = "graphics"
    DISPLAY = "display"
    SERVER = "server"
    PORTS = "ports"
    CONTENTS = "contents"
    ROUTES = "routes"
    TOWNS = "towns"
    EVALUATOR = "evaluator"
    AGENT = "agent"
    MEMORY = "memory"
    DISK = "disk"
    CLOCK = "clock"


class NodeFinding(msgspec.Struct, frozen=True, gc=False):
    """One line of the checklist. All words of containers in `text` are hostile."""

    topic: Topic
    verdict: NodeVerdict
    text: str
    fix: str = ""


class SeenByHalves(msgspec.Struct, frozen=True, gc=False):
    """What is there to be judged."""

    plan: SubmissionPlan
    told: Mapping[str, ToldByContainers]
    silent: Mapping[str, str]
    """Containers that told nothing, with the cluster's reason or an empty text."""
    begun: datetime
    ended: datetime
    """Between these two, by this machine's clock, the node told its own."""

    def of(self, container: str) -> ToldByContainers:
        return self.told.get(container) or ToldByContainers(container)

    @property
    def simulators(self) -> dict[str, ToldByContainers]:
        """All of them, silent ones too; none where none told anything."""
        return self._halves(tuple(pair.simulator for pair in self.plan.pairs))

    @property
    def agents(self) -> dict[str, ToldByContainers]:
        return self._halves(tuple(pair.agent for pair in self.plan.pairs))

    def _halves(self, names: tuple[str, ...]) -> dict[str, ToldByContainers]:
        return {name: self.of(name) for name in names} if set(names) & set(self.told) else {}


Judged = tuple[NodeVerdict, str, str]
"""Verdict, text and fix of one container."""


def together(topic: Topic, judged: Mapping[str, Judged | None]) -> Iterator[NodeFinding]:
    """One finding for all of which the same is true; named unless it is good and true of all."""
    by_words: dict[Judged, list[str]] = {}
    for name, found in judged.items():
        if found is not None:
            by_words.setdefault(found, []).append(name)
    for (verdict, text, fix), names in by_words.items():
        whole = len(names) == len(judged) and verdict is NodeVerdict.OK
        yield NodeFinding(topic, verdict, text if whole else f"{', '.join(names)}: {text}", fix)


def checklist(seen: SeenByHalves, rules: Iterable[tuple[Topic, Rule]]) -> tuple[NodeFinding, ...]:
    """Every topic's findings; a topic of which nothing was told is unknown."""
    found = list(_started(seen))
    for topic, rule in rules:
        own = list(rule(seen))
        found += own or [NodeFinding(topic, NodeVerdict.UNKNOWN, "nothing was told of it")]
    return tuple(found)


Rule = Callable[[SeenByHalves], Iterator[NodeFinding]]


def _started(seen: SeenByHalves) -> Iterator[NodeFinding]:
    judged = {each: _start(seen, each) for each in seen.plan.containers}
    if len({*judged.values()}) == 1 and not seen.told:
        verdict, text, fix = judged[seen.plan.containers[0]]
        yield NodeFinding(Topic.START, verdict, f"no container runs: {text}", fix)
    else:
        yield from together(Topic.START, judged)


def _start(seen: SeenByHalves, container: str) -> Judged:
    if container not in seen.told:
        return NodeVerdict.FAILS, seen.silent.get(container) or "it told nothing", ""
    if not seen.of(container).complete:
        return NodeVerdict.WARNING, "it was cut short before it had told everything", ""
    return NodeVerdict.OK, "all containers run", ""
