"""Runs a state machine in the part of the Amazon States Language that upstream's uses.

Stricter than AWS nowhere, laxer nowhere that matters here: an unknown field, path or intrinsic
function is an error, and what a task gets may not be larger than the service allows.
"""

from __future__ import annotations

import copy
import json
import re
import uuid
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

LARGEST_PAYLOAD = 256 * 1024
Task = Callable[[dict[str, Any]], Awaitable[Any]]
FIRST_STEP = {
    "cluster": {
        "id": "leaderboard-20",
        "name": "leaderboard-20",
        "endpoint": "https://0123.eks.example",
        "certificate_authority": "LS0tLS1CRUdJTg==",
        "simulator_image": "registry.example/simulator:2.0",
        "leaderboard_image": "registry.example/leaderboard:2.0",
        "logcopy_image": "registry.example/logcopy:2.0",
    },
    "submission": {
        "name": "submission-77",
        "challenge_id": "2098",
        "submission_id": "77",
        "team_id": "5",
        "team_name": "Tür 🚀 & {Söhne}'s",
        "submission_status": "SUBMITTED",
        "track_id": "4",
        "track_codename": "SENSORS",
        "resume": "",
        "submitted_image_uri": "registry.example/team:1",
        "submitted_time": "2026-01-01 10:00:00 UTC",
        "start_time": "-",
        "end_time": "-",
    },
    "aws": {"s3_bucket": "leaderboard-20", "dynamodb_submissions_table": "leaderboard-20"},
    "evalai": {"auth_token": "t0p-secret", "api_server": "https://eval.ai"},
    "results": {},
}
"""What upstream's PreEKS returns: these keys and no others."""
_STEP = re.compile(r"\.([A-Za-z_][A-Za-z0-9_-]*)|\[(\d+)\]")
_KNOWN = {
    *("Type", "Resource", "Parameters", "Next", "End", "Catch", "Retry", "Comment"),
    *("InputPath", "OutputPath", "ResultPath", "Choices", "Default"),
}


class TaskFailed(Exception):
    """What `eks:runJob.sync` answers for a Job that failed."""


class StateMachine:
    """One definition and what each `Resource` does."""

    def __init__(self, definition: Mapping[str, Any], tasks: Mapping[str, Task]) -> None:
        self.definition, self.tasks = definition, tasks
        self.visited: list[str] = []

    async def run(self, given: Any) -> Any:
        """The execution's output; `visited` names the states in their order."""
        name = self.definition["StartAt"]
        while True:
            self.visited.append(name)
            state = self.definition["States"][name]
            assert set(state) <= _KNOWN, set(state) - _KNOWN
            given, name = await getattr(self, f"_{state['Type'].lower()}")(state, given)
            if name is None:
                return given

    async def _task(self, state: dict[str, Any], given: Any) -> tuple[Any, str | None]:
        seen = at_path(given, state.get("InputPath", "$"))
        payload = payload_of(state["Parameters"], seen)
        assert len(json.dumps(payload).encode()) <= LARGEST_PAYLOAD
        try:
            result = await self.tasks[state["Resource"]](payload)
        except TaskFailed:
            catch = next(c for c in state["Catch"] if "States.ALL" in c["ErrorEquals"])
            assert catch["ResultPath"] is None
            return given, catch["Next"]
        out = given if state.get("ResultPath", "$") is None else result
        return at_path(out, state.get("OutputPath", "$")), state.get("Next")

    async def _choice(self, state: dict[str, Any], given: Any) -> tuple[Any, str]:
        chosen = (rule["Next"] for rule in state["Choices"] if _holds(rule, given))
        return given, next(chosen, state["Default"])

    async def _pass(self, state: dict[str, Any], given: Any) -> tuple[Any, str | None]:
        return given, state.get("Next")


def _holds(rule: Mapping[str, Any], given: Any) -> bool:
    if "Or" in rule:
        return any(_holds(each, given) for each in rule["Or"])
    return bool(at_path(given, rule["Variable"]) == rule["StringEquals"])


def at_path(value: Any, path: str) -> Any:
    """What a reference path selects. KeyError where the state would fail at run time."""
    assert path.startswith("$"), path
    place = 1
    while place < len(path):
        step = _STEP.match(path, place)
        assert step, path
        value = value[step[1]] if step[1] else value[int(step[2])]
        place = step.end()
    return value


def payload_of(template: Any, given: Any) -> Any:
    """A payload template, filled in."""
    if isinstance(template, list):
        return [payload_of(item, given) for item in template]
    if not isinstance(template, dict):
        return copy.deepcopy(template)
    return {
        key.removesuffix(".$"): evaluate(item, given)
        if key.endswith(".$")
        else payload_of(item, given)
        for key, item in template.items()
    }


def evaluate(text: str, given: Any) -> Any:
    """A path or an intrinsic function."""
    value, end = _term(text, 0, given)
    assert end == len(text), text
    return value


_TEXT = re.compile(r"'((?:[^'\\]|\\.)*)'")
_PATH = re.compile(r"\$[^,)]*")
_NUMBER = re.compile(r"-?\d+")
_CALL = re.compile(r"States\.(\w+)\(")


def _term(text: str, place: int, given: Any) -> tuple[Any, int]:
    """What begins at a place, and where it ends."""
    if call := _CALL.match(text, place):
        arguments, place = [], call.end()
        while text[place] != ")":
            value, place = _term(text, place, given)
            arguments.append(value)
            while text[place] in ", ":
                place += 1
        return _INTRINSICS[call[1]](*arguments), place + 1
    if quoted := _TEXT.match(text, place):
        return _Quoted(quoted[1]), quoted.end()
    if path := _PATH.match(text, place):
        return copy.deepcopy(at_path(given, path[0].strip())), path.end()
    number = _NUMBER.match(text, place)
    assert number, text
    return int(number[0]), number.end()


class _Quoted(str):
    """A text between quotes: its backslashes protect braces and quotes."""

    @property
    def plain(self) -> str:
        return re.sub(r"\\(.)", r"\1", self)


def _format(template: _Quoted, *values: Any) -> str:
    pieces = re.split(r"(?<!\\)\{\}", template)
    assert len(pieces) == len(values) + 1, template
    told = [*(_plain(value) for value in values), ""]
    return "".join(_Quoted(p).plain + v for p, v in zip(pieces, told, strict=True))


def _plain(value: Any) -> str:
    return value.plain if isinstance(value, _Quoted) else str(value)


_INTRINSICS: dict[str, Any] = {
    "UUID": lambda: str(uuid.uuid4()),
    "Format": _format,
    "Array": lambda *items: [_plain(each) for each in items],
    "ArrayGetItem": lambda items, index: items[index],
    "ArrayLength": len,
    "MathAdd": lambda one, other: one + other,
    "StringSplit": lambda text, signs: [
        each for each in re.split(f"[{re.escape(signs)}]", text) if each
    ],
}
