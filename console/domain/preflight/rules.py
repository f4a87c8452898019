"""Which rule judges which topic, in the checklist's order. Pure."""

from __future__ import annotations

from console.domain.preflight import agents, gpus, node, simulators
from console.domain.preflight.checklist import NodeFinding, Rule, SeenByHalves, Topic, checklist

RULES: tuple[tuple[Topic, Rule], ...] = (
    (Topic.GPUS, gpus.gpus),
    (Topic.GRAPHICS, simulators.graphics),
    (Topic.DISPLAY, simulators.display),
    (Topic.SERVER, simulators.server),
    (Topic.PORTS, simulators.ports),
    (Topic.CONTENTS, node.contents),
    (Topic.ROUTES, node.routes),
    (Topic.TOWNS, simulators.towns),
    (Topic.EVALUATOR, agents.evaluator),
    (Topic.AGENT, agents.agent),
    (Topic.MEMORY, agents.memory),
    (Topic.DISK, node.disk),
    (Topic.CLOCK, node.clock),
)


def judged(seen: SeenByHalves) -> tuple[NodeFinding, ...]:
    """The whole checklist."""
    return checklist(seen, RULES)
