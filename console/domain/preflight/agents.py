"""What the halves that drive need of the team's image. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from console.domain.preflight.checklist import (
    FAILS,
    OK,
    UNKNOWN,
    WARNING,
    Judged,
    NodeFinding,
    SeenByHalves,
    Topic,
    together,
)
from console.domain.preflight.facts import ToldByContainers
from console.domain.preflight.node import size

USUAL_SHM = 1024 * 1024
"""KiB; a runtime's 64 MB is too little for PyTorch's loaders and ROS 2."""


def evaluator(seen: SeenByHalves) -> Iterator[NodeFinding]:
    """The official evaluator loads in the team's image."""
    yield from together(Topic.EVALUATOR, {n: _evaluator(t) for n, t in seen.agents.items()})


def _evaluator(told: ToldByContainers) -> Judged:
    version = told.value("python", "version")
    state = told.value("evaluator", "state")
    fix = "The team's image must have what upstream's document asks for"
    if state == "loaded":
        return OK, f"it loads with the image's Python {version or '?'}", ""
    if state == "failed":
        return FAILS, f"it does not load: {told.value('evaluator', 'text') or '?'}", fix
    if told.fact("python") and version is None:
        return FAILS, "the image has no python3", fix
    if late := told.value("late", "seconds"):
        return FAILS, f"it did not load within {late} s", fix
    return UNKNOWN, "it is not known whether it loads", ""


def agent(seen: SeenByHalves) -> Iterator[NodeFinding]:
    """The team's module loads and names its class."""
    yield from together(Topic.AGENT, {n: _agent(t) for n, t in seen.agents.items()})
    yield from together(Topic.AGENT, {n: _config(t) for n, t in seen.agents.items()})


def _agent(told: ToldByContainers) -> Judged:
    fact = told.fact("agent")
    state = fact.get("state") if fact else None
    if fact and state == "loaded":
        return OK, f"its entry point is {fact.get('entry') or '?'}", ""
    if fact and state == "missing":
        path = fact.get("path")
        what = f"TEAM_AGENT names {path}, which is not there" if path else "TEAM_AGENT is not set"
        return FAILS, what, "The team's image sets TEAM_AGENT to its module"
    if fact and state == "failed":
        return FAILS, f"its module does not load: {fact.get('text') or '?'}", ""
    if late := told.value("late", "seconds"):
        return FAILS, f"its module did not load within {late} s", ""
    return UNKNOWN, "its module was not tried", ""


def _config(told: ToldByContainers) -> Judged | None:
    fact = told.fact("config")
    if fact is None or fact.get("exists") != "no":
        return None
    return WARNING, f"TEAM_CONFIG names {fact.get('path')}, which is no file there", ""


def memory(seen: SeenByHalves) -> Iterator[NodeFinding]:
    """Agents have shared memory for their loaders."""
    yield from together(Topic.MEMORY, {n: _memory(t) for n, t in seen.agents.items()})


def _memory(told: ToldByContainers) -> Judged:
    fact = told.fact("memory")
    kib = fact.number("shm") if fact else None
    if kib is None:
        return UNKNOWN, "the size of /dev/shm could not be told", ""
    text = f"/dev/shm has {size(kib * 1024)}"
    if kib < USUAL_SHM:
        fix = "--set cluster.agent_shm=8Gi"
        return WARNING, f"{text}: little for PyTorch's loaders and ROS 2", fix
    return OK, text, ""
