"""Gives up a drive that crashes its pair again and again: records it the way the evaluator would.

Runs in the agent's container between two attempts, started by the pair supervisor. The checkpoint
is changed so that the evaluator's own resume goes on with the next drive, also where that resume
would repeat the last one that is finished. Decides nothing else: which attempts ended where is what
the supervisors have written. Standard-library Python 3.7.

Environment: PAIR, STATUS_DIR, CHECKPOINT, ATTEMPT, ROUTE_ATTEMPTS (attempts that a drive gets),
ROUTES, ROUTES_SUBSET, REPETITIONS, and SCENARIOS, which only Leaderboard 1.0 has.
Exit status: 0 there is nothing to give up; 10 the checkpoint is changed; 1 it could not be.
"""

from __future__ import annotations

import math
import os
import signal
import sys
import time
import xml.etree.ElementTree as ElementTree
from typing import TYPE_CHECKING, Any, Mapping

from console.results import files, jsontext, routes_file, statuses
from console.results.checkpoint import Checkpoint, checkpoint_of
from console.results.drives import Drives
from console.results.leaderboard import of_evaluator
from console.results.partial_document import before, unloaded
from console.results.plan import Plan, PlanError, launched
from console.results.raw_record import Refused, refuse_strange, route_of
from console.results.subsets import ROUTE
from console.workers import earlier_ends, pair_words, status_files
from console.workers.status_files import HalfEnd, PairsStatus

if TYPE_CHECKING:
    from console.results.collecting import Key

GAVE_UP = 10
_LONGEST_LOOK = 20
_SEEN_TO_VANISH = [pair_words.LOST_PARTNER, pair_words.VANISHED]
_NOBODYS_FAULT = (*pair_words.ASKED_TO_STOP, pair_words.DONE)


class Unable(Exception):
    """Why no drive can be given up, as a sentence without its end."""


def crashes(status: PairsStatus, pair: int, earlier: tuple[HalfEnd, ...] = ()) -> dict[str, int]:
    """How many attempts of a pair a crash or a hang has ended, by `RouteScenario_<id>_rep<k>`.

    `earlier`: ends in pods that it had before.
    A half that was killed without a word counts like a crash when its partner lived to see it. When
    both vanished their pod, their node or their sandbox did, and that says nothing of the route.
    """
    counted: dict[str, int] = {}
    ends = [*earlier, *(end for role in pair_words.ROLES for end in status.half(pair, role).ended)]
    for end in (each for each in ends if each.half == "agent"):
        told = sorted(_reason(ends, role, end.attempt) for role in pair_words.ROLES)
        blamed = any(reason in pair_words.AT_FAULT for reason in told) or told == _SEEN_TO_VANISH
        if end.route and blamed and not any(reason in _NOBODYS_FAULT for reason in told):
            counted[end.route] = counted.get(end.route, 0) + 1
    return counted


def _reason(ends: list[HalfEnd], role: str, attempt: int) -> str:
    """Why a half's attempt ended. One without an end has vanished, though nobody said so yet."""
    told = [end.reason for end in ends if (end.half, end.attempt) == (role, attempt)]
    return told[0] if told else pair_words.VANISHED


def next_place(checkpoint: Checkpoint, keys: list[Key]) -> int:
    """The place of the first drive that has no settled record, len(keys) when there is none."""
    for place, key in enumerate(keys):
        if place >= len(checkpoint.records) or checkpoint.provisional(place):
            return place
        if not _is_of(checkpoint.records[place], key, place):
            return place
    return len(keys)


def without(document: Any, plan: Plan, place: int, length: float) -> dict[str, Any]:
    """The checkpoint with the drive at `place` settled as failed. `length` in metres, 1.0 only.

    A record of it that the crashing evaluator managed to write is kept. Raises Refused.
    """
    checkpoint = checkpoint_of(document, plan.leaderboard)
    failed = _own_record(checkpoint, plan, place) or _record(plan, place, length)
    return behind(document, plan, [*checkpoint.records[:place], failed])


def behind(document: Any, plan: Plan, records: list[Any]) -> dict[str, Any]:
    """The checkpoint of which every evaluator goes on behind these records. Raises Refused.

    Where none is left it is a finished one, for a resume might repeat the last drive.
    """
    checkpoint, place = checkpoint_of(document, plan.leaderboard), len(records)
    following: dict[str, Any] = {}
    if place < plan.total:
        following = _own_record(checkpoint, plan, place) or _record(plan, place, 0.0)
    sensors = list(checkpoint.sensors)
    return {**document, **before(plan.leaderboard, records, plan.total, sensors, following)}


def fresh(plan: Plan) -> dict[str, Any]:
    """The checkpoint of an evaluator that died before it wrote one."""
    inner = {"global_record": {}, "progress": [0, plan.total], "records": []}
    document = {"_checkpoint": inner, "entry_status": "Started", "eligible": False}
    return {**document, "sensors": [], "values": [], "labels": []}


def give_up(env: Mapping[str, str]) -> str:
    """Give up what has to be given up; a sentence about it, or nothing. Raises Unable, OSError."""
    pair, allowed = int(env["PAIR"]), int(env["ROUTE_ATTEMPTS"])
    status = status_files.read(env["STATUS_DIR"], pair, ends=None)
    earlier = earlier_ends.read(env["STATUS_DIR"], pair)
    counted = {name: n for name, n in crashes(status, pair, earlier).items() if n >= allowed > 0}
    if not counted and env.get("SCENARIOS"):
        return ""
    routes = _routes(env)
    plan = _plan(env, routes)
    document = _document(env["CHECKPOINT"], plan)
    try:
        checkpoint = _resumable(document, plan)
        place = next_place(checkpoint, plan.keys(plan.pairs[0]))
        name = _drive(plan, place)
        if name not in counted:
            return _spare(env, plan, document, checkpoint, place)
        length = _length(plan, routes, place)
        changed = without(document, plan, place, length)
    except Refused as refused:
        raise Unable(f"the checkpoint {refused}") from refused
    # The mark first: a kill in between leaves the drive to be given up once more.
    mark = f"pair-{pair}.agent.given-up-{int(env['ATTEMPT'])}"
    told = f"route={name} attempts={counted[name]} t={int(time.time())}\n"
    files.write_text(os.path.join(env["STATUS_DIR"], mark), told)
    files.write_text(env["CHECKPOINT"], plan.leaderboard.text(changed))
    return f"{counted[name]} attempts crashed at {name}: it is given up and counts as failed"


def _spare(
    env: Mapping[str, str], plan: Plan, document: Any, checkpoint: Checkpoint, place: int
) -> str:
    """Keep the last settled drive from being driven again; a sentence, or nothing.

    The 2.0 image's commit repeats it at every resume: what is finished would be lost meanwhile.
    """
    done = 0 < place == len(checkpoint.records) - 1 and checkpoint.entry_status == statuses.CRASHED
    repeats = plan.leaderboard.words.repeats != statuses.NOTHING
    if not repeats or place == 0 or done or checkpoint.entry_status == statuses.REJECTED:
        return ""
    changed = behind(document, plan, list(checkpoint.records[:place]))
    files.write_text(env["CHECKPOINT"], plan.leaderboard.text(changed))
    return f"{_drive(plan, place - 1)} has its record: it is not driven again"


def metres(routes: str, route: str) -> float:
    """Length of a 1.0 route: the straight ways between its way points. Raises Unable."""
    try:
        for element in ElementTree.fromstring(routes).iter("route"):
            if ROUTE + str(element.get("id")) == route:
                points = [_point(child) for child in element.findall("waypoint")]
                return float(sum(_distance(a, b) for a, b in zip(points, points[1:])))
    except (ElementTree.ParseError, ValueError) as broken:
        raise Unable("the routes file tells no way points") from broken
    raise Unable(f"the routes file has no {route}")


def main() -> int:
    """The process; bounded in time, for the supervisor waits for it."""
    signal.alarm(_LONGEST_LOOK)
    try:
        done = give_up(os.environ)
    except (Unable, OSError, KeyError, ValueError) as failed:
        print(f"no route is given up: {failed}")
        return 1
    if done:
        print(done)
    return GAVE_UP if done else 0


def _length(plan: Plan, routes: str, place: int) -> float:
    """Of the route at a place, where an evaluator knows it without the simulator."""
    if not plan.leaderboard.divides_by_length:
        return 0.0
    return metres(routes, plan.keys(plan.pairs[0])[place][0])


def _drive(plan: Plan, place: int) -> str:
    """The drive as the supervisor names it in both versions, empty behind the last one."""
    keys = plan.keys(plan.pairs[0])
    return f"{keys[place][0]}_rep{keys[place][1]}" if place < len(keys) else ""


def _resumable(document: Any, plan: Plan) -> Checkpoint:
    """The checkpoint's frame if the evaluator would go on from it. Raises Refused, Unable."""
    checkpoint = checkpoint_of(document, plan.leaderboard)
    if checkpoint.progress is not None and checkpoint.progress[1] != plan.total:
        raise Unable("the checkpoint tells of another number of drives")
    return checkpoint


def _routes(env: Mapping[str, str]) -> str:
    path = env.get("ROUTES", "")
    found = files.read_content(path, limit=routes_file.SIZE_LIMIT)
    if found.content is None:
        raise Unable(f"the routes file {found.reason}")
    try:
        return routes_file.text_of(found.content, f"the routes file {files.shown(path)}")
    except PlanError as unusable:
        raise Unable(str(unusable)) from unusable


def _plan(env: Mapping[str, str], routes: str) -> Plan:
    leaderboard = of_evaluator(env)
    repetitions = env.get("REPETITIONS") or leaderboard.usual_repetitions
    try:
        drives = Drives(leaderboard, int(repetitions), (env.get("ROUTES_SUBSET", ""),))
        return launched(drives, routes)
    except PlanError as unusable:
        raise Unable(str(unusable)) from unusable


def _document(path: str, plan: Plan) -> Any:
    found = files.read_text(path)
    if found.problem == "missing" or found.reason == "is empty":
        return fresh(plan)
    if found.text is None:
        raise Unable(f"the checkpoint {found.reason}")
    try:
        return jsontext.bounded(found.text)
    except ValueError as broken:
        raise Unable(f"the checkpoint {broken}") from broken


def _is_of(record: Any, key: Key, place: int) -> bool:
    """Whether a record is that of the drive at its place. A 1.0 id tells no repetition."""
    try:
        route, repetition = route_of(record)
    except Refused:
        return False
    if repetition is None:
        return (route, record.get("index")) == (key[0], place)
    return (route, repetition) == key


def _own_record(checkpoint: Checkpoint, plan: Plan, place: int) -> Any:
    """What the evaluator itself recorded of a drive that its next start would repeat."""
    if place >= len(checkpoint.records):
        return None
    record = checkpoint.records[place]
    if not _is_of(record, plan.keys(plan.pairs[0])[place], place):
        return None
    try:
        refuse_strange(record, plan.leaderboard)
    except Refused:
        return None
    return record


def _record(plan: Plan, place: int, length: float) -> dict[str, Any]:
    """What the evaluator writes of a drive whose world could not be loaded."""
    route, repetition = plan.keys(plan.pairs[0])[place]
    return unloaded(plan.leaderboard, place, plan.route_id(route, repetition), length)


def _point(element: ElementTree.Element) -> tuple[float, float, float]:
    x, y, z = (float(element.get(axis, "")) for axis in ("x", "y", "z"))
    return x, y, z


def _distance(one: tuple[float, float, float], other: tuple[float, float, float]) -> float:
    return math.sqrt(sum((a - b) ** 2 for a, b in zip(one, other)))


if __name__ == "__main__":
    sys.exit(main())
