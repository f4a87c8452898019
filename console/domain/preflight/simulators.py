"""What the servers need of their image and node: graphics, a display, ports, maps. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from console.domain.preflight.checklist import (
    FAILS,
    OK,
    UNKNOWN,
    Judged,
    NodeFinding,
    SeenByHalves,
    Topic,
    together,
)
from console.domain.preflight.facts import ToldByContainers
from console.domain.submission import LOGCOPY

NO_SDL, NO_VULKAN = "Could not initialize SDL", "compatible Vulkan driver"
OFFSCREEN = "--set cluster.display=offscreen, where the image can draw offscreen"
_TROUBLE = re.compile(r"error|could not|cannot|fail|signal|fatal", re.IGNORECASE)


def graphics(seen: SeenByHalves) -> Iterator[NodeFinding]:
    """Vulkan finds a GPU; a server that draws proves it where nobody can be asked."""
    yield from together(Topic.GRAPHICS, {n: _graphics(t) for n, t in seen.simulators.items()})


def _graphics(told: ToldByContainers) -> Judged | None:
    fact = told.fact("vulkan")
    if fact is None:
        return None
    devices = fact.number("devices")
    if devices == 0 or _said(told, NO_VULKAN):
        why = f"NVIDIA_DRIVER_CAPABILITIES is {fact.get('capabilities') or 'not set'}"
        fix = "The node's container runtime must give containers the driver's graphics"
        return FAILS, f"Vulkan finds no GPU ({why})", fix
    if devices:
        return OK, f"Vulkan finds {devices} GPU{'s' if devices > 1 else ''}", ""
    if told.value("server", "state") == "listens":
        return OK, "the server draws", ""
    if fact.get("driver_file") == "yes":
        return OK, "the driver's Vulkan file is there", ""
    return UNKNOWN, "neither vulkaninfo nor the driver's Vulkan file is there", ""


def display(seen: SeenByHalves) -> Iterator[NodeFinding]:
    """An X server on the node, or a server that needs none."""
    yield from together(Topic.DISPLAY, {n: _display(t) for n, t in seen.simulators.items()})


def _display(told: ToldByContainers) -> Judged | None:
    fact = told.fact("display")
    if fact is None:
        return None
    offscreen = fact.get("sdl") == "offscreen"
    if _said(told, NO_SDL) and (offscreen or fact.get("socket") == "yes"):
        what = "offscreen" if offscreen else f"on display {fact.get('display')}"
        return FAILS, f"the server cannot draw {what}", "" if offscreen else OFFSCREEN
    if offscreen:
        return OK, "offscreen: no X server is needed", ""
    if fact.get("socket") == "yes":
        return OK, f"an X server has the display {fact.get('display')}", ""
    if fact.get("socket") == "no":
        text = f"no X server on the node has the display {fact.get('display')}"
        return FAILS, text, f"Start one on the node's GPUs, or {OFFSCREEN}"
    return UNKNOWN, f"DISPLAY is {fact.get('display') or 'not set'}: is it this node's?", ""


def server(seen: SeenByHalves) -> Iterator[NodeFinding]:
    """The real server, started as the Job starts it, listens."""
    yield from together(Topic.SERVER, {n: _server(t) for n, t in seen.simulators.items()})


def _server(told: ToldByContainers) -> Judged | None:
    fact = told.fact("server")
    if fact is None:
        return None
    state = fact.get("state")
    if state == "listens":
        return OK, "it boots and listens", ""
    if state == "taken":
        return FAILS, f"something else listens on port {fact.get('port')} already", ""
    last = f": {words}" if (words := _telling(told)) else ""
    if state == "ended":
        return FAILS, f"it ended by itself, exit code {fact.get('exit') or '?'}{last}", ""
    return FAILS, f"it runs, but did not listen within {fact.get('seconds') or '?'} s{last}", ""


def _telling(told: ToldByContainers) -> str:
    """Of the server's last words those that most likely say why."""
    words = [each.get("text") or "" for each in told.facts if each.topic == "words"]
    return next((each for each in words if _TROUBLE.search(each)), words[-1] if words else "")


_WHO_LISTENS = (
    "See what listens there: in the pod, or on the node if the Job has its network (hostNetwork)"
)


def ports(seen: SeenByHalves) -> Iterator[NodeFinding]:
    """Each agent reaches its own server, and its traffic manager's port is free."""
    judged: dict[str, Judged | None] = {}
    for pair in seen.plan.pairs:
        if pair.agent not in seen.told:
            continue
        state = seen.of(pair.agent).value("reach", "state")
        listens = seen.of(pair.simulator).value("server", "state") == "listens"
        if seen.of(pair.agent).value("manager", "state") == "taken":
            text = f"its traffic manager's port {pair.traffic_manager_port} is taken"
            judged[pair.agent] = FAILS, text, _WHO_LISTENS
        elif state == "open":
            judged[pair.agent] = OK, "each agent reaches its server", ""
        elif state == "closed" and listens:
            text = f"it cannot reach its server on port {pair.carla_port}"
            judged[pair.agent] = FAILS, text, "Look at what filters the pod's own network"
        else:
            judged[pair.agent] = UNKNOWN, "its server was not there to be reached", ""
    yield from together(Topic.PORTS, judged)


def towns(seen: SeenByHalves) -> Iterator[NodeFinding]:
    """Each town of the launched routes is in the simulator's image."""
    told = seen.of(LOGCOPY).value("routes", "towns")
    needed = dict(_town(word) for word in told.split(",")) if told else {}
    if needed:
        simulators = seen.simulators.items()
        judged = {n: _towns(t, needed) if t.fact("maps") else None for n, t in simulators}
        yield from together(Topic.TOWNS, judged)


def _town(word: str) -> tuple[str, str]:
    name, _, number = word.partition(":")
    return name, number


def _towns(told: ToldByContainers, needed: dict[str, str]) -> Judged:
    has = told.value("maps", "names")
    listed = ", ".join(f"{town} ({number})" for town, number in needed.items())
    if has is None:
        return UNKNOWN, f"the image's maps are not where CARLA has them; needed: {listed}", ""
    maps = has.split(",")
    lacks = [town for town in needed if town not in maps and f"{town}_Opt" not in maps]
    if not lacks:
        return OK, f"the image has all that are driven: {listed}", ""
    routes_lost = ", ".join(f"{town} ({needed[town]} routes)" for town in lacks)
    fix = "Additional maps are a download of their own: build an image with them"
    return FAILS, f"the image lacks {routes_lost}; it has {', '.join(maps)}", fix


def _said(told: ToldByContainers, words: str) -> bool:
    return any(words in (each.get("text") or "") for each in told.facts if each.topic == "words")
